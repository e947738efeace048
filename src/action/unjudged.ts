import { createHash } from "node:crypto";
import { conclude } from "../conclusion/conclude.js";
import { type PlanGateError, problemOf } from "../errors.js";
import type { GitHub } from "../github/github.js";
import { failedEvaluation } from "./evaluations.js";
import { publishRun } from "./publish-run.js";
import type { Step } from "./step.js";
import { asked, type Subject } from "./subject.js";

/** A failure of the run as a whole. */
export interface FailedRun {
  readonly error: PlanGateError;
  /** That was put in progress. */
  readonly checkRun: number | undefined;
}

/** Tells a run that failed before it had a conclusion: on the head as well, where an older verdict may stand. */
export async function publishUnjudged(step: Step, github: GitHub, { error, checkRun }: FailedRun): Promise<number> {
  const problem = problemOf(error);
  const subject = await claimedSubject(step, github);
  if (subject === undefined) throw error;
  const [config = "plan-gate.yml"] = step.inputs.config;
  const set = {
    version: 1,
    tool: step.version,
    commits: subject.commits,
    // Never repeated: what could not run is tried again.
    key: createHash("sha256")
      .update(JSON.stringify(["unjudged", subject.commits]))
      .digest("hex"),
    evaluations: [failedEvaluation(config, problem)],
  } as const;
  // The label is left as it is: nothing was found out that it could be held against.
  const conclusion = conclude({ evaluations: set.evaluations, label: { kind: "absent" } });
  step.log.error(`plan-gate could not run: ${problem.message}\n${problem.hint}`);
  const concluded = { conclusion, record: null };
  return publishRun({ step, github, subject, set, concluded, checkRun, patch: undefined });
}

/** As the event says: git could not be asked. Undefined where there is nobody to tell. */
async function claimedSubject(step: Step, github: GitHub): Promise<Subject | undefined> {
  const { context, env } = step;
  if (context.kind !== "pull-request" && context.kind !== "merge-group") return undefined;
  const { kind, number } = context;
  const head = context.kind === "pull-request" ? context.head.sha : context.head;
  const pullRequest =
    number === undefined ? undefined : await asked(step, "read the pull request", () => github.pullRequest(number));
  return {
    kind,
    commits: { head, tested: env["GITHUB_SHA"] || head, base: null },
    bases: [],
    pullRequest,
    outdated: kind === "pull-request" && pullRequest !== undefined && pullRequest.head.sha !== head,
    fromFork: context.kind === "pull-request" && context.head.repository !== github.repository,
  };
}
