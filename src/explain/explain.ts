import type { Database, Databases } from "../database/databases.js";
import type { Problem } from "../errors.js";
import type { PlanFailure } from "../plan/change.js";
import { changesRows, foldPartitions, tellingEffects } from "../plan/effects.js";
import { literalsOf, planShape, redactLiterals, roundPlan } from "../plan/normalise.js";
import { failedWhenExecuted, tooDear } from "../plan/not-measured.js";
import type { Plan } from "../plan/plan.js";
import { type AskRequest, ask, type Subject } from "./ask.js";
import type { Catalog } from "./catalog.js";
import type { CountedEffects } from "./effects.js";
import { problemFor } from "./failure.js";
import { parsePlan } from "./parse.js";

/** How queries are planned and measured; the settings' `explain` and what goes with it. */
export interface ExplainRequest extends AskRequest {
  readonly analyze: boolean;
  /** In planner units: a query that is expected to cost more is planned and not executed. */
  readonly maxAnalyzeCost: number;
  readonly catalog: Catalog;
  readonly progress: (done: number, of: number, query: string) => void;
  /** Seconds that are left for all of it; absent: no end. What they were too short for is unknown, and not slow. */
  readonly secondsLeft?: () => number;
}

/** What PostgreSQL answered. */
export type Planned =
  | { readonly kind: "plan"; readonly plan: Plan }
  /** It refused: the query does not fit the schema. */
  | { readonly kind: "failed"; readonly failure: PlanFailure }
  /** We could not find out. */
  | { readonly kind: "unknown"; readonly problem: Problem };

/** Settings of the measurement itself, and jit, which never changes a plan: no plan shows them as its own. */
const ownSettings = ["jit", "max_parallel_workers", "plan_cache_mode"];

/**
 * Plans every subject, then measures those that read, then each that writes on a clone of its own: a write that is
 * rolled back still grows files and clears visibility bits, and would change the plans that come after it.
 */
export async function explainAll(
  databases: Databases,
  subjects: readonly Subject[],
  request: ExplainRequest,
): Promise<ReadonlyMap<Subject, Planned>> {
  const results = new Map<Subject, Planned>();
  const of = subjects.length * (request.analyze ? 2 : 1);
  let done = 0;
  const tell = ({ query }: Subject) => request.progress(++done, of, query.name);
  let reads = await databases.clone();
  try {
    for (const subject of subjects) {
      request.signal.throwIfAborted();
      results.set(subject, await planOne(databases, reads, subject, request));
      tell(subject);
    }
    if (!request.analyze) return withReason(results, "`explain.analyze` is off");
    for (const subject of [...subjects].sort((a, b) => Number(a.query.writes) - Number(b.query.writes))) {
      request.signal.throwIfAborted();
      const planned = results.get(subject);
      if (planned?.kind === "plan") {
        const { result, wrote } = await measureOne(databases, reads, subject, planned.plan, request);
        results.set(subject, result);
        if (wrote && !subject.query.writes) {
          // A function of the query wrote: those measured after it must not see what that left behind.
          await reads[Symbol.asyncDispose]();
          reads = await databases.clone();
        }
      }
      tell(subject);
    }
    return results;
  } finally {
    await reads[Symbol.asyncDispose]();
  }
}

function withReason(results: ReadonlyMap<Subject, Planned>, notMeasured: string): ReadonlyMap<Subject, Planned> {
  return new Map(
    [...results].map(([subject, planned]) => [
      subject,
      planned.kind === "plan" ? { kind: "plan", plan: { ...planned.plan, notMeasured } } : planned,
    ]),
  );
}

async function planOne(
  databases: Databases,
  database: Database,
  subject: Subject,
  request: ExplainRequest,
): Promise<Planned> {
  const limited = withinTimeLeft(request);
  if (!limited) return noTimeLeft(subject);
  const answer = await ask(databases, database, subject, limited, "plan");
  if (answer.kind !== "text") return answer;
  const parsed = parsePlan(answer.text, request.catalog, { ownSettings });
  if (parsed.kind === "unreadable") {
    return {
      kind: "unknown",
      problem: problemFor(
        subject,
        `PostgreSQL's plan of \`${subject.query.name}\` cannot be read: ${parsed.reason}`,
        "Please report it with the query and PostgreSQL's version.",
      ),
    };
  }
  return { kind: "plan", plan: storable(parsed.plan, subject) };
}

interface Measured {
  readonly result: Planned;
  readonly wrote: boolean;
}

async function measureOne(
  databases: Databases,
  reads: Database,
  subject: Subject,
  plan: Plan,
  request: ExplainRequest,
): Promise<Measured> {
  const measured = (result: Plan, wrote: boolean): Measured => ({ result: { kind: "plan", plan: result }, wrote });
  const unmeasured = (notMeasured: string, wrote = false) => measured({ ...plan, notMeasured }, wrote);
  if (plan.root.totalCost > request.maxAnalyzeCost) {
    return unmeasured(tooDear(request.maxAnalyzeCost));
  }
  await using own = subject.query.writes ? await databases.clone() : undefined;
  const limited = withinTimeLeft(request);
  if (!limited) return { result: noTimeLeft(subject), wrote: false };
  const answer = await ask(databases, own ?? reads, subject, limited, "measure");
  if (answer.kind === "failed") return unmeasured(failedWhenExecuted(failureText(answer.failure)), true);
  if (answer.kind === "unknown" && limited !== request) return { result: answer, wrote: true };
  if (answer.kind === "unknown") return unmeasured(answer.problem.message, true);
  const parsed = parsePlan(answer.text, request.catalog, { ownSettings });
  if (parsed.kind === "unreadable")
    return unmeasured(`the measured plan cannot be read: ${parsed.reason}`, answer.wrote);
  const result = storable(withEffects(parsed.plan, answer.effects, request.catalog), subject);
  if (planShape(result) !== planShape(plan) || !nearlyEqual(result.root.totalCost, plan.root.totalCost)) {
    return unmeasured("it was planned differently when executed: does it depend on the time of day?", answer.wrote);
  }
  // The plain plan's settings and costs are those of production; the other one ran without workers.
  return measured({ ...result, settings: plan.settings }, answer.wrote);
}

/** The request with a time-out that ends with the time left; itself where that is later. Undefined where none is left. */
function withinTimeLeft(request: ExplainRequest): ExplainRequest | undefined {
  const left = request.secondsLeft?.() ?? Number.POSITIVE_INFINITY;
  if (left <= 0) return undefined;
  return left < request.timeoutSeconds ? { ...request, timeoutSeconds: left } : request;
}

function noTimeLeft(subject: Subject): Planned {
  const problem = problemFor(
    subject,
    `there was no time left to plan \`${subject.query.name}\` once more`,
    "Raise `investigate.budgetSeconds`.",
  );
  return { kind: "unknown", problem };
}

/** The plan with what it does to tables, where that tells more than its nodes do. */
function withEffects(plan: Plan, counted: CountedEffects | undefined, catalog: Catalog): Plan {
  if (!counted) return plan;
  const folded = foldPartitions(counted.tables, (schema, name) => catalog.partitionRoot(schema, name));
  const effects = tellingEffects(plan.root, folded);
  const { deferredFailed } = counted;
  return {
    ...plan,
    ...(effects.length > 0 || changesRows(plan.root) ? { effects } : {}),
    ...(deferredFailed === undefined ? {} : { deferredFailed }),
  };
}

/** Where a setting is missing, with the advice: unlike rows that clash it is easily put right. */
function failureText({ message, sqlState, hint }: PlanFailure): string {
  return sqlState === "42704" && hint !== undefined ? `${message}. ${hint}` : message;
}

function nearlyEqual(a: number, b: number): boolean {
  return Math.abs(a - b) <= 0.01 * Math.max(a, b);
}

/** The form in which plans are stored and compared: rounded, and without literals that the query's file does not show. */
function storable(plan: Plan, { query, case: { values } }: Subject): Plan {
  const known = new Set([...literalsOf(query.sql), ...values.filter((value) => value !== null)]);
  return roundPlan(redactLiterals(plan, known));
}
