import type { PlanNode } from "../../src/plan/plan.js";
import { describeRule } from "../support/describe-rule.js";
import { actual, indexScan, node, plan, seqScan } from "../support/plans.js";

function limit(child: PlanNode): PlanNode {
  const share = child.operator === "Sort" ? 1 : Math.min(1, 20 / child.rowsPerLoop);
  const { actual: work } = child;
  const measured = work ? { actual: actual(20, { sharedBlocks: work.sharedBlocks }) } : {};
  return node("Limit", { rowsPerLoop: 20, totalCost: child.totalCost * share, ...measured }, [
    { ...child, role: "Outer" },
  ]);
}

function sort(child: PlanNode): PlanNode {
  const { totalCost, rowsPerLoop, actual: work } = child;
  const measured = work ? { actual: actual(20, { sharedBlocks: work.sharedBlocks }) } : {};
  return node("Sort", { totalCost: totalCost + 50, rowsPerLoop, ...measured }, [{ ...child, role: "Outer" }]);
}

const inOrder = indexScan("orders", "orders_created_at_idx", {
  totalCost: 9_000,
  rowsPerLoop: 50_000,
  actual: actual(20, { sharedBlocks: 22 }),
});

function gathered(rows: number, blocks: number): PlanNode {
  const work = actual(rows, { sharedBlocks: blocks });
  return indexScan("orders", "orders_status_idx", { totalCost: blocks, rowsPerLoop: rows, actual: work });
}

describeRule("limit-not-stopping-early", {
  reports: {
    "rows must be sorted first": {
      before: limit(inOrder),
      after: limit(sort(gathered(40_000, 3_000))),
      titles: [
        "public.orders is read to its end, where the LIMIT stopped it after the first rows: 40,000 rows instead of 20",
      ],
      relation: "public.orders",
    },
    "the Limit is gone": {
      before: limit(inOrder),
      after: gathered(40_000, 3_000),
      titles: [
        "public.orders is read to its end, where the LIMIT stopped it after the first rows: 40,000 rows instead of 20",
      ],
    },
    "neither plan was executed": {
      before: plan(limit(indexScan("orders", "a_idx", { totalCost: 9_000, rowsPerLoop: 50_000 })), "off"),
      after: plan(limit(sort(seqScan("orders", { totalCost: 4_000, rowsPerLoop: 50_000 }))), "off"),
      titles: [
        "public.orders is read to its end, where the LIMIT stopped it after the first rows: an estimated cost of 4,000 planner units instead of 3.6",
      ],
    },
  },
  quiet: {
    "both stop early": { before: limit(inOrder), after: limit(inOrder) },
    "neither stops early": { before: limit(sort(gathered(400, 300))), after: limit(sort(gathered(40_000, 3_000))) },
    "it stops early now": { before: limit(sort(gathered(40_000, 3_000))), after: limit(inOrder) },
    "there is little to read": { before: limit(inOrder), after: limit(sort(gathered(25, 27))) },
    "the floors are above it": {
      before: limit(inOrder),
      after: limit(sort(gathered(900, 120))),
      options: { minIncreaseBlocks: 1_000 },
    },
  },
});
