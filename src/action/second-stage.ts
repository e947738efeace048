import { createHash } from "node:crypto";
import { conclude } from "../conclusion/conclude.js";
import { endings } from "../conclusion/ending.js";
import { PlanGateError, type Problem, problemOf } from "../errors.js";
import type { Commits, EvaluationSet } from "../evaluation/evaluation.js";
import { worstOf } from "../evaluation/merge.js";
import { queuedPullRequest } from "../github/context.js";
import { type Artifact, type CheckRun, type GitHub, GitHubError, type WorkflowRun } from "../github/github.js";
import { queueBase } from "../stage/queue-base.js";
import { type Addressee, resolvePullRequest, workflowUnchanged } from "../stage/resolve.js";
import { setsForBases } from "./base-coverage.js";
import { type Concluded, concludeRun } from "./conclude.js";
import { failedEvaluation } from "./evaluations.js";
import { collect } from "./hand-over.js";
import { names, readReportId } from "./names.js";
import { uploadedPatch } from "./patch.js";
import { publishRun } from "./publish-run.js";
import type { Step } from "./step.js";
import { asked, missing, type Subject } from "./subject.js";
import { underPolicyAt } from "./trusted-policy.js";

/** Somebody who is told: the reader of a pull request, or the queue. */
interface Stage {
  readonly step: Step;
  readonly github: GitHub;
  /** The run that evaluated. Only what GitHub says of it is sure. */
  readonly run: WorkflowRun;
  readonly to: Exclude<Addressee, { kind: "none" }>;
  /** Our reports on its head, newest first. */
  readonly reports: readonly CheckRun[];
}

/**
 * Tells what another workflow's run evaluated. A pull request may have changed anything that it ran: what it says of
 * itself is held against what GitHub says. The status on the head is the verdict; the exit code only says whether this
 * stage could do its job, since GitHub shows it on the default branch.
 */
export async function reportOther(step: Step, github: GitHub, run: WorkflowRun): Promise<number> {
  const to = await resolvePullRequest(github, run);
  if (to.kind === "none") return nobody(step, to.reason);
  const reports = await github.checkRuns(run.headSha, names.report);
  const newest = Math.max(0, ...reports.map(({ externalId }) => readReportId(externalId)?.evaluatedBy ?? 0));
  if (newest > run.id) return nobody(step, `run ${newest} is newer, and has been told on the same commit`);
  const stage = { step, github, run, to, reports };
  try {
    const artifacts = await github.artifacts(run.id);
    const set = await collect(step, github, run, artifacts);
    return to.kind === "queue" ? await tellQueue(stage, set) : await tellPullRequests(stage, set, artifacts);
  } catch (error) {
    if (step.signal.aborted) throw error;
    // An earlier success on this head was about another base or label: it must not stand.
    return tellRefused(stage, refusal(error));
  }
}

function nobody({ log }: Step, reason: string): number {
  log.notice(`Nobody is told of this run: ${reason}.`);
  return 0;
}

async function tellQueue(stage: Stage, set: EvaluationSet): Promise<number> {
  const { step, github, run } = stage;
  const trusted = await underPolicyAt(github, set, queueBase(run.headBranch), expectedConfigs(step));
  const subject = { ...aboutHead(run), ...(await queued(stage)), commits: trusted.commits };
  const concluded = await concludeRun({ step, github, subject, set: trusted, reports: stage.reports });
  return tell(stage, { set: trusted, subject, concluded, status: { withheld: undefined } });
}

async function queued({ step, github, run }: Stage): Promise<Pick<Subject, "kind" | "pullRequest">> {
  const number = queuedPullRequest(run.headBranch);
  const pullRequest =
    number === undefined ? undefined : await asked(step, "read the pull request", () => github.pullRequest(number));
  return { kind: "merge-group", pullRequest };
}

/** What GitHub says of a head, before anything is believed of what was evaluated. */
function aboutHead({ headSha }: WorkflowRun): Subject {
  const commits: Commits = { head: headSha, tested: headSha, base: null };
  return { kind: "pull-request", commits, bases: [], pullRequest: undefined, outdated: false, fromFork: false };
}

/** The pull requests that are told, each with what it comes to there; the worst last. */
async function tellPullRequests(stage: Stage, own: EvaluationSet, artifacts: readonly Artifact[]): Promise<number> {
  const { step, github, run, reports } = stage;
  const { sets, withheld } = await judgedForEach(stage, own);
  const whole = worstOf(sets);
  const patch = uploadedPatch(run.id, artifacts, own);
  const told: Told[] = [];
  for (const subject of subjectsOf(stage, own.commits)) {
    told.push({
      set: own,
      subject,
      patch,
      concluded: await concludeRun({ step, github, subject, set: whole, reports }),
    });
  }
  told.sort((a, b) => badness(a.concluded) - badness(b.concluded));
  // One status for the one head, by the worst: a success in between could be merged on.
  for (const one of told.slice(0, -1)) await tell(stage, one);
  for (const one of told.slice(-1)) await tell(stage, { ...one, status: { withheld } });
  return 0;
}

interface Judged {
  /** This run's own evaluation, and what others found out on this head against its other bases. */
  readonly sets: readonly EvaluationSet[];
  /** Why the status is no success although nothing blocks. */
  readonly withheld: string | undefined;
}

/** A head is judged against every base that it is proposed to: checks belong to the commit, not to the pull request. */
async function judgedForEach({ step, github, run, to, reports }: Stage, own: EvaluationSet): Promise<Judged> {
  const addressed = to.kind === "pull-requests" ? to.pullRequests : [];
  const open = await github.openPullRequestsAt(run.headSha);
  const bases = [...new Set([...addressed, ...open].map(({ base }) => base.branch))].sort();
  const { sets, uncovered } = await setsForBases(github, { own, reports, bases, expected: expectedConfigs(step) });
  const workflow = await workflowUnchanged(github, run, [...new Set(addressed.map(({ base }) => base.branch))]);
  const reasons = [
    ...(workflow.kind === "unchanged" ? [] : [workflow.reason]),
    ...uncovered.map((branch) => `not judged against \`${branch}\` yet, where this head is to be merged as well`),
  ];
  for (const reason of reasons) step.log.warning(reason);
  return { sets, withheld: reasons[0] };
}

function subjectsOf({ github, run, to }: Stage, commits: Commits): readonly Subject[] {
  if (to.kind === "queue") return [{ ...aboutHead(run), kind: "merge-group" }];
  return to.pullRequests.map((pullRequest) => ({
    ...aboutHead(run),
    commits,
    pullRequest,
    fromFork: pullRequest.head.repository !== github.repository,
  }));
}

const worstFirst = Object.keys(endings);

function badness({ conclusion: { ending, exitCode } }: Concluded): number {
  return (exitCode === 0 ? 0 : worstFirst.length) - worstFirst.indexOf(ending);
}

/** Settings files by name; what a glob covers on the base cannot be listed from here. */
function expectedConfigs({ inputs }: Step): readonly string[] {
  if (inputs.config.length === 0) return ["plan-gate.yml", "plan-gate.yaml"];
  return inputs.config.filter((path) => !/[*?[\]{}]/.test(path));
}

type Told = Omit<Parameters<typeof publishRun>[0], "step" | "github" | "checkRun" | "evaluatedBy" | "patch"> &
  Partial<Pick<Parameters<typeof publishRun>[0], "patch">>;

async function tell({ step, github, run }: Stage, told: Told): Promise<number> {
  const exitCode = await publishRun({ patch: undefined, ...told, step, github, checkRun: undefined, evaluatedBy: run });
  step.log.line(`The evaluated head's exit code is ${exitCode}.`);
  return 0;
}

/** Why nothing can be made of the run. What is no failure of the run, or of GitHub, is a bug and thrown. */
function refusal(error: unknown): Problem {
  if (!(error instanceof GitHubError)) return problemOf(error);
  return problemOf(
    new PlanGateError("artifact-refused", `GitHub did not show what was evaluated: ${error.message}${missing(error)}`, {
      hint: "Run the job that reports again; if it stays, see GitHub's status page.",
    }),
  );
}

/** A head of which nothing is known has that for its verdict. The label is left alone: there is nothing to hold it against. */
async function tellRefused(stage: Stage, problem: Problem): Promise<number> {
  const { step, run } = stage;
  const [config = "plan-gate.yml"] = expectedConfigs(step);
  const evaluations = [failedEvaluation(config, problem)];
  const key = createHash("sha256")
    .update(JSON.stringify(["refused", run.id, run.attempt]))
    .digest("hex");
  step.log.error(`plan-gate could not run: ${problem.message}\n${problem.hint}`);
  const concluded = { conclusion: conclude({ evaluations, label: { kind: "absent" } }), record: null };
  for (const subject of subjectsOf(stage, aboutHead(run).commits)) {
    const { commits } = subject;
    const set = { version: 1, tool: step.version, commits, key, evaluations } as const;
    await tell(stage, { set, subject, concluded, status: { withheld: undefined } });
  }
  return concluded.conclusion.exitCode;
}
