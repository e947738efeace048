import { posix } from "node:path";
import { baselineOf } from "./accept.js";
import { type BaseRequest, type Policy, readPolicy, settingsAt } from "./base.js";
import { baselinePath, writeBaseline } from "./baselines/baseline.js";
import type { FoundBaselines } from "./baselines/store.js";
import { indexStatements } from "./cause/find-cause.js";
import { noteChange, ownStatements } from "./change-notes.js";
import { doubtSmallTables } from "./doubt.js";
import { type Problem, problemOf } from "./errors.js";
import type { Candidate, Evaluation } from "./evaluation/evaluation.js";
import { investigate } from "./investigate.js";
import { lookWhereAsked } from "./look.js";
import { type Build, type Measurement, openBuild, type RunRequest } from "./measure.js";
import { agrees, isStated } from "./proposals/agreement.js";
import { type EnvironmentChange, findEnvironmentChanges } from "./proposals/environment.js";
import { findProposals, proposedEnd } from "./proposals/find-proposals.js";
import { fromTop } from "./proposals/side.js";
import { decide } from "./verdict/decide.js";
import { comparedAny, findOrphans, gatherJudgements, judge, judgeSubject, type Matter } from "./verdict/judge.js";
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
    await using head = await openBuild(request);
    return await evaluate(policy, changes, head, request);
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
  build: Build,
  request: GateRequest,
): Promise<Evaluation> {
  const { measurement: measured } = build;
  const { environment, queries, queryProblems } = measured;
  const { major } = environment;
  const baselines = await policy.baselines(major);
  const byName = await matterOf(policy, measured, baselines, request);
  const storedByName = measured.subjects.map((subject) => judgeSubject(byName, subject));
  const looked = await lookWhereAsked({ policy, changes, head: build, matter: byName, stored: storedByName, request });
  await using _base = looked.base;
  // What only has another name is not the question any more.
  const matter = looked.identity ? { ...byName, identity: looked.identity } : byName;
  const stored = looked.identity ? measured.subjects.map((subject) => judgeSubject(matter, subject)) : storedByName;
  const circumstances = {
    strict: matter.strict,
    environmentChanges: changes.filter(({ replans }) => replans).map(({ what }) => what),
  };
  const decided = measured.subjects.map((subject, index) =>
    decide(stored[index] ?? {}, looked.look(subject), circumstances),
  );
  const orphans = queryProblems.length > 0 ? [] : findOrphans(matter);
  const { outcomes: judged, problems } = gatherJudgements(decided, orphans);
  const found = await investigate({ outcomes: judged, matter, build, base: looked.base, request });
  const own = policy.base ? await ownStatements(policy, measured.applied) : [];
  const remarks = await noteChange(policy, { measured, looked, baselines, own, request });
  const { outcomes, notes: doubts } = await doubtSmallTables(found.outcomes, measured, own);

  const head = await policy.headBaselines(major);
  const againstHead = judge(
    // What the query must be is another question than whether the file says what is.
    { ...matter, expectedOf: () => undefined, baselines: head.byQuery, elsewhere: new Map(), strict: false },
    true,
  ).outcomes;
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
  const wrong = [...queryProblems, ...baselines.problems, ...problems];
  const nothing = nothingCompared(policy, outcomes, againstHead, wrong.length > 0);
  return {
    ...frame(request, policy),
    major,
    verdict: conclude(outcomes, [...wrong, ...nothing], {
      environment,
      notes: [...policy.notes, ...measured.notes, ...looked.notes, ...found.notes, ...remarks, ...doubts],
      timings: { ...measured.timings, ...looked.timings, ...found.timings },
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
  const expectations = policy.expectations(queries);
  return {
    subjects,
    planned,
    baselines: new Map([...baselines.byQuery].filter(([name]) => selectsName(name))),
    elsewhere: baselines.elsewhere,
    environment,
    strict: policy.settings.strict,
    against: "accepted",
    rulesFor: (query) => [policy.settings.rules, headerRules.get(query) ?? {}],
    expectedOf(query) {
      const expected = expectations.get(query);
      return expected && { expectations: expected, names: catalog.names };
    },
    rowsOf: (relation) => catalog.rowsOf(relation),
    tieMaxRatio: policy.settings.tieMaxRatio,
    causeOf: await indexStatements(await ownStatements(policy, applied)),
  };
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
