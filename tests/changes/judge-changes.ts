import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { load } from "js-yaml";
import type { JsonReport } from "../../src/reports/json-schema.js";

const projectsDir = join(import.meta.dirname, "projects");

/** One text of a project's file in place of another, wherever it stands. */
interface Edit {
  readonly file: string;
  readonly replace: string;
  readonly by: string;
}

/** One pull request: what it changes, and what the gate must say. */
export interface Change {
  readonly project: string;
  readonly name: string;
  /** SQL of a new migration, and the file that it becomes. */
  readonly migration?: { readonly file: string; readonly sql: string };
  readonly edits: readonly Edit[];
  /** Absent: the gate must stay silent. `in`: queries of which one must be flagged; `by`: rules of which one must do it. */
  readonly caught?: { readonly in: readonly string[]; readonly by: readonly string[] };
  /** The first major on which this is true: an older planner may make a regression of a harmless change. */
  readonly since?: number;
  /** What the gate lacks to catch it; reported apart and not asserted. */
  readonly needs?: string;
}

/** What the gate made of a change. */
export interface Outcome {
  readonly change: Change;
  readonly major: number;
  readonly exitCode: number;
  /** `query: rule (severity)`, sorted. */
  readonly findings: readonly string[];
  /** What the gate could not do. */
  readonly problems: readonly string[];
  readonly right: boolean;
}

interface ChangesFile {
  readonly migration: string;
  readonly changes: readonly (Omit<Change, "project" | "migration" | "edits"> & {
    migration?: string;
    edit?: readonly Edit[];
  })[];
}

/** Reads every project's changes, in the order in which they are written. */
export function readChanges(): readonly Change[] {
  return readdirSync(projectsDir)
    .sort()
    .flatMap((project) => {
      const file = load(readFileSync(join(projectsDir, project, "changes.yml"), "utf8")) as ChangesFile;
      return file.changes.map(
        ({ migration, edit = [], ...rest }): Change => ({
          ...rest,
          project,
          edits: edit,
          ...(migration === undefined ? {} : { migration: { file: file.migration, sql: migration } }),
        }),
      );
    });
}

/** How changes are judged. */
export interface Judging {
  /** The built command line, run by this very Node. */
  readonly cli: string;
  readonly changes: readonly Change[];
  readonly major: number;
  readonly tell?: (outcome: Outcome) => void;
}

/** Accepts each project's plans as they are, then checks each change on a copy: two at a time, by the command line alone. */
export async function judgeChanges({ cli, changes, major, tell }: Judging): Promise<readonly Outcome[]> {
  const work = await mkdtemp(join(tmpdir(), "plan-gate-changes-"));
  try {
    const valid = changes.filter(({ since = 0 }) => since <= major);
    const names = [...new Set(valid.map(({ project }) => project))];
    await inPairs(names, (project) => acceptProject(cli, work, project, major));
    return await inPairs(valid, async (change, index) => {
      const outcome = await judgeChange(cli, work, change, `${index}`, major);
      tell?.(outcome);
      return outcome;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
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

async function acceptProject(cli: string, work: string, project: string, major: number): Promise<void> {
  const cwd = join(work, project);
  await cp(join(projectsDir, project), cwd, { recursive: true });
  const { exitCode, output } = await runCli(cli, ["accept", "--postgres", String(major), "--cwd", cwd]);
  if (exitCode !== 0) throw new Error(`${project} cannot be accepted on ${major}:\n${output}`);
}

async function judgeChange(cli: string, work: string, change: Change, name: string, major: number): Promise<Outcome> {
  const cwd = join(work, `change-${name}`);
  await cp(join(work, change.project), cwd, { recursive: true });
  await applyChange(cwd, change);
  const { exitCode, output } = await runCli(cli, [
    "check",
    "--postgres",
    String(major),
    "--cwd",
    cwd,
    "--report",
    "json=report.json",
  ]);
  const report = await readReport(join(cwd, "report.json"), output);
  await rm(cwd, { recursive: true, force: true });
  return { ...outcomeOf(change, report, exitCode), major, exitCode };
}

/** Changes a copy of the project as the pull request would. Throws where an edit's text is not there: the set is wrong then. */
async function applyChange(cwd: string, { name, migration, edits }: Change): Promise<void> {
  if (migration) await writeFile(join(cwd, migration.file), migration.sql);
  for (const { file, replace, by } of edits) {
    const text = await readFile(join(cwd, file), "utf8");
    if (!text.includes(replace)) throw new Error(`${name}: ${file} has no text ${replace}`);
    await writeFile(
      join(cwd, file),
      text.replaceAll(replace, () => by),
    );
  }
}

async function readReport(path: string, output: string): Promise<JsonReport> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new Error(`no report was written:\n${output}`);
  });
  return JSON.parse(text) as JsonReport;
}

function outcomeOf(
  change: Change,
  { queries, problems }: JsonReport,
  exitCode: number,
): Omit<Outcome, "major" | "exitCode"> {
  const loud = queries.flatMap(({ name, findings }) =>
    findings
      .filter(({ severity }) => severity !== "info")
      .map(({ rule, severity }) => ({ query: name, rule, severity })),
  );
  const { caught } = change;
  const right = caught
    ? exitCode === 1 &&
      loud.some(({ query, rule }) => caught.in.includes(query) && (caught.by.length === 0 || caught.by.includes(rule)))
    : exitCode === 0 && loud.length === 0;
  return {
    change,
    findings: [
      ...new Set(
        loud.map(({ query, rule, severity }) => `${query}: ${rule}${severity === "error" ? "" : ` (${severity})`}`),
      ),
    ].sort(),
    problems: problems.map(({ message }) => message),
    right,
  };
}

function runCli(cli: string, args: readonly string[]): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { cwd: dirname(cli), maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 2;
      resolve({ exitCode, output: `${stdout}${stderr}` });
    });
  });
}

/** Regressions caught, false alarms, and every change on which the gate was wrong, as lines of text. */
export function summarize(outcomes: readonly Outcome[]): readonly string[] {
  const fair = outcomes.filter(({ change }) => change.needs === undefined);
  const regressions = fair.filter(({ change }) => change.caught);
  const harmless = fair.filter(({ change }) => !change.caught);
  const later = outcomes.filter(({ change }) => change.needs !== undefined);
  const share = (some: readonly Outcome[]) => `${some.filter(({ right }) => right).length} of ${some.length}`;
  return [
    `regressions caught:     ${share(regressions)}`,
    `harmless, left alone:   ${share(harmless)}`,
    `beyond today's rules:   ${share(later)}`,
    ...fair.filter(({ right }) => !right).map((outcome) => outcomeLine(outcome)),
  ];
}

/** One outcome in one line. */
export function outcomeLine({ change, major, right, findings, problems, exitCode }: Outcome): string {
  const verdict = `${right ? "right" : change.needs === undefined ? "WRONG" : "later"} ${change.caught ? "regression" : "harmless  "}`;
  const seen = [...findings, ...problems.map((problem) => `problem: ${problem}`)].join("; ");
  return `${verdict} ${major} ${change.project}: ${change.name} → exit ${exitCode}${seen === "" ? "" : `: ${seen}`}`;
}
