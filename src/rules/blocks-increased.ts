import type { PlanChange } from "../plan/change.js";
import type { Plan } from "../plan/plan.js";
import { relationName, walkPlan } from "../plan/walk.js";
import { readWork, type Work } from "../plan/work.js";
import { definePlanRule } from "./rule.js";

/** Reports a query that touches clearly more blocks when it runs. */
export const blocksIncreased = definePlanRule({
  id: "blocks-increased",
  summary: "The query read clearly more blocks when it ran, and did not save work by it.",
  why: "Blocks are the pages of 8 kB that tables and indexes are made of. They are counted while the query runs, so they show work that the planner's estimate may miss; each must come from memory or disk.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 2,
      minimum: 1,
      means: "Quiet while the query reads at most this many times the blocks it did.",
      because: "two plans of equal cost may well differ by half as much again.",
    },
    minIncreaseBlocks: {
      default: 100,
      minimum: 0,
      integer: true,
      means: "Quiet while it reads fewer blocks of 8 kB more than this.",
      because: "below a megabyte nobody waits, and catalog look-ups count as blocks too.",
    },
  },

  check(change, { maxRatio, minIncreaseBlocks }) {
    const [before, after] = [readWork(change.before), readWork(change.after)];
    if (!before || !after || !isComparable(change, before, after)) return [];
    if (after.blocks <= before.blocks * maxRatio || after.blocks - before.blocks < minIncreaseBlocks) return [];
    const worst = worstRead(change);
    const relation = worst ? relationName(worst.after.relation) : null;
    const times = Number((after.blocks / Math.max(1, before.blocks)).toPrecision(2)).toLocaleString("en-US");
    return [
      {
        relation,
        title: `the query reads ${times} times as many blocks of 8 kB`,
        fix: `Compare how ${relation ?? "each table"} is read in the two plans: an index may be gone, hold fewer columns, or have them in another order.`,
        before: { kind: "figure", value: before.blocks, unit: "blocks" },
        after: { kind: "figure", value: after.blocks, unit: "blocks" },
      },
    ];
  },
});

/**
 * Not compared: what a Limit stops early, which depends on where the first rows happen to lie; and a plan that is
 * expected to be clearly cheaper, unless it handles more rows as well: then the expectation is wrong.
 */
function isComparable({ before, after }: PlanChange, then: Work, now: Work): boolean {
  if (after.root.totalCost * 1.1 < before.root.totalCost && now.rows <= then.rows * 1.1) return false;
  return [before, after].every((plan) => !stopsEarly(plan));
}

function stopsEarly({ root }: Plan): boolean {
  return walkPlan(root).some(({ node, expectedShare }) => node.relation !== undefined && expectedShare < 1);
}

/** The read that touches most more blocks, if any does. */
function worstRead({ accesses }: PlanChange) {
  const rise = ({ before, after }: PlanChange["accesses"][number]) =>
    (after.node.actual?.sharedBlocks ?? 0) - (before.node.actual?.sharedBlocks ?? 0);
  return accesses.filter((pair) => rise(pair) > 0).sort((a, b) => rise(b) - rise(a))[0];
}
