import type { PlanChange } from "../plan/change.js";
import { planStructure } from "../plan/normalise.js";
import type { PlanNode } from "../plan/plan.js";
import { tellFigure } from "../plan/read-growth.js";
import { definePlanRule } from "./rule.js";
import { orNone, whatSpills } from "./words.js";

/** A spill over the edge of work_mem with so many more rows is the data's growth. */
const growthMaxRatio = 1.1;

/** Reports a sort, hash or stored result that no longer fits into memory. */
export const spilled = definePlanRule({
  id: "spilled",
  summary: "A sort, a hash or an intermediate result no longer fits into `work_mem` and is written to disk.",
  why: "What does not fit into memory is written to temporary files and read again: many times slower, and felt by everybody who shares the disk.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 2,
      minimum: 1,
      means: "Quiet while at most this many times as many temporary blocks are read and written as before.",
      because: "what spilled when it was accepted may spill a little more.",
    },
    minIncreaseTempBlocks: {
      default: 32,
      minimum: 1,
      integer: true,
      means: "Quiet while fewer temporary blocks of 8 kB more than this are read and written.",
      because: "a quarter of a megabyte stays in the operating system's cache.",
    },
  },

  check(change, { maxRatio, minIncreaseTempBlocks }) {
    const [before, after] = [change.before.root.actual, change.after.root.actual];
    if (!before || !after) return [];
    const [then, now] = [before.tempBlocks, after.tempBlocks];
    if (now <= then * maxRatio || now - then < minIncreaseTempBlocks) return [];
    const node = spiller(change.after.root);
    const grown = onlyGrown(change);
    const [old, memory] = [change.before, change.after].map(
      ({ settings }) => settings["work_mem"] ?? "the server's default",
    );
    return [
      {
        relation: null,
        title: `${whatSpills(node.operator)} no longer fits into memory (\`work_mem\`): ${tellFigure(now)} temporary blocks of 8 kB are written or read instead of ${orNone(then)}`,
        fix:
          old !== memory
            ? `\`work_mem\` was ${old} and is ${memory}: give the query what it had, or an index that delivers the rows in order.`
            : "Let the query handle fewer or narrower rows, give it more `work_mem`, or an index that delivers the rows in order.",
        before: { kind: "figure", value: then, unit: "temporary blocks" },
        after: { kind: "figure", value: now, unit: "temporary blocks" },
        ...(grown ? { harmless: true as const } : {}),
      },
    ];
  },
});

/** The same plan under the same settings with a few per cent more rows: no change of schema or query did this. */
function onlyGrown({ before, after }: PlanChange): boolean {
  if (JSON.stringify(sorted(before.settings)) !== JSON.stringify(sorted(after.settings))) return false;
  if (planStructure(before) !== planStructure(after)) return false;
  const now = spiller(after.root);
  const then = twinOf(before.root, after.root, now);
  if (!then) return false;
  return rowsInto(now) > rowsInto(then) && rowsInto(now) <= rowsInto(then) * growthMaxRatio;
}

function sorted(settings: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The node that stands in the old plan where `wanted` stands in the new one, which has the same structure. */
function twinOf(before: PlanNode, after: PlanNode, wanted: PlanNode): PlanNode | undefined {
  if (after === wanted) return before;
  for (const [index, child] of after.children.entries()) {
    const old = before.children[index];
    const found = old && twinOf(old, child, wanted);
    if (found) return found;
  }
  return undefined;
}

/** The deepest node of those that write most temporary blocks themselves. */
function spiller(root: PlanNode): PlanNode {
  const own = (node: PlanNode) =>
    (node.actual?.tempBlocks ?? 0) - node.children.reduce((sum, child) => sum + (child.actual?.tempBlocks ?? 0), 0);
  const all = (node: PlanNode): readonly PlanNode[] => [node, ...node.children.flatMap(all)];
  return all(root).reduce((a, b) => (own(b) > own(a) ? b : a));
}

function rowsInto(node: PlanNode): number {
  return node.children.reduce((sum, child) => sum + (child.actual?.rows ?? 0), 0);
}
