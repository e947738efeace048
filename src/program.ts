import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { CommanderError } from "commander";
import picomatch from "picomatch";
import writeFileAtomic from "write-file-atomic";
import packageJson from "../package.json" with { type: "json" };
import { type CalibrateFlags, type Flags, runCommandLine } from "./command-line.js";
import { loadSettings } from "./config/load.js";
import { PlanGateError, type Problem, problemOf } from "./errors.js";
import type { RunRequest } from "./measure.js";
import { type ShownProgress, showProgress, silentProgress } from "./progress.js";
import { reports } from "./reports/index.js";
import type { Report } from "./reports/report.js";
import type { Verdict } from "./verdict/verdict.js";

const controller = new AbortController();

/** Exit codes: 0 pass, 1 a plan got worse, 2 plan-gate could not do its job. */
async function runCheck(flags: Flags): Promise<number> {
  const verdict = await judgeHere(flags).catch((error: unknown): Verdict => failedVerdict(problemOf(error)));
  const targets = flags.report ?? [];
  const onStdout = targets.filter(({ file }) => file === undefined);
  for (const { report } of onStdout) process.stdout.write(render(report, verdict, flags));
  const quiet = flags.quiet && verdict.exitCode === 0;
  const [terminal] = reports;
  if (onStdout.length === 0 && !quiet) process.stdout.write(render(terminal, verdict, flags));
  let exitCode: number = verdict.exitCode;
  for (const { report, file } of targets) {
    if (file === undefined) continue;
    try {
      await writeReport(flags, report, file, verdict);
    } catch (error) {
      const failed = printFailure(error);
      if (exitCode === 0) exitCode = failed;
    }
  }
  return exitCode;
}

/** What the branch proposes is said among the remarks: on the command line nobody can approve it. */
async function judgeHere(flags: Flags): Promise<Verdict> {
  const [{ runGate }, { proposalNotes }] = await Promise.all([import("./gate.js"), import("./proposals/notes.js")]);
  const base = flags.base === undefined ? undefined : { ref: flags.base };
  const { verdict, proposals } = await withRun(flags, flags.query ?? [], (request) => runGate({ ...request, base }));
  return { ...verdict, notes: [...proposalNotes(proposals), ...verdict.notes] };
}

function failedVerdict(problem: Problem): Verdict {
  return { verdict: "error", exitCode: 2, outcomes: [], problems: [problem], notes: [], timings: {} };
}

function render(report: Report, verdict: Verdict, { verbose }: Flags): string {
  const { isTTY, columns } = process.stdout;
  return report.render(verdict, {
    color: isTTY === true && process.env["NO_COLOR"] === undefined,
    width: Math.min(columns ?? 80, 120),
    verbose: verbose === true,
  });
}

async function writeReport(flags: Flags, report: Report, file: string, verdict: Verdict): Promise<void> {
  const path = resolve(flags.cwd, file);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, report.render(verdict, { color: false, width: 80, verbose: flags.verbose === true }));
  } catch (cause) {
    throw new PlanGateError(
      "write-refused",
      `cannot write the report ${file}: ${cause instanceof Error ? cause.message : cause}`,
      {
        hint: "Name a file in a folder that may be written to.",
        cause,
      },
    );
  }
}

async function runAccept(flags: Flags, names: readonly string[]): Promise<number> {
  const [{ acceptPlans }, { renderAccepted }] = await Promise.all([
    import("./accept.js"),
    import("./reports/accepted.js"),
  ]);
  const beside = flags.also === true;
  const accepted = await withRun(flags, names, (request) => acceptPlans({ ...request, beside }));
  process.stdout.write(renderAccepted(accepted));
  return accepted.left.length > 0 || accepted.problems.length > 0 ? 2 : 0;
}

async function runCalibrate({ runs, report, ...flags }: CalibrateFlags, names: readonly string[]): Promise<number> {
  const [{ calibrate }, { calibratedJson, renderCalibrated }] = await Promise.all([
    import("./calibrate.js"),
    import("./reports/calibrated.js"),
  ]);
  const calibrated = await withRun(flags, names, (request) => calibrate({ ...request, runs }));
  process.stdout.write(
    report === "json" ? calibratedJson(calibrated) : renderCalibrated(calibrated, process.stdout.columns ?? 80),
  );
  return calibrated.problems.length > 0 ? 2 : 0;
}

async function runShow(flags: Flags, [name = ""]: readonly string[]): Promise<number> {
  const [{ showQuery }, { renderShown }] = await Promise.all([import("./show.js"), import("./reports/shown.js")]);
  const shown = await withRun(flags, [name], (request) => showQuery(request, flags.case));
  process.stdout.write(renderShown(shown, process.stdout.columns ?? 80));
  return shown.problems.length > 0 ? 2 : 0;
}

async function runList(flags: Flags): Promise<number> {
  const [{ listQueries }, { renderList }] = await Promise.all([import("./list.js"), import("./reports/list.js")]);
  const listed = await listQueries(await load(flags), selector(flags.query ?? []));
  process.stdout.write(renderList(listed, process.stdout.columns ?? 80));
  return listed.problems.length > 0 ? 2 : 0;
}

async function runLog(flags: Flags): Promise<number> {
  const [{ readLog }, { renderLog }] = await Promise.all([import("./log.js"), import("./decisions/render-log.js")]);
  const { entries, hasHistory, problems } = await readLog(await load(flags), selector(flags.query ?? []));
  process.stdout.write(renderLog(entries, Math.min(process.stdout.columns ?? 80, 120)));
  if (!hasHistory && !flags.quiet) {
    process.stderr.write("The history is not in this clone. Where it is kept: `git fetch origin plan-gate-history`\n");
  }
  for (const { message, hint, place } of problems) {
    process.stderr.write(`plan-gate: ${place ? `${place.file}: ` : ""}${message}\n  ${hint}\n`);
  }
  return problems.length > 0 ? 2 : 0;
}

async function runInit({ cwd, workflow }: Flags): Promise<number> {
  const { init, nextSteps } = await import("./init.js");
  const steps = await init(resolve(cwd), packageJson.version, workflow ? { workflows: workflow } : {});
  for (const { path, outcome } of steps) process.stdout.write(`${outcome.padEnd(8)}${path}\n`);
  process.stdout.write(`\nNext: ${nextSteps(workflow).join("\n")}\n`);
  return 0;
}

function load({ cwd, config, provider, postgres, databaseUrl }: Flags) {
  const flags = {
    ...(provider === undefined ? {} : { provider }),
    ...(postgres === undefined ? {} : { postgres }),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  };
  return loadSettings({ cwd: resolve(cwd), ...(config === undefined ? {} : { config }), flags, env: process.env });
}

function selector(globs: readonly string[]): (name: string) => boolean {
  return globs.length === 0 ? () => true : picomatch([...globs], { dot: true });
}

async function withRun<T>(
  flags: Flags,
  globs: readonly string[],
  run: (request: RunRequest) => Promise<T>,
): Promise<T> {
  const loaded = await load(flags);
  const clock = () => performance.now();
  using progress: ShownProgress = flags.quiet ? silentProgress : showProgress(clock);
  return await run({
    loaded,
    wanted: globs,
    selectsName: selector(globs),
    env: process.env,
    signal: controller.signal,
    progress,
    clock,
  });
}

/** Ctrl-C under npm arrives twice, from the terminal and from npm: only what comes later is a second wish. */
const sameSignalMilliseconds = 1_000;

/** The first signal lets the run remove what it started; a second one, or ten more seconds, ends it at once. */
function stopOnSignals(): void {
  let stoppedAt = 0;
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        if (performance.now() - stoppedAt > sameSignalMilliseconds) process.exit(code);
        return;
      }
      stoppedAt = performance.now();
      process.exitCode = code;
      setTimeout(() => process.exit(code), 10_000).unref();
      controller.abort(
        new PlanGateError("interrupted", `stopped by ${signal}`, { hint: "Everything that was started is removed." }),
      );
    });
  }
}

/** Runs, prints what went wrong, and leaves the exit code with the process. */
async function run(): Promise<void> {
  stopOnSignals();
  // A reader that goes away (`| head`) is no error of ours.
  process.stdout.on("error", () => undefined);
  try {
    const exitCode = await runCommandLine(process.argv.slice(2), {
      ...{ init: runInit, check: runCheck, calibrate: runCalibrate, accept: runAccept },
      ...{ list: runList, show: runShow, log: runLog },
    });
    process.exitCode ??= exitCode;
  } catch (error) {
    const exitCode = printFailure(error);
    process.exitCode ??= exitCode;
  }
}

function printFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const known = controller.signal.aborted ? (controller.signal.reason as unknown) : error;
  if (!(known instanceof PlanGateError)) {
    process.stderr.write(
      `plan-gate failed, which is a bug of its own. Please report this:\n${known instanceof Error ? known.stack : known}\n`,
    );
    return 2;
  }
  const { message, hint, place } = known;
  const where = place ? `${place.file}${place.line === undefined ? "" : `:${place.line}`}: ` : "";
  process.stderr.write(`plan-gate: ${where}${message}\n  ${hint}\n`);
  return 2;
}

await run();
