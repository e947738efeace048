import type { BaseBuild } from "../base.js";
import { type Problem, problemOf } from "../errors.js";
import type { Subject } from "../explain/ask.js";
import type { Build, RunRequest } from "../measure.js";
import type { Plan } from "../plan/plan.js";
import { type Comparing, compareSubject } from "../verdict/compare.js";
import { isOfBothPlans } from "../verdict/judge-again.js";
import type { Cause, Finding, Outcome } from "../verdict/verdict.js";
import { compareMigrations } from "./edits.js";
import { findCause } from "./investigate.js";
import { openLaboratory } from "./laboratory.js";
import type { Question } from "./question.js";
import { openTrials, type Trials } from "./trial.js";
import { openFolder } from "./without-base.js";

/** What got worse, and everything that can be tried on it. */
export interface CausesRequest {
  readonly outcomes: readonly Outcome[];
  /** The run's, of which the outcomes are. */
  readonly head: Build;
  /** Absent: only the tested tree is known. */
  readonly base: BaseBuild | undefined;
  /** How the outcomes were judged. */
  readonly comparing: Comparing;
  readonly request: RunRequest;
  /** Milliseconds of the request's clock. */
  readonly deadline: number;
}

/** The outcomes with the causes of what got worse, and what could not be tried. */
export interface Causes {
  readonly outcomes: readonly Outcome[];
  readonly notes: readonly string[];
  /** Seconds; absent where there was nothing to look for. */
  readonly timings?: Readonly<Record<string, number>>;
}

/** Finds out by experiment who made each query worse. Where nothing is found, what was looked up by name stays. */
export async function findCauses(asked: CausesRequest): Promise<Causes> {
  const { outcomes, head, request } = asked;
  const questions = outcomes.flatMap((outcome) => questionsOf(outcome, asked));
  if (questions.length === 0) return { outcomes, notes: [] };
  const began = request.clock();
  request.progress.phase("causes");
  const seconds = Object.values(head.measurement.timings).reduce((sum, one) => sum + one, 0);
  const trials = openTrials(asked.deadline, seconds, request.clock);
  const found = new Map<Finding, Cause>();
  const ask = await openAsking(asked, questions, trials);
  for (const question of questions) {
    request.signal.throwIfAborted();
    request.progress.detail(`who did it: ${question.subject.query.name}`);
    const { finding } = question;
    const cause = trials.isOver() ? outOfTime : orOutOfTime(await ask(question), trials);
    found.set(finding, cause.kind === "unknown" && finding.cause ? byName(finding.cause) : cause);
  }
  return {
    outcomes: outcomes.map((outcome) => withCauses(outcome, found)),
    notes: [],
    timings: { causes: (request.clock() - began) / 1_000 },
  };
}

const outOfTime: Cause = {
  kind: "unknown",
  statement: "",
  tried: "nothing: the time of `investigate.budgetSeconds` had run out",
};

/** Where nothing was found because the time ran out meanwhile, it says so. */
function orOutOfTime(cause: Cause, { isOver }: Trials): Cause {
  if (cause.kind !== "unknown" || !isOver()) return cause;
  return { ...cause, tried: `${cause.tried}; then the time of \`investigate.budgetSeconds\` had run out` };
}

type Ask = (question: Question) => Promise<Cause>;

async function openAsking(
  { head, base, request }: CausesRequest,
  questions: readonly Question[],
  trials: Trials,
): Promise<Ask> {
  if (!base) {
    const folder = await openFolder({ head, request, trials, questions });
    return (question) => folder.ask(question);
  }
  const lab = await openLaboratory({ head, base, request, questions, trials });
  const scripts = await compareMigrations(base.initScripts, head.initScripts);
  const edits = [...scripts.edits, ...lab.migrations.edits];
  const shared = head.own ? undefined : edits.find(({ nature }) => nature.kind === "cluster");
  if (shared) {
    const tried = `nothing: \`${shared.sql.split("\n")[0]}\` (${shared.file}:${shared.line}) reaches the whole server that \`postgres.url\` names, the base's database too`;
    return async () => ({ kind: "unknown", statement: "", tried });
  }
  return (question) => findCause(lab, question);
}

/** A question for each finding that matters of a query that had a plan before. */
function questionsOf(outcome: Outcome, asked: CausesRequest): readonly Question[] {
  const { head, base, comparing } = asked;
  const { before } = outcome;
  if (!before || (outcome.kind !== "flagged" && outcome.kind !== "broken")) return [];
  const subject = head.measurement.subjects.find((one) => isOf(outcome, one));
  if (!subject) return [];
  const old = base?.measurement.subjects.find((one) => isOf(outcome, one));
  const accepted = { case: outcome.case, kind: outcome.plan, plan: before };
  const custom = customBefore(outcome, asked);
  return outcome.findings
    .filter(({ severity }) => severity !== "info")
    .map((finding) => ({
      subject,
      ...(old && !sameText(old, subject) ? { twin: old } : {}),
      finding,
      ...(custom && isOfBothPlans(finding) ? { customOf: (of) => customTwin(of, head, base) } : {}),
      judge: (planned, beside) => {
        if (planned.kind === "unknown") return [];
        const both = custom && beside?.kind === "plan" ? { before: custom, after: beside.plan } : undefined;
        return compareSubject(comparing, outcome, accepted, planned, both).findings;
      },
    }));
}

/** The plan before for the values of a generic plan's case, where it was compared as well. */
function customBefore({ name, case: of, plan }: Outcome, { outcomes }: CausesRequest): Plan | undefined {
  if (plan !== "generic") return undefined;
  return outcomes.find((one) => one.plan === "custom" && one.name === name && one.case === of)?.before;
}

/** Of a generic plan's subject, the one of the same side for its values. */
function customTwin(generic: Subject, head: Build, base: BaseBuild | undefined): Subject | undefined {
  const all = [...head.measurement.subjects, ...(base?.measurement.subjects ?? [])];
  return all.find(({ query, case: of, kind }) => kind === "custom" && query === generic.query && of === generic.case);
}

function isOf({ name, case: ofCase, plan }: Outcome, { query, case: one, kind }: Subject): boolean {
  return query.name === name && one.name === ofCase && kind === plan;
}

/** Layout and comments apart. */
function sameText(a: Subject, b: Subject): boolean {
  const text = ({ query, case: { values } }: Subject) =>
    JSON.stringify([query.sql.replace(/\s+/g, " ").trim(), values]);
  return text(a) === text(b);
}

function byName(cause: Cause): Cause {
  return { ...cause, tried: cause.tried ?? "the last statement that names what is missing; not tried out" };
}

function withCauses(outcome: Outcome, found: ReadonlyMap<Finding, Cause>): Outcome {
  const findings = outcome.findings.map((finding) => {
    const cause = found.get(finding);
    return cause ? { ...finding, cause } : finding;
  });
  return { ...outcome, findings };
}

/** What to say where causes could not be looked for at all. */
export function causesNote(error: unknown): string {
  const { message }: Problem = problemOf(error);
  return `who did it could not be found out: ${message}`;
}
