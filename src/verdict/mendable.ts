import { redFlags } from "../rules/red-flags.js";
import type { Outcome } from "./verdict.js";

/**
 * A new query's red flags block only where a fix was tried and helped: then its author has something to do about them.
 * Whatever has a plan to be compared with is judged by that alone.
 */
export function blockWhereProven(outcome: Outcome): Outcome {
  if (outcome.kind !== "unbaselined") return outcome;
  return {
    ...outcome,
    findings: outcome.findings.map((finding) =>
      finding.severity === "warn" && finding.rule === redFlags.id && finding.fixes?.length
        ? { ...finding, severity: "error" }
        : finding,
    ),
  };
}

/** Whether a new query blocks because a fix was tried that makes it better. */
export function isMendable({ kind, findings }: Outcome): boolean {
  return kind === "unbaselined" && findings.some(({ rule, severity }) => rule === redFlags.id && severity === "error");
}
