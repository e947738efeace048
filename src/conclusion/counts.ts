import type { Conclusion, Decision } from "./conclusion.js";

/** How many plans ended how, for the action's outputs. */
export interface Counts {
  /** Worse, or no longer watched, and nobody approved it. */
  readonly blocked: number;
  readonly needsEvidence: number;
  /** Worse and approved. */
  readonly accepted: number;
  readonly improved: number;
  /** Plans of registered queries, compared or not. */
  readonly watched: number;
}

/** Counts plans: a query has one for each case, kind and major. */
export function countsOf({ decided, evaluations }: Pick<Conclusion, "decided" | "evaluations">): Counts {
  const of = (kind: Decision["kind"]) => decided.filter(({ decision }) => decision.kind === kind).length;
  const outcomes = evaluations.flatMap(({ verdict }) => verdict.outcomes);
  return {
    blocked: of("blocked"),
    needsEvidence: of("needs evidence"),
    accepted: of("accepted"),
    improved: outcomes.filter(({ kind }) => kind === "improved").length,
    watched: outcomes.filter(({ kind }) => kind !== "orphaned").length,
  };
}
