import type { Change } from "../plan/change.js";
import { isMeasuredTie } from "../plan/tie.js";
import type { RuleFinding } from "../rules/index.js";

/**
 * Rules about how a plan is built, not about what it does. In a measured tie they have nothing to warn of: a team would
 * not choose between the two plans, and tomorrow the planner may choose the other one.
 */
export const rulesAboutShape: ReadonlySet<string> = new Set([
  "index-scan-lost",
  "index-only-scan-lost",
  "index-less-selective",
  "join-method-worse",
  "join-order-changed",
  "relation-added",
  "sort-added",
]);

/** Makes information of what rules about shape found where two measured plans are practically the same. */
export function calmInTie(found: readonly RuleFinding[], change: Change, maxRatio: number): readonly RuleFinding[] {
  if (change.kind !== "planned" || !found.some(({ rule }) => rulesAboutShape.has(rule))) return found;
  if (!isMeasuredTie(change.before, change.after, maxRatio)) return found;
  const calm = found.map((one) => (rulesAboutShape.has(one.rule) ? { ...one, severity: "info" as const } : one));
  return [...calm.filter(({ severity }) => severity !== "info"), ...calm.filter(({ severity }) => severity === "info")];
}
