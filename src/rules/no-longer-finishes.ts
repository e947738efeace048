import { readNotMeasured } from "../plan/not-measured.js";
import { definePlanRule } from "./rule.js";

/** Reports a query that ran when it was accepted, and that cannot be run to its end any more. */
export const noLongerFinishes = definePlanRule({
  id: "no-longer-finishes",
  summary: "The query ran to its end before, and now is too dear to run, takes too long, or fails while it runs.",
  why: "What cannot be run here in seconds will not finish in production either, or fails there in the same way.",
  defaultSeverity: "error",
  options: {
    minCostRatio: {
      default: 1.1,
      minimum: 1,
      means: "Quiet where the query became too dear to be run and costs at most this many times as much.",
      because: "a query near `explain.maxAnalyzeCost` crosses it by growth alone.",
    },
  },

  check({ before, after }, { minCostRatio }) {
    if (!before.root.actual || after.root.actual || after.notMeasured === undefined) return [];
    const { kind, failure = "" } = readNotMeasured(after.notMeasured);
    const [then, now] = [before.root.totalCost, after.root.totalCost];
    const found = (title: string, fix: string) => [
      {
        relation: null,
        title,
        fix,
        before: { kind: "text" as const, text: "ran to its end" },
        after: { kind: "text" as const, text: after.notMeasured ?? "" },
      },
    ];
    switch (kind) {
      case "too dear":
        if (now <= then * minCostRatio) return [];
        return found(
          `the query's estimated cost has become too high to run it here: ${units(now)} planner units instead of ${units(then)}`,
          "Compare the two plans from the most indented line outwards: the first line whose cost rose is where to begin. If the query is meant to be that large, run `plan-gate accept`.",
        );
      case "took too long":
        return found(
          `the query no longer finishes in time: ${after.notMeasured}`,
          "Look for what is called or read once for each row: a function in a condition or policy, a trigger, a sub-select. If the machine was merely slow, raise `explain.timeoutSeconds` in the settings file.",
        );
      case "failed":
        if (dependsOnValues(failure)) return [];
        return found(
          `the query fails when it runs: ${failure}`,
          "The application will get this error: change the query together with the schema, or give the session file what it asks for.",
        );
      case "other":
        return [];
    }
  },
});

/** The values of the query's case meet other rows, as after a larger seed: says nothing about the application's values. */
function dependsOnValues(failure: string): boolean {
  return /violates (?:unique|foreign key|check|exclusion) constraint|violates check constraint|no partition of relation/.test(
    failure,
  );
}

function units(cost: number): string {
  return Number(cost.toPrecision(3)).toLocaleString("en-US");
}
