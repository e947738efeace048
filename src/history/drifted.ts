import { planShape } from "../plan/normalise.js";
import type { Outcome } from "../verdict/verdict.js";

/**
 * Whether a query is no longer planned as accepted: worse, clearly better, not at all, or by another plan. Two plans of
 * practically the same cost are a tie, and no drift: statistics alone make the planner go from one to the other.
 */
export function hasDrifted({ kind, before, after }: Outcome): boolean {
  switch (kind) {
    case "flagged":
    case "improved":
    case "drift":
      return true;
    case "broken":
      return before !== undefined;
    case "passed":
      return before !== undefined && after !== undefined && planShape(before) !== planShape(after);
    case "tie":
    case "unbaselined":
    case "orphaned":
    case "incomparable":
      return false;
  }
}
