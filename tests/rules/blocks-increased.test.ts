import { describeRule } from "../support/describe-rule.js";
import { actual, indexScan, node, plan, seqScan } from "../support/plans.js";

function scan(blocks: number, more: { cost?: number; temp?: number } = {}) {
  const { cost = 100, temp = 0 } = more;
  return indexScan("orders", "orders_pkey", {
    totalCost: cost,
    actual: actual(10, { sharedBlocks: blocks, tempBlocks: temp }),
  });
}

/** An update that finds its rows by so many blocks, and touches so many in all. */
function written(found: number, all: number) {
  return node("ModifyTable", { traits: ["Update"], actual: actual(0, { sharedBlocks: all }) }, [
    { ...scan(found), role: "Outer" },
  ]);
}

/** Bookings found through a GiST index. */
function byGist(blocks: number, rows = 10) {
  return indexScan("bookings", "bookings_during_idx", {
    accessMethod: "gist",
    totalCost: 100,
    actual: actual(rows, { sharedBlocks: blocks }),
  });
}

describeRule("blocks-increased", {
  reports: {
    "a GiST index is gone": {
      before: byGist(50),
      after: seqScan("bookings", { totalCost: 900, actual: actual(10, { sharedBlocks: 500 }) }),
      titles: ["the query reads 10 times as many blocks of 8 kB"],
      relation: "public.bookings",
    },
    "a GiST index takes more than another build of it ever would": {
      before: byGist(50),
      after: byGist(500),
      titles: ["the query reads 10 times as many blocks of 8 kB"],
    },
    "more is asked of a GiST index": {
      before: byGist(150),
      after: byGist(400, 300),
      titles: ["the query reads 2.7 times as many blocks of 8 kB"],
    },
    "the same tree touches far more blocks": {
      before: scan(50),
      after: scan(500),
      titles: ["the query reads 10 times as many blocks of 8 kB"],
      relation: "public.orders",
    },
    "the planner finds the plan cheaper, and it handles more rows as well": {
      before: scan(50, { cost: 200 }),
      after: indexScan("orders", "orders_pkey", { totalCost: 100, actual: actual(400, { sharedBlocks: 500 }) }),
      titles: ["the query reads 10 times as many blocks of 8 kB"],
    },
    "what it writes is found by far more blocks": {
      before: written(50, 50),
      after: written(5_000, 5_000),
      titles: ["the query reads 100 times as many blocks of 8 kB"],
    },
    "a query's own ratio is lower": {
      before: scan(1_000),
      after: scan(1_600),
      options: { maxRatio: 1.5 },
      titles: ["the query reads 1.6 times as many blocks of 8 kB"],
    },
  },
  quiet: {
    "a GiST index was built once more, and finds the same by more blocks": { before: byGist(150), after: byGist(400) },
    "nothing changed": { before: scan(500), after: scan(500) },
    "fewer blocks are touched": { before: scan(500), after: scan(50) },
    "growth stays below the ratio": { before: scan(1_000), after: scan(1_900) },
    "the factor is large and the blocks are few": { before: scan(3), after: scan(90) },
    "a side was not measured": { before: scan(50), after: plan(seqScan("orders", { totalCost: 100 }), "too dear") },
    "the planner finds the new plan clearly cheaper": {
      before: scan(50, { cost: 200 }),
      after: scan(500, { cost: 100 }),
    },
    "a Limit stops the scan early": {
      before: node("Limit", { rowsPerLoop: 1, actual: actual(1, { sharedBlocks: 50 }) }, [
        { ...scan(50), rowsPerLoop: 90, role: "Outer" },
      ]),
      after: node("Limit", { rowsPerLoop: 1, actual: actual(1, { sharedBlocks: 500 }) }, [
        { ...scan(500), rowsPerLoop: 90, role: "Outer" },
      ]),
    },
    "the writing itself takes more blocks": { before: written(50, 50), after: written(50, 5_000) },
    "only temporary blocks are more": { before: scan(500), after: scan(500, { temp: 900 }) },
  },
});
