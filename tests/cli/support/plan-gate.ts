import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { JsonReport } from "../../../src/reports/json-schema.js";

/** The command line as shipped; a build of one's own is named by PLAN_GATE_CLI. */
export const cli = resolve(process.env["PLAN_GATE_CLI"] ?? "dist/cli.js");

/** How one run ended, and what it said. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and in what surroundings plan-gate runs. */
export interface Surroundings {
  readonly cwd: string;
  /** Laid over PATH, HOME and TMPDIR, which is all that a run gets of the tests' own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A run under way. */
export interface StartedRun {
  readonly child: ChildProcess;
  /** Waits until standard error has these words. Throws where the run ends without them. */
  readonly says: (words: string) => Promise<void>;
  readonly ended: Promise<Run>;
}

/** Starts plan-gate as a shell would. */
export function startPlanGate({ cwd, env = {} }: Surroundings, ...args: readonly string[]): StartedRun {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, TMPDIR: process.env["TMPDIR"] ?? "/tmp", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (chunk: string) => {
      said[stream] += chunk;
    });
  }
  const ended = once(child, "close").then(([code]): Run => ({ code: code as number | null, ...said }));
  const says = async (words: string) => {
    while (!said.stderr.includes(words)) {
      const over = await Promise.race([ended, once(child.stderr, "data").then(() => undefined)]);
      if (over && !said.stderr.includes(words)) throw new Error(`never said "${words}": ${JSON.stringify(over)}`);
    }
  };
  return { child, says, ended };
}

/** Runs plan-gate to its end. */
export function planGate(where: Surroundings, ...args: readonly string[]): Promise<Run> {
  return startPlanGate(where, ...args).ended;
}

/** A check's exit code and JSON report, which must be valid JSON whatever happened. */
export async function checked(
  where: Surroundings,
  ...args: readonly string[]
): Promise<Run & { readonly report: JsonReport; readonly json: string }> {
  const file = resolve(where.cwd, "report.json");
  const run = await planGate(where, "check", ...args, "--report", `json=${file}`);
  const json = await readFile(file, "utf8").catch(() => {
    throw new Error(`no report was written: ${JSON.stringify(run)}`);
  });
  return { ...run, json, report: JSON.parse(json) as JsonReport };
}

/** Outcomes by query and case: "book-by-isbn/one book" is "passed". */
export function outcomes({ queries }: JsonReport): Readonly<Record<string, string>> {
  return Object.fromEntries(
    queries.map(({ name, case: one, outcome }) => [one === null ? name : `${name}/${one}`, outcome]),
  );
}
