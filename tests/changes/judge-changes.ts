import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { JsonReport } from "../../src/reports/json-schema.js";
import { type Change, holdsOn, projectsDir } from "./changes.js";
import { type Outcome, outcomeOf } from "./outcome.js";

/** How changes are judged. */
export interface Judging {
  /** The built command line, run by this very Node. */
  readonly cli: string;
  readonly changes: readonly Change[];
  readonly major: number;
  readonly tell?: (outcome: Outcome) => void;
  /** Fixes take longer than all the rest, and judge new queries alone. Default: false. */
  readonly fixes?: boolean;
}

/** Accepts each project's plans as they are, then checks each change on a copy: two at a time, by the command line alone. */
export async function judgeChanges({ cli, changes, major, tell, fixes = false }: Judging): Promise<readonly Outcome[]> {
  const work = await mkdtemp(join(fastFolder(), "plan-gate-changes-"));
  try {
    const valid = changes.filter((change) => holdsOn(change, major));
    const names = [...new Set(valid.map(({ project }) => project))];
    await inPairs(names, (project) => acceptProject(cli, work, { project, major, fixes }));
    return await inPairs(valid, async (change, index) => {
      const outcome = await judgeChange(cli, work, change, `${index}`, major);
      tell?.(outcome);
      return outcome;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** In memory where the machine has that: most of a check is building a cluster. */
function fastFolder(): string {
  return process.env["TMPDIR"] === undefined && existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
}

async function inPairs<T, R>(items: readonly T[], run: (item: T, index: number) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const pending = items.entries();
  const worker = async () => {
    for (const [index, item] of pending) results[index] = await run(item, index);
  };
  await Promise.all([worker(), worker()]);
  return results;
}

/** Makes a git repository of the project, whose main branch has accepted the plans. */
async function acceptProject(
  cli: string,
  work: string,
  { project, major, fixes }: { readonly project: string; readonly major: number; readonly fixes: boolean },
): Promise<void> {
  const cwd = join(work, project);
  await cp(join(projectsDir, project), cwd, { recursive: true });
  await appendFile(join(cwd, "plan-gate.yml"), `\ninvestigate:\n  fixes: ${fixes}\n`);
  const { exitCode, output } = await runNode([cli, "accept", "--postgres", String(major), "--cwd", cwd]);
  if (exitCode !== 0) throw new Error(`${project} cannot be accepted on ${major}:\n${output}`);
  await git(cwd, "init", "--quiet", "--initial-branch=main");
  await commitAll(cwd, "Accepted plans");
}

async function judgeChange(cli: string, work: string, change: Change, name: string, major: number): Promise<Outcome> {
  const started = performance.now();
  const cwd = join(work, `change-${name}`);
  await cp(join(work, change.project), cwd, { recursive: true });
  if (change.onBranch) await git(cwd, "checkout", "--quiet", "-b", "change");
  else await appendFile(join(cwd, "plan-gate.yml"), "  causes: false\n");
  await applyChange(cwd, change);
  if (change.onBranch) await commitAll(cwd, change.name);
  const { exitCode, output } = await runNode([
    cli,
    "check",
    "--postgres",
    String(major),
    "--cwd",
    cwd,
    "--report",
    "json=report.json",
    ...(change.onBranch ? ["--base", "main"] : []),
  ]);
  const report = await readReport(join(cwd, "report.json"), output);
  await rm(cwd, { recursive: true, force: true });
  const seconds = (performance.now() - started) / 1_000;
  return { ...outcomeOf(change, report, exitCode), major, exitCode, seconds };
}

/** Changes a copy of the project as the pull request would. Throws where an edit's text is not there: the set is wrong then. */
async function applyChange(cwd: string, { name, migrations, edits }: Change): Promise<void> {
  for (const { file, sql } of migrations) await writeFile(join(cwd, file), sql);
  for (const { file, replace, by } of edits) {
    const text = await readFile(join(cwd, file), "utf8");
    if (!text.includes(replace)) throw new Error(`${name}: ${file} has no text ${replace}`);
    await writeFile(
      join(cwd, file),
      text.replaceAll(replace, () => by),
    );
  }
}

/** Where the gate wrote none, one that says so: the judging of the other changes goes on. */
async function readReport(path: string, output: string): Promise<Pick<JsonReport, "queries" | "problems">> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as JsonReport;
  return { queries: [], problems: [{ code: "no-report", message: output.trim(), hint: "" }] };
}

async function commitAll(cwd: string, message: string): Promise<void> {
  await git(cwd, "add", "--all");
  await git(cwd, "commit", "--quiet", "--allow-empty", "-m", message);
}

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
  const { exitCode, output } = await run("git", ["-C", cwd, ...args], {
    ...process.env,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_AUTHOR_NAME: "Author",
    GIT_AUTHOR_EMAIL: "author@example.org",
    GIT_COMMITTER_NAME: "Author",
    GIT_COMMITTER_EMAIL: "author@example.org",
  });
  if (exitCode !== 0) throw new Error(`git ${args.join(" ")}:\n${output}`);
}

function runNode(args: readonly string[]): Promise<Ran> {
  return run(process.execPath, args, { ...process.env, TMPDIR: fastFolder() }, dirname(args[0] ?? "."));
}

interface Ran {
  readonly exitCode: number;
  readonly output: string;
}

function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(file, args, { ...(cwd && { cwd }), env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 2;
      resolve({ exitCode, output: `${stdout}${stderr}` });
    });
  });
}
