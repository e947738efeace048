import { findTouchedTables } from "./cause/touched-tables.js";
import type { Measurement } from "./measure.js";
import type { AppliedStatement } from "./migrations/layout.js";
import { noteMissingEvidence, noteSmallTables } from "./verdict/small-tables.js";
import type { Outcome, Verdict } from "./verdict/verdict.js";

/**
 * Says where the data is too small to tell: which tables, and of which plans that passed it is no evidence, since `own`,
 * the statements that only the tested tree has, change such a table.
 */
export async function doubtSmallTables(
  outcomes: readonly Outcome[],
  { planned, applied, catalog: { small } }: Measurement,
  own: readonly AppliedStatement[],
): Promise<Pick<Verdict, "outcomes" | "notes">> {
  if (small.length === 0) return { outcomes, notes: [] };
  const plans = [...planned.values()].flatMap((one) => (one.kind === "plan" ? [one.plan] : []));
  const touched = await findTouchedTables(own, applied);
  return { outcomes: noteMissingEvidence(outcomes, small, touched), notes: noteSmallTables(plans, small) };
}
