import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { load } from "js-yaml";
import type { FakeGitHub } from "./github/types.js";

type Json = Record<string, unknown>;
type Environment = Readonly<Record<string, string>>;

export interface ActionRun {
  readonly fake: FakeGitHub;
  /** The checked-out folder, or an empty one. */
  readonly workspace: string;
  /** "pull_request", "merge_group", "push", … */
  readonly event: string;
  readonly payload: Json;
  /** By name in action.yml, over its defaults. */
  readonly inputs?: Environment;
  readonly env?: Environment;
  /** What is run instead of action.yml's `main`; its `post` is not run then, unless named too. */
  readonly entry?: string;
  readonly post?: string;
  /** GITHUB_JOB, and the name of the job's own check run; "plan-gate" where absent. */
  readonly job?: string;
  /** GITHUB_ACTOR; the payload's sender where absent. */
  readonly actor?: string;
  /** A run that is run again: its number, and the attempt after its last. */
  readonly rerun?: number;
  /** Another job of a run that there is. */
  readonly joins?: number;
  /** Ends it half-way, when the output matches, after milliseconds, or after a promise: as a runner that cancels does, or without a word. */
  readonly stop?: { readonly when: RegExp | number | Promise<unknown>; readonly how: "cancel" | "kill" };
}

export interface FinishedRun {
  /** null where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the post step; empty where there is none. */
  readonly post: { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };
  readonly outputs: Environment;
  readonly summary: string;
  /** Of the main step. */
  readonly milliseconds: number;
  /** Until its first line stood in the log. */
  readonly firstLineMilliseconds: number;
  readonly runId: number;
  /** Id of the job's own check run. */
  readonly jobCheck: number;
}

/** Runs the action as a runner would: environment and files in, outputs and calls out. Its job is a check run on the head. */
export async function runAction(run: ActionRun): Promise<FinishedRun> {
  const { fake, job = "plan-gate" } = run;
  const folder = await mkdtemp(join(tmpdir(), "runner-"));
  try {
    const subject = await subjectOf(run);
    const started = startRun(run, subject);
    const check = fake.createCheckRun({ name: job, headSha: subject.checkSha, status: "in_progress" });
    const files = await createFiles(folder, run.payload);
    const action = await readAction(run);
    const env = { ...(await environment(run, { subject, files, folder, runId: started.id })), ...action.inputs };
    const before = performance.now();
    const main = await runNode(action.main, { env, cwd: run.workspace, stop: run.stop });
    const milliseconds = performance.now() - before;

    const state = parseFileCommands(await readFile(files["GITHUB_STATE"] ?? "", "utf8"));
    const states = Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
    const post = action.post
      ? await runNode(action.post, { env: { ...env, ...states }, cwd: run.workspace, stop: undefined })
      : { exitCode: null, stdout: "", stderr: "" };

    const cancelled = run.stop !== undefined && main.exitCode !== 0;
    const conclusion = cancelled ? "cancelled" : main.exitCode === 0 ? "success" : "failure";
    Object.assign(started, { status: "completed", conclusion });
    Object.assign(check, { status: "completed", conclusion, completedAt: fake.clock.stamp() });
    return {
      ...main,
      post,
      outputs: parseFileCommands(await readFile(files["GITHUB_OUTPUT"] ?? "", "utf8")),
      summary: await readFile(files["GITHUB_STEP_SUMMARY"] ?? "", "utf8"),
      milliseconds,
      runId: started.id,
      jobCheck: check.id,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes the workspace as actions/checkout does on `pull_request`: GitHub's merge commit, detached, no credentials. */
export async function checkoutMerge(
  fake: FakeGitHub,
  number: number,
  folder: string,
  { depth = 2 }: { readonly depth?: number } = {},
): Promise<string> {
  const sha = await fake.mergeCommit(number);
  if (sha === undefined) throw new Error(`pull request ${number} conflicts`);
  await checkoutCommit(fake, sha, folder, { depth, ref: `refs/remotes/pull/${number}/merge` });
  return sha;
}

/** Makes the workspace of any commit. */
export async function checkoutCommit(
  fake: FakeGitHub,
  sha: string,
  folder: string,
  { depth = 1, ref = "refs/remotes/origin/checked-out" }: { readonly depth?: number; readonly ref?: string } = {},
): Promise<void> {
  const credentials = Buffer.from(`x-access-token:${fake.jobToken}`).toString("base64");
  const env = {
    PATH: process.env["PATH"],
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    // Only for these commands: `persist-credentials: false`.
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${fake.serverUrl}/.extraheader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${credentials}`,
  };
  await mkdir(folder, { recursive: true });
  const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: folder, env });
  await git("init", "--quiet");
  await git("remote", "add", "origin", `${fake.serverUrl}/${fake.repository}`);
  await git("fetch", "--quiet", "--no-tags", "--prune", `--depth=${depth}`, "origin", `+${sha}:${ref}`);
  await git("checkout", "--quiet", "--force", "--detach", sha);
}

/** The lines of GITHUB_OUTPUT and its like: `name=value`, and `name<<word` … `word`. */
export function parseFileCommands(text: string): Environment {
  const values: Record<string, string> = {};
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const [, name = "", word = ""] = /^([^=]+?)<<(.+)$/.exec(line) ?? [];
    if (word !== "") {
      const end = lines.indexOf(word, i + 1);
      if (end < 0) throw new Error(`\`${name}\` is never ended by ${word}`);
      values[name] = lines.slice(i + 1, end).join("\n");
      i = end;
    } else if (line.includes("=")) {
      const at = line.indexOf("=");
      values[line.slice(0, at)] = line.slice(at + 1);
    } else if (line !== "") throw new Error(`the runner cannot read \`${line}\``);
  }
  return values;
}

/** What a run is about: GITHUB_SHA and GITHUB_REF, and the commit on which its job shows. */
interface Subject {
  readonly sha: string;
  readonly ref: string;
  readonly headBranch: string;
  readonly headRepository: string | null;
  readonly checkSha: string;
  readonly branches: Environment;
}

async function subjectOf({ fake, event, payload }: ActionRun): Promise<Subject> {
  const own = { headRepository: fake.repository, branches: {} };
  if (event === "pull_request") {
    const { number, head, base } = payload["pull_request"] as PullPayload;
    const sha = (await fake.mergeCommit(number)) ?? head.sha;
    const branches = { GITHUB_HEAD_REF: head.ref, GITHUB_BASE_REF: base.ref };
    const headRepository = head.repo?.full_name ?? null;
    const ref = `refs/pull/${number}/merge`;
    return { sha, ref, headBranch: head.ref, headRepository, checkSha: head.sha, branches };
  }
  if (event === "merge_group") {
    const group = payload["merge_group"] as { head_sha: string; head_ref: string };
    const headBranch = group.head_ref.replace("refs/heads/", "");
    return { ...own, sha: group.head_sha, ref: group.head_ref, headBranch, checkSha: group.head_sha };
  }
  if (event === "push") {
    const sha = String(payload["after"]);
    const ref = String(payload["ref"]);
    return { ...own, sha, ref, headBranch: ref.replace("refs/heads/", ""), checkSha: sha };
  }
  // All others run on the default branch, but for `pull_request_target`, which runs on the base.
  const pull = payload["pull_request"] as PullPayload | undefined;
  const branch = pull?.base.ref ?? fake.state.settings.defaultBranch;
  const sha = await fake.git.resolve(branch);
  if (sha === undefined) throw new Error(`no branch ${branch}`);
  const branches: Environment = pull ? { GITHUB_HEAD_REF: pull.head.ref, GITHUB_BASE_REF: branch } : {};
  return { ...own, sha, ref: `refs/heads/${branch}`, headBranch: branch, checkSha: sha, branches };
}

interface PullPayload {
  readonly number: number;
  readonly head: { readonly sha: string; readonly ref: string; readonly repo: { readonly full_name: string } | null };
  readonly base: { readonly ref: string };
}

function startRun({ fake, event, rerun, joins }: ActionRun, { checkSha, headBranch, headRepository }: Subject) {
  const joined = joins === undefined ? undefined : fake.state.runs.get(joins);
  if (joined !== undefined) return joined;
  const before = rerun === undefined ? undefined : fake.state.runs.get(rerun);
  if (before === undefined) return fake.createRun({ event, headSha: checkSha, headBranch, headRepository });
  return Object.assign(before, { attempt: before.attempt + 1, status: "in_progress" as const, conclusion: null });
}

async function createFiles(folder: string, payload: Json): Promise<Environment> {
  const names = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_STATE", "GITHUB_ENV", "GITHUB_PATH"];
  const files = Object.fromEntries(names.map((name) => [name, join(folder, name.toLowerCase())]));
  for (const file of Object.values(files)) await writeFile(file, "");
  const event = join(folder, "event.json");
  await writeFile(event, JSON.stringify(payload));
  await mkdir(join(folder, "temp"));
  return { ...files, GITHUB_EVENT_PATH: event };
}

interface Prepared {
  readonly subject: Subject;
  readonly files: Environment;
  readonly folder: string;
  readonly runId: number;
}

async function environment(run: ActionRun, { subject, files, folder, runId }: Prepared): Promise<Environment> {
  const { fake, event, payload, job = "plan-gate" } = run;
  const started = fake.state.runs.get(runId);
  const sender = (payload["sender"] as { login: string } | undefined)?.login ?? "author";
  const artifacts: Environment = fake.resultsUrl
    ? { ACTIONS_RESULTS_URL: fake.resultsUrl, ACTIONS_RUNTIME_TOKEN: fake.runtimeToken(runId) }
    : {};
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? folder,
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION: "__plan-gate",
    GITHUB_ACTOR: run.actor ?? sender,
    GITHUB_TRIGGERING_ACTOR: run.actor ?? sender,
    GITHUB_API_URL: fake.apiUrl,
    GITHUB_EVENT_NAME: event,
    GITHUB_GRAPHQL_URL: fake.graphqlUrl,
    GITHUB_JOB: job,
    GITHUB_REF: subject.ref,
    GITHUB_REF_NAME: subject.ref.replace(/^refs\/(heads|pull|tags)\//, ""),
    GITHUB_REPOSITORY: fake.repository,
    GITHUB_REPOSITORY_OWNER: fake.state.settings.owner,
    GITHUB_RUN_ATTEMPT: String(started?.attempt ?? 1),
    GITHUB_RUN_ID: String(runId),
    GITHUB_RUN_NUMBER: "1",
    GITHUB_SERVER_URL: fake.serverUrl,
    GITHUB_SHA: subject.sha,
    GITHUB_WORKFLOW: "plan-gate",
    GITHUB_WORKFLOW_REF: `${fake.repository}/${started?.path}@${subject.ref}`,
    GITHUB_WORKSPACE: run.workspace,
    RUNNER_ARCH: process.arch.toUpperCase(),
    RUNNER_ENVIRONMENT: "github-hosted",
    RUNNER_NAME: "fake",
    RUNNER_OS: "Linux",
    RUNNER_TEMP: join(folder, "temp"),
    // Kept between runs, as on a runner of one's own: what is downloaded once is there.
    RUNNER_TOOL_CACHE: join(tmpdir(), "runner-tool-cache"),
    ...subject.branches,
    ...files,
    ...artifacts,
    ...run.env,
  };
}

interface ActionFile {
  readonly inputs?: Readonly<Record<string, { readonly default?: unknown } | null>>;
  readonly runs: { readonly main: string; readonly post?: string };
}

/** What action.yml says is run, and the inputs as the runner names them: upper case, blanks as `_`, dashes stay. */
async function readAction(run: ActionRun) {
  const file = existsSync("action.yml") ? (load(await readFile("action.yml", "utf8")) as ActionFile) : undefined;
  const defaults = Object.entries(file?.inputs ?? {}).flatMap(([name, input]) =>
    input?.default === undefined || input.default === null
      ? []
      : [[name, evaluate(String(input.default), run.fake)] as const],
  );
  const given = { "github-token": run.fake.jobToken, ...Object.fromEntries(defaults), ...run.inputs };
  const post = run.entry === undefined ? (file?.runs.post ?? "dist/post.js") : run.post;
  return {
    main: run.entry ?? file?.runs.main ?? "dist/index.js",
    post,
    inputs: Object.fromEntries(
      Object.entries(given).map(([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value]),
    ),
  };
}

/** The only expression that a default here may have. */
function evaluate(text: string, fake: FakeGitHub): string {
  const value = text.replaceAll(/\$\{\{ *github\.token *\}\}/g, fake.jobToken);
  if (value.includes("${{")) throw new Error(`action.yml: cannot evaluate ${text}`);
  return value;
}

interface Program {
  readonly env: Environment;
  readonly cwd: string;
  readonly stop: ActionRun["stop"];
}

async function runNode(entry: string, { env, cwd, stop }: Program) {
  const child = spawn(resolve("node_modules/.bin/node"), [resolve(entry)], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  let stopped = false;
  const started = performance.now();
  let firstLineMilliseconds = Number.POSITIVE_INFINITY;
  const stopOnce = (seen: boolean) => {
    if (!seen || stopped || stop === undefined) return;
    stopped = true;
    void (stop.how === "kill" ? child.kill("SIGKILL") : cancel(child));
  };
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
    if (stdout.includes("\n")) firstLineMilliseconds = Math.min(firstLineMilliseconds, performance.now() - started);
    stopOnce(stop?.when instanceof RegExp && stop.when.test(stdout));
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  if (stop?.when instanceof Promise) void stop.when.then(() => stopOnce(true));
  const timer = typeof stop?.when === "number" ? setTimeout(() => stopOnce(true), stop.when) : undefined;
  const exitCode = await new Promise<number | null>((done, fail) => {
    child.on("error", fail);
    child.on("close", done);
  });
  clearTimeout(timer);
  return { exitCode, stdout, stderr, firstLineMilliseconds };
}

/** SIGINT, SIGTERM after 7.5 seconds, SIGKILL after 2.5 more. */
async function cancel(child: ChildProcess): Promise<void> {
  const ended = new AbortController();
  child.once("exit", () => ended.abort());
  for (const [signal, patience] of [
    ["SIGINT", 7_500],
    ["SIGTERM", 2_500],
    ["SIGKILL", 0],
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await sleep(patience, undefined, { signal: ended.signal }).catch(() => {});
  }
}
