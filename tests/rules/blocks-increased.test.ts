import { describeRule } from "../support/describe-rule.js";
import { actual, indexScan, node, plan, seqScan } from "../support/plans.js";

function scan(blocks: number, more: { cost?: number; temp?: number } = {}) {
  const { cost = 100, temp = 0 } = more;
  return indexScan("orders", "orders_pkey", {
    totalCost: cost,
    actual: actual(10, { sharedBlocks: blocks, tempBlocks: temp }),
  });
}

describeRule("blocks-increased", {
  reports: {
    "the same tree touches far more blocks": {
      before: scan(50),
      after: scan(500),
      titles: ["the query touches 10 times the blocks"],
      relation: "public.orders",
    },
    "a sort no longer fits into memory": {
      before: scan(5_000),
      after: scan(5_000, { temp: 800 }),
      titles: ["a sort or hash no longer fits into work_mem: 800 temporary blocks"],
    },
    "a query's own ratio is lower": {
      before: scan(1_000),
      after: scan(1_600),
      options: { maxRatio: 1.5 },
      titles: ["the query touches 1.6 times the blocks"],
    },
  },
  quiet: {
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
    "it writes": {
      before: node("ModifyTable", { traits: ["Update"], actual: actual(0, { sharedBlocks: 50 }) }, [
        { ...scan(50), role: "Outer" },
      ]),
      after: node("ModifyTable", { traits: ["Update"], actual: actual(0, { sharedBlocks: 5_000 }) }, [
        { ...scan(50), role: "Outer" },
      ]),
    },
  },
});
