import { readFile } from "node:fs/promises";
import * as core from "@actions/core";
import { PlanGateError } from "../errors.js";
import { readContext } from "../github/context.js";
import { GitHubError } from "../github/github.js";
import { paragraph, prose, writeMarkdown } from "../reports/markdown-text.js";
import { renderUntold } from "../reports/untold.js";
import { type ActionCommand, readInputs, refuseUnknownInputs } from "./inputs.js";
import { type ActionLog, openLog } from "./log.js";
import { secretForms } from "./secrets.js";
import { keepFailure } from "./states.js";
import type { Step } from "./step.js";
import { missing } from "./subject.js";
import { addToSummary } from "./summary.js";

/** What the step's process hands over. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
  /** plan-gate's. */
  readonly version: string;
}

/** Each command in a file of its own, loaded when it is used. */
const runners: Readonly<Record<ActionCommand, () => Promise<(step: Step) => Promise<number>>>> = {
  check: async () => (await import("./commands/check.js")).runCheck,
  evaluate: async () => (await import("./commands/evaluate.js")).runEvaluate,
  report: async () => (await import("./commands/report.js")).runReport,
  approve: async () => (await import("./commands/approve.js")).runApprove,
  nightly: async () => (await import("./commands/nightly.js")).runNightly,
  refresh: async () => (await import("./commands/refresh.js")).runRefresh,
};

/** Runs the step and gives its exit code: 0 lets the change through, 1 stops it, 2 says that plan-gate failed. */
export async function runAction(surroundings: Surroundings): Promise<number> {
  const log = openLog(surroundings.write);
  let exitCode: number;
  try {
    const step = await openStep(surroundings, log);
    const run = await runners[step.inputs.command]();
    exitCode = await run(step);
  } catch (error) {
    log.endGroup();
    exitCode = await tellFailure(surroundings.signal.aborted ? surroundings.signal.reason : error, log);
  }
  log.endGroup();
  core.setOutput("exit-code", exitCode);
  await addToSummary(log, renderUntold(log.misses));
  return exitCode;
}

/** The same for an error that nobody awaited: left to Node it would be printed raw, and end with a verdict's exit code. */
export async function tellCrash(error: unknown, write: (text: string) => void): Promise<number> {
  const exitCode = await tellFailure(error, openLog(write));
  core.setOutput("exit-code", exitCode);
  return exitCode;
}

async function openStep({ env, signal, version }: Surroundings, log: ActionLog): Promise<Step> {
  for (const name of ["github-token", "commit-token", "org-token"]) mask(core.getInput(name));
  for (const form of secretForms(core.getInput("database-url"))) mask(form);
  const inputs = readInputs((name) => core.getInput(name));
  refuseUnknownInputs(env);
  const workspace = env["GITHUB_WORKSPACE"] ?? process.cwd();
  const payload: unknown = JSON.parse(await readFile(required(env, "GITHUB_EVENT_PATH"), "utf8"));
  const context = readContext(env, payload);
  const step = { inputs, context, env, workspace, log, signal, version, clock: () => performance.now() };
  // Before a minute is spent on what cannot be written in the end.
  if (inputs.report.length > 0) await (await import("./reports.js")).checkReports(step);
  return step;
}

function mask(secret: string): void {
  if (secret !== "") core.setSecret(secret);
}

function required(env: Surroundings["env"], name: string): string {
  const value = env[name];
  if (value !== undefined && value !== "") return value;
  throw new PlanGateError("input-missing", `\`${name}\` is not set: this is not a step of GitHub Actions`, {
    hint: "Use the command line, `npx plan-gate check`, elsewhere.",
  });
}

/** Says why there is no verdict: in the log, in the summary, and to the post step. Gives the exit code. */
async function tellFailure(error: unknown, log: ActionLog): Promise<number> {
  const { message, hint } = failureOf(error);
  const title = `plan-gate could not run: ${message}`;
  log.error(`${title}\n${hint}`);
  if (isBug(error)) log.foreign(error instanceof Error ? (error.stack ?? error.message) : String(error));
  core.setOutput("verdict", "could not run");
  keepFailure(`${message}. ${hint}`);
  await addToSummary(log, writeMarkdown([paragraph(...prose(title)), paragraph(...prose(hint))]));
  return 2;
}

function failureOf(error: unknown): { readonly message: string; readonly hint: string } {
  if (error instanceof PlanGateError) {
    const { message, hint, place } = error;
    const where = place ? `${place.file}${place.line === undefined ? "" : `:${place.line}`}: ` : "";
    return { message: `${where}${message}`, hint };
  }
  if (error instanceof GitHubError) {
    const hint = "Run the job again; if it stays, see GitHub's status page.";
    return { message: `${error.message}${missing(error)}`, hint };
  }
  return { message: "a bug of its own", hint: "Please report what the log says of it." };
}

function isBug(error: unknown): boolean {
  return !(error instanceof PlanGateError || error instanceof GitHubError);
}
