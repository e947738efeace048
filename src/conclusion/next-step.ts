import { whoMay } from "../approval/who-may.js";
import type { ApprovalSettings } from "../config/settings.js";
import type { Evaluation } from "../evaluation/evaluation.js";
import { blocksOtherwise, missesExpectation } from "../verdict/expected.js";
import { isMendable } from "../verdict/mendable.js";
import type { OutcomeKind } from "../verdict/verdict.js";
import type { Conclusion } from "./conclusion.js";
import { countsOf } from "./counts.js";
import { codeOwners } from "./settle.js";
import { blockedOf, culpritsOf, listed } from "./words.js";

/** What to do next, in one sentence. Its words may come from outside; names stand in backquotes. */
export function nextStep(conclusion: Conclusion): string {
  switch (conclusion.ending) {
    case "worse":
      return afterWorse(conclusion);
    case "could not run":
      return problemHint(conclusion) ?? "See the job's log, and run it again.";
    case "environment changed":
      return afterWaiting(conclusion);
    case "needs evidence":
      return "Run `plan-gate accept` and commit the files that it writes: what has no baseline is not watched.";
    case "set-up":
      return outcomes(conclusion, "unbaselined") > 0
        ? "Run `plan-gate accept`, commit the files that it writes, merge, and make the check `plan-gate` required."
        : "Merge, and make the check `plan-gate` required.";
    case "drift":
      return "Nothing to do here; `plan-gate accept` on the default branch brings the accepted plans up to date.";
    case "tie":
    case "pass":
      return afterPass(conclusion);
  }
}

function afterWorse(conclusion: Conclusion): string {
  const { refused, waiting } = conclusion;
  const blocked = blockedOf(conclusion);
  const [wrong] = refused;
  if (wrong) return wrong.next === "" ? "Take what can never count out of this pull request." : wrong.next;
  const all = (...kinds: OutcomeKind[]) =>
    blocked.length > 0 && blocked.every(({ outcome }) => kinds.includes(outcome.kind));
  if (all("broken")) return "Change the queries together with the schema, or keep in the schema what they use.";
  if (blocked.length > 0 && blocked.every(({ outcome }) => missesExpectation(outcome) && !blocksOtherwise(outcome))) {
    return "Give the plans what their queries expect, or change `expect` in the queries' headers.";
  }
  if (blocked.some(({ outcome }) => isMendable(outcome)) && all("unbaselined", "incomparable")) {
    return "Apply the fix that was tried, or, if the plan is meant to be so, have its baseline approved.";
  }
  if (all("unbaselined", "incomparable")) return "Run `plan-gate accept` and commit the files that it writes.";
  if (all("orphaned")) return "Bring back what is gone, or delete its baseline.";
  const culprits = culpritsOf(blocked);
  const undo = culprits.length > 0 ? `Change ${listed(culprits, 2)}` : "Undo what made the plans worse";
  const settings = approvalOf(conclusion.evaluations);
  if (!settings || settings.mode === "off") {
    return `${undo}: a worse plan cannot be approved in a pull request here.`;
  }
  const isStated = blocked.every(({ outcome }) =>
    waiting.some(({ kind, query }) => kind === "baseline" && query === outcome.name),
  );
  return `${undo}, or, if this is intended, ${accept(settings, isStated)}.`;
}

/** `isStated`: the new baselines are in the pull request, and only the approval is missing. */
function accept(settings: ApprovalSettings, isStated: boolean): string {
  if (settings.mode === "codeowners") return "run `plan-gate accept` and commit the files that it writes";
  const label = `${whoMay(settings)} puts the label \`${settings.label}\` on`;
  if (isStated || settings.baselines === "bot") return label;
  return `run \`plan-gate accept\`, commit the files that it writes, and ${label}`;
}

function afterWaiting({ evaluations, waiting }: Conclusion): string {
  const settings = approvalOf(evaluations);
  const out = waiting.length === 1 ? "Take it out of this pull request" : "Take these changes out of this pull request";
  switch (settings?.mode) {
    case "label":
      return `${out}, or, if this is intended, ${whoMay(settings)} puts the label \`${settings.label}\` on.`;
    case "codeowners":
      return `${out}, or have a code owner of these files approve it.`;
    case "off":
    case undefined:
      return `${out}: nothing can be approved in a pull request here.`;
  }
}

/** That of the first part which is judged: one label cannot mean two things. */
function approvalOf(evaluations: readonly Evaluation[]): ApprovalSettings | undefined {
  return (evaluations.find(({ kind }) => kind === "judged") ?? evaluations[0])?.approval;
}

function problemHint({ evaluations }: Conclusion): string | undefined {
  return evaluations.flatMap(({ verdict }) => verdict.problems)[0]?.hint;
}

function outcomes({ evaluations }: Conclusion, kind: string): number {
  return evaluations.flatMap(({ verdict }) => verdict.outcomes).filter((outcome) => outcome.kind === kind).length;
}

function afterPass(conclusion: Conclusion): string {
  if (conclusion.approved.some(({ by }) => by === codeOwners)) {
    return "A code owner of the proposed files has to approve this pull request in a review.";
  }
  const { improved } = countsOf(conclusion);
  if (improved === 0) return "Nothing to do.";
  return "Nothing has to be done; `plan-gate accept` keeps the better plans, so that a relapse is noticed.";
}
