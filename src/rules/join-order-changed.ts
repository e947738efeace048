import type { Join } from "../plan/joins.js";
import { pairJoins } from "../plan/joins.js";
import { shownOccurrence } from "../plan/occurrences.js";
import { growthOf } from "../plan/work.js";
import { definePlanRule } from "./rule.js";

/** Tells that relations are joined in another order, where the query does more work than before. */
export const joinOrderChanged = definePlanRule({
  id: "join-order-changed",
  summary: "The relations are joined in another order, and the query does more work.",
  why: "The planner chooses the order of joins by the row counts it expects: another order says that some count, or some way to read a table, is no longer what it was.",
  defaultSeverity: "info",
  options: {
    maxRatio: {
      default: 1.2,
      minimum: 1,
      means:
        "Quiet while the query does at most this many times the work (blocks and rows; by cost where it was not executed).",
      because: "which of two equally good orders is taken tells nothing.",
    },
  },

  check(change, { maxRatio }) {
    if (growthOf(change) <= maxRatio) return [];
    const { pairs, added, before } = pairJoins(change);
    const unchanged = new Set(pairs.map((pair) => pair.before));
    const gone = before.filter((join) => !unchanged.has(join));
    const [first, then] = [added[0], gone[0]];
    if (!first || !then) return [];
    return [
      {
        relation: null,
        title: `tables are joined in another order: ${sides(first)} first, instead of ${sides(then)}`,
        fix: "Compare expected rows (`rows est.`) and actual rows of the first join in both plans: where they are further apart is where to begin.",
        before: { kind: "node", node: then.node },
        after: { kind: "node", node: first.node },
      },
    ];
  },
});

function sides({ outer, inner }: Join): string {
  const named = (side: readonly string[]) => side.map(shownOccurrence).join(", ") || "a computed result";
  return `${named(outer)} with ${named(inner)}`;
}
