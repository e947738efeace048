import { expectationMissed } from "../rules/expectation-missed.js";
import type { Finding, Outcome } from "./verdict.js";

function isMiss({ rule }: Finding): boolean {
  return rule === expectationMissed.id;
}

function errorsOf({ findings }: Outcome): readonly Finding[] {
  return findings.filter(({ severity }) => severity === "error");
}

/** Whether a plan is not what its query's header expects, and that blocks. */
export function missesExpectation(outcome: Outcome): boolean {
  return errorsOf(outcome).some(isMiss);
}

/** Whether something else about it blocks: it got worse, or nobody has accepted a plan. */
export function blocksOtherwise(outcome: Outcome): boolean {
  return errorsOf(outcome).some((finding) => !isMiss(finding));
}
