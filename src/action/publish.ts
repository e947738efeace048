import type { Conclusion } from "../conclusion/conclusion.js";
import { endings } from "../conclusion/ending.js";
import { headline } from "../conclusion/headline.js";
import type { EvaluationSet } from "../evaluation/evaluation.js";
import { packMemo } from "../evaluation/memo.js";
import { tellByComment } from "../github/comment.js";
import type { GitHub, OwnComment } from "../github/github.js";
import { annotationsOf } from "../reports/annotations.js";
import { checkText } from "../reports/check-text.js";
import { renderComment } from "../reports/comment.js";
import { type CommentMode, saysSomething } from "../reports/comment-worth.js";
import { shorten } from "../reports/foreign-text.js";
import { renderStepSummary } from "../reports/step-summary.js";
import type { Telling } from "../reports/telling.js";
import type { ActionLog } from "./log.js";
import { names, writeReportId } from "./names.js";
import { keepCheckRun, keepVerdict } from "./states.js";
import { asked } from "./subject.js";
import { addToSummary } from "./summary.js";

/** What is told, and where. */
export interface Publishing {
  readonly github: GitHub;
  readonly log: ActionLog;
  readonly telling: Telling;
  readonly set: EvaluationSet;
  /** Undefined where nobody is to be commented to: a push, the queue, a head that is outdated. */
  readonly pullRequest: number | undefined;
  readonly comment: CommentMode;
  /** The check run that was put in progress; undefined where a new one is to be made. */
  readonly checkRun: number | undefined;
  /** The commit status where it is wanted; `withheld` says why it is not success although nothing blocks. */
  readonly status: { readonly withheld: string | undefined } | undefined;
  /** The run that evaluated, where another one tells. */
  readonly evaluatedBy: number | undefined;
}

/** Where it was told. */
export interface Published {
  readonly commentUrl: string | undefined;
}

/** Tells the conclusion everywhere: first what needs no permission. What cannot be told changes nothing else. */
export async function publish(publishing: Publishing): Promise<Published> {
  const { telling, log } = publishing;
  await addToSummary(log, renderStepSummary(telling));
  await asked({ log }, `write the check run \`${names.report}\``, () => tellByCheckRun(publishing));
  if (publishing.status) await asked({ log }, `set the status \`${names.status}\``, () => tellByStatus(publishing));
  const comment = await asked({ log }, "comment on the pull request", () => tellPullRequest(publishing));
  await asked({ log }, "look after the label", () => tellByLabel(publishing));
  return { commentUrl: comment?.url };
}

async function tellByCheckRun({ github, telling, set, checkRun, evaluatedBy }: Publishing): Promise<void> {
  const { conclusion, commits } = telling;
  const { title, summary } = checkText(telling);
  keepVerdict({ conclusion: conclusionOf(conclusion), title });
  const change = {
    status: "completed",
    conclusion: conclusionOf(conclusion),
    externalId: writeReportId({ key: set.key, digest: conclusion.digest, evaluatedBy }),
    title,
    summary,
    text: packMemo(set) ?? "",
    annotations: annotationsOf(conclusion),
  } as const;
  if (checkRun === undefined) await github.createCheckRun({ name: names.report, headSha: commits.head, ...change });
  else await github.updateCheckRun(checkRun, change);
  keepCheckRun(0);
}

/** A conclusion that blocks nothing, since `enforce` is off, must not look as if it did. */
function conclusionOf({ ending, exitCode }: Conclusion): "success" | "neutral" | "failure" {
  return exitCode === 0 && endings[ending].exitCode !== 0 ? "neutral" : endings[ending].conclusion;
}

async function tellByStatus({ github, telling, status }: Publishing): Promise<void> {
  const { conclusion, commits, runUrl } = telling;
  const { withheld } = status ?? {};
  const passes = conclusion.exitCode === 0;
  await github.createStatus(commits.head, {
    context: names.status,
    state: !passes ? endings[conclusion.ending].status : withheld === undefined ? "success" : "failure",
    description: shorten(passes && withheld !== undefined ? withheld : headline(conclusion), 70),
    targetUrl: runUrl,
  });
}

async function tellPullRequest({ github, telling, pullRequest, comment }: Publishing): Promise<OwnComment | undefined> {
  if (pullRequest === undefined) return undefined;
  return tellByComment(github, {
    number: pullRequest,
    ...renderComment(telling),
    head: telling.commits.head,
    run: telling.run,
    wants: (before) => saysSomething(comment, telling.conclusion, before),
  });
}

/** A void label goes; where plan-gate is adopted, the label is made, so that it can be chosen later. */
async function tellByLabel({ github, telling, pullRequest }: Publishing): Promise<void> {
  const { label, ending, evaluations } = telling.conclusion;
  const [settings] = evaluations.map(({ approval }) => approval);
  if (pullRequest === undefined || settings?.mode !== "label") return;
  if (label.kind === "void") await github.removeLabel(pullRequest, settings.label);
  if (ending !== "set-up") return;
  await github.createLabel({
    name: settings.label,
    color: "0e8a16",
    description: "Accepts the query plans that got worse",
  });
}
