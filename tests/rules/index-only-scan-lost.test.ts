import { readTree } from "../../src/baselines/tree-text.js";
import { describeRule } from "../support/describe-rule.js";
import { actual, indexScan, plan, seqScan } from "../support/plans.js";

/** As PostgreSQL 17 ran it. */
const covered = readTree(
  `
Aggregate (cost=23.4..23.4 rows=1) (actual rows=1 loops=1 shared=6)
  Index Only Scan using invoices_overdue_idx on public.invoices (cost=0.28..23.1 rows=49) (actual rows=55 loops=1 removed=789 shared=6) | Index Cond: (invoices.due_on < '2026-01-01'::date) | Filter: (invoices.tenant_id = 1)
`.trim(),
);

/** The same index without the columns that it included. */
const uncovered = readTree(
  `
Aggregate (cost=33.4..33.4 rows=1) (actual rows=1 loops=1 shared=309)
  Index Scan using invoices_overdue_idx on public.invoices (cost=0.28..33.1 rows=49) (actual rows=55 loops=1 removed=789 shared=309) | Index Cond: (invoices.due_on < '2026-01-01'::date) | Filter: (invoices.tenant_id = 1)
`.trim(),
);

function indexOnly(blocks: number, more: { fetched?: number; cost?: number } = {}) {
  const { fetched, cost = blocks } = more;
  const work = actual(500, { sharedBlocks: blocks, ...(fetched === undefined ? {} : { heapFetches: fetched }) });
  const scan = indexScan("orders", "orders_idx", { totalCost: cost, rowsPerLoop: 500, actual: work });
  return { ...scan, operator: "Index Only Scan" };
}

function byIndex(index: string, blocks: number) {
  return indexScan("orders", index, {
    totalCost: blocks,
    rowsPerLoop: 500,
    actual: actual(500, { sharedBlocks: blocks }),
  });
}

describeRule("index-only-scan-lost", {
  reports: {
    "the index lost its included columns": {
      before: covered,
      after: uncovered,
      titles: [
        "public.invoices is no longer answered from an index alone, its rows are fetched from the table: 309 blocks of 8 kB instead of 6",
      ],
      relation: "public.invoices",
    },
    "the planner expects hardly more, as the rows lie side by side": {
      before: indexOnly(8, { cost: 142 }),
      after: { ...byIndex("orders_idx", 68), totalCost: 151 },
      titles: [
        "public.orders is no longer answered from an index alone, its rows are fetched from the table: 68 blocks of 8 kB instead of 8",
      ],
    },
    "another index finds the rows, which are then fetched": {
      before: indexOnly(5),
      after: byIndex("orders_other_idx", 400),
      titles: [
        "public.orders is no longer answered from an index alone, its rows are fetched from the table: 400 blocks of 8 kB instead of 5",
      ],
    },
    "rows are looked up in the table, as their pages are not all-visible": {
      before: indexOnly(5),
      after: indexOnly(450, { fetched: 500 }),
      titles: [
        "public.orders is answered from an index, but 500 rows are looked up in the table as well instead of none",
      ],
    },
    "neither plan was executed": {
      before: plan({ ...indexScan("orders", "orders_idx", { totalCost: 20 }), operator: "Index Only Scan" }, "off"),
      after: plan(indexScan("orders", "orders_idx", { totalCost: 40 }), "off"),
      titles: [
        "public.orders is no longer answered from an index alone, its rows are fetched from the table: an estimated cost of 40 planner units instead of 20",
      ],
    },
  },
  quiet: {
    "both are index-only scans": { before: covered, after: covered },
    "it became one": { before: uncovered, after: covered },
    "a few rows are fetched": { before: indexOnly(3), after: byIndex("orders_idx", 12) },
    "the ratio is allowed": { before: covered, after: uncovered, options: { maxRatio: 60 } },
    "it is read whole, of which another rule speaks": {
      before: indexOnly(5),
      after: seqScan("orders", { totalCost: 500, actual: actual(500, { sharedBlocks: 500 }) }),
    },
    "few rows are looked up in the table": { before: indexOnly(5), after: indexOnly(60, { fetched: 99 }) },
    "the index is read more, and the table is not": { before: indexOnly(5), after: indexOnly(100) },
  },
});
