import { createHash } from "node:crypto";
import type { Conclusion, Decided } from "../conclusion/conclusion.js";
import type { Ending } from "../conclusion/ending.js";
import type { Circumstance, Evaluation } from "../evaluation/evaluation.js";
import { planShape } from "../plan/normalise.js";
import type { Plan } from "../plan/plan.js";
import type { Outcome } from "../verdict/verdict.js";
import { hasDrifted } from "./drifted.js";
import type { DecisionEntry, HistoryEntry, OutcomeEntry } from "./entry.js";

/** Which run wrote an entry. */
export interface HistoryRun {
  /** ISO 8601, in UTC. */
  readonly at: string;
  readonly kind: HistoryEntry["kind"];
  /** Full SHA of the judged commit. */
  readonly commit: string;
  /** Null where it was none's. */
  readonly pullRequest: number | null;
  /** plan-gate's version. */
  readonly tool: string;
}

/** The history's lines for a run: one for each evaluation, all with the run's ending. */
export function entriesOf(
  run: HistoryRun,
  conclusion: Pick<Conclusion, "evaluations" | "decided" | "ending">,
): readonly HistoryEntry[] {
  return conclusion.evaluations.map((evaluation) => {
    const { config, major } = evaluation;
    const decided = conclusion.decided.filter((one) => one.config === config && one.major === major);
    return entryOf(run, evaluation, {
      ending: conclusion.ending,
      decisions: decided.map(decisionEntry),
      ...circumstanceOf(evaluation),
    });
  });
}

/** As far as the evaluation says it. */
export function circumstanceOf({ circumstance }: Evaluation): Circumstance {
  return circumstance ?? { server: null, scale: 1 };
}

/** What an entry says besides the evaluation. */
interface EntryParts extends Circumstance {
  readonly ending: Ending;
  readonly decisions: readonly DecisionEntry[];
}

/** One line for one evaluation. A pull request's leaves out what passed: the default branch's next line says it. */
export function entryOf(run: HistoryRun, evaluation: Evaluation, parts: EntryParts): HistoryEntry {
  const { config, major, verdict } = evaluation;
  const { environment } = verdict;
  const told = verdict.outcomes.filter(({ kind }) => run.kind !== "pull-request" || kind !== "passed");
  return {
    version: 1,
    at: run.at,
    kind: run.kind,
    commit: run.commit,
    ...(run.pullRequest === null ? {} : { pullRequest: run.pullRequest }),
    config,
    major,
    ...(parts.server === null ? {} : { server: parts.server.slice(0, 100) }),
    ...(environment ? { locale: environment.locale, settings: environment.settings } : {}),
    ...(parts.scale === 1 ? {} : { scale: parts.scale }),
    tool: run.tool,
    ending: parts.ending,
    outcomes: told.map(outcomeEntry),
    decisions: [...parts.decisions],
  };
}

/** An outcome as the history keeps it. */
function outcomeEntry(outcome: Outcome): OutcomeEntry {
  const { name, case: caseName, plan, kind, after } = outcome;
  return {
    query: name,
    ...(caseName === null ? {} : { case: caseName }),
    ...(plan === "generic" ? { plan } : {}),
    outcome: kind,
    ...(after ? figures(after) : {}),
    ...(hasDrifted(outcome) ? { drifted: true } : {}),
  };
}

function figures(plan: Plan): Pick<OutcomeEntry, "cost" | "rows" | "blocks" | "shape"> {
  const { totalCost, actual } = plan.root;
  return {
    cost: totalCost,
    ...(actual ? { rows: actual.rows, blocks: actual.sharedBlocks } : {}),
    shape: shapePrint(plan),
  };
}

/** A plan's shape in twelve hexadecimal digits: enough to tell the plans of one query apart. */
export function shapePrint(plan: Plan): string {
  return createHash("sha256").update(planShape(plan)).digest("hex").slice(0, 12);
}

function decisionEntry({ outcome, decision }: Decided): DecisionEntry {
  const { name, case: caseName, findings, kind } = outcome;
  return {
    query: name,
    ...(caseName === null ? {} : { case: caseName }),
    decision: decision.kind,
    ...(decision.kind === "accepted" ? { by: decision.by } : {}),
    why: [...(findings[0]?.title ?? kind)].slice(0, 150).join(""),
  };
}
