import type { AccessPair } from "../plan/change.js";
import { isWorseAsWhole } from "../plan/read-growth.js";
import { accessKind, indexesOf, relationName } from "../plan/walk.js";
import { definePlanRule } from "./rule.js";
import { quoted } from "./words.js";

/** Reports a relation that was read through an index and is now read whole. */
export const indexScanLost = definePlanRule({
  id: "index-scan-lost",
  summary: "A relation that was read through an index is now read whole.",
  why: "A sequential scan (Seq Scan) reads every row of the table, however few the query needs, and takes longer as the table grows.",
  defaultSeverity: "error",
  options: {
    minRows: {
      default: 1_000,
      minimum: 0,
      integer: true,
      means: "Relations with fewer rows than this stay quiet.",
      because: "reading a small table whole is the right plan.",
    },
    minCostRatio: {
      default: 1.1,
      minimum: 1,
      means:
        "Quiet unless reading this relation (cost × loops) costs at least this many times as much; information where the whole query does not.",
      because: "within a tenth two plans are a tie.",
    },
  },

  check(change, { minRows, minCostRatio }) {
    const { accesses, rowsOf } = change;
    const harmless = !isWorseAsWhole(change);
    const lost = accesses.filter(
      ({ before, after }) => accessKind(before.node) === "index" && accessKind(after.node) === "sequential",
    );
    return groupByOccurrence(lost).flatMap((pairs) => {
      const worst = pairs.reduce((a, b) => (b.after.wholeCost > a.after.wholeCost ? b : a));
      const rows = sum(pairs, ({ after }) => rowsOf(after.relation) ?? Number.POSITIVE_INFINITY);
      const [before, after] = [sum(pairs, (p) => p.before.wholeCost), sum(pairs, (p) => p.after.wholeCost)];
      if (rows < minRows || after <= before * minCostRatio) return [];
      const relation = relationName(worst.after.relation);
      const indexes = indexesOf(worst.before.node);
      const partitions = pairs.length > 1 ? ` (${pairs.length} partitions)` : "";
      const condition = worst.before.node.details.find(
        ({ label }) => label === "Index Cond" || label === "Recheck Cond",
      );
      return [
        {
          relation,
          title: `${relation} is read whole${partitions} instead of through ${quoted(indexes)}`,
          fix: harmless
            ? "Nothing has to be done: the query as a whole does about as much work as before. `plan-gate accept` stores the new plan."
            : `Keep ${quoted(indexes)}, or give the query another index${condition ? ` that fits \`${condition.text}\`` : ""}.`,
          before: { kind: "node", node: worst.before.node },
          after: { kind: "node", node: worst.after.node },
          ...(harmless ? { harmless } : {}),
          ...(indexes[0] === undefined ? {} : { suspect: { kind: "index", name: indexes[0] } }),
        },
      ];
    });
  },
});

/** Partitions of one occurrence of their parent are one thing to a reader. */
function groupByOccurrence(pairs: readonly AccessPair[]): readonly AccessPair[][] {
  const groups = Map.groupBy(pairs, ({ after }) => JSON.stringify([relationName(after.relation), after.alias]));
  return [...groups.values()];
}

function sum(pairs: readonly AccessPair[], figure: (pair: AccessPair) => number): number {
  return pairs.reduce((total, pair) => total + figure(pair), 0);
}
