import type { ComparedPlan } from "./chance.js";
import { planShape } from "./normalise.js";
import { walkPlan } from "./walk.js";

/** Differences up to these count as none, whatever the ratio: catalog look-ups count as blocks too. */
const floors = { blocks: 16, tempBlocks: 16, rows: 20, partitions: 1 } as const;

/** What a plan reads and handles, as far as it was measured. */
interface Work {
  readonly blocks: number;
  /** Written to or read from temporary files. */
  readonly tempBlocks: number;
  /** Read from relations, or thrown away anywhere. */
  readonly rows: number;
  /** Partitions that were really read. */
  readonly partitions: number;
}

/**
 * Whether two plans of different shapes are practically the same: each costs at most `maxRatio` times the other, and
 * where both were measured, the new one did no more than that either.
 */
export function isTieOf(before: ComparedPlan, after: ComparedPlan, maxRatio: number): boolean {
  if (planShape(before) === planShape(after)) return false;
  const [then, now] = [before.root.totalCost, after.root.totalCost];
  if (Math.max(then, now) > Math.min(then, now) * maxRatio) return false;
  return didNoMore(before, after, maxRatio) ?? true;
}

/** As above, and both were measured: then a difference of shape alone is nothing to worry about. */
export function isMeasuredTie(before: ComparedPlan, after: ComparedPlan, maxRatio: number): boolean {
  return isTieOf(before, after, maxRatio) && didNoMore(before, after, maxRatio) === true;
}

/** Undefined where one of them was not measured. */
function didNoMore(before: ComparedPlan, after: ComparedPlan, maxRatio: number): boolean | undefined {
  const [then, now] = [workOf(before), workOf(after)];
  if (!then || !now) return undefined;
  return (["blocks", "tempBlocks", "rows", "partitions"] as const).every(
    (key) => now[key] <= Math.max(then[key] * maxRatio, then[key] + floors[key]),
  );
}

function workOf({ root, chanceBlocks = 0 }: ComparedPlan): Work | undefined {
  if (!root.actual) return undefined;
  const ran = walkPlan(root).flatMap(({ node }) => (node.actual && node.actual.loops > 0 ? [node] : []));
  const rows = ran.reduce(
    (sum, { relation, actual }) => sum + (actual?.rowsRemoved ?? 0) + (relation ? (actual?.rows ?? 0) : 0),
    0,
  );
  const partitions = new Set(
    ran.flatMap(({ relation }) => (relation?.partitionOf ? [JSON.stringify([relation.schema, relation.name])] : [])),
  );
  return {
    blocks: root.actual.sharedBlocks - chanceBlocks,
    tempBlocks: root.actual.tempBlocks,
    rows,
    partitions: partitions.size,
  };
}
