import type { Plan } from "../plan/plan.js";
import { growthOf, readWork } from "../plan/work.js";
import { definePlanRule } from "./rule.js";

/** Reports a generic plan that became far worse than the plan for the values, where it was about as good before. */
export const genericWorseThanCustom = definePlanRule({
  id: "generic-worse-than-custom",
  summary: "The plan that is made once for all values is far worse than the one for these values, and was not before.",
  why: "A generic plan is made once, without looking at the values. A prepared statement may switch to it after five executions, and some connection pools ask for it always: the query is then slow only sometimes.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 5,
      minimum: 1,
      means:
        "Quiet while the generic plan does at most this many times the work of the custom one (blocks and rows; by cost where one was not executed).",
      because: "a generic plan saves planning, which makes up for a little.",
    },
    minGrowthRatio: {
      default: 1.5,
      minimum: 1,
      means: "Quiet unless the generic plan itself does at least this many times the work that it did.",
      because: "that the custom plan got better is no loss.",
    },
  },

  check(change, { maxRatio, minGrowthRatio }) {
    const { custom, before, after } = change;
    if (!custom || growthOf(change) < minGrowthRatio) return [];
    const [then, now] = [apart(before, custom.before), apart(after, custom.after)];
    if (now <= maxRatio || then > maxRatio) return [];
    return [
      {
        relation: null,
        title: `the query's plan for all values (generic plan) does ${Number(now.toPrecision(2)).toLocaleString("en-US")} times the work of the plan for these values`,
        fix: "Write the condition so that one plan fits all values, or have this statement planned each time: `SET plan_cache_mode = force_custom_plan`.",
        before: { kind: "node", node: before.root },
        after: { kind: "node", node: after.root },
      },
    ];
  },
});

/** How many times the work of the custom plan the generic one does. */
function apart(generic: Plan, custom: Plan): number {
  const [one, other] = [readWork(generic), readWork(custom)];
  const [dear, cheap] = one && other ? [one.units, other.units] : [generic.root.totalCost, custom.root.totalCost];
  return Math.max(1, dear) / Math.max(1, cheap);
}
