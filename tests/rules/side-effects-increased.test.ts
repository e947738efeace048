import type { TableEffect } from "../../src/plan/effects.js";
import type { Plan, PlanNode } from "../../src/plan/plan.js";
import { describeRule } from "../support/describe-rule.js";
import { effect } from "../support/effects.js";
import { actual, indexScan, node, plan, seqScan } from "../support/plans.js";

/** A delete of so many orders, and what else happened. */
function deletion(effects: readonly TableEffect[] | undefined, rows = 1): Plan {
  const root = node("ModifyTable", { traits: ["Delete"], actual: actual(0) }, [
    { ...indexScan("orders", "orders_pkey", { actual: actual(rows) }), role: "Outer" },
  ]);
  const own = [effect("orders", { indexScans: 1, rowsReadByIndexScans: rows, deleted: rows })];
  const written = { ...root, relation: { schema: "public", name: "orders" } };
  return { ...plan(written), ...(effects ? { effects: [...effects, ...own] } : {}) };
}

/** A query of one row that calls a function. */
function call(effects: readonly TableEffect[], root: PlanNode = node("Result", { actual: actual(1) })): Plan {
  return { ...plan(root), ...(effects.length > 0 ? { effects } : {}) };
}

const byIndex = effect("items", { indexScans: 1, rowsReadByIndexScans: 3, deleted: 3 });
const whole = (scans: number, rows: number) =>
  effect("items", { seqScans: scans, rowsReadBySeqScans: scans * rows, deleted: 3 });

describeRule("side-effects-increased", {
  reports: {
    "a foreign key's index is lost, so that a delete reads the whole table": {
      before: deletion([byIndex]),
      after: deletion([whole(1, 20_000)]),
      titles: [
        "triggers, foreign keys or functions of the query read public.items without an index once: 20,000 rows instead of 3",
      ],
      relation: "public.items",
    },
    "a new trigger reads a table for each row written": {
      before: deletion([], 40),
      after: deletion([effect("items", { seqScans: 40, rowsReadBySeqScans: 800_000 })], 40),
      titles: [
        "triggers, foreign keys or functions of the query read public.items without an index 40 times: 800,000 rows instead of none",
      ],
    },
    "a function of a query that had nothing to tell reads a table": {
      before: call([]),
      after: call([effect("items", { seqScans: 1, rowsReadBySeqScans: 20_000 })]),
      titles: [
        "triggers, foreign keys or functions of the query read public.items without an index once: 20,000 rows instead of none",
      ],
    },
    "a trigger reads far more rows through an index": {
      before: deletion([byIndex]),
      after: deletion([effect("items", { indexScans: 1, rowsReadByIndexScans: 9_000 })]),
      titles: ["triggers, foreign keys or functions of the query read 9,000 rows of public.items instead of 3"],
    },
    "a trigger writes thousands of rows for one": {
      before: deletion([byIndex]),
      after: deletion([effect("items", { rowsReadByIndexScans: 0, updated: 5_000 })]),
      titles: ["triggers, foreign keys or functions of the query write 5,000 rows of public.items instead of 3"],
    },
    "the table itself is read whole by its own trigger": {
      before: deletion([]),
      after: {
        ...deletion([]),
        effects: [effect("orders", { seqScans: 1, rowsReadBySeqScans: 20_000, deleted: 1 })],
      },
      titles: [
        "triggers, foreign keys or functions of the query read public.orders without an index once: 20,000 rows instead of none",
      ],
    },
    "the table was renamed meanwhile": {
      before: deletion([effect("lines", { seqScans: 1, rowsReadBySeqScans: 9_000 })]),
      after: deletion([effect("items", { seqScans: 3, rowsReadBySeqScans: 27_000 })]),
      titles: [
        "triggers, foreign keys or functions of the query read public.items without an index 3 times: 27,000 rows instead of 9,000",
      ],
    },
  },
  quiet: {
    "nothing changed": { before: deletion([whole(1, 20_000)]), after: deletion([whole(1, 20_000)]) },
    "less is read": { before: deletion([whole(1, 20_000)]), after: deletion([byIndex]) },
    "the table has grown": { before: deletion([whole(1, 20_000)]), after: deletion([whole(1, 39_000)]) },
    "the table was renamed and is read as before": {
      before: deletion([effect("lines", { seqScans: 1, rowsReadBySeqScans: 20_000 })]),
      after: deletion([effect("items", { seqScans: 1, rowsReadBySeqScans: 20_000 })]),
    },
    "fewer than a thousand rows more are read": { before: deletion([]), after: deletion([whole(1, 999)]) },
    "the table is small": { before: deletion([]), after: deletion([whole(10, 900)]), tableRows: 900 },
    "a new foreign key looks one row up for each row": {
      before: deletion([], 5_000),
      after: deletion([effect("items", { indexScans: 5_000, rowsReadByIndexScans: 5_000 })], 5_000),
    },
    "a new trigger writes one row for each row": {
      before: deletion([], 5_000),
      after: deletion([effect("audit", { inserted: 5_000 })], 5_000),
    },
    "it was not counted when accepted": { before: deletion(undefined), after: deletion([whole(1, 20_000)]) },
    "deferred constraints could not be checked when accepted": {
      before: { ...deletion([]), deferredFailed: "violates foreign key constraint" },
      after: deletion([whole(1, 20_000)]),
    },
    "a side was not measured": {
      before: deletion([byIndex]),
      after: plan(seqScan("orders"), "too dear"),
    },
    "what the plan did itself is now done by a function": {
      before: call([], seqScan("items", { actual: actual(20_000) })),
      after: call([effect("items", { seqScans: 1, rowsReadBySeqScans: 20_000 })]),
    },
    "the plan's own read got worse, which other rules tell": {
      before: deletion([byIndex]),
      after: {
        ...plan(seqScan("items", { actual: actual(20_000) })),
        effects: [effect("items", { seqScans: 1, rowsReadBySeqScans: 20_000 })],
      },
    },
    "maxRatio is above the growth": {
      before: deletion([whole(1, 5_000)]),
      after: deletion([whole(1, 20_000)]),
      options: { maxRatio: 4 },
    },
  },
});
