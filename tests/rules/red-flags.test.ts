import type { PlanNode } from "../../src/plan/plan.js";
import { describeRule } from "../support/describe-rule.js";
import { actual, indexScan, node, partition, plan, seqScan } from "../support/plans.js";

const filter = [{ label: "Filter", text: "(orders.code = 'c1')" }];
const wholeForFew = (rows: number, rowsRemoved: number) =>
  seqScan("orders", { details: filter, rowsPerLoop: rows, actual: actual(rows, { rowsRemoved }) });

/** A sub-select that runs so many times and reads so many rows of items each time. */
function subselect(loops: number, rowsEach: number): PlanNode {
  const inner = indexScan("items", "items_order_id_idx", {
    role: "SubPlan",
    subplanName: "SubPlan 1",
    rowsPerLoop: rowsEach,
    actual: actual(loops * rowsEach, { loops }),
  });
  return { ...seqScan("orders", { rowsPerLoop: loops, actual: actual(loops) }), children: [inner] };
}

function nestedLoop(outerRows: number, innerRows: number, returned: number): PlanNode {
  return node("Nested Loop", { rowsPerLoop: returned, actual: actual(returned) }, [
    { ...seqScan("orders", { rowsPerLoop: outerRows, actual: actual(outerRows) }), role: "Outer" },
    {
      ...seqScan("items", { rowsPerLoop: innerRows, actual: actual(outerRows * innerRows, { loops: outerRows }) }),
      role: "Inner",
    },
  ]);
}

const offset = (rows: number) =>
  node("Limit", { rowsPerLoop: 30, actual: actual(30) }, [
    { ...indexScan("orders", "orders_at_idx", { rowsPerLoop: rows, actual: actual(rows) }), role: "Outer" },
  ]);

describeRule("red-flags", {
  reports: {
    "a large table is read whole for few rows": {
      after: wholeForFew(5, 99_995),
      titles: ["public.orders is read whole for few rows: 100,000 rows are read, 5 of them wanted"],
      relation: "public.orders",
      severity: "warn",
    },
    "partitions are read whole for few rows": {
      after: node("Append", { rowsPerLoop: 4, actual: actual(4) }, [
        ...[1, 2].map((number) => ({
          ...seqScan(partition(`events_${number}`, "events"), {
            ...{ alias: "events", details: filter, role: "Member" as const, rowsPerLoop: 2 },
            actual: actual(2, { rowsRemoved: 6_000 }),
          }),
        })),
      ]),
      titles: ["public.events is read whole for few rows: 12,000 rows are read, 4 of them wanted"],
      severity: "warn",
    },
    "a plan that was not measured reads a large table whole for few rows": {
      after: plan(seqScan("orders", { details: filter, rowsPerLoop: 5 }), "too dear"),
      titles: ["public.orders is read whole for few rows: 100,000 rows are read, 5 of them wanted"],
      severity: "warn",
    },
    "an index reads rows that a filter throws away": {
      after: indexScan("orders", "orders_at_idx", {
        ...{ details: filter, rowsPerLoop: 3 },
        actual: actual(3, { rowsRemoved: 40_000 }),
      }),
      titles: ["public.orders: 40,000 rows are read through `orders_at_idx`, and all but 3 of them thrown away"],
      severity: "warn",
    },
    "OFFSET passes over many rows": {
      after: offset(50_030),
      titles: ["OFFSET passes over 50,000 rows to return the 30 behind them"],
      severity: "warn",
    },
    "an estimate is wild": {
      after: seqScan("orders", { rowsPerLoop: 5, actual: actual(50_000) }),
      titles: ["the planner expects 10,000 times too few rows of public.orders: 5, really 50,000"],
      severity: "warn",
    },
    "a sub-select runs for each of many rows": {
      after: subselect(20_000, 3),
      titles: ["a sub-select on public.items runs once for each of 20,000 rows"],
      severity: "warn",
    },
    "a nested loop compares everything with everything": {
      after: nestedLoop(2_000, 3_000, 500),
      titles: ["a nested loop over public.items compares 6,000,000 pairs of rows one by one"],
      severity: "warn",
    },
    "a nested loop looks very many rows up": {
      after: nestedLoop(200_000, 1, 200_000),
      titles: ["a nested loop over public.items looks 200,000 rows up one by one"],
      severity: "warn",
    },
    "a sort spills": {
      after: node("Sort", { rowsPerLoop: 9_000, actual: actual(9_000, { tempBlocks: 2_000 }) }, [
        { ...seqScan("orders", { rowsPerLoop: 9_000, actual: actual(9_000) }), role: "Outer" },
      ]),
      titles: ["a sort does not fit into memory (`work_mem`): 2,000 temporary blocks of 8 kB are written or read"],
      severity: "warn",
    },
    "one cause has two symptoms: only the nearest is told": {
      after: seqScan("orders", {
        ...{ details: filter, rowsPerLoop: 90_000 },
        actual: actual(5, { rowsRemoved: 99_995 }),
      }),
      titles: ["public.orders is read whole for few rows: 100,000 rows are read, 5 of them wanted"],
      severity: "warn",
    },
    "many things are wrong: the largest are told": {
      after: node(
        "Append",
        { rowsPerLoop: 16, actual: actual(16) },
        ["a", "b", "c", "d"].map((name, index) => ({
          ...seqScan(name, {
            ...{ details: filter, rowsPerLoop: 4, role: "Member" as const },
            actual: actual(4, { rowsRemoved: 20_000 * (index + 1) }),
          }),
        })),
      ),
      titles: [
        "public.d is read whole for few rows: 80,000 rows are read, 4 of them wanted",
        "public.c is read whole for few rows: 60,000 rows are read, 4 of them wanted",
        "public.b is read whole for few rows: 40,000 rows are read, 4 of them wanted",
      ],
      severity: "warn",
    },
  },
  quiet: {
    "there is a plan to compare with": { before: wholeForFew(5, 99_995), after: wholeForFew(5, 99_995) },
    "the table is small": { after: wholeForFew(5, 99_995), tableRows: 9_999 },
    "many of the rows are wanted": { after: wholeForFew(5_000, 95_000) },
    "all rows are wanted": { after: seqScan("orders", { rowsPerLoop: 100_000, actual: actual(100_000) }) },
    "an index finds the rows": { after: indexScan("orders", "orders_pkey", { actual: actual(1) }) },
    "an index throws few rows away": {
      after: indexScan("orders", "orders_at_idx", { rowsPerLoop: 3, actual: actual(3, { rowsRemoved: 9_000 }) }),
    },
    "OFFSET passes over a few pages": { after: offset(3_030) },
    "a page has a sub-select for each row": { after: subselect(50, 3) },
    "the sub-select's table is small": { after: subselect(20_000, 3), tableRows: 500 },
    "an estimate is off by an order of magnitude": {
      after: seqScan("orders", { rowsPerLoop: 5_000, actual: actual(50_000) }),
    },
    "an estimate of few rows is wild": { after: seqScan("orders", { rowsPerLoop: 1, actual: actual(5_000) }) },
    "a nested loop looks a page's rows up": { after: nestedLoop(50, 1, 50) },
    "a nested loop returns what it joins": { after: nestedLoop(2_000, 600, 1_200_000) },
    "a small sort spills": {
      after: node("Sort", { rowsPerLoop: 9_000, actual: actual(9_000, { tempBlocks: 400 }) }),
    },
    "thresholds are set higher": { after: wholeForFew(5, 99_995), options: { minTableRows: 200_000 } },
  },
});
