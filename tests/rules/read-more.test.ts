import { readTree } from "../../src/baselines/tree-text.js";
import { describeRule } from "../support/describe-rule.js";
import { actual, indexScan, node, seqScan } from "../support/plans.js";

/** As PostgreSQL 17 ran it: the rows of one category, newest first. */
const columnsInOrder = readTree(
  `
Limit (cost=0.57..291 rows=30) (actual rows=30 loops=1 shared=116)
  Nested Loop [Inner Unique] (cost=0.57..426 rows=44) (actual rows=30 loops=1 shared=116)
    Index Scan using topics_idx on public.topics as t (cost=0.28..149 rows=44) (actual rows=30 loops=1 shared=26) | Index Cond: (t.category_id = 57)
    Index Scan using users_pkey on public.users as u (cost=0.29..6.3 rows=1) (actual rows=30±15 loops=30 shared=90) | Index Cond: (u.id = t.author_id)
`.trim(),
);

/** The same nodes over an index whose first two columns changed places. */
const columnsFlipped = readTree(
  `
Limit (cost=0.57..382 rows=30) (actual rows=30 loops=1 shared=140)
  Nested Loop [Inner Unique] (cost=0.57..560 rows=44) (actual rows=30 loops=1 shared=140)
    Index Scan using topics_idx on public.topics as t (cost=0.28..283 rows=44) (actual rows=30 loops=1 shared=50) | Index Cond: (t.category_id = 57)
    Index Scan using users_pkey on public.users as u (cost=0.29..6.3 rows=1) (actual rows=30±15 loops=30 shared=90) | Index Cond: (u.id = t.author_id)
`.trim(),
);

const keyset = readTree(
  `
Limit (cost=0.28..3.44 rows=30) (actual rows=30 loops=1 shared=21)
  Index Scan using topics_bumped_at_idx on public.topics (cost=0.28..321 rows=3050) (actual rows=30 loops=1 shared=21) | Index Cond: (ROW(topics.bumped_at, topics.id) < ROW('2024-11-01 00:00:00+00'::timestamp with time zone, 3000))
`.trim(),
);

const offset = readTree(
  `
Limit (cost=210..212 rows=30) (actual rows=30 loops=1 shared=1870)
  Index Scan using topics_bumped_at_idx on public.topics (cost=0.28..465 rows=6000) (actual rows=2730 loops=1 shared=1870)
`.trim(),
);

function whole(rows: number, blocks: number, more = {}) {
  const work = actual(rows, { sharedBlocks: blocks });
  return seqScan("orders", { totalCost: blocks + rows / 100, rowsPerLoop: rows, actual: work, ...more });
}

function bitmap(lossyHeapBlocks: number, rowsRemoved: number) {
  const more = lossyHeapBlocks > 0 ? { lossyHeapBlocks, rowsRemovedByRecheck: rowsRemoved } : {};
  const work = actual(1_000, { sharedBlocks: 900, rowsRemoved, ...more });
  const below = node("Bitmap Index Scan", { index: "orders_total_idx", role: "Outer", actual: actual(1_000) });
  return {
    ...node("Bitmap Heap Scan", { totalCost: 1_000, alias: "orders", actual: work }, [below]),
    relation: orders,
  };
}

const orders = { schema: "public", name: "orders" };

describeRule("read-more", {
  reports: {
    "an index's columns are flipped and the plan keeps its nodes": {
      before: columnsInOrder,
      after: columnsFlipped,
      titles: ["more of public.topics is read: 50 blocks of 8 kB instead of 26, to return no more rows than before"],
      relation: "public.topics",
    },
    "paging by the last key becomes an offset": {
      before: keyset,
      after: offset,
      titles: ["more of public.topics is read: 2,730 rows instead of 30"],
    },
    "a table read whole has become wider": {
      before: whole(10_000, 100),
      after: whole(10_000, 800),
      titles: ["more of public.orders is read: 800 blocks of 8 kB instead of 100, to return no more rows than before"],
    },
    "a bitmap no longer fits into work_mem": {
      before: bitmap(0, 0),
      after: bitmap(700, 40_000),
      titles: [
        "more of public.orders is read: 41,000 rows instead of 1,000, because the bitmap of rows to fetch no longer fits into memory (`work_mem`)",
      ],
    },
    "it was only planned, and reading it is dearer": {
      before: indexScan("orders", "orders_idx", { totalCost: 20 }),
      after: indexScan("orders", "orders_idx", { totalCost: 400 }),
      titles: ["more of public.orders is read: an estimated cost of 400 planner units instead of 20"],
    },
    "the planner expects less, but far more is read": {
      before: whole(10_000, 100),
      after: whole(10_000, 4_000, { totalCost: 150 }),
      titles: [
        "more of public.orders is read: 4,000 blocks of 8 kB instead of 100, to return no more rows than before",
      ],
    },
  },
  quiet: {
    "both plans read the same": { before: columnsFlipped, after: columnsFlipped },
    "less is read": { before: offset, after: keyset },
    "the table grew by a few per cent": { before: whole(10_000, 100), after: whole(10_600, 106) },
    "there are a few blocks more": { before: whole(100, 3), after: whole(100, 14) },
    "the ratio is allowed": { before: whole(10_000, 100), after: whole(10_000, 800), options: { maxRatio: 8 } },
    "the floors are above it": {
      before: whole(10_000, 100),
      after: whole(10_000, 800),
      options: { minIncreaseBlocks: 701 },
    },
    "where the first rows lie is chance": {
      before: node("Limit", { totalCost: 10, actual: actual(20, { sharedBlocks: 20 }) }, [
        indexScan("orders", "orders_idx", {
          role: "Outer",
          totalCost: 900,
          rowsPerLoop: 900,
          actual: actual(20, { sharedBlocks: 20 }),
        }),
      ]),
      after: node("Limit", { totalCost: 10, actual: actual(20, { sharedBlocks: 60 }) }, [
        indexScan("orders", "orders_idx", {
          role: "Outer",
          totalCost: 900,
          rowsPerLoop: 900,
          actual: actual(20, { sharedBlocks: 60 }),
        }),
      ]),
    },
    "another table is read less for it": {
      before: node("Hash Join", { totalCost: 1_000, actual: actual(1, { sharedBlocks: 1_000 }) }, [
        { ...whole(1_000, 100), role: "Outer" },
        seqScan("customers", { role: "Inner", totalCost: 900, actual: actual(9_000, { sharedBlocks: 900 }) }),
      ]),
      after: node("Hash Join", { totalCost: 1_000, actual: actual(1, { sharedBlocks: 500 }) }, [
        { ...whole(1_000, 400), role: "Outer" },
        seqScan("customers", { role: "Inner", totalCost: 100, actual: actual(1_000, { sharedBlocks: 100 }) }),
      ]),
    },
    "another index is used, of which another rule speaks": {
      before: indexScan("orders", "a_idx", { totalCost: 10, actual: actual(1, { sharedBlocks: 3 }) }),
      after: indexScan("orders", "b_idx", { totalCost: 900, actual: actual(1, { sharedBlocks: 900 }) }),
    },
    "it is read whole, of which another rule speaks": {
      before: indexScan("orders", "a_idx", { totalCost: 10, actual: actual(1, { sharedBlocks: 3 }) }),
      after: whole(10_000, 800),
    },
    "a bitmap is lossy in both": { before: bitmap(700, 40_000), after: bitmap(720, 42_000) },
  },
});
