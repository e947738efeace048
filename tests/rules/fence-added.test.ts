import type { Plan } from "../../src/plan/plan.js";
import { describeRule } from "../support/describe-rule.js";
import { effect } from "../support/effects.js";
import { actual, indexScan, node, plan, seqScan } from "../support/plans.js";

const through = indexScan("orders", "orders_customer_idx", { totalCost: 8, actual: actual(20, { sharedBlocks: 22 }) });
const filter = [{ label: "Filter", text: "(recent.customer_id = 7)" }];

function whole(rows: number) {
  return seqScan("orders", { totalCost: 900, rowsPerLoop: rows, actual: actual(rows, { sharedBlocks: 400 }) });
}

function subquery(rows = 20_000) {
  return node(
    "Subquery Scan",
    {
      alias: "recent",
      details: filter,
      totalCost: 1_200,
      actual: actual(20, { rowsRemoved: rows - 20, sharedBlocks: 400 }),
    },
    [
      node("WindowAgg", { role: "Subquery", totalCost: 1_100, actual: actual(rows, { sharedBlocks: 400 }) }, [
        { ...whole(rows), role: "Outer" },
      ]),
    ],
  );
}

function cte(rows = 20_000) {
  return node(
    "CTE Scan",
    {
      source: "recent",
      alias: "recent",
      details: filter,
      totalCost: 1_200,
      actual: actual(20, { rowsRemoved: rows - 20, sharedBlocks: 400 }),
    },
    [{ ...whole(rows), role: "InitPlan", subplanName: "CTE recent" }],
  );
}

/** The function reads its rows for itself: its own node has no table. */
function called(rows: number): Plan {
  const scan = node("Function Scan", {
    source: "recent_orders",
    alias: "recent_orders",
    totalCost: 13,
    actual: actual(20, { rowsRemoved: rows - 20, sharedBlocks: 400 }),
  });
  return { ...plan(scan), effects: [effect("orders", { indexScans: 1, rowsReadByIndexScans: rows })] };
}

describeRule("fence-added", {
  reports: {
    "a window function holds back the condition on a view": {
      before: through,
      after: subquery(),
      titles: [
        "the view or subquery `recent` is worked out by itself: 20,000 rows of public.orders are read instead of 20",
      ],
      relation: "public.orders",
    },
    "a CTE is materialized": {
      before: through,
      after: cte(),
      titles: ["the CTE `recent` is worked out by itself: 20,000 rows of public.orders are read instead of 20"],
    },
    "a function is no longer expanded into the query": {
      before: through,
      after: called(600),
      titles: [
        "the function `recent_orders` is worked out by itself: 600 rows of public.orders are read instead of 20",
      ],
      relation: "public.orders",
    },
    "a query's own floor is lower": {
      before: through,
      after: subquery(420),
      options: { minRows: 100 },
      titles: [
        "the view or subquery `recent` is worked out by itself: 420 rows of public.orders are read instead of 20",
      ],
    },
  },
  quiet: {
    "nothing changed": { before: subquery(), after: subquery() },
    "the function was called before": { before: called(600), after: called(20_000) },
    "the function is expanded into the query": { before: called(20_000), after: through },
    "the function reads few rows": { before: through, after: called(400) },
    "the fence is gone": { before: subquery(), after: through },
    "there was a fence of another kind": { before: subquery(), after: cte(50_000) },
    "the rows behind it are few": { before: through, after: subquery(400) },
    "the condition still reaches the table": {
      before: whole(20_000),
      after: node("Subquery Scan", { alias: "recent", totalCost: 950, actual: actual(20_000, { sharedBlocks: 400 }) }, [
        { ...whole(20_000), role: "Subquery" },
      ]),
    },
    "the table is read whole without a fence": { before: through, after: whole(20_000) },
  },
});
