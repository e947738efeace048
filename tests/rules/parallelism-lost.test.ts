import { describeRule } from "../support/describe-rule.js";
import { node, plan, seqScan } from "../support/plans.js";

function parallel(cost: number) {
  return node("Gather", { totalCost: cost, details: [{ label: "Workers Planned", text: "2" }] }, [
    seqScan("orders", { role: "Outer", traits: ["Parallel"], totalCost: cost - 100 }),
  ]);
}

const alone = (totalCost: number) => seqScan("orders", { totalCost });

describeRule("parallelism-lost", {
  reports: {
    "one process does alone what three shared": {
      before: parallel(10_000),
      after: alone(18_000),
      titles: ["the query runs in one process, no longer with 2 parallel workers beside it"],
      severity: "warn",
    },
    "a setting forbids workers": {
      before: parallel(10_000),
      after: { ...plan(alone(18_000)), settings: { max_parallel_workers_per_gather: "0" } },
      titles: ["the query runs in one process, no longer with 2 parallel workers beside it"],
      severity: "warn",
    },
  },
  quiet: {
    "nothing changed": { before: parallel(10_000), after: parallel(10_000) },
    "workers were added": { before: alone(18_000), after: parallel(10_000) },
    "the query got cheaper": { before: parallel(10_000), after: alone(900) },
    "the query costs about the same": { before: parallel(10_000), after: alone(10_500) },
    "the cost is small": { before: parallel(200), after: alone(290) },
    "it is still parallel and dearer": { before: parallel(10_000), after: parallel(30_000) },
  },
});
