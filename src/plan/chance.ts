import type { Plan, PlanNode } from "./plan.js";
import type { Access } from "./reads.js";

/**
 * Access methods of which two builds of the same index differ: of two pages that are equally good for a key one is
 * drawn by lot (gistchoose() in gistutil.c, spgdoinsert() in spgdoinsert.c).
 */
export const chanceMethods: ReadonlySet<string> = new Set(["gist", "spgist"]);

/**
 * So many times the blocks of a look-up in one build it may take in another. Measured on 14 and 17 with 20,000 points,
 * boxes and ranges: at most 1.15 where the rows came in the same order, mostly 1.4 and up to 3 where in another one.
 * Columns in another order, which is no chance, took 40 times the blocks.
 */
const maxChanceRatio = 4;
/** Look-ups that find as many rows as this are the same look-ups. */
const maxRowsRatio = 1.1;

/** A plan beside another one of the same query. */
export interface ComparedPlan extends Plan {
  /** Shared blocks that this one takes more than the other one by chance: an index of which two builds differ. */
  readonly chanceBlocks?: number;
}

/** The same node's read in both plans. */
interface Pair {
  readonly before: Access;
  readonly after: Access;
}

/**
 * Blocks that a node of either plan takes more than the same node of the other one, where that may be chance: both find
 * as many rows by the same kind of look-up in a GiST or SP-GiST index. Keyed by the node that reads the relation.
 */
export function findChanceBlocks(pairs: readonly Pair[]): ReadonlyMap<PlanNode, number> {
  const chance = new Map<PlanNode, number>();
  for (const { before, after } of pairs) {
    const [then, now] = [lookUpsOf(before), lookUpsOf(after)];
    if (then.length !== now.length) continue;
    for (const [at, one] of then.entries()) {
      const excess = excessOf(one, now[at] as LookUps);
      if (excess > 0) chance.set(after.node, (chance.get(after.node) ?? 0) + excess);
      if (excess < 0) chance.set(before.node, (chance.get(before.node) ?? 0) - excess);
    }
  }
  return chance;
}

/** A plan with the sum of what `chance` says of its nodes. */
export function withChance(
  plan: Plan,
  accesses: readonly Access[],
  chance: ReadonlyMap<PlanNode, number>,
): ComparedPlan {
  const chanceBlocks = accesses.reduce((sum, { node }) => sum + (chance.get(node) ?? 0), 0);
  return chanceBlocks === 0 ? plan : { ...plan, chanceBlocks };
}

/** All look-ups of one node in one index. */
interface LookUps {
  readonly node: PlanNode;
  /** Shared blocks of its own. */
  readonly blocks: number;
}

/** The nodes by which a read looks into indexes, in plan order. */
function lookUpsOf({ node, foreignBlocks }: Access): readonly LookUps[] {
  if (node.operator === "Bitmap Heap Scan") return node.children.flatMap(bitmapLookUps);
  if (node.index === undefined) return [];
  const below = node.children.reduce((sum, child) => sum + (child.actual?.sharedBlocks ?? 0), 0);
  return [{ node, blocks: Math.max(0, (node.actual?.sharedBlocks ?? 0) - below - foreignBlocks) }];
}

function bitmapLookUps(node: PlanNode): readonly LookUps[] {
  if (node.role === "SubPlan" || node.role === "InitPlan") return [];
  if (node.index !== undefined) return [{ node, blocks: node.actual?.sharedBlocks ?? 0 }];
  return node.children.flatMap(bitmapLookUps);
}

/** Blocks that `now` takes more, or as a negative number those that `then` does; 0 where that is no chance. */
function excessOf(then: LookUps, now: LookUps): number {
  const [one, other] = [then.node.actual, now.node.actual];
  if (!one?.loops || !other?.loops || !areOfChance(then.node, now.node)) return 0;
  const [rowsThen, rowsNow] = [one, other].map(({ rows, rowsRemoved, loops }) => (rows + rowsRemoved) / loops);
  const [few = 0, many = 0] = [rowsThen, rowsNow].sort((a = 0, b = 0) => a - b);
  if (many > few * maxRowsRatio + 1) return 0;
  const [before, after] = [then.blocks / one.loops, now.blocks / other.loops];
  if (Math.max(before, after) > Math.min(before, after) * maxChanceRatio) return 0;
  return after > before ? (after - before) * other.loops : (after - before) * one.loops;
}

/** Plans that were stored before access methods were told do not say it: then the same index has the same one. */
function areOfChance(then: PlanNode, now: PlanNode): boolean {
  if (then.operator !== now.operator) return false;
  if (then.accessMethod !== undefined && then.accessMethod === now.accessMethod) return true;
  return then.index === now.index && (then.accessMethod ?? now.accessMethod) !== undefined;
}
