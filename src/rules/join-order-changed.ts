import type { Join } from "../plan/joins.js";
import { pairJoins } from "../plan/joins.js";
import { shownOccurrence } from "../plan/occurrences.js";
import { growthOf } from "../plan/work.js";
import { definePlanRule } from "./rule.js";

/** Tells that relations are joined in another order, where the query does more work than before. */
export const joinOrderChanged = definePlanRule({
  id: "join-order-changed",
  summary: "The relations are joined in another order, and the query does more work.",
  why: "The order of joins follows from expected row counts: another order says that some count, or some way to read a table, is no longer what it was.",
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
        title: `joined in another order: ${sides(first)} first, before ${sides(then)}`,
        fix: "Compare expected and real rows of the first join in both plans: the one that is further off is where to begin.",
        before: { kind: "node", node: then.node },
        after: { kind: "node", node: first.node },
      },
    ];
  },
});

function sides({ outer, inner }: Join): string {
  return [outer, inner].map((side) => side.map(shownOccurrence).join(", ")).join(" with ");
}
