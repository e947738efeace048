import { createHash } from "node:crypto";
import { PlanGateError } from "../errors.js";
import type { Outcome, Verdict } from "../verdict/verdict.js";
import type { Candidate, EvaluationSet, Proposal } from "./evaluation.js";
import { byText } from "./order.js";

/** The parts without those that say the same as an earlier one. */
export function distinct<T>(parts: readonly T[]): readonly T[] {
  return [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()];
}

/** The key of several sets together. */
export function keyOf(sets: readonly EvaluationSet[]): string {
  const keys = [...new Set(sets.map(({ key }) => key))].sort();
  const [only, ...others] = keys;
  if (only !== undefined && others.length === 0) return only;
  return createHash("sha256").update(JSON.stringify(keys)).digest("hex");
}

/** What tells one outcome from another within an evaluation. */
export function outcomeId({ name, case: caseName, plan }: Outcome): string {
  return JSON.stringify([name, caseName, plan]);
}

/** In the order of reports: by query, case and kind of plan. */
export function sortOutcomes(outcomes: readonly Outcome[]): readonly Outcome[] {
  return [...outcomes].sort(
    (a, b) => byText(a.name, b.name) || byText(a.case ?? "", b.case ?? "") || byText(a.plan, b.plan),
  );
}

/** Several verdicts over these outcomes as one, worst first: `fail` before `error` before `pass`. */
export function joinVerdicts(verdicts: readonly Verdict[], outcomes: readonly Outcome[]): Verdict {
  const problems = distinct(verdicts.flatMap((verdict) => verdict.problems));
  const worse =
    verdicts.some(({ verdict }) => verdict === "fail") ||
    outcomes.some(({ findings }) => findings.some(({ severity }) => severity === "error"));
  const verdict = worse ? "fail" : problems.length > 0 ? "error" : "pass";
  const environment = verdicts.find((one) => one.environment)?.environment;
  return {
    verdict,
    exitCode: ({ pass: 0, fail: 1, error: 2 } as const)[verdict],
    outcomes: sortOutcomes(outcomes),
    problems,
    notes: distinct(verdicts.flatMap(({ notes }) => notes)),
    ...(environment ? { environment } : {}),
    timings: slowest(verdicts),
  };
}

/** They ran beside each other: the slowest is how long a phase took. */
function slowest(verdicts: readonly Verdict[]): Readonly<Record<string, number>> {
  const timings: Record<string, number> = {};
  for (const [phase, seconds] of verdicts.flatMap((verdict) => Object.entries(verdict.timings))) {
    timings[phase] = Math.max(timings[phase] ?? 0, seconds);
  }
  return timings;
}

const countings = ["freely", "once approved", "never"] as const satisfies readonly Proposal["counts"][];

/** Each proposal once. The same one judged differently counts as the stricter says. */
export function joinProposals(proposals: readonly Proposal[]): readonly Proposal[] {
  const strictest = new Map<string, Proposal>();
  for (const proposal of proposals) {
    const id = JSON.stringify([proposal.kind, proposal.query, proposal.files, ...sameFilesOnly(proposal)]);
    const known = strictest.get(id);
    if (!known || countings.indexOf(proposal.counts) > countings.indexOf(known.counts)) strictest.set(id, proposal);
  }
  return [...strictest.values()].sort(
    (a, b) => byText(a.query ?? "", b.query ?? "") || byText(a.kind, b.kind) || byText(a.what, b.what),
  );
}

/** A baseline is one proposal whatever is said of it; one settings file may hold several changes of policy. */
function sameFilesOnly({ kind, what }: Proposal): readonly string[] {
  return kind === "baseline" ? [] : [what];
}

/** Each proposed file once, sorted. Two texts for one file are refused. */
export function joinCandidates(candidates: readonly Candidate[]): readonly Candidate[] {
  const byPath = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const known = byPath.get(candidate.path);
    if (known && (known.text !== candidate.text || known.query !== candidate.query)) {
      throw new PlanGateError("evaluation-invalid", `\`${candidate.path}\` is proposed twice, with different plans`, {
        hint: "Run all jobs once more, on runners of one kind: the same query was planned differently.",
      });
    }
    byPath.set(candidate.path, candidate);
  }
  return [...byPath.values()].sort((a, b) => byText(a.path, b.path));
}
