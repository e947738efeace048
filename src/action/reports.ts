import { lstat, mkdir } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { PlanGateError } from "../errors.js";
import { writeEvaluations } from "../evaluation/document.js";
import type { Evaluation, EvaluationSet } from "../evaluation/evaluation.js";
import { reports } from "../reports/index.js";
import type { Report } from "../reports/report.js";
import { handedOverFile } from "../stage/handed-over.js";
import type { Step } from "./step.js";

/** Writes the evaluations as a document, and gives its absolute path. */
export async function writeDocument({ env, workspace }: Step, set: EvaluationSet): Promise<string> {
  const file = join(env["RUNNER_TEMP"] ?? workspace, "plan-gate", handedOverFile);
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, writeEvaluations(set));
  return file;
}

/** Throws where a report file could not be written in the end: by its format, or by where it would lie. */
export async function checkReports({ inputs, workspace }: Pick<Step, "inputs" | "workspace">): Promise<void> {
  for (const { format, file } of inputs.report) {
    reportNamed(format);
    await placeInside(workspace, file);
  }
}

/** Prints each evaluation in the log, and writes the report files that the input `report` asks for. */
export async function tellInReports(step: Step, { evaluations }: EvaluationSet): Promise<void> {
  const [terminal] = reports;
  for (const { verdict, kind } of evaluations)
    if (kind !== "untouched") step.log.foreign(terminal.render(verdict, options));
  for (const { format, file } of step.inputs.report) {
    const report = reportNamed(format);
    for (const evaluation of evaluations) {
      const name = evaluations.length > 1 ? named(file, evaluation) : file;
      await writeInside(step.workspace, name, report.render(evaluation.verdict, options));
    }
  }
}

const options = { color: false, width: 100, verbose: false };

function reportNamed(format: string): Report {
  const found = reports.find(({ id }) => id === format);
  if (found) return found;
  throw new PlanGateError("settings-invalid", `there is no report \`${format}\` (input \`report\`)`, {
    hint: `Choose ${reports.map(({ id }) => id).join(", ")}.`,
  });
}

async function writeInside(workspace: string, file: string, text: string): Promise<void> {
  const path = await placeInside(workspace, file);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, text);
  } catch (error) {
    throw refused(file, `cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

/** The absolute path. What a pull request checked in as a link would be written through, to wherever it points. */
async function placeInside(workspace: string, file: string): Promise<string> {
  const path = resolve(workspace, file);
  const steps = relative(workspace, path).split(sep);
  if (steps[0] === ".." || isAbsolute(relative(workspace, path))) throw refused(file, "lies outside of the workspace");
  for (const [index] of steps.entries()) {
    const stats = await lstat(join(workspace, ...steps.slice(0, index + 1))).catch(() => undefined);
    if (stats?.isSymbolicLink()) throw refused(file, `leads through a symbolic link, ${steps[index]}`);
    const isLast = index === steps.length - 1;
    if (isLast && stats?.isDirectory()) throw refused(file, "is a folder");
  }
  return path;
}

function refused(file: string, why: string, cause: { readonly cause?: unknown } = {}): PlanGateError {
  return new PlanGateError("write-refused", `the report \`${file}\` ${why}`, {
    hint: "Name a file of its own, inside the workspace, that no commit brings along.",
    ...cause,
  });
}

/** Several evaluations cannot share a file: its name says which one it is. */
function named(file: string, { config, major }: Evaluation): string {
  const id = `${config}${major === null ? "" : `-pg${major}`}`.replace(/[^\w.]+/g, "-");
  return file.replace(/(\.[^./]*)?$/, (extension) => `-${id}${extension}`);
}
