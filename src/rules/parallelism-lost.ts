import type { Plan, PlanNode } from "../plan/plan.js";
import { walkPlan } from "../plan/walk.js";
import { definePlanRule } from "./rule.js";

/** Reports a query that several processes shared, and that one must now do alone. */
export const parallelismLost = definePlanRule({
  id: "parallelism-lost",
  summary: "Several processes worked on the query together, now one does it alone, and its cost rose.",
  why: "What several processes (parallel workers) shared now takes one process as long as all of them together.",
  defaultSeverity: "warn",
  options: {
    minCostRatio: {
      default: 1.1,
      minimum: 1,
      means: "Quiet unless the query costs at least this many times as much.",
      because: "a query that got cheaper needs no workers.",
    },
    minIncreasePlannerUnits: {
      default: 100,
      minimum: 0,
      means: "Quiet while the cost rose by less than this many planner units (1 = one sequential page read).",
      because: "below that, starting workers takes longer than they save.",
    },
  },

  check({ before, after }, { minCostRatio, minIncreasePlannerUnits }) {
    const [gather] = gathersOf(before);
    if (!gather || gathersOf(after).length > 0) return [];
    const [then, now] = [before.root.totalCost, after.root.totalCost];
    if (now < then * minCostRatio || now - then < minIncreasePlannerUnits) return [];
    const workers = gather.details.find(({ label }) => label === "Workers Planned")?.text ?? "several";
    const setting = changedSetting(before, after);
    return [
      {
        relation: null,
        title: `the query runs in one process, no longer with ${workers} parallel ${workers === "1" ? "worker" : "workers"} beside it`,
        fix:
          setting ??
          "Look for a function that is not `PARALLEL SAFE`, a CTE that writes, or `FOR UPDATE`: each of them keeps the whole query in one process.",
        before: { kind: "node", node: gather },
        after: { kind: "node", node: after.root },
      },
    ];
  },
});

function gathersOf({ root }: Plan): readonly PlanNode[] {
  return walkPlan(root)
    .map(({ node }) => node)
    .filter(({ operator }) => operator === "Gather" || operator === "Gather Merge");
}

function changedSetting(before: Plan, after: Plan): string | undefined {
  const names = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)]);
  const changed = [...names]
    .sort()
    .find((name) => /parallel/.test(name) && before.settings[name] !== after.settings[name]);
  if (changed === undefined) return undefined;
  const [then, now] = [before.settings[changed] ?? "default", after.settings[changed] ?? "default"];
  return `\`${changed}\` was ${then} and is ${now}: set it back, at least for this query's role.`;
}
