import { PlanGateError } from "../../errors.js";
import type { GitHub } from "../../github/github.js";
import { concludeRun } from "../conclude.js";
import { findConfigs } from "../configs.js";
import { openGitHub } from "../connect.js";
import { evaluate, evaluationKey, type Work } from "../evaluate.js";
import { openGit } from "../git.js";
import { keepHistory, pushEntries } from "../history.js";
import { earlierReports, repeated } from "../memory.js";
import { offerPatch } from "../patch.js";
import { publishRun } from "../publish-run.js";
import { startReport } from "../report-run.js";
import type { Step } from "../step.js";
import { findSubject, policyCommits } from "../subject.js";
import { publishUnjudged } from "../unjudged.js";

/** The whole gate in one job: evaluates, or repeats what is known, rules on the label, and tells. */
export async function runCheck(step: Step): Promise<number> {
  const github = openGitHub(step);
  const started: { checkRun?: number | undefined } = {};
  try {
    return await checkAll(step, github, started);
  } catch (error) {
    if (!(error instanceof PlanGateError) || step.signal.aborted) throw error;
    return publishUnjudged(step, github, { error, checkRun: started.checkRun });
  }
}

async function checkAll(step: Step, github: GitHub, started: { checkRun?: number | undefined }): Promise<number> {
  if (step.inputs.shard !== undefined) throw shardOfCheck(step.inputs.shard);
  const git = openGit(step);
  const subject = await findSubject({ step, github, git });
  const configs = await findConfigs(step.workspace, step.inputs.config, policyCommits(subject));
  const work: Work = { step, subject, git, configs };
  const reports = await earlierReports(github, subject, step.log);
  const known = repeated(reports, evaluationKey(work), subject.commits);
  if (known)
    step.log.line("Head, base, settings and version are those of the last report: its evaluation is repeated.");
  const checkRun = known ? undefined : await startReport(github, subject, step);
  started.checkRun = checkRun;
  const set = known ?? (await evaluate(work));
  const mayKeep = known !== undefined || checkRun !== undefined;
  const concluded = await concludeRun({ step, github, subject, set, reports, mayKeep });
  const patch = await offerPatch(step, set);
  const exitCode = await publishRun({ step, github, subject, set, concluded, checkRun, patch });
  await keepHistory(step, pushEntries(step, concluded.conclusion, subject.commits.head));
  return exitCode;
}

/** The whole verdict cannot come from a share of the queries. */
function shardOfCheck(shard: string): PlanGateError {
  return new PlanGateError(
    "settings-invalid",
    `the input \`shard\` is \`${shard}\`, and \`check\` judges all queries`,
    {
      hint: "Leave it out, or take the workflow that `npx plan-gate init --workflow matrix` writes.",
    },
  );
}
