import type { Join, JoinPair } from "../plan/joins.js";
import { pairJoins } from "../plan/joins.js";
import { shownOccurrence } from "../plan/occurrences.js";
import { growthOf } from "../plan/work.js";
import { definePlanRule } from "./rule.js";

/** From here on a risen cost wants an explanation: as `cost-increased` has it. */
const costMaxRatio = 1.5;

/** Reports a join that is done by another method, where the query does more work than before. */
export const joinMethodWorse = definePlanRule({
  id: "join-method-worse",
  summary: "Two relations are joined by another method, and the query does clearly more work.",
  why: "A Nested Loop searches one side anew for each row of the other, a Hash Join reads both sides once, a Merge Join needs both in order. Each fits other numbers of rows, and the wrong one does far more work.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 1.2,
      minimum: 1,
      means:
        "Quiet while the query does at most this many times the work (blocks and rows; by cost where it was not executed).",
      because: "within a fifth another method is a matter of taste.",
    },
    minIncreasePlannerUnits: {
      default: 25,
      minimum: 0,
      means: "Quiet while the work rose by less than this many planner units (1 = one block).",
      because: "a few blocks more are not felt.",
    },
  },

  check(change, { maxRatio, minIncreasePlannerUnits }) {
    const isDearer = growthOf(change, minIncreasePlannerUnits) > maxRatio;
    // By cost alone it is no more than an explanation of what other rules may find.
    const [then, now] = [change.before.root.totalCost, change.after.root.totalCost];
    if (!isDearer && (now <= then * costMaxRatio || now - then < minIncreasePlannerUnits)) return [];
    const changed = pairJoins(change).pairs.filter(({ before, after }) => before.method !== after.method);
    const worst = changed.reduce<JoinPair | undefined>((a, b) => (a && rise(a) >= rise(b) ? a : b), undefined);
    if (!worst || rise(worst) <= 0) return [];
    const { before, after } = worst;
    return [
      {
        relation: null,
        title: `${sides(after)} by ${after.method} instead of ${before.method}`,
        fix: `See whether an index on the join's columns is gone. If not, compare how many rows the planner expects and really gets on each side of this ${after.method}: where it is far off, \`ANALYZE\` the table, or \`CREATE STATISTICS\` on the columns compared.`,
        before: { kind: "node", node: before.node },
        after: { kind: "node", node: after.node },
        ...(isDearer ? {} : { harmless: true as const }),
      },
    ];
  },
});

/** How much more the join and all below it do: rows and blocks where both were measured, else cost. */
function rise({ before, after }: JoinPair): number {
  const [then, now] = [before.node.actual, after.node.actual];
  if (!then || !now) return after.node.totalCost * after.loops - before.node.totalCost * before.loops;
  const blocks = now.sharedBlocks + now.tempBlocks - then.sharedBlocks - then.tempBlocks;
  const dearer = after.node.totalCost * now.loops - before.node.totalCost * then.loops;
  return Math.max(blocks, dearer, (after.innerLoops - before.innerLoops) * 0.01);
}

function sides({ outer, inner }: Join): string {
  const named = (names: readonly string[]) =>
    names.length === 0 ? "a computed result" : names.map(shownOccurrence).join(", ");
  return `${named(outer)} is joined with ${named(inner)}`;
}
