import type { Judgement } from "./judge.js";
import type { Finding, Outcome } from "./verdict.js";

/** What planning the base in this run showed about one query and case. */
export type BaseLook =
  /** The stored baseline was enough. */
  | { readonly kind: "not asked" }
  /** The base does not have the query or the case. */
  | { readonly kind: "absent" }
  /** It could not be found out; the run's notes say why. */
  | { readonly kind: "unknown" }
  /** PostgreSQL refuses to plan it there as well. */
  | { readonly kind: "failed"; readonly message: string }
  /** Today's plan compared with the base's. */
  | { readonly kind: "compared"; readonly judgement: Judgement };

/** What a decision depends on besides the two comparisons. */
export interface Circumstances {
  /** Whether what nobody has accepted blocks. */
  readonly strict: boolean;
  /** What the branch changes of the environment, in words; empty where it changes nothing. */
  readonly environmentChanges: readonly string[];
}

/** Whether the base's plan of now must be known: the stored one raises a question, or is none to compare with. */
export function raisesQuestion({ outcome }: Judgement): boolean {
  if (!outcome) return false;
  switch (outcome.kind) {
    case "flagged":
    case "broken":
    case "improved":
    case "unbaselined":
    case "incomparable":
      return true;
    case "passed":
    case "tie":
    case "drift":
    case "orphaned":
      return false;
  }
}

/** Joins the comparison with the stored baseline and that with the base's plan of now: who moved the plan decides. */
export function decide(stored: Judgement, look: BaseLook, circumstances: Circumstances): Judgement {
  const { outcome } = stored;
  if (!outcome) return stored;
  switch (look.kind) {
    case "not asked":
    case "absent":
    case "unknown":
      return stored;
    case "failed":
      return brokenBefore(outcome, stored, look.message);
    case "compared":
      return byBasePlan(outcome, look.judgement, circumstances, stored.isAcceptedAlternative) ?? stored;
  }
}

function brokenBefore(outcome: Outcome, stored: Judgement, message: string): Judgement {
  if (outcome.kind !== "broken" || outcome.before === undefined) return stored;
  return { outcome: drifted(outcome, [`PostgreSQL refuses it on the base as well, without this change: ${message}`]) };
}

function byBasePlan(
  stored: Outcome,
  now: Judgement,
  circumstances: Circumstances,
  isAcceptedAlternative = false,
): Judgement | undefined {
  const { outcome } = now;
  if (!outcome || outcome.kind === "incomparable" || outcome.kind === "unbaselined") return undefined;
  const unaccepted = stored.kind === "unbaselined" || stored.kind === "incomparable";
  // The team accepted several plans side by side: that the base now has another one of them is no regression.
  if (isWorse(outcome) && isAcceptedAlternative) return undefined;
  if (isWorse(outcome)) return { outcome: withNotes(outcome, unaccepted ? [comparedNote(stored)] : []) };
  if (unaccepted) {
    // Strict means that an accepted plan is asked for, whatever the plan is.
    if (circumstances.strict) return undefined;
    return { outcome: withNotes(outcome, [comparedNote(stored)]) };
  }
  if (isWorse(stored)) return { outcome: drifted(stored, [whatMoved(circumstances)]) };
  if (stored.kind === "improved" && outcome.kind !== "improved") {
    return { outcome: drifted(stored, [whatMoved(circumstances)]) };
  }
  return undefined;
}

/** A finding above `info`, or no plan at all. */
function isWorse({ kind, findings }: Outcome): boolean {
  return kind === "broken" || findings.some(({ severity }) => severity !== "info");
}

function comparedNote({ kind, findings }: Outcome): string {
  const remark = findings.find(({ rule }) => rule === kind);
  const why = kind === "unbaselined" || !remark ? "no baseline is stored" : remark.title;
  return `compared with the base's plan: ${why}`;
}

function whatMoved({ environmentChanges }: Circumstances): string {
  return environmentChanges.length > 0
    ? `moved by the changed environment, not by schema or query: ${environmentChanges.join("; ")}`
    : "on the base, without this change, the plan has moved in the same way since it was accepted: by the data, the statistics or the server";
}

function drifted(outcome: Outcome, notes: readonly string[]): Outcome {
  const findings = outcome.findings.map((finding): Finding => ({ ...finding, severity: "info" }));
  return withNotes({ ...outcome, kind: "drift", findings }, notes);
}

function withNotes(outcome: Outcome, notes: readonly string[]): Outcome {
  return { ...outcome, notes: [...notes, ...outcome.notes] };
}
