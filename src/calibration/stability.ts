import { planShape } from "../plan/normalise.js";
import type { Plan } from "../plan/plan.js";
import { findMoving, type MovingEstimate } from "./estimates.js";

/** One way in which a query was planned. */
export interface Variant {
  /** The first that was seen. */
  readonly plan: Plan;
  /** In how many of the sampled runs it was planned so. */
  readonly runs: number;
  /** Total cost in planner units, from the least to the most. */
  readonly cost: { readonly min: number; readonly max: number };
  /** Whether `check` plans it so, from statistics of every row. */
  readonly isChecked: boolean;
}

/** What other samples of the same rows make of a query's plan. */
export interface Stability {
  readonly kind: /** One plan, and practically one cost. */
    | "stable"
    /** Several plans of practically the same cost and work. */
    | "tie"
    /** Several plans that are not the same. */
    | "alternating"
    /** One plan, the cost of which moves so far that it would look like a regression. */
    | "moving";
  /** Most frequent first. */
  readonly variants: readonly Variant[];
  /** The estimate that moves most; absent where all stay. */
  readonly moving?: MovingEstimate;
}

/** A cost that moves less is nobody's concern; both as `cost-increased` has them. */
const maxMoveRatio = 1.5;
const minMovePlannerUnits = 10;

/** Compares the plan that `check` makes with those that each of several samples led to. */
export function judgeStability(checked: Plan, sampled: readonly Plan[], tieMaxRatio: number): Stability {
  const variants = variantsOf(checked, sampled);
  const kind = kindOf(variants, tieMaxRatio);
  const moving = kind === "stable" ? undefined : findMoving([checked, ...sampled]);
  return { kind, variants, ...(moving ? { moving } : {}) };
}

function variantsOf(checked: Plan, sampled: readonly Plan[]): readonly Variant[] {
  const isChecked = planShape(checked);
  const byShape = Map.groupBy([checked, ...sampled], planShape);
  const variants = [...byShape].map(([shape, [plan = checked, ...others]]): Variant => {
    const costs = [plan, ...others].map(({ root }) => root.totalCost);
    return {
      plan,
      runs: shape === isChecked ? others.length : others.length + 1,
      cost: { min: Math.min(...costs), max: Math.max(...costs) },
      isChecked: shape === isChecked,
    };
  });
  return variants.sort((a, b) => b.runs - a.runs || a.cost.min - b.cost.min);
}

function kindOf(variants: readonly Variant[], tieMaxRatio: number): Stability["kind"] {
  const min = Math.min(...variants.map(({ cost }) => cost.min));
  const max = Math.max(...variants.map(({ cost }) => cost.max));
  const moved = max > min * maxMoveRatio && max - min >= minMovePlannerUnits;
  const [first, ...others] = variants;
  if (!first || others.length === 0) return moved ? "moving" : "stable";
  return others.every(({ cost }) => meet(first.cost, cost, tieMaxRatio)) && !moved ? "tie" : "alternating";
}

/** Whether two ranges of cost come within `maxRatio` of each other. */
function meet(a: Variant["cost"], b: Variant["cost"], maxRatio: number): boolean {
  return a.min <= b.max * maxRatio && b.min <= a.max * maxRatio;
}
