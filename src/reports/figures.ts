import type { Plan, PlanNode } from "../plan/plan.js";
import { walkPlan } from "../plan/walk.js";
import { factor, figureOrDash } from "./numbers.js";

/** What a whole plan is expected to do and did. `null`: it was planned and not executed. */
export interface Figures {
  /** Planner units. */
  readonly cost: number;
  readonly rowsEstimated: number;
  readonly rowsActual: number | null;
  /** Shared blocks hit or read. */
  readonly sharedBlocks: number | null;
  /** Temporary blocks read or written. */
  readonly tempBlocks: number | null;
  readonly measured: boolean;
}

/** The figures of a plan's root, which stand for the whole query. */
export function figuresOf({ root }: Plan): Figures {
  const { actual } = root;
  return {
    cost: root.totalCost,
    rowsEstimated: root.rowsPerLoop,
    rowsActual: actual?.rows ?? null,
    sharedBlocks: actual?.sharedBlocks ?? null,
    tempBlocks: actual?.tempBlocks ?? null,
    measured: actual !== undefined,
  };
}

/** Rows a node was expected to return in all the loops it really ran, so that they can be held against `actual.rows`. */
export function expectedRows({ rowsPerLoop, actual }: PlanNode, rowsFactor = 1): number {
  return rowsPerLoop * (actual && actual.loops > 0 ? actual.loops * rowsFactor : 1);
}

/** What one process returns of all rows counted for a node, by node: see `walkPlan`. */
export function rowsFactors(plan: Plan): ReadonlyMap<PlanNode, number> {
  return new Map(walkPlan(plan.root).map(({ node, rowsFactor }) => [node, rowsFactor]));
}

/** A figure of both plans, written out. */
export interface FigureRow {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly factor: string;
}

const labels = [
  ["estimated cost", "cost"],
  ["estimated rows", "rowsEstimated"],
  ["actual rows", "rowsActual"],
  ["blocks of 8 kB", "sharedBlocks"],
  ["temporary blocks", "tempBlocks"],
] as const;

/** The figures of two plans side by side; those that neither has are left out, and temporary blocks where there were none. */
export function figureRows(before: Plan | undefined, after: Plan | undefined): readonly FigureRow[] {
  const [then, now] = [before && figuresOf(before), after && figuresOf(after)];
  return labels.flatMap(([label, key]) => {
    const [left, right] = [then?.[key] ?? null, now?.[key] ?? null];
    if (left === null && right === null) return [];
    if (key === "tempBlocks" && !left && !right) return [];
    return [{ label, before: figureOrDash(left), after: figureOrDash(right), factor: factor(left, right) }];
  });
}
