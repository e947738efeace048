import type { Join } from "../plan/joins.js";
import { pairJoins } from "../plan/joins.js";
import { occurrenceNames, occurrencesBelow, shownOccurrence } from "../plan/occurrences.js";
import { tellFigure } from "../plan/read-growth.js";
import { growthOf } from "../plan/work.js";
import { definePlanRule } from "./rule.js";
import { times } from "./words.js";

/** Reports a nested loop that looks into its inner side far more often than the query did before. */
export const nestedLoopLarge = definePlanRule({
  id: "nested-loop-large",
  summary: "A nested loop looks into its inner side far more often than before, and the query does clearly more work.",
  why: "A nested loop joins row by row: for every row of one side it searches the other side anew. That is good for a few rows, slow for thousands, and worse as the data grows.",
  defaultSeverity: "error",
  options: {
    minLoops: {
      default: 1_000,
      minimum: 1,
      integer: true,
      means: "Quiet while the inner side is looked into fewer times than this.",
      because: "a thousand look-ups by an index take some milliseconds.",
    },
    maxLoopsRatio: {
      default: 3,
      minimum: 1,
      means: "Quiet while it is looked into at most this many times as often as before.",
      because: "loops grow with the data, and not threefold at once.",
    },
    maxRatio: {
      default: 1.2,
      minimum: 1,
      means:
        "Quiet while the query does at most this many times the work (blocks and rows; by cost where it was not executed).",
      because: "many quick look-ups may well be the better plan.",
    },
  },

  check(change, { minLoops, maxLoopsRatio, maxRatio }) {
    if (growthOf(change) <= maxRatio) return [];
    const { pairs, added, before } = pairJoins(change);
    const then = new Map(pairs.map((pair) => [pair.after, loopsOf(pair.before)]));
    const lookedInto = (join: Join) =>
      then.get(join) ?? Math.max(0, ...before.filter((one) => sameInner(one, join)).map(loopsOf));
    const names = occurrenceNames(change);
    const known = new Set(occurrencesBelow(change.before.root, names.before));
    // What a relation that was not read before takes is another matter: the query asks for more.
    const readsNothingNew = ({ inner }: Join) => inner.every((name) => known.has(name));
    const large = [...pairs.map(({ after }) => after), ...added.filter(readsNothingNew)].filter(
      (join) => loopsOf(join) >= minLoops && loopsOf(join) > lookedInto(join) * maxLoopsRatio,
    );
    const worst = large.reduce<Join | undefined>((a, b) => (a && a.innerLoops >= b.innerLoops ? a : b), undefined);
    if (!worst) return [];
    const [loops, earlier] = [worst.innerLoops, lookedInto(worst)];
    const inner = worst.inner.map(shownOccurrence).join(", ") || "its other side";
    const expected = worst.node.children.find(({ role }) => role === "Outer")?.rowsPerLoop ?? 0;
    const counted = change.bothMeasured ? "" : ", by the planner's estimate";
    const advice =
      change.bothMeasured && expected * 10 < loops / Math.max(1, worst.loops)
        ? `The planner expected ${tellFigure(Math.max(1, expected * worst.loops))} of these searches, and chose this join for that. Put the estimate right: \`ANALYZE\` the tables, or \`CREATE STATISTICS\` on the columns by which the rows that go into the loop are found.`
        : `Look at the rows that go into the loop: a condition that leaves fewer of them helps, or an index on the columns by which ${inner} is joined.`;
    return [
      {
        relation: worst.inner.length === 1 ? relationOf(worst.inner[0]) : null,
        title: `a nested loop searches ${inner} ${times(loops)} instead of ${times(earlier)}${counted}`,
        fix: advice,
        before: null,
        after: { kind: "node", node: worst.node },
      },
    ];
  },
});

function loopsOf({ method, innerLoops }: Join): number {
  return method === "Nested Loop" ? innerLoops : 0;
}

function sameInner(one: Join, other: Join): boolean {
  return JSON.stringify(one.inner) === JSON.stringify(other.inner);
}

function relationOf(occurrence: string | undefined): string | null {
  const [relation = ""] = (occurrence ?? "").split(" ");
  return relation.includes(".") ? relation : null;
}
