import { describeRule } from "../support/describe-rule.js";
import { actual, indexScan, node, plan } from "../support/plans.js";

function updated(rows: number) {
  const root = node("ModifyTable", { traits: ["Update"], actual: actual(0) }, [
    indexScan("jobs", "jobs_pkey", { role: "Outer", actual: actual(rows) }),
  ]);
  return { ...root, relation: { schema: "public", name: "jobs" } };
}

function locked(rows: number) {
  return node("LockRows", { actual: actual(rows) }, [
    indexScan("jobs", "jobs_pkey", { role: "Outer", actual: actual(rows) }),
  ]);
}

describeRule("more-rows-written", {
  reports: {
    "an update reaches far more rows": {
      before: updated(10),
      after: updated(4_000),
      titles: ["the statement writes 4,000 rows of public.jobs instead of 10"],
      relation: "public.jobs",
    },
    "far more rows are locked": {
      before: locked(10),
      after: locked(4_000),
      titles: ["the statement locks 4,000 rows instead of 10"],
    },
    "a query's own floor is lower": {
      before: updated(1),
      after: updated(20),
      options: { minIncreaseRows: 10 },
      titles: ["the statement writes 20 rows of public.jobs instead of 1"],
    },
  },
  quiet: {
    "nothing changed": { before: updated(4_000), after: updated(4_000) },
    "fewer rows are written": { before: updated(4_000), after: updated(10) },
    "growth stays below the ratio": { before: updated(1_000), after: updated(1_500) },
    "the rows are few": { before: updated(1), after: updated(30) },
    "it only reads": {
      before: indexScan("jobs", "i", { actual: actual(1) }),
      after: indexScan("jobs", "i", { actual: actual(9_000) }),
    },
    "a side was not measured": { before: updated(10), after: plan(node("ModifyTable", { traits: ["Update"] }), "off") },
  },
});
