import * as core from "@actions/core";
import { PlanGateError, problemOf } from "../../errors.js";
import type { Evaluation } from "../../evaluation/evaluation.js";
import type { GitHub } from "../../github/github.js";
import { circumstanceOf } from "../../history/entries-of.js";
import { type NightResult, tellNight } from "../../nightly.js";
import { findConfigs } from "../configs.js";
import { openGitHub } from "../connect.js";
import { evaluatePart } from "../evaluate.js";
import { failedEvaluation } from "../evaluations.js";
import { openGit } from "../git.js";
import { collect, handedOver, hasCheckout, missingMajors } from "../hand-over.js";
import { historyFile } from "../history.js";
import { keepAside } from "../keep-aside.js";
import type { Step } from "../step.js";
import { asked, findSubject } from "../subject.js";
import { addToSummary } from "../summary.js";

/** Every query on every wanted major against the accepted plans: what moved becomes an issue, and stands in the history. */
export async function runNightly(step: Step): Promise<number> {
  const { exitCode, summary, story } = await judgeNight(step);
  await addToSummary(step.log, summary);
  core.setOutput("verdict", exitCode === 2 ? "could not run" : story.drifts.length > 0 ? "drift" : "pass");
  return exitCode;
}

/** The night as it was judged and told. */
export async function judgeNight(step: Step): Promise<NightResult> {
  const github = openGitHub(step);
  const { log, env, version, inputs } = step;
  const { commit, evaluations } = (await nightOfOthers(step, github)) ?? (await nightHere(step, github));
  const parts = evaluations.map((evaluation) => ({ evaluation, ...circumstanceOf(evaluation) }));
  const tonight = { at: new Date().toISOString(), commit, tool: version, parts };
  return tellNight(tonight, {
    github,
    runUrl: `${github.serverUrl}/${github.repository}/actions/runs/${env["GITHUB_RUN_ID"]}`,
    failOnDrift: inputs.failOnDrift,
    keep: (lines) => keepAside(step, historyFile, lines),
    tell: (line) => log.foreign(line),
  });
}

interface Night {
  /** Full SHA. */
  readonly commit: string;
  readonly evaluations: readonly Evaluation[];
}

/** Judged in this very job. */
async function nightHere(step: Step, github: GitHub): Promise<Night> {
  const git = openGit(step);
  const subject = await findSubject({ step, github, git });
  const configs = await findConfigs(step.workspace, step.inputs.config, undefined);
  const majors = step.inputs.postgresVersions.map(Number);
  const evaluations: Evaluation[] = [];
  for (const config of configs) {
    for (const major of majors.length > 0 ? majors : [null]) {
      evaluations.push(await evaluatePart({ step, subject, git, configs }, config, major));
    }
  }
  return { commit: subject.commits.head, evaluations };
}

/** Judged by other jobs of this run, which handed it over. Undefined where this job has to do it itself. */
async function nightOfOthers(step: Step, github: GitHub): Promise<Night | undefined> {
  const id = Number(step.env["GITHUB_RUN_ID"]);
  const artifacts = await asked(step, "look for what other jobs evaluated", () => handedOver(github, id));
  if (hasCheckout(step) && (artifacts ?? []).length === 0) return undefined;
  const headSha = step.env["GITHUB_SHA"] ?? "";
  try {
    const set = await collect(step, github, { id, headSha });
    const missing = missingMajors(step, set).map(({ config, major }) => failed(config, notHandedOver(config, major)));
    return { commit: set.commits.head, evaluations: [...set.evaluations, ...missing] };
  } catch (error) {
    // The other jobs ended without a result, or with half of one: that is a night that could not run, and is told as such.
    if (!(error instanceof PlanGateError)) throw error;
    return { commit: headSha, evaluations: [failed(step.inputs.config[0] ?? "plan-gate.yml", error)] };
  }
}

function failed(config: string, error: PlanGateError): Evaluation {
  return failedEvaluation(config, problemOf(error));
}

function notHandedOver(config: string, major: string): PlanGateError {
  return new PlanGateError("artifact-refused", `no job handed over PostgreSQL ${major} of ${config}`, {
    hint: "See that job's log, and run it again.",
  });
}
