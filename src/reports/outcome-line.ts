import { missesExpectation } from "../verdict/expected.js";
import type { Outcome } from "../verdict/verdict.js";
import { figuresOf } from "./figures.js";
import { factor } from "./numbers.js";

/** The names that tell an outcome from every other: query, case, and the kind of plan where it is not the usual one. */
export function outcomeNames({ name, case: caseName, plan }: Outcome): readonly string[] {
  return [name, ...(caseName === null ? [] : [caseName]), ...(plan === "generic" ? ["generic plan"] : [])];
}

/** What happened to a query in a few words. No `default`: the compiler rejects a forgotten kind. */
export function outcomeSummary(outcome: Outcome): string {
  switch (outcome.kind) {
    case "passed":
      return "";
    case "flagged":
      return rulesOf(outcome);
    case "improved":
      return costFactor(outcome) || "cheaper";
    case "tie":
      return "another plan, as good";
    case "drift":
      return "not by this change";
    case "unbaselined":
      return (
        rulesOf({ ...outcome, findings: outcome.findings.filter(({ rule }) => rule !== "unbaselined") }) ||
        "no baseline yet"
      );
    case "orphaned":
      return "its query is gone";
    case "incomparable":
      return missesExpectation(outcome) ? rulesOf(outcome) : "other environment";
    case "broken":
      return rulesOf(outcome) || "PostgreSQL refuses it";
  }
}

function rulesOf({ findings }: Outcome): string {
  const [first, ...others] = new Set(findings.map(({ rule }) => rule));
  return first === undefined ? "" : others.length > 0 ? `${first} +${others.length}` : first;
}

function costFactor({ before, after }: Outcome): string {
  const times = before && after ? factor(figuresOf(before).cost, figuresOf(after).cost) : "";
  return times && `cost ${times}`;
}
