import type { PlanNode } from "../../src/plan/plan.js";
import { describeRule } from "../support/describe-rule.js";
import { actual, indexScan, node, partition, plan, seqScan } from "../support/plans.js";

function scan(expected: number, really: number, loops = 1, rowsSlack = 0) {
  return seqScan("orders", { rowsPerLoop: expected, actual: actual(really, { loops, rowsSlack }) });
}

function below(operator: string, child: PlanNode, more: Partial<PlanNode> = {}) {
  return node(operator, { rowsPerLoop: 10, actual: actual(10), ...more }, [{ ...child, role: child.role ?? "Outer" }]);
}

const exact = scan(5_000, 5_000);

/** A join of orders and customers; `work` blocks were touched. */
function joined(expected: number, really: number, more: { cost?: number; work?: number; customers?: string } = {}) {
  const { cost = 1_000, work = 500, customers = "customers" } = more;
  const join = { rowsPerLoop: expected, totalCost: cost, actual: actual(really, { sharedBlocks: work }) };
  return node("Hash Join", join, [
    { ...exact, role: "Outer" },
    seqScan(customers, { role: "Inner", rowsPerLoop: 900, actual: actual(900) }),
  ]);
}

/** Orders, customers and their join, each as expected and as it came. */
function scansJoined(...[orders, customers, both]: readonly (readonly [number, number])[]) {
  const [expectedOrders = 0, ordersFound = 0] = orders ?? [];
  const [expectedCustomers = 0, customersFound = 0] = customers ?? [];
  const [expected = 0, found = 0] = both ?? [];
  return node("Hash Join", { rowsPerLoop: expected, totalCost: 900, actual: actual(found, { sharedBlocks: 500 }) }, [
    { ...scan(expectedOrders, ordersFound), role: "Outer" },
    seqScan("customers", { role: "Inner", rowsPerLoop: expectedCustomers, actual: actual(customersFound) }),
  ]);
}

/** The same query, its tables joined in another way: customers with regions first. */
function joinedOtherwise(work: number) {
  const first = node("Hash Join", { role: "Outer", rowsPerLoop: 10, actual: actual(900) }, [
    seqScan("customers", { role: "Outer", rowsPerLoop: 900, actual: actual(900) }),
    seqScan("regions", { role: "Inner", rowsPerLoop: 9, actual: actual(9) }),
  ]);
  const join = { rowsPerLoop: 5_000, totalCost: 2 * work, actual: actual(5_000, { sharedBlocks: work }) };
  return node("Hash Join", join, [first, { ...exact, role: "Inner" }]);
}
const january = partition("events_2026_01", "events");
const february = partition("events_2026_02", "events");

/** An inner side that is looked into 200 times: a partition with a few rows, and one without any. */
function lookedInto(perLoopOfEmpty: number | undefined) {
  const part = (of: typeof january, perLoop: number, really: number) =>
    seqScan(of, { alias: "e", role: "Member", rowsPerLoop: perLoop, actual: actual(really, { loops: 200 }) });
  const empty = perLoopOfEmpty === undefined ? [] : [part(february, perLoopOfEmpty, 0)];
  return node("Append", { rowsPerLoop: 1, actual: actual(30, { loops: 200 }) }, [part(january, 1, 30), ...empty]);
}

function events(first: readonly [number, number], second: readonly [number, number]) {
  const part = (of: typeof january, [expected, really]: readonly [number, number]) =>
    seqScan(of, { alias: "e", role: "Member", rowsPerLoop: expected, actual: actual(really) });
  return node("Append", { rowsPerLoop: 1, actual: actual(1) }, [part(january, first), part(february, second)]);
}

/** Orders by a condition, as expected and as they came. */
function asked(condition: string, expected: number, blocks = 40) {
  const details = [{ label: "Index Cond", text: condition }];
  const found = { details, rowsPerLoop: expected, actual: actual(2_000, { sharedBlocks: blocks }) };
  return indexScan("orders", "orders_at_idx", { ...found, totalCost: 90 });
}
const [byConstant, bySubselect] = ["(at >= '2026-01-01'::date)", "(at >= (InitPlan 1).col1)"];

describeRule("rows-misestimated", {
  reports: {
    "the same condition is estimated worse, and nothing else was chosen by it": {
      before: asked(byConstant, 2_100),
      after: asked(byConstant, 100),
      titles: ["the planner expects 20 times too few rows of public.orders: 100, really 2,000"],
    },
    "another condition is estimated worse, and the query reads more": {
      before: asked(byConstant, 2_100),
      after: asked(bySubselect, 100, 400),
      titles: ["the planner expects 20 times too few rows of public.orders: 100, really 2,000"],
    },
    "another condition is estimated worse, and a sort was sized by it": {
      before: below("Sort", asked(byConstant, 2_100)),
      after: below("Sort", asked(bySubselect, 100)),
      titles: ["the planner expects 20 times too few rows of public.orders: 100, really 2,000"],
    },
    "far fewer rows are expected than come": {
      before: exact,
      after: scan(50, 5_000),
      titles: ["the planner expects 100 times too few rows of public.orders: 50, really 5,000"],
      relation: "public.orders",
    },
    "far more rows are expected than come": {
      before: exact,
      after: scan(5_000, 10),
      titles: ["the planner expects 500 times too many rows of public.orders: 5,000, really 10"],
    },
    "many rows are expected of an empty partition, each time that it is looked into": {
      before: lookedInto(undefined),
      after: lookedInto(5),
      titles: ["the planner expects 34.3 times too many rows of public.events: 1,030, really 30"],
    },
    "an accepted error got worse": {
      before: scan(100, 2_000),
      after: scan(10, 2_000),
      titles: ["the planner expects 200 times too few rows of public.orders: 10, really 2,000"],
    },
    "one of two tables is off": {
      before: scansJoined([5_000, 5_000], [900, 900], [5_000, 5_000]),
      after: scansJoined([5_000, 5_000], [9, 900], [5_000, 5_000]),
      titles: ["the planner expects 100 times too few rows of public.customers: 9, really 900"],
    },
    "a join inherits what two tables get wrong": {
      before: scansJoined([5_000, 5_000], [900, 900], [5_000, 5_000]),
      after: scansJoined([50, 5_000], [30, 900], [1, 5_000]),
      titles: [
        "the planner expects 5,000 times too few rows of a step (Hash Join): 1, really 5,000",
        "the planner expects 100 times too few rows of public.orders: 50, really 5,000",
        "the planner expects 30 times too few rows of public.customers: 30, really 900",
      ],
    },
    "it happens per loop on the inner side": {
      before: scan(10, 10_000, 1_000),
      after: scan(1, 50_000, 1_000),
      titles: ["the planner expects 50 times too few rows of public.orders: 1,000, really 50,000"],
    },
    "the partitions are off together": {
      before: events([500, 500], [500, 500]),
      after: events([10, 600], [10, 400]),
      titles: ["the planner expects 50 times too few rows of public.events: 20, really 1,000"],
      relation: "public.events",
    },
    "the estimate of a join collapses and the cost falls for it": {
      before: joined(5_000, 5_000),
      after: joined(1, 5_000, { cost: 90 }),
      titles: ["the planner expects 5,000 times too few rows of a step (Hash Join): 1, really 5,000"],
    },
    "it does in a renamed table": {
      before: joined(5_000, 5_000, { customers: "customers" }),
      after: joined(1, 5_000, { customers: "buyers" }),
      titles: ["the planner expects 5,000 times too few rows of a step (Hash Join): 1, really 5,000"],
    },
    "another order of joins relies on a wrong one, and the query is worse": {
      before: joined(5_000, 5_000, { cost: 1_000 }),
      after: joinedOtherwise(5_000),
      titles: ["the planner expects 90 times too few rows of a step (Hash Join): 10, really 900"],
    },
    "a sort stands between the scan and the Limit": {
      before: exact,
      after: below("Limit", below("Sort", scan(50, 5_000))),
      titles: ["the planner expects 100 times too few rows of public.orders: 50, really 5,000"],
    },
  },
  quiet: {
    "the least that the planner ever expects, one row each time, of an empty partition": {
      before: lookedInto(undefined),
      after: lookedInto(1),
    },
    "another order of joins shows a wrong one, and the query is no worse": {
      before: joined(5_000, 5_000, { cost: 1_000 }),
      after: joinedOtherwise(500),
    },
    "a join of a renamed table was as wrong before": {
      before: joined(1, 5_000, { customers: "customers" }),
      after: joined(1, 5_000, { customers: "buyers" }),
    },
    "a scan is repeated for each row and was run once, and the query is no worse": {
      before: exact,
      after: scan(1, 5_000, 1_000),
    },
    "another condition is estimated worse, nothing was chosen by it, and the query is no worse": {
      before: asked(byConstant, 2_100),
      after: asked(bySubselect, 100),
    },
    "the estimate is right": { before: exact, after: exact },
    "it was as wrong when it was accepted": { before: scan(50, 5_000), after: scan(50, 5_100) },
    "the error is below the ratio": { before: exact, after: scan(600, 5_000) },
    "the rows are few": { before: scan(1, 1), after: scan(1, 90) },
    "a side was not measured": { before: exact, after: plan(seqScan("orders", { rowsPerLoop: 1 }), "off") },
    "the node never ran": {
      before: exact,
      after: seqScan("orders", { rowsPerLoop: 90_000, actual: actual(0, { loops: 0 }) }),
    },
    "a Limit stopped it": { before: below("Limit", scan(5_000, 10)), after: below("Limit", scan(90_000, 10)) },
    "a semi-join stops at the first match": {
      before: exact,
      after: node("Nested Loop", { traits: ["Semi"], rowsPerLoop: 10, actual: actual(10) }, [
        { ...exact, role: "Outer" },
        indexScan("items", "items_pkey", { role: "Inner", rowsPerLoop: 500, actual: actual(5_000, { loops: 5_000 }) }),
      ]),
    },
    "a merge join need not read its inputs to the end": {
      before: exact,
      after: node("Merge Join", { rowsPerLoop: 10, actual: actual(10) }, [
        { ...scan(90_000, 10), role: "Outer" },
        indexScan("items", "items_pkey", { role: "Inner", rowsPerLoop: 90_000, actual: actual(10) }),
      ]),
    },
    "EXPLAIN rounded the rows of each loop": { before: exact, after: scan(0.4, 0, 10_000, 5_000) },
    "one partition's error is made up by another's": {
      before: events([500, 500], [500, 500]),
      after: events([10, 500], [990, 500]),
    },
    "a partial plan's rows are those of one worker": {
      before: exact,
      after: below("Gather", seqScan("orders", { traits: ["Parallel"], rowsPerLoop: 2_083, actual: actual(5_000) }), {
        details: [{ label: "Workers Planned", text: "2" }],
      }),
      options: { maxRatio: 1.1, minWorseningRatio: 1 },
    },
  },
});
