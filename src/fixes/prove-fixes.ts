import type { Subject } from "../explain/ask.js";
import type { Planned } from "../explain/explain.js";
import type { AppliedStatement } from "../migrations/layout.js";
import type { Plan } from "../plan/plan.js";
import type { Finding, Outcome, ProvenFix } from "../verdict/verdict.js";
import type { Candidate } from "./candidate.js";
import { schemaOfMigrations } from "./migrated-schema.js";
import { proposeFixes } from "./propose.js";
import { readSchemaFacts } from "./schema-facts.js";
import { sideEffects } from "./side-effects.js";
import { type Proof, withProof } from "./tell.js";
import { openTrial, type Trial, type TrialBuild } from "./trial.js";
import { alarmsOf, type Effect, weigh } from "./weigh.js";

/** What is to be mended, and how. */
export interface FixRequest {
  readonly outcomes: readonly Outcome[];
  readonly subjects: readonly Subject[];
  /** As they are now, all subjects. */
  readonly planned: ReadonlyMap<Subject, Planned>;
  readonly build: TrialBuild;
  /** Url of the base's built database, where it is still there. */
  readonly baseUrl: string | undefined;
  /** The migrations' statements; asked for what was dropped where there is no base. */
  readonly applied: readonly AppliedStatement[];
  /** Judges another plan of an outcome's query by the rules that made the outcome. */
  rejudge(outcome: Outcome, plan: Plan): Pick<Outcome, "kind" | "findings">;
  /** By `clock`, in milliseconds: nothing new is begun after it. */
  readonly deadline: number;
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

/** One query and case whose plan got worse. */
interface Case {
  readonly outcome: Outcome;
  readonly subject: Subject;
  readonly after: Plan;
  proof: (Proof & { readonly left: number; readonly isCleared: boolean }) | undefined;
}

interface Attempt {
  readonly candidate: Candidate;
  readonly cases: Case[];
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
  const attempts = await attemptsFor(cases, request);
  const notes: string[] = [];
  for (const [index, { candidate, cases: all }] of attempts.entries()) {
    const open = all.filter(({ proof }) => !proof?.isCleared);
    if (open.length === 0) continue;
    request.signal.throwIfAborted();
    const secondsLeft = () => (request.deadline - request.clock()) / 1_000;
    if (secondsLeft() <= 0) {
      notes.push(outOfTime(attempts.slice(index)));
      break;
    }
    request.progress.detail(candidate.title);
    await using trial = await openTrial(request.build, candidate, { signal: request.signal, secondsLeft });
    if (trial) await prove(trial, candidate, open, request);
  }
  const proofs = new Map(cases.map(({ outcome, proof }) => [outcome, proof]));
  return {
    outcomes: request.outcomes.map((outcome) => {
      const proof = proofs.get(outcome);
      return proof ? withProof(outcome, proof) : outcome;
    }),
    notes,
    timings: { fixes: (request.clock() - since) / 1_000 },
  };
}

function outOfTime(rest: readonly Attempt[]): string {
  const names = new Set(
    rest.flatMap(({ cases }) => cases.flatMap(({ outcome, proof }) => (proof ? [] : [outcome.name]))),
  );
  const some = [...names].sort().slice(0, 5).join(", ");
  return `the time for trying fixes was over before all were tried (${names.size > 5 ? `${some}, …` : some}): raise \`investigate.budgetSeconds\` to try them`;
}

/** Worst first, so that the time goes where it is most needed. */
function casesOf({ outcomes, subjects }: FixRequest): readonly Case[] {
  const worth = ({ outcome: { before, after, findings } }: Case) => [
    findings.some(({ severity }) => severity === "error") ? 1 : 0,
    (after?.root.totalCost ?? 0) - (before?.root.totalCost ?? 0),
  ];
  return outcomes
    .flatMap((outcome): readonly Case[] => {
      const subject = subjects.find(
        ({ query, case: { name }, kind }) =>
          query.name === outcome.name && name === outcome.case && kind === outcome.plan,
      );
      const { after } = outcome;
      const isHopeful = outcome.kind === "flagged" || outcome.kind === "unbaselined";
      if (!subject || !after || !isHopeful || alarmsOf(outcome).length === 0) return [];
      return [{ outcome, subject, after, proof: undefined }];
    })
    .sort((a, b) => {
      const [[errorA = 0, riseA = 0], [errorB = 0, riseB = 0]] = [worth(a), worth(b)];
      return errorB - errorA || riseB - riseA;
    });
}

/** What is tried, in turn: each query's most promising candidate before any query's second. */
async function attemptsFor(cases: readonly Case[], request: FixRequest): Promise<readonly Attempt[]> {
  const now = await readSchemaFacts(request.build.databases.build.url);
  const earlier =
    request.baseUrl === undefined
      ? await schemaOfMigrations(now, request.applied)
      : await readSchemaFacts(request.baseUrl);
  const attempts = new Map<string, Attempt & { readonly rank: number }>();
  for (const one of cases) {
    const { outcome, subject, after } = one;
    const alarms = alarmsOf(outcome);
    const patient = {
      sql: subject.query.sql,
      values: subject.case.values,
      ...(outcome.before ? { before: outcome.before } : {}),
      after,
      blamed: new Set(alarms.flatMap(({ relation }) => relation ?? [])),
      isMisestimated: isAbout(alarms, "rows-misestimated"),
      hasSideEffects: isAbout(alarms, "side-effects-increased"),
    };
    for (const [rank, candidate] of (await proposeFixes(patient, now, earlier)).entries()) {
      // A rewritten query is one query's alone.
      const key = candidate.query === undefined ? candidate.sql : JSON.stringify([outcome.name, candidate.sql]);
      const known = attempts.get(key);
      if (known) known.cases.push(one);
      attempts.set(key, { candidate, cases: known?.cases ?? [one], rank: Math.min(rank, known?.rank ?? rank) });
    }
  }
  return [...attempts.values()].sort((a, b) => a.rank - b.rank);
}

/** Whether a rule made one of the findings, or saw the same as one. */
function isAbout(findings: readonly Finding[], id: string): boolean {
  return findings.some(({ rule, also = [] }) => rule === id || also.some((seen) => seen.rule === id));
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
    const effect = weigh(one.outcome, one.after, mended, request.rejudge(one.outcome, mended));
    const isBetter = effect.kind === "clears" || (effect.kind === "halves" && effect.left < (one.proof?.left ?? 1));
    return isBetter ? [{ one, effect }] : [];
  });
  if (better.length === 0) return;
  const all = candidate.query === undefined ? await trial.plan(request.subjects, false) : new Map<Subject, Planned>();
  for (const { one, effect } of better) {
    one.proof = {
      fix: fixOf(candidate, effect, trial, sideEffects(one.outcome.name, request.planned, all)),
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
function isHopeful({ kind }: Candidate, { outcome, after }: Case, planned: Planned | undefined): boolean {
  if (planned?.kind !== "plan") return false;
  // What foreign keys and triggers read is in no plan.
  if (isAbout(alarmsOf(outcome), "side-effects-increased")) return true;
  return kind === "statistics" || kind === "target" || planned.plan.root.totalCost < after.root.totalCost * 0.9;
}

/** Why the query was not executed holds for the trial as well: the rules must not take it for another query. */
function asExecuted({ notMeasured: _, ...plan }: Plan, { notMeasured }: Plan): Plan {
  return notMeasured === undefined ? plan : { ...plan, notMeasured };
}

/** A rewritten query that returns another number of rows is another query. */
function returnsTheSame({ query }: Candidate, without: Plan, mended: Plan): boolean {
  const [then, now] = [without.root.actual, mended.root.actual];
  return query === undefined || !then || !now || then.rows === now.rows;
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
