import { posix } from "node:path";
import { baselineOf } from "./accept.js";
import { type BaseRequest, measureBase, type Policy, readPolicy, settingsAt } from "./base.js";
import { baselinePath, writeBaseline } from "./baselines/baseline.js";
import type { FoundBaselines } from "./baselines/store.js";
import { indexStatements } from "./cause/find-cause.js";
import { type Problem, problemOf } from "./errors.js";
import type { Candidate, Evaluation } from "./evaluation/evaluation.js";
import type { Subject } from "./explain/ask.js";
import { type Measurement, measure, type RunRequest } from "./measure.js";
import type { AppliedStatement } from "./migrations/layout.js";
import { agrees, isStated } from "./proposals/agreement.js";
import { type EnvironmentChange, findEnvironmentChanges } from "./proposals/environment.js";
import { findProposals, proposedEnd } from "./proposals/find-proposals.js";
import { changedFiles, fromTop } from "./proposals/side.js";
import { lookAtBase } from "./verdict/base-look.js";
import { type BaseLook, decide, raisesQuestion } from "./verdict/decide.js";
import {
  comparedAny,
  findOrphans,
  gatherJudgements,
  type Judgement,
  judge,
  judgeSubject,
  type Matter,
} from "./verdict/judge.js";
import type { Outcome, Verdict } from "./verdict/verdict.js";

/** A run of `check`. */
export interface GateRequest extends RunRequest {
  /** Absent: the work tree's own policy and baselines count. */
  readonly base: BaseRequest | undefined;
}

/** The whole run, in the order it happens. Prints nothing and exits nothing; its callers do. */
export async function runGate(request: GateRequest): Promise<Evaluation> {
  let policy: Policy | undefined;
  let changes: readonly EnvironmentChange[] = [];
  try {
    // First: a base that cannot be read should not take a minute to say so, and nothing of the head has run yet.
    policy = await readPolicy(request);
    changes = policy.base ? await findEnvironmentChanges(policy.base.sides) : [];
    return await evaluate(policy, changes, await measure(request), request);
  } catch (error) {
    request.signal.throwIfAborted();
    const problem = problemOf(error);
    const proposals = policy?.base ? await findProposals(policy.base.sides, changes, undefined) : [];
    return { ...frame(request, policy), major: null, verdict: conclude([], [problem], {}), proposals, candidates: [] };
  }
}

/**
 * What a commit without a settings file that the base has comes to: nothing is planned, and the removal is proposed.
 * `path` is relative to the repository's top. Undefined where the base does not have the file either.
 */
export async function judgeRemovedSettings(
  top: string,
  path: string,
  base: Extract<BaseRequest, { policy: string }>,
): Promise<Evaluation | undefined> {
  const known = await settingsAt(top, base.policy, path);
  if (!known) return undefined;
  const settings = (base.newest === undefined ? undefined : await settingsAt(top, base.newest, path)) ?? known;
  return {
    config: path,
    major: null,
    kind: "judged",
    enforce: settings.enforce,
    approval: settings.approval,
    baselines: fromTop(posix.dirname(path), settings.baselines),
    verdict: conclude([], [], {}),
    proposals: [proposedEnd(path)],
    candidates: [],
  };
}

/** What an evaluation says of the settings file and the policy. */
function frame({ loaded }: GateRequest, policy: Policy | undefined) {
  const { settings = loaded.settings, folder = "" } = policy ?? {};
  return {
    config: fromTop(folder, loaded.file),
    kind: policy?.kind === "set-up" ? "set-up" : "judged",
    enforce: settings.enforce,
    approval: settings.approval,
    baselines: fromTop(folder, settings.baselines),
  } as const;
}

async function evaluate(
  policy: Policy,
  changes: readonly EnvironmentChange[],
  measured: Measurement,
  request: GateRequest,
): Promise<Evaluation> {
  const { environment, queries, queryProblems } = measured;
  const { major } = environment;
  const baselines = await policy.baselines(major);
  const matter = await matterOf(policy, measured, baselines, request);
  const stored = measured.subjects.map((subject) => judgeSubject(matter, subject));
  const looked = await lookWhereAsked({ policy, changes, measured, matter, stored, request });
  const circumstances = {
    strict: matter.strict,
    environmentChanges: changes.filter(({ replans }) => replans).map(({ what }) => what),
  };
  const decided = measured.subjects.map((subject, index) =>
    decide(stored[index] ?? {}, looked.look(subject), circumstances),
  );
  const orphans = queryProblems.length > 0 ? [] : findOrphans(matter);
  const { outcomes, problems } = gatherJudgements(decided, orphans);

  const head = await policy.headBaselines(major);
  const againstHead = judge({ ...matter, baselines: head.byQuery, elsewhere: new Map(), strict: false }, true).outcomes;
  const unknown = measured.subjects.filter((subject) => measured.planned.get(subject)?.kind === "unknown");
  const proposals = policy.base
    ? await findProposals(policy.base.sides, changes, {
        major,
        base: baselines,
        head,
        againstHead,
        outcomes,
        unknown: new Set(unknown.map(({ query }) => query.name)),
      })
    : [];
  const found = [...queryProblems, ...baselines.problems, ...problems];
  const nothing = nothingCompared(policy, outcomes, againstHead, found.length > 0);
  return {
    ...frame(request, policy),
    major,
    verdict: conclude(outcomes, [...found, ...nothing], {
      environment,
      notes: [...policy.notes, ...measured.notes, ...looked.notes],
      timings: { ...measured.timings, ...looked.timings },
    }),
    proposals,
    candidates: queries.flatMap(({ name }) => candidate(policy, measured, againstHead, name)),
  };
}

async function matterOf(
  policy: Policy,
  measured: Measurement,
  baselines: FoundBaselines,
  { selectsName }: GateRequest,
): Promise<Matter> {
  const { queries, subjects, planned, environment, catalog, applied } = measured;
  const headerRules = policy.headerRules(queries);
  return {
    subjects,
    planned,
    baselines: new Map([...baselines.byQuery].filter(([name]) => selectsName(name))),
    elsewhere: baselines.elsewhere,
    environment,
    strict: policy.settings.strict,
    against: "accepted",
    rulesFor: (query) => [policy.settings.rules, headerRules.get(query) ?? {}],
    rowsOf: (relation) => catalog.rowsOf(relation),
    causeOf: await indexStatements(await ownStatements(policy, applied)),
  };
}

/** Statements of migrations that the base does not have: the others did nothing to its plans. */
async function ownStatements(
  { base }: Policy,
  applied: readonly AppliedStatement[],
): Promise<readonly AppliedStatement[]> {
  if (!base) return applied;
  const changed = await changedFiles(
    base.sides,
    applied.map(({ file }) => file),
  );
  const own = new Set(changed.map(({ path }) => path));
  return applied.filter(({ file }) => own.has(file));
}

/** What the base's plans of now are needed for, and what they say. */
interface Asked {
  readonly policy: Policy;
  readonly changes: readonly EnvironmentChange[];
  readonly measured: Measurement;
  readonly matter: Matter;
  /** By the stored baselines, in the order of the subjects. */
  readonly stored: readonly Judgement[];
  readonly request: GateRequest;
}

interface Looked {
  readonly look: (subject: Subject) => BaseLook;
  readonly notes: readonly string[];
  readonly timings: Verdict["timings"];
}

/** Plans the base in this run, for the queries of which the stored baselines do not tell enough. */
async function lookWhereAsked(asked: Asked): Promise<Looked> {
  const { policy, changes, measured, matter, request } = asked;
  const queries = queriesInQuestion(asked);
  if (!policy.base || queries.size === 0) return { look: () => ({ kind: "not asked" }), notes: [], timings: {} };
  const { commit } = policy.base;
  const underHead = changes.some(({ replans }) => replans);
  const notes: string[] = [];
  for (const conditions of underHead ? (["head", "base"] as const) : (["base"] as const)) {
    try {
      const before = await measureBase(request, { commit, queries, conditions });
      const look = lookAtBase(matter, before);
      const timings = Object.fromEntries(
        Object.entries(before.timings).map(([phase, seconds]) => [`${phase} (base)`, seconds]),
      );
      const decides = (subject: Subject): BaseLook =>
        queries.has(subject.query.name) ? look(subject) : { kind: "not asked" };
      return { look: decides, notes: [...notes, ...basedOn(measured, before)], timings };
    } catch (error) {
      request.signal.throwIfAborted();
      notes.push(notPlanned(problemOf(error), conditions, underHead));
    }
  }
  return { look: () => ({ kind: "unknown" }), notes, timings: {} };
}

function queriesInQuestion({ policy, changes, measured, stored }: Asked): ReadonlySet<string> {
  const known = new Set(policy.base?.sides.base.queries.queries.map(({ name }) => name));
  const all = changes.some(({ replans }) => replans);
  const inQuestion = measured.subjects.filter(
    ({ query }, index) => known.has(query.name) && (all || raisesQuestion(stored[index] ?? {})),
  );
  return new Set(inQuestion.map(({ query }) => query.name));
}

/** Two servers of one run may still differ, where the machine's own Postgres is another one by now. */
function basedOn({ environment }: Measurement, before: Measurement): readonly string[] {
  return environment.major === before.environment.major
    ? []
    : [`the base was planned on PostgreSQL ${before.environment.major}: it cannot be compared`];
}

function notPlanned({ message, place }: Problem, conditions: "base" | "head", underHead: boolean): string {
  const where = place ? `${place.file}${place.line === undefined ? "" : `:${place.line}`}: ` : "";
  if (conditions === "head") {
    return `the base cannot be planned under the new environment, so its own is taken: ${where}${message}`;
  }
  const also = underHead ? " under its own either" : "";
  return `the base cannot be planned${also}, so the stored baselines alone decide: ${where}${message}`;
}

/** What `accept` would write, where the tested tree's baseline is not what was measured here. */
function candidate(
  { settings, folder }: Policy,
  measured: Measurement,
  againstHead: readonly Outcome[],
  query: string,
): readonly Candidate[] {
  if (againstHead.filter(({ name }) => name === query).every(agrees)) return [];
  const made = baselineOf(measured, query);
  if ("problem" in made) return [];
  const path = fromTop(folder, baselinePath(settings.baselines, measured.environment.major, query));
  return [{ query, path, text: writeBaseline(made) }];
}

/** A run that compared nothing is no pass: it would stay green for ever. What is new has nothing to compare with. */
function nothingCompared(
  { kind, base }: Policy,
  outcomes: readonly Outcome[],
  againstHead: readonly Outcome[],
  broken: boolean,
): readonly Problem[] {
  if (kind === "set-up" || comparedAny(outcomes)) return [];
  const known = new Set(base?.sides.base.queries.queries.map(({ name }) => name));
  const isNew = ({ name }: Outcome) => base !== undefined && !known.has(name);
  const isAccepted = ({ name }: Outcome) =>
    againstHead.some((one) => one.name === name && isStated(one) && agrees(one));
  if (outcomes.length > 0 && outcomes.every((one) => isNew(one) || isAccepted(one))) return [];
  const hint = broken
    ? "Mend what is said above first."
    : outcomes.some((one) => one.kind === "incomparable")
      ? "Run under the environment of the baselines, or accept this one: `plan-gate accept`."
      : "Run `plan-gate accept` and commit the files it writes.";
  return [{ code: "nothing-compared", message: "nothing could be compared with an accepted plan", hint }];
}

function conclude(
  outcomes: readonly Outcome[],
  problems: readonly Problem[],
  rest: Partial<Pick<Verdict, "environment" | "notes" | "timings">>,
): Verdict {
  // What fails for every query alike, such as the session file, is one problem.
  const unique = [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
  const worse = outcomes.some(({ findings }) => findings.some(({ severity }) => severity === "error"));
  const verdict = worse ? "fail" : problems.length > 0 ? "error" : "pass";
  const exitCode = ({ pass: 0, fail: 1, error: 2 } as const)[verdict];
  return { verdict, exitCode, outcomes, problems: unique, notes: [], timings: {}, ...rest };
}
