import { describeRule } from "../support/describe-rule.js";
import { actual, bitmapScan, indexScan, node, plan, seqScan } from "../support/plans.js";

function costs(totalCost: number, blocks?: number, rows = 100) {
  const ran = blocks === undefined ? {} : { actual: actual(rows, { sharedBlocks: blocks }) };
  return indexScan("orders", "orders_pkey", { totalCost, ...ran });
}

const byStatus = { label: "Filter", text: "(status = 'open'::text)" };

function filtered(scan: typeof indexScan, totalCost: number, work: Parameters<typeof actual>[1]) {
  const root = scan("orders", "orders_status_idx", { totalCost, actual: actual(49, work), details: [byStatus] });
  // The bitmap has the rows that the heap scan then reads.
  return { ...root, children: root.children.map((child) => ({ ...child, actual: actual(49) })) };
}

describeRule("cost-increased", {
  reports: {
    "the plan costs far more": {
      before: costs(100),
      after: costs(410),
      titles: ["the query's estimated cost is 4.1 times what it was"],
      relation: "public.orders",
    },
    "a query's own ratio is lower": {
      before: costs(100),
      after: costs(140),
      options: { maxRatio: 1.3 },
      titles: ["the query's estimated cost is 1.4 times what it was"],
    },
    "it was measured and touches more blocks": {
      before: costs(100, 20),
      after: costs(300, 80),
      titles: ["the query's estimated cost is 3 times what it was"],
    },
    "one side was not measured": {
      before: costs(100, 20),
      after: plan(costs(300), "too dear"),
      titles: ["the query's estimated cost is 3 times what it was"],
    },
    "another tree did about the same work, and filters by what was an index condition": {
      before: costs(100, 20, 1_000),
      after: seqScan("orders", { totalCost: 300, actual: actual(1_000, { sharedBlocks: 15 }), details: [byStatus] }),
      titles: ["the query's estimated cost is 3 times what it was"],
    },
    "the same tree did the same work, as information": {
      before: costs(100, 20),
      after: costs(300, 20),
      titles: ["the query's estimated cost is 3 times what it was, but the query did no more work when it ran"],
      severity: "info",
    },
    "another tree with the same filter did a little more work": {
      before: filtered(indexScan, 2.5, { sharedBlocks: 55 }),
      after: filtered(bitmapScan, 45, { sharedBlocks: 60 }),
      titles: ["the query's estimated cost is 18 times what it was"],
    },
    "another tree with the same filter did no more work, as information": {
      before: filtered(indexScan, 2.5, { sharedBlocks: 55 }),
      after: filtered(bitmapScan, 45, { sharedBlocks: 50 }),
      titles: ["the query's estimated cost is 18 times what it was, but the query did no more work when it ran"],
      severity: "info",
    },
    "another tree did far less work, as information": {
      before: node("Nested Loop", { totalCost: 100, actual: actual(5_000, { sharedBlocks: 40_000 }) }),
      after: node("Hash Join", { totalCost: 1_500, actual: actual(1_000, { sharedBlocks: 500 }) }),
      titles: ["the query's estimated cost is 15 times what it was, but the query did no more work when it ran"],
      severity: "info",
    },
  },
  quiet: {
    "nothing changed": { before: costs(100), after: costs(100) },
    "the cost fell": { before: costs(410), after: costs(100) },
    "growth stays below the ratio": { before: costs(100), after: costs(149) },
    "the factor is large and the pages are few": { before: costs(0.3), after: costs(8.3) },
    "the floor is higher for this query": {
      before: costs(100),
      after: costs(410),
      options: { minIncreasePlannerUnits: 1_000 },
    },
  },
});
