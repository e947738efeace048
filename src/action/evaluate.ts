import { createHash } from "node:crypto";
import { type LoadedSettings, loadSettings } from "../config/load.js";
import { problemOf } from "../errors.js";
import type { Evaluation, EvaluationSet } from "../evaluation/evaluation.js";
import { worstOf } from "../evaluation/merge.js";
import { inShard, parseShard } from "../evaluation/select.js";
import { workTree } from "../files/tree.js";
import { judgeRemovedSettings, runGate } from "../gate.js";
import { changedFiles, type Git } from "../github/tested-commit.js";
import { failedEvaluation, untouchedEvaluation } from "./evaluations.js";
import { logProgress } from "./progress.js";
import { folderOf, relevantFiles, watchedFiles } from "./relevance.js";
import type { Step } from "./step.js";
import type { Base, Subject } from "./subject.js";

/** What is evaluated: settings files, majors and bases, all with each other. */
export interface Work {
  readonly step: Step;
  readonly subject: Subject;
  readonly git: Git;
  /** Relative to the workspace, which is the repository's top; sorted. */
  readonly configs: readonly string[];
}

/** Equal keys give equal evaluations: everything that goes into one is named by it, by commit or by value. */
export function evaluationKey({ step, subject, configs }: Work): string {
  const { provider, postgresVersions, databaseUrl, shard } = step.inputs;
  const { head, base } = subject.commits;
  // Variables that settings are read from as well.
  const variables = ["PLAN_GATE_PROVIDER", "PLAN_GATE_POSTGRES", "PLAN_GATE_DATABASE_URL"].map(
    (name) => step.env[name],
  );
  const inputs = [provider, postgresVersions, databaseUrl, shard, ...variables];
  const parts = [step.version, head, base, subject.bases, configs, ...inputs];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Runs the gate against each base, or passes without a database where nothing that matters changed. */
export async function evaluate(work: Work): Promise<EvaluationSet> {
  const { step, subject } = work;
  const shard = step.inputs.shard === undefined ? null : parseShard(step.inputs.shard);
  const sets: EvaluationSet[] = [];
  for (const base of subject.bases.length > 0 ? subject.bases : [undefined]) {
    const evaluations: Evaluation[] = [];
    for (const config of work.configs) evaluations.push(...(await evaluateConfig(work, config, base)));
    const { commits } = subject;
    sets.push({ version: 1, tool: step.version, commits, key: evaluationKey(work), evaluations });
  }
  const whole = worstOf(sets);
  return shard === null ? whole : { ...whole, part: { job: null, shard } };
}

async function evaluateConfig(work: Work, config: string, base: Base | undefined): Promise<readonly Evaluation[]> {
  const { workspace } = work.step;
  if (base && !(await workTree(workspace).has(config))) {
    const removed = await judgeRemovedSettings(workspace, config, base);
    // Another base has it: this one does not miss it.
    return removed ? [removed] : [];
  }
  const majors = work.step.inputs.postgresVersions;
  const evaluations: Evaluation[] = [];
  for (const major of majors.length > 0 ? majors : [undefined]) {
    const loaded = await load(work.step, config, major).catch((error: unknown) => {
      return failedEvaluation(config, problemOf(error));
    });
    if ("verdict" in loaded) return [loaded];
    const untouched = await judgeUntouched(work, config, loaded, base);
    if (untouched) return [untouched];
    evaluations.push(await evaluateOne(work, config, loaded, base));
  }
  return evaluations;
}

/** One settings file on one major against its own baselines. */
export async function evaluatePart(work: Work, config: string, major: number | null): Promise<Evaluation> {
  try {
    const loaded = await load(work.step, config, major === null ? undefined : `${major}`);
    return await evaluateOne(work, config, loaded, undefined);
  } catch (error) {
    return failedEvaluation(config, problemOf(error));
  }
}

function load({ workspace, inputs, env }: Step, config: string, postgres: string | undefined): Promise<LoadedSettings> {
  const { provider, databaseUrl } = inputs;
  const flags = {
    ...(provider === undefined ? {} : { provider }),
    ...(postgres === undefined ? {} : { postgres }),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  };
  return loadSettings({ cwd: workspace, config, flags, env });
}

/** Only on a pull request: in the queue, and on the default branch, everything is planned. */
async function judgeUntouched(
  { subject, git, step }: Work,
  config: string,
  loaded: LoadedSettings,
  base: Base | undefined,
): Promise<Evaluation | undefined> {
  if (subject.kind !== "pull-request" || !base || base.commit !== base.policy) return undefined;
  const watched = watchedFiles(loaded, folderOf(config));
  if (watched === undefined) return undefined;
  const changed = await changedFiles(git, base.commit, subject.commits.tested);
  if (relevantFiles(changed, [...watched, ...workflowFiles(step)]).length > 0) return undefined;
  step.log.foreign(
    `${config}: none of ${changed.length} changed files can change a plan; looked at ${watched.join(", ")}`,
  );
  return untouchedEvaluation(config, loaded.settings, changed.length, watched);
}

/** The workflow says which version of plan-gate runs, and how. */
function workflowFiles({ env }: Step): readonly string[] {
  const [, path] = /^[^/]+\/[^/]+\/([^@]+)@/.exec(env["GITHUB_WORKFLOW_REF"] ?? "") ?? [];
  return path === undefined ? [] : [path];
}

async function evaluateOne(
  { step, subject, configs }: Work,
  config: string,
  loaded: LoadedSettings,
  base: Base | undefined,
): Promise<Evaluation> {
  const { log, clock, env, signal, inputs } = step;
  const several = configs.length > 1 || inputs.postgresVersions.length > 1 || subject.bases.length > 1;
  const major = loaded.settings.postgres.version;
  let server: string | null = null;
  const prefix = several ? `${config}${major ? `, PostgreSQL ${major}` : ""}: ` : "";
  // What is said last while the server starts is what it is.
  const progress = logProgress(log, clock, prefix, (text) => {
    server = /Postgres (\d+(?:\.\d+)*)/.exec(text)?.[1] ?? server;
  });
  const shard = inputs.shard === undefined ? undefined : parseShard(inputs.shard);
  try {
    const evaluation = await runGate({
      loaded,
      base,
      wanted: [],
      selectsName: shard === undefined ? () => true : (name) => inShard(name, shard),
      env,
      signal,
      progress,
      clock,
    });
    const scale = loaded.settings.seed?.scale ?? 1;
    return base === undefined ? { ...evaluation, circumstance: { server, scale } } : evaluation;
  } finally {
    progress.end();
  }
}
