import { PlanGateError } from "../../errors.js";
import type { EvaluationSet } from "../../evaluation/evaluation.js";
import type { Artifact, GitHub, WorkflowRun } from "../../github/github.js";
import { concludeRun } from "../conclude.js";
import { openGitHub } from "../connect.js";
import { collect, missingMajors } from "../hand-over.js";
import { appendEntries, keptHistory, pushEntries, readKept } from "../history.js";
import { earlierReports } from "../memory.js";
import { uploadedPatch } from "../patch.js";
import { publishRun } from "../publish-run.js";
import { reportOther } from "../second-stage.js";
import type { Step } from "../step.js";
import { asked, type Subject } from "../subject.js";
import { publishUnjudged } from "../unjudged.js";

/** The stage that tells: for another workflow's run, or for the jobs of a matrix in this one. Runs nothing of the pull request. */
export async function runReport(step: Step): Promise<number> {
  const github = openGitHub(step);
  const { context } = step;
  if (context.kind === "workflow-run") return reportOther(step, github, await github.workflowRun(context.runId));
  try {
    return await reportOwn(step, github);
  } catch (error) {
    if (!(error instanceof PlanGateError) || step.signal.aborted) throw error;
    return publishUnjudged(step, github, { error, checkRun: undefined });
  }
}

/** The jobs of this run have been evaluated by the same workflow: only what is missing has to be noticed. */
async function reportOwn(step: Step, github: GitHub): Promise<number> {
  const run = await github.workflowRun(Number(step.env["GITHUB_RUN_ID"]));
  const artifacts = await github.artifacts(run.id);
  if (step.context.kind === "push") {
    const [kept] = keptHistory(artifacts).slice(-1);
    // The job that kept it has told the verdict as well.
    if (kept) return reportKept(step, github, run, kept);
  }
  const set = await collect(step, github, run, artifacts);
  requireWanted(step, set);
  const subject = await ownSubject(step, github, set);
  const reports = await earlierReports(github, subject, step.log);
  const concluded = await concludeRun({ step, github, subject, set, reports });
  const patch = uploadedPatch(run.id, artifacts, set);
  const exitCode = await publishRun({ step, github, subject, set, concluded, checkRun: undefined, patch });
  await appendEntries(step, github, pushEntries(step, concluded.conclusion, set.commits.head));
  return exitCode;
}

/** On a push `check` has judged and told: only the history is left, which its job may not write. */
async function reportKept(step: Step, github: GitHub, run: WorkflowRun, kept: Artifact): Promise<number> {
  await appendEntries(step, github, await readKept(github, kept, run));
  return 0;
}

/** A job that failed before it had a result must not make the verdict easier. */
function requireWanted(step: Step, set: EvaluationSet): void {
  const missing = missingMajors(step, set);
  const [first] = missing;
  if (!first) return;
  const configs = missing.filter(({ major }) => major === first.major).map(({ config }) => config);
  throw new PlanGateError("artifact-refused", `no job handed over PostgreSQL ${first.major} of ${configs.join(", ")}`, {
    hint: "See that job's log, and run it again.",
  });
}

async function ownSubject({ context, log }: Step, github: GitHub, { commits }: EvaluationSet): Promise<Subject> {
  const isOfPull = context.kind === "pull-request" || context.kind === "merge-group";
  const number = isOfPull ? context.number : undefined;
  const pullRequest =
    number === undefined ? undefined : await asked({ log }, "read the pull request", () => github.pullRequest(number));
  return {
    kind: isOfPull ? context.kind : "push",
    commits,
    bases: [],
    pullRequest,
    outdated: context.kind === "pull-request" && pullRequest !== undefined && pullRequest.head.sha !== commits.head,
    fromFork: context.kind === "pull-request" && context.head.repository !== github.repository,
  };
}
