import type { ComparedPlan } from "./chance.js";
import type { PlanChange } from "./change.js";
import type { PlanNode } from "./plan.js";
import { walkPlan } from "./walk.js";

/** What running a plan took, apart from the writing itself, whose blocks grow with every index of the table. */
export interface Work {
  /** Shared blocks hit or read. */
  readonly blocks: number;
  /** Temporary blocks read or written. */
  readonly tempBlocks: number;
  /** Rows that its nodes returned or threw away. */
  readonly rows: number;
  /** All of it in planner units, by PostgreSQL's own defaults for a page, a row and a comparison. */
  readonly units: number;
}

/** seq_page_cost, cpu_tuple_cost, and two cpu_operator_cost for a comparison of a sort: as in costsize.c. */
const unitsPer = { block: 1, row: 0.01, comparison: 0.005 } as const;

/** Undefined where the plan was not executed. */
export function readWork({ root, chanceBlocks = 0 }: ComparedPlan): Work | undefined {
  return root.actual ? workOf(root, chanceBlocks) : undefined;
}

/** What a node and all below it took when they ran, apart from some blocks. */
function workOf(top: PlanNode, chanceBlocks: number): Work {
  const total = top.actual;
  const work = {
    blocks: (total?.sharedBlocks ?? 0) - chanceBlocks,
    tempBlocks: total?.tempBlocks ?? 0,
    rows: 0,
    comparisons: 0,
  };
  for (const { node } of walkPlan(top)) {
    const { operator, actual, children, relation } = node;
    if (!actual) continue;
    if (operator === "ModifyTable") {
      const read = children.reduce((sum, child) => sum + (child.actual?.sharedBlocks ?? 0), 0);
      work.blocks -= Math.max(0, actual.sharedBlocks - read);
      continue;
    }
    // A bitmap's rows are those of the heap scan above it.
    if (!operator.startsWith("Bitmap") || relation) work.rows += actual.rows + actual.rowsRemoved;
    if (isSort(node)) work.comparisons += comparisonsOf(node);
  }
  const blocks = Math.max(0, work.blocks);
  const units =
    (blocks + work.tempBlocks) * unitsPer.block + work.rows * unitsPer.row + work.comparisons * unitsPer.comparison;
  return { blocks, tempBlocks: work.tempBlocks, rows: work.rows, units };
}

/** Whether a node sorts its input; one whose input is sorted in part counts as well. */
export function isSort({ operator }: PlanNode): boolean {
  return operator === "Sort" || operator === "Incremental Sort";
}

/** n log2 n over all loops: the rows that go in, as a bounded sort returns few of them. */
function comparisonsOf({ children, actual }: PlanNode): number {
  const rows = children[0]?.actual?.rows ?? 0;
  const perLoop = rows / Math.max(1, actual?.loops ?? 1);
  return rows * Math.log2(Math.max(2, perLoop));
}

/**
 * How many times as much a query now does as a whole, cautiously. Where both plans ran: as much as cost and measured
 * work agree on; where they do not, half of what was measured, as blocks in the cache are cheaper than a planner's.
 * Where one did not run: the ratio of the costs. 1 where the rise is below `minIncreaseUnits` planner units.
 */
export function growthOf({ before, after }: Pick<PlanChange, "before" | "after">, minIncreaseUnits = 10): number {
  const cost = ratio(before.root.totalCost, after.root.totalCost);
  const [then, now] = [readWork(before), readWork(after)];
  if (!then || !now) return after.root.totalCost - before.root.totalCost < minIncreaseUnits ? Math.min(1, cost) : cost;
  const work = ratio(then.units, now.units);
  if (now.units - then.units < minIncreaseUnits) return Math.min(1, work);
  return Math.max(Math.min(cost, work), work / 2);
}

/** Figures below 1 count as 1: a ratio to nothing says nothing. */
function ratio(before: number, after: number): number {
  return Math.max(1, after) / Math.max(1, before);
}
