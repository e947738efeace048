import * as core from "@actions/core";
import { isPushed } from "../conclude.js";
import { findConfigs } from "../configs.js";
import { openGitHub } from "../connect.js";
import { evaluate } from "../evaluate.js";
import { openGit } from "../git.js";
import { offerPatch } from "../patch.js";
import { tellInReports, writeDocument } from "../reports.js";
import type { Step } from "../step.js";
import { findSubject, policyCommits } from "../subject.js";

/**
 * The first of two stages, or one job of a matrix: evaluates and writes the document, tells GitHub nothing. Its exit code
 * is 0 whatever the plans are: the second stage has the word.
 */
export async function runEvaluate(step: Step): Promise<number> {
  const github = openGitHub(step);
  const git = openGit(step);
  const subject = await findSubject({ step: unworried(step), github, git });
  const configs = await findConfigs(step.workspace, step.inputs.config, policyCommits(subject));
  const evaluated = await evaluate({ step, subject, git, configs });
  const set = isPushed(step) ? { ...evaluated, pushed: true } : evaluated;
  await tellInReports(step, set);
  const patch = await offerPatch(step, set);
  const file = await writeDocument(step, set);
  core.setOutput("report-json", file);
  core.setOutput("patch", patch?.file ?? "");
  step.log.line(`The evaluation is in ${file}: upload it for the job that reports.`);
  return 0;
}

/** A token that only reads the repository is enough: what it cannot ask, the job that tells does. */
function unworried(step: Step): Step {
  return { ...step, log: { ...step.log, missed: (text) => step.log.foreign(text) } };
}
