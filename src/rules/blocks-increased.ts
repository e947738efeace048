import type { PlanChange } from "../plan/change.js";
import type { Plan } from "../plan/plan.js";
import { relationName, walkPlan } from "../plan/walk.js";
import { definePlanRule } from "./rule.js";

/** Reports a query that touches clearly more blocks when it runs, or that no longer fits into memory. */
export const blocksIncreased = definePlanRule({
  id: "blocks-increased",
  summary: "The query touched clearly more blocks when it ran, or wrote temporary ones, though its cost did not fall.",
  why: "Blocks are what a query really reads: estimates may miss it, the disk and the cache do not.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 2,
      minimum: 1,
      means: "Quiet while the query touches at most this many times the blocks it did.",
      because: "two plans of equal cost may well differ by half as much again.",
    },
    minIncreaseBlocks: {
      default: 100,
      minimum: 0,
      integer: true,
      means: "Quiet while it touches fewer blocks of 8 kB more than this.",
      because: "below a megabyte nobody waits, and catalog look-ups count as blocks too.",
    },
  },

  check(change, { maxRatio, minIncreaseBlocks }) {
    const [before, after] = [change.before.root.actual, change.after.root.actual];
    if (!before || !after || !isComparable(change)) return [];
    const grew = (then: number, now: number) => now > then * maxRatio && now - then >= minIncreaseBlocks;
    const worst = worstRead(change);
    const relation = worst ? relationName(worst.after.relation) : null;
    const found = (title: string, fix: string, then: number, now: number) => [
      {
        relation,
        title,
        fix,
        before: { kind: "figure" as const, value: then, unit: "blocks" },
        after: { kind: "figure" as const, value: now, unit: "blocks" },
      },
    ];
    if (grew(before.tempBlocks, after.tempBlocks)) {
      const fix = "Give it the `work_mem` it had, or an index that delivers the rows in order.";
      const title = `a sort or hash no longer fits into work_mem: ${after.tempBlocks} temporary blocks`;
      return found(title, fix, before.tempBlocks, after.tempBlocks);
    }
    if (!grew(before.sharedBlocks, after.sharedBlocks)) return [];
    const title = `the query touches ${Number((after.sharedBlocks / Math.max(1, before.sharedBlocks)).toPrecision(2))} times the blocks`;
    const fix = `Compare how ${relation ?? "each relation"} is read in the two plans: an index that holds all columns, or the order of its columns, may be lost.`;
    return found(title, fix, before.sharedBlocks, after.sharedBlocks);
  },
});

/**
 * Not compared: writes, whose blocks grow with every index of their table; what a Limit stops early, which depends on
 * where the first rows happen to lie; and plans that the planner now finds clearly cheaper.
 */
function isComparable({ before, after }: PlanChange): boolean {
  if (after.root.totalCost * 1.1 < before.root.totalCost) return false;
  return [before, after].every((plan) => !stopsEarlyOrWrites(plan));
}

function stopsEarlyOrWrites({ root }: Plan): boolean {
  return walkPlan(root).some(
    ({ node, expectedShare }) => node.operator === "ModifyTable" || (node.relation !== undefined && expectedShare < 1),
  );
}

/** The read that touches most more blocks, if any does. */
function worstRead({ accesses }: PlanChange) {
  const rise = ({ before, after }: PlanChange["accesses"][number]) =>
    (after.node.actual?.sharedBlocks ?? 0) - (before.node.actual?.sharedBlocks ?? 0);
  return accesses.filter((pair) => rise(pair) > 0).sort((a, b) => rise(b) - rise(a))[0];
}
