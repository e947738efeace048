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
      titles: ["the query costs 4.1 times as much"],
      relation: "public.orders",
    },
    "a query's own ratio is lower": {
      before: costs(100),
      after: costs(140),
      options: { maxRatio: 1.3 },
      titles: ["the query costs 1.4 times as much"],
    },
    "it was measured and touches more blocks": {
      before: costs(100, 20),
      after: costs(300, 80),
      titles: ["the query costs 3 times as much"],
    },
    "one side was not measured": {
      before: costs(100, 20),
      after: plan(costs(300), "too dear"),
      titles: ["the query costs 3 times as much"],
    },
    "another tree did about the same work, and filters by what was an index condition": {
      before: costs(100, 20, 1_000),
      after: seqScan("orders", { totalCost: 300, actual: actual(1_000, { sharedBlocks: 15 }), details: [byStatus] }),
      titles: ["the query costs 3 times as much"],
    },
    "the same tree did the same work, as information": {
      before: costs(100, 20),
      after: costs(300, 20),
      titles: ["the query costs 3 times as much by the planner's estimate, but did no more work when it ran"],
      severity: "info",
    },
    "another tree with the same filter did a little more work": {
      before: filtered(indexScan, 2.5, { sharedBlocks: 55 }),
      after: filtered(bitmapScan, 45, { sharedBlocks: 60 }),
      titles: ["the query costs 18 times as much"],
    },
    "another tree with the same filter did no more work, as information": {
      before: filtered(indexScan, 2.5, { sharedBlocks: 55 }),
      after: filtered(bitmapScan, 45, { sharedBlocks: 50 }),
      titles: ["the query costs 18 times as much by the planner's estimate, but did no more work when it ran"],
      severity: "info",
    },
    "another tree did far less work, as information": {
      before: node("Nested Loop", { totalCost: 100, actual: actual(5_000, { sharedBlocks: 40_000 }) }),
      after: node("Hash Join", { totalCost: 1_500, actual: actual(1_000, { sharedBlocks: 500 }) }),
      titles: ["the query costs 15 times as much by the planner's estimate, but did no more work when it ran"],
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
