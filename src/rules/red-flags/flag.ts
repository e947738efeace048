import type { NewPlan } from "../../plan/change.js";
import type { PlanNode, Relation } from "../../plan/plan.js";
import type { Access } from "../../plan/reads.js";

/** What looks wrong in a plan by itself. */
export interface Flag {
  /** Schema-qualified; null where no relation is to blame. */
  readonly relation: string | null;
  readonly title: string;
  readonly fix: string;
  readonly node: PlanNode;
  /** Rows that were handled for nothing, or about that: what weighs most is told first. */
  readonly rows: number;
}

/** The thresholds of red flags, as the rule's options. */
export interface FlagOptions {
  readonly minTableRows: number;
  readonly minRows: number;
  readonly minReadPerRow: number;
  readonly maxTimesOff: number;
  readonly minTempBlocks: number;
  readonly minLookUps: number;
}

/** One kind of red flag. */
export type FindFlags = (
  change: NewPlan,
  /** How each relation is read, node by node. */
  accesses: readonly Access[],
  options: FlagOptions,
) => readonly Flag[];

/** Whether a table is so small that no plan of it is wrong; what is no table is not small. */
export function isSmall(change: NewPlan, relation: Relation, { minTableRows }: FlagOptions): boolean {
  return (change.rowsOf(relation.partitionOf ?? relation) ?? Number.POSITIVE_INFINITY) < minTableRows;
}

/** A number of rows as it is read. */
export function count(rows: number): string {
  return Number(rows.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** The condition of a node that throws rows away, as SQL; empty where it has none. */
export function filterOf({ details }: PlanNode): string {
  return details.find(({ label }) => label === "Filter" || label === "Recheck Cond")?.text ?? "";
}
