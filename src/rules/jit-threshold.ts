import type { Plan } from "../plan/plan.js";
import { definePlanRule } from "./rule.js";

/** Reports a query that production will from now on compile each time before it runs. */
export const jitThreshold = definePlanRule({
  id: "jit-threshold",
  summary:
    "The cost crosses `jit_above_cost`: under PostgreSQL's defaults the query is compiled before each execution.",
  why: "Just-in-time compilation (JIT) takes tens to hundreds of milliseconds each time, often longer than the query itself.",
  defaultSeverity: "warn",
  options: {
    jitAboveCostPlannerUnits: {
      default: 100_000,
      minimum: 0,
      means: "Production's `jit_above_cost` in planner units, unless the plan's own settings say otherwise.",
      because: "it is PostgreSQL's default. Where production has `jit = off`, turn this rule off.",
    },
    minCostRatio: {
      default: 1.2,
      minimum: 1,
      means: "Quiet unless the query costs at least this many times as much.",
      because: "a query near the threshold crosses it by growth alone.",
    },
  },

  check({ before, after }, { jitAboveCostPlannerUnits, minCostRatio }) {
    const [then, now] = [before.root.totalCost, after.root.totalCost];
    const limits = [before, after].map((plan) => limitOf(plan, jitAboveCostPlannerUnits)) as [number, number];
    const lowered = limits[1] < limits[0];
    if (then > limits[0] || now <= limits[1] || (!lowered && now < then * minCostRatio)) return [];
    return [
      {
        relation: null,
        title: `the query's estimated cost is now above \`jit_above_cost\` (${limits[1].toLocaleString("en-US")} planner units): PostgreSQL compiles it each time it runs`,
        fix: lowered
          ? "`jit_above_cost` was lowered: set it back, or switch `jit` off for this query's role."
          : "Bring the cost down again, or switch `jit` off for this query's role: `ALTER ROLE … SET jit = off`.",
        before: { kind: "figure", value: then, unit: "planner units" },
        after: { kind: "figure", value: now, unit: "planner units" },
      },
    ];
  },
});

/** From which cost on a plan would be compiled; infinite where that is switched off. */
function limitOf({ settings }: Plan, production: number): number {
  if (settings["jit"] === "off") return Number.POSITIVE_INFINITY;
  const own = Number(settings["jit_above_cost"] ?? production);
  if (!Number.isFinite(own)) return production;
  return own < 0 ? Number.POSITIVE_INFINITY : own;
}
