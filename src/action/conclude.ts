import { conclude, digestOf } from "../conclusion/conclude.js";
import type { Conclusion, LabelState } from "../conclusion/conclusion.js";
import type { ApprovalSettings } from "../config/settings.js";
import { PlanGateError } from "../errors.js";
import type { Evaluation, EvaluationSet } from "../evaluation/evaluation.js";
import type { CheckRun, GitHub } from "../github/github.js";
import { readMarker } from "../reports/comment-marker.js";
import { type Ruling, ruleOnLabel } from "./approval.js";
import type { ActionLog } from "./log.js";
import type { Step } from "./step.js";
import { asked, type Subject } from "./subject.js";

/** A conclusion, and where its approval is kept. */
export interface Concluded {
  readonly conclusion: Conclusion;
  readonly record: number | null;
}

interface Concluding {
  readonly step: Step;
  readonly github: GitHub;
  readonly subject: Subject;
  readonly set: EvaluationSet;
  readonly reports: readonly CheckRun[];
  /** False where no check run could be written on this head; unknown where none was tried. */
  readonly mayKeep?: boolean;
}

const unruled: Ruling = { label: { kind: "absent" }, approved: undefined, record: null };

/** Rules on the label as it is now, and concludes. */
export async function concludeRun(concluding: Concluding): Promise<Concluded> {
  const { evaluations } = concluding.set;
  const { label, approved, record } = await rule(concluding);
  tellLabel(concluding.step.log, label);
  return { conclusion: conclude({ evaluations, approved, label }), record };
}

async function rule({ step, github, subject, set, reports, mayKeep = true }: Concluding): Promise<Ruling> {
  const { pullRequest, outdated, commits, kind } = subject;
  const { context } = step;
  const { evaluations } = set;
  if (!pullRequest) {
    return isOfPullRequest(subject, step) && commonApproval(evaluations).mode === "label" ? unread : unruled;
  }
  if (outdated || pullRequest.state === "closed") return unruled;
  const recordHint = async () => {
    const comments = await asked(step, "read our comment", () =>
      github.ownComments(pullRequest.number, "<!-- plan-gate:"),
    );
    return (comments ?? []).flatMap(({ body }) => readMarker(body)?.record ?? []);
  };
  const ruling = await ruleOnLabel({
    github,
    log: step.log,
    settings: commonApproval(evaluations),
    evaluations,
    digest: digestOf(evaluations),
    pullRequest,
    head: commits.head,
    reports,
    earlierHeads: context.kind === "pull-request" && context.before !== undefined ? [context.before] : [],
    recordHint,
    isBlocked: conclude({ evaluations, label: unruled.label }).exitCode !== 0,
    mayGrant: kind === "pull-request",
    isPushed: isPushed(step) || isPushedElsewhere(step, set),
    mayKeep,
  });
  if (ruling.label.kind !== "unknown" || ruling.record !== null) return ruling;
  // Our comment is about to be written anew: the next run needs its hint all the same.
  const [record = null] = await recordHint();
  return { ...ruling, record };
}

const unread: Ruling = {
  ...unruled,
  label: { kind: "unknown", reason: "GitHub did not show the pull request, and with it whether the label is on" },
};

/** Whether there is a pull request, be it shown to us or not. */
function isOfPullRequest({ kind }: Subject, { context }: Step): boolean {
  return kind === "pull-request" || (context.kind === "merge-group" && context.number !== undefined);
}

/** Whether the head came with this event. A run that is run again comes later than what was put on since. */
export function isPushed({ context, env }: Pick<Step, "context" | "env">): boolean {
  if (context.kind !== "pull-request" || isRunAgain(env)) return false;
  return ["opened", "synchronize", "reopened"].includes(context.action);
}

/** The second stage hears of the event by what the first one handed over. */
function isPushedElsewhere({ context, env }: Step, { pushed }: EvaluationSet): boolean {
  return context.kind === "workflow-run" && pushed === true && !isRunAgain(env);
}

function isRunAgain(env: Step["env"]): boolean {
  return Number(env["GITHUB_RUN_ATTEMPT"] ?? 1) > 1;
}

function tellLabel(log: ActionLog, label: LabelState): void {
  if (label.kind !== "absent") log.foreign(`The approval label ${labelWords(label)}.`);
}

function labelWords(label: Exclude<LabelState, { kind: "absent" }>): string {
  switch (label.kind) {
    case "in force":
      return `is in force: put on by ${label.by}`;
    case "void":
      return `does not count, and is taken off: ${label.reason}`;
    case "unknown":
      return `could not be checked, and stays as it is: ${label.reason}`;
  }
}

/** One label cannot mean two things. */
function commonApproval(evaluations: readonly Evaluation[]): ApprovalSettings {
  // Where nothing could be read, the defaults stand in for what the settings say.
  const read = evaluations.filter(({ verdict }) => verdict.exitCode !== 2);
  const [first, ...others] = read.length > 0 ? read : evaluations;
  if (!first) throw new Error("nothing was evaluated");
  const text = JSON.stringify(first.approval);
  const odd = others.find(({ approval }) => JSON.stringify(approval) !== text);
  if (!odd) return first.approval;
  throw new PlanGateError(
    "settings-invalid",
    `${first.config} and ${odd.config} say different things of \`approval\``,
    {
      hint: "Write the same there, or give each settings file a workflow of its own.",
    },
  );
}
