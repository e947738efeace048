import type { Subject } from "../explain/ask.js";
import type { Planned } from "../explain/explain.js";
import type { Plan } from "../plan/plan.js";
import type { Outcome, ProvenFix } from "../verdict/verdict.js";
import { type Attempt, attemptsFor, type Case, casesOf, isAbout, type Search } from "./attempts.js";
import type { Candidate } from "./candidate.js";
import { sideEffects } from "./side-effects.js";
import { withProof } from "./tell.js";
import { openTrial, type Trial } from "./trial.js";
import { alarmsOf, type Effect, weigh } from "./weigh.js";
import { writeCosts } from "./write-costs.js";

/** What is to be mended, and how. */
export interface FixRequest extends Search {
  /** As they are now, all subjects. */
  readonly planned: ReadonlyMap<Subject, Planned>;
  /** Judges another plan of an outcome's query by the rules that made the outcome. */
  rejudge(outcome: Outcome, plan: Plan): Pick<Outcome, "kind" | "findings">;
  /** By `clock`, in milliseconds: nothing new is begun after it. */
  readonly deadline: number;
  /** What causes and fixes have together: told where it was too short. */
  readonly budgetSeconds: number;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What is told of the search while it runs. */
export interface Progress {
  phase(name: string): void;
  detail(text: string): void;
}

/** The outcomes, with the fixes that were proven, and what is to be said about the search. */
export interface Fixed {
  readonly outcomes: readonly Outcome[];
  readonly notes: readonly string[];
  /** Seconds; absent where nothing wanted mending. */
  readonly timings?: Readonly<Record<string, number>>;
}

/**
 * Tries what might mend each query whose plan got worse: on a throw-away copy, planned again, executed again where it
 * was executed before. Only what measurably helps is told. What serves several queries is tried once.
 */
export async function proveFixes(request: FixRequest): Promise<Fixed> {
  const cases = casesOf(request);
  if (cases.length === 0) return { outcomes: request.outcomes, notes: [] };
  const since = request.clock();
  request.progress.phase("fixes");
  const { attempts, notes } = await attemptsFor(cases, request);
  const untried: Attempt[] = [];
  for (const attempt of attempts) {
    const { candidate } = attempt;
    const [open] = wanted([attempt]);
    if (!open) continue;
    request.signal.throwIfAborted();
    const secondsLeft = () => (request.deadline - request.clock()) / 1_000;
    if (secondsLeft() > 0) {
      request.progress.detail(candidate.title);
      const opened = await openTrial(request.build, candidate, { signal: request.signal, secondsLeft });
      if (opened.kind === "open") {
        await using trial = opened.trial;
        await prove(trial, candidate, open.cases, request);
      } else if (opened.kind === "out-of-time") untried.push(attempt);
    } else untried.push(attempt);
  }
  const left = wanted(untried);
  const proofs = new Map(cases.map(({ outcome, proof }) => [outcome, proof]));
  return {
    outcomes: request.outcomes.map((outcome) => {
      const proof = proofs.get(outcome);
      return proof ? withProof(outcome, proof) : outcome;
    }),
    notes: left.length > 0 ? [...notes, outOfTime(left, attempts.length, request.budgetSeconds)] : notes,
    timings: { fixes: (request.clock() - since) / 1_000 },
  };
}

/** The attempts that could still mend something, each with the cases that it could mend. */
function wanted(attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts
    .map(({ candidate, cases }) => ({ candidate, cases: cases.filter(({ proof }) => !proof?.isCleared) }))
    .filter(({ cases }) => cases.length > 0);
}

function outOfTime(untried: readonly Attempt[], all: number, seconds: number): string {
  const names = new Set(untried.flatMap(({ cases }) => cases.map(({ outcome }) => outcome.name)));
  const some = `${[...names].sort().slice(0, 5).join(", ")}${names.size > 5 ? ", …" : ""}`;
  return `fixes: ${untried.length} of ${all} were not tried (for ${some}): the budget of ${seconds} s was used up; raise \`investigate.budgetSeconds\``;
}

async function prove(trial: Trial, candidate: Candidate, cases: readonly Case[], request: FixRequest): Promise<void> {
  const as = new Map(cases.map((one) => [one, rewritten(one.subject, candidate)]));
  const subjectOf = (one: Case) => as.get(one) ?? one.subject;
  const plans = await trial.plan(cases.map(subjectOf), false);
  const hopeful = cases.filter((one) => isHopeful(candidate, one, plans.get(subjectOf(one))));
  // What was not executed without the fix is not executed with it either: there would be nothing to compare it with.
  const executed = hopeful.filter(({ after }) => after.root.actual !== undefined);
  const measured = executed.length > 0 ? await trial.plan(executed.map(subjectOf), true) : new Map<Subject, Planned>();
  const better = hopeful.flatMap((one) => {
    const wasExecuted = one.after.root.actual !== undefined;
    const planned = (wasExecuted ? measured : plans).get(subjectOf(one));
    if (planned?.kind !== "plan" || (wasExecuted && !planned.plan.root.actual)) return [];
    const mended = asExecuted(planned.plan, one.after);
    if (!returnsTheSame(candidate, one.after, mended)) return [];
    const effect = weigh(one.outcome, one.after, mended, request.rejudge(one.outcome, mended), candidate);
    const isBetter = effect.kind === "clears" || (effect.kind === "halves" && effect.left < (one.proof?.left ?? 1));
    return isBetter ? [{ one, effect }] : [];
  });
  if (better.length === 0) return;
  const changesOthers = candidate.statements.length > 0;
  const all = changesOthers ? await trial.plan(request.subjects, false) : new Map<Subject, Planned>();
  // Where the query was too dear to be executed, nothing is.
  const mayExecute = request.clock() < request.deadline && better.some(({ effect }) => effect.blocks !== undefined);
  const writes = candidate.indexes && (await writeCosts(candidate.indexes.table, trial, { ...request, mayExecute }));
  for (const { one, effect } of better) {
    const { name } = one.outcome;
    one.proof = {
      fix: {
        ...fixOf(candidate, effect, trial, sideEffects(name, request.planned, all)),
        ...(writes ? { writes: writes.filter(({ query }) => query !== name) } : {}),
      },
      gone: effect.gone,
      restores: candidate.restores ?? false,
      left: effect.left,
      isCleared: effect.kind === "clears",
    };
  }
}

function rewritten(subject: Subject, { query: sql }: Candidate): Subject {
  return sql === undefined ? subject : { ...subject, query: { ...subject.query, sql } };
}

/** Whether it is worth executing: better statistics may make a plan dearer that was too cheap to be true. */
function isHopeful({ kind, restores }: Candidate, { outcome, after }: Case, planned: Planned | undefined): boolean {
  if (planned?.kind !== "plan") return false;
  // What foreign keys and triggers read is in no plan.
  if (isAbout(alarmsOf(outcome), "side-effects-increased")) return true;
  if (restores || kind === "statistics" || kind === "target") return true;
  return planned.plan.root.totalCost < after.root.totalCost * 0.9;
}

/** Why the query was not executed holds for the trial as well: the rules must not take it for another query. */
function asExecuted({ notMeasured: _, ...plan }: Plan, { notMeasured }: Plan): Plan {
  return notMeasured === undefined ? plan : { ...plan, notMeasured };
}

/** A rewritten query that returns another number of rows is another query; so is one whose view means something else. */
function returnsTheSame({ kind }: Candidate, without: Plan, mended: Plan): boolean {
  if (kind !== "query" && kind !== "definition") return true;
  const [then, now] = [rowsOf(without), rowsOf(mended)];
  // Where nothing was executed, a view's meaning cannot be told from another one's.
  if (then === undefined || now === undefined) return kind === "query";
  return then === now;
}

/** Rows returned; of what writes, the rows that it wrote. */
function rowsOf({ root }: Plan): number | undefined {
  const from = root.operator === "ModifyTable" ? root.children : [root];
  return from.some(({ actual }) => actual === undefined)
    ? undefined
    : from.reduce((sum, { actual }) => sum + (actual?.rows ?? 0) * (actual?.loops ?? 1), 0);
}

function fixOf(
  { kind, title, sql }: Candidate,
  { cost, blocks }: Effect,
  { sizeBytes }: Trial,
  { helps, hurts }: Pick<ProvenFix, "helps" | "hurts">,
): ProvenFix {
  return {
    ...{ kind, title, sql, cost, helps, hurts },
    ...(blocks ? { blocks } : {}),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
}
