import { posix } from "node:path";
import { baselinePath } from "../baselines/baseline.js";
import type { Conclusion, Decided } from "../conclusion/conclusion.js";
import type { Evaluation, Proposal } from "../evaluation/evaluation.js";
import { movesBetween } from "../plan/moves.js";
import type { Plan } from "../plan/plan.js";
import { figuresOf } from "../reports/figures.js";
import type { DecidedChange, DecidedPlan, DecisionFile } from "./decision-file.js";
import { decisionPath } from "./decision-file.js";

/** A file of decisions, and where it belongs, relative to the repository's top. */
export interface PlacedDecisions {
  readonly path: string;
  readonly decisions: DecisionFile;
}

/** What a pull request decided: a file for each folder of baselines in which there was something to decide, sorted. */
export function decisionsOf(conclusion: Conclusion, pullRequest: number): readonly PlacedDecisions[] {
  const folders = [...new Set(conclusion.evaluations.map(({ baselines }) => baselines))].sort();
  return folders.flatMap((folder) => {
    const evaluations = conclusion.evaluations.filter(({ baselines }) => baselines === folder);
    const plans = evaluations.flatMap((evaluation) => plansOf(evaluation, conclusion.decided));
    const changes = changesOf(evaluations, conclusion);
    if (plans.length + changes.length === 0) return [];
    return [{ path: decisionPath(folder, pullRequest), decisions: { pullRequest, plans, changes } }];
  });
}

function plansOf(evaluation: Evaluation, decided: readonly Decided[]): readonly DecidedPlan[] {
  const { config, major } = evaluation;
  return decided
    .filter((one) => one.config === config && one.major === major)
    .map(({ outcome, decision }) => {
      const { name, case: caseName, plan, findings, kind, before, after } = outcome;
      const blamed = findings.flatMap(({ cause }) =>
        cause?.file === undefined ? [] : [{ ...cause, file: cause.file }],
      )[0];
      return {
        decision: decision.kind,
        by: decision.kind === "accepted" ? decision.by : null,
        config,
        major,
        query: name,
        case: caseName,
        plan,
        why: findings[0]?.title ?? kind,
        rules: [...new Set(findings.map(({ rule }) => rule))].sort(),
        cause: blamed ? placed(config, blamed) : null,
        before: before ? figures(before) : null,
        after: after ? figures(after) : null,
        evidence:
          before && after ? movesBetween(before, after).map(({ of, ...move }) => ({ ...move, of: [...of] })) : [],
        baseline: major === null ? null : baselinePath(evaluation.baselines, major, name),
      };
    });
}

function figures(plan: Plan): DecidedPlan["before"] {
  const { measured: _, ...rest } = figuresOf(plan);
  return rest;
}

function placed(config: string, { file, line, statement }: { file: string; line?: number; statement: string }) {
  const path = posix.join(posix.dirname(config), file);
  return { file: path, ...(line === undefined ? {} : { line }), statement };
}

/** What is not a baseline: those are told by the plans that they accept. */
function changesOf(
  evaluations: readonly Evaluation[],
  { approved, waiting, refused }: Conclusion,
): readonly DecidedChange[] {
  const mine = new Set(evaluations.flatMap(({ proposals }) => proposals).map((proposal) => JSON.stringify(proposal)));
  const isMine = (proposal: Proposal) => mine.has(JSON.stringify(proposal));
  const accepted = approved.map(({ proposal, by }) => ({ proposal, by, decision: "accepted" as const }));
  const blocked = [...waiting, ...refused].map((proposal) => ({ proposal, by: null, decision: "blocked" as const }));
  return [...accepted, ...blocked]
    .filter(({ proposal }) => isMine(proposal) && (proposal.kind !== "baseline" || proposal.counts === "never"))
    .map(({ proposal: { kind, query, what, files }, by, decision }) => ({
      decision,
      by,
      kind,
      query,
      what,
      files: files.map(({ path }) => path),
    }));
}
