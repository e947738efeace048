import { type NameOccurrence, occurrenceNames, occurrencesBelow } from "../plan/occurrences.js";
import type { Plan, PlanNode } from "../plan/plan.js";
import { walkPlan } from "../plan/walk.js";
import { growthOf } from "../plan/work.js";
import { definePlanRule } from "./rule.js";
import { times } from "./words.js";

/** Reports a sub-select that is run for each row, where it was not, or for far fewer rows. */
export const subplanPerRow = definePlanRule({
  id: "subplan-per-row",
  summary:
    "A sub-select is run for each of many rows, far more often than before, and the query does clearly more work.",
  why: "A sub-select that runs anew for each row multiplies its own work by the number of rows, and grows with both.",
  defaultSeverity: "error",
  options: {
    minLoops: {
      default: 500,
      minimum: 1,
      integer: true,
      means: "Quiet while the sub-select is run fewer times than this.",
      because: "some hundred look-ups by an index take about a millisecond.",
    },
    maxLoopsRatio: {
      default: 3,
      minimum: 1,
      means: "Quiet while it is run at most this many times as often as before.",
      because: "runs grow with the data, and not threefold at once.",
    },
    maxRatio: {
      default: 1.2,
      minimum: 1,
      means:
        "Quiet while the query does at most this many times the work (blocks and rows; by cost where it was not executed).",
      because: "for few rows a look-up each is the better plan.",
    },
  },

  check(change, { minLoops, maxLoopsRatio, maxRatio }) {
    if (growthOf(change) <= maxRatio) return [];
    const names = occurrenceNames(change);
    const before = subplansOf(change.before, names.before, change.bothMeasured);
    const earlier = (key: string) => Math.max(0, ...before.filter((one) => one.key === key).map(({ loops }) => loops));
    const worst = subplansOf(change.after, names.after, change.bothMeasured)
      .filter(({ key, loops }) => loops >= minLoops && loops > earlier(key) * maxLoopsRatio)
      .reduce<Subplan | undefined>((a, b) => (a && a.loops >= b.loops ? a : b), undefined);
    if (!worst) return [];
    const reads = worst.reads.length === 0 ? "" : ` on ${worst.reads.join(", ")}`;
    return [
      {
        relation: worst.reads.length === 1 ? (worst.reads[0] ?? null) : null,
        title: `a sub-select${reads} runs ${times(worst.loops)} instead of ${times(earlier(worst.key))}${change.bothMeasured ? "" : ", by the planner's estimate"}`,
        fix: "Write it as a join, or as `IN` or `EXISTS`, which PostgreSQL can turn into one (`NOT EXISTS` in place of `NOT IN`); or give it an index for its condition.",
        before: null,
        after: { kind: "node", node: worst.node },
      },
    ];
  },
});

interface Subplan {
  readonly node: PlanNode;
  /** The same for a sub-select of the same relations in another plan. */
  readonly key: string;
  /** Relations that it reads, as `schema.name`. */
  readonly reads: readonly string[];
  readonly loops: number;
}

function subplansOf({ root }: Plan, nameOf: NameOccurrence, measured: boolean): readonly Subplan[] {
  const parents = new Map(walkPlan(root).flatMap(({ node }) => node.children.map((child) => [child, node] as const)));
  return walkPlan(root).flatMap(({ node, expectedLoops }) => {
    if (node.role !== "SubPlan") return [];
    const occurrences = occurrencesBelow(node, nameOf);
    const expected = isHashed(node, parents.get(node)) ? 1 : expectedLoops;
    const reads = [...new Set(occurrences.map((name) => name.split(" ")[0] ?? name))].filter((name) =>
      name.includes("."),
    );
    const loops = measured && node.actual ? node.actual.loops : expected;
    return [{ node, key: JSON.stringify(occurrences), reads, loops }];
  });
}

/** Run once, into a hash table. EXPLAIN says so only where the result is used. */
function isHashed({ subplanName = "" }: PlanNode, parent: PlanNode | undefined): boolean {
  return parent?.details.some(({ text }) => text.includes(`hashed ${subplanName}`)) ?? false;
}
