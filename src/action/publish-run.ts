import * as core from "@actions/core";
import { countsOf } from "../conclusion/counts.js";
import type { EvaluationSet } from "../evaluation/evaluation.js";
import type { GitHub } from "../github/github.js";
import type { Telling } from "../reports/telling.js";
import type { Concluded } from "./conclude.js";
import type { OfferedPatch } from "./patch.js";
import { publish } from "./publish.js";
import { tellInReports, writeDocument } from "./reports.js";
import type { Step } from "./step.js";
import type { Subject } from "./subject.js";

/** A run that has its conclusion. */
export interface ConcludedRun {
  readonly step: Step;
  readonly github: GitHub;
  readonly subject: Subject;
  readonly set: EvaluationSet;
  readonly concluded: Concluded;
  /** That was put in progress. */
  readonly checkRun: number | undefined;
  readonly status?: { readonly withheld: string | undefined } | undefined;
  /** Undefined where there is none to offer. */
  readonly patch: OfferedPatch | undefined;
  /** The run that evaluated, where another one tells: of two the later one counts. */
  readonly evaluatedBy?: { readonly id: number; readonly attempt: number } | undefined;
}

/** Tells a concluded run everywhere, sets the outputs, and gives the exit code. */
export async function publishRun(run: ConcludedRun): Promise<number> {
  const { step, github, subject, set, checkRun, patch } = run;
  const { conclusion } = run.concluded;
  await tellInReports(step, set);
  const { commentUrl } = await publish({
    github,
    log: step.log,
    telling: tellingOf(run),
    set,
    pullRequest: addressee(subject),
    comment: step.inputs.comment,
    checkRun,
    status: run.status,
    evaluatedBy: run.evaluatedBy?.id,
  });
  core.setOutput("report-json", await writeDocument(step, set));
  core.setOutput("patch", patch?.file ?? "");
  core.setOutput("comment-url", commentUrl ?? "");
  setVerdictOutputs(run.concluded);
  return conclusion.exitCode;
}

/** Who is commented to: nobody where the pull request has moved on, is closed, or waits in the queue. */
function addressee({ kind, outdated, pullRequest }: Subject): number | undefined {
  if (kind !== "pull-request" || outdated || pullRequest?.state !== "open") return undefined;
  return pullRequest.number;
}

/** What later steps can read of a conclusion. */
function setVerdictOutputs({ conclusion }: Concluded): void {
  const { blocked, needsEvidence, improved } = countsOf(conclusion);
  core.setOutput("verdict", conclusion.ending);
  core.setOutput("blocked", blocked);
  core.setOutput("needs-evidence", needsEvidence);
  core.setOutput("improved", improved);
  core.setOutput("digest", conclusion.digest);
  core.setOutput("approved-by", conclusion.label.kind === "in force" ? conclusion.label.by : "");
}

function tellingOf({ step, github, subject, concluded, patch, evaluatedBy }: ConcludedRun): Telling {
  const { env, version, inputs } = step;
  const run = { id: Number(env["GITHUB_RUN_ID"] ?? 0), attempt: Number(env["GITHUB_RUN_ATTEMPT"] ?? 1) };
  return {
    conclusion: concluded.conclusion,
    commits: subject.commits,
    repository: github.repository,
    serverUrl: github.serverUrl,
    runUrl: `${github.serverUrl}/${github.repository}/actions/runs/${run.id}`,
    run: evaluatedBy ?? run,
    record: concluded.record,
    patch: patch?.command ?? null,
    fromFork: subject.fromFork,
    botCommits: inputs.commitToken !== "" ? "run" : github.enterprise ? "never" : "wait",
    version,
  };
}
