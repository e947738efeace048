import { posix } from "node:path";
import picomatch from "picomatch";
import type { ApprovalRecord } from "../../approval/record.js";
import { writeRecord } from "../../approval/record-text.js";
import { digestOf } from "../../conclusion/digest.js";
import { endings } from "../../conclusion/ending.js";
import { headline } from "../../conclusion/headline.js";
import { parseSettings, type Settings } from "../../config/settings.js";
import { PlanGateError } from "../../errors.js";
import type { Evaluation, EvaluationSet } from "../../evaluation/evaluation.js";
import { unpackMemo } from "../../evaluation/memo.js";
import { type CheckRun, type GitHub, GitHubError, type LabelEvent, type PullRequest } from "../../github/github.js";
import { shorten } from "../../reports/foreign-text.js";
import { count } from "../../reports/numbers.js";
import { requestedApproval } from "../approval.js";
import { type BotCommit, planBotCommit } from "../bot-commit.js";
import { openGitHub } from "../connect.js";
import { names, readReportId } from "../names.js";
import { folderOf } from "../relevance.js";
import type { Step } from "../step.js";
import { asked } from "../subject.js";

/**
 * The second workflow of `approval.baselines: bot`, on `pull_request_target: [labeled]`: commits the baselines that the
 * label accepts. It checks nothing out and runs nothing of the pull request; what it writes it renders itself.
 */
export async function runApprove(step: Step): Promise<number> {
  const { context } = step;
  if (context.kind !== "label-target") {
    throw new PlanGateError("settings-invalid", "`command: approve` belongs on `pull_request_target: [labeled]`", {
      hint: "Take the ready workflow: `npx plan-gate init --workflow approve`.",
    });
  }
  const github = openGitHub(step);
  const pullRequest = await github.pullRequest(context.number);
  if (pullRequest.state !== "open") return nothing(step, "the pull request is closed");
  if (pullRequest.head.repository !== github.repository) {
    return nothing(step, "a fork's branch cannot be pushed to: its author commits the offered patch");
  }
  const reports = await github.checkRuns(pullRequest.head.sha, names.report);
  const set = shownSet(reports, pullRequest);
  if (!set) return nothing(step, "there is no report on this head yet: wait for it, then put the label on again");
  const trusted = await underBase(step, github, { pullRequest, set });
  if (typeof trusted === "string") return nothing(step, trusted);
  const { approval } = trusted.settings;
  if (context.label.toLowerCase() !== approval.label.toLowerCase()) return nothing(step, "another label was put on");
  const digest = digestOf(set.evaluations);
  const request = await requestedApproval({ github, settings: approval, pullRequest, reports, digest });
  if (request.kind !== "valid") return nothing(step, request.reason);
  return commitFor(step, github, { ...trusted, pullRequest, digest, ...request });
}

/** No failure: the required check says what is wrong. */
function nothing({ log }: Step, reason: string): number {
  log.notice(`Nothing was committed: ${reason}.`);
  return 0;
}

/** What the pull request's readers were shown on this very head. */
function shownSet(reports: readonly CheckRun[], { head }: PullRequest): EvaluationSet | undefined {
  for (const { text, externalId, status } of reports) {
    const id = readReportId(externalId);
    if (!id || status !== "completed") continue;
    const set = unpackMemo(text);
    if (set?.key === id.key && set.commits.head === head.sha) return set;
  }
  return undefined;
}

/** The shown evaluations, with what decides over them as the base has it. */
interface Trusted {
  readonly settings: Settings;
  readonly evaluations: readonly Evaluation[];
  /** For each settings file the folder of baselines, from the repository's top. */
  readonly folders: ReadonlyMap<string, string>;
}

const usual = ["plan-gate.yml", "plan-gate.yaml"] as const;

/** A report may have been forged by what a migration ran: policy and folders are the base's. A text says why not. */
async function underBase(
  { inputs }: Step,
  github: GitHub,
  { pullRequest, set }: { readonly pullRequest: PullRequest; readonly set: EvaluationSet },
): Promise<Trusted | string> {
  const branch = await policyBranch(github, pullRequest);
  const patterns = inputs.config.length > 0 ? inputs.config : usual;
  const isNamed = picomatch([...patterns], { dot: true });
  const literal = patterns.filter((pattern) => !/[*?[\]{}]/.test(pattern));
  const found = new Map<string, Settings>();
  for (const config of new Set([...literal, ...set.evaluations.map((one) => one.config)])) {
    if (!isNamed(config)) return `the input \`config\` does not name ${config}, which the report is about`;
    const text = await github.readFile(branch, config);
    if (text !== undefined) found.set(config, parseSettings(text, config));
  }
  const [settings, ...others] = found.values();
  if (!settings) return `\`${branch}\` has no ${patterns.join(" or ")}`;
  const { mode, baselines } = settings.approval;
  if (mode !== "label" || baselines !== "bot")
    return `the settings on ${branch} do not say \`approval.baselines: bot\``;
  if (others.some(({ approval }) => JSON.stringify(approval) !== JSON.stringify(settings.approval))) {
    return "the settings files say different things of `approval`";
  }
  const silent = [...found.keys()].find((config) => set.evaluations.every((one) => one.config !== config));
  if (silent !== undefined) return `the report says nothing about ${silent}`;
  const isOdd = ({ config, kind }: Evaluation) => found.has(config) === (kind === "set-up");
  if (set.evaluations.some(isOdd)) return `the report does not fit what \`${branch}\` has`;
  return {
    settings,
    evaluations: set.evaluations.map((evaluation) => {
      const { enforce = evaluation.enforce, approval = evaluation.approval } = found.get(evaluation.config) ?? {};
      return { ...evaluation, enforce, approval };
    }),
    folders: new Map([...found].map(([config, one]) => [config, baselinesFolder(config, one)])),
  };
}

/** Where just anybody may push, the policy could be planted first. */
async function policyBranch(github: GitHub, { base }: PullRequest): Promise<string> {
  const defaultBranch = await github.defaultBranch();
  if (base.branch === defaultBranch || (await github.branch(base.branch))?.protected === true) return base.branch;
  return defaultBranch;
}

function baselinesFolder(config: string, { baselines }: Settings): string {
  return posix.normalize(posix.join(folderOf(config), baselines)).replace(/\/+$/, "");
}

interface Approving extends Trusted {
  readonly pullRequest: PullRequest;
  readonly digest: string;
  readonly event: LabelEvent;
  /** By what right. */
  readonly reason: string;
}

async function commitFor(step: Step, github: GitHub, approving: Approving): Promise<number> {
  const { pullRequest, event, evaluations, folders, digest, reason } = approving;
  const { number, head } = pullRequest;
  const planned = planBotCommit(evaluations, folders, { login: event.login, at: event.at, pullRequest: number });
  if (!planned) return nothing(step, "no baseline has to change");
  const record = { version: 1, pullRequest: number, approver: event.login, event: event.id, at: event.at } as const;
  // Before anything is written: more files than a record can keep are refused here.
  writeRecord({ ...record, head: head.sha, reason, digest, files: [...planned.files] });
  const commit = await commitOnce(step, github, approving, planned);
  if (commit === undefined) return nothing(step, `${head.branch} has moved since the report: look at the next one`);
  const text = writeRecord({ ...record, head: commit, reason, digest, files: [...planned.files] } as ApprovalRecord);
  await github.createCheckRun({
    name: names.approval,
    headSha: commit,
    status: "completed",
    conclusion: "success",
    externalId: `plan-gate/1 ${number} ${event.id}`,
    ...text,
  });
  await asked(step, `set the status \`${names.status}\``, () => setStatus(step, github, commit, planned));
  step.log.foreign(`committed ${count(planned.additions.length, "file")} as ${commit}`);
  return 0;
}

/** One compare-and-swap. Undefined where somebody pushed meanwhile: nothing was written then. */
async function commitOnce(
  { inputs }: Step,
  github: GitHub,
  { pullRequest, event, settings }: Approving,
  { additions, files }: BotCommit,
): Promise<string | undefined> {
  const { head, number } = pullRequest;
  try {
    // No name of the pull request's in it: `fixes #1` would close an issue.
    const commit = await github.commitOnBranch({
      branch: head.branch,
      expectedHead: head.sha,
      headline: "Accept the query plans measured here",
      body: `Approved by ${event.login} by the label ${settings.approval.label} on #${number}.`,
      additions,
      deletions: [],
    });
    if (!inputs.dryRun) await requireOurs(github, head.sha, commit, files);
    return commit;
  } catch (error) {
    if (error instanceof GitHubError && error.status === 409) return undefined;
    throw error;
  }
}

/** Where the answer was lost, the commit was found by its words, and somebody else can use the same. */
async function requireOurs(github: GitHub, before: string, commit: string, files: BotCommit["files"]): Promise<void> {
  const ours = new Set(files.map(({ path, blob }) => `${blob} ${path}`));
  const changed = await github.changedFiles(before, commit);
  const foreign = changed.find(({ path, blob }) => !ours.has(`${blob} ${path}`));
  if (!foreign) return;
  throw new PlanGateError("write-refused", `${commit} changes ${foreign.path}, which plan-gate did not commit`, {
    hint: "Somebody else's commit: look at it, and put the label on again after the next report.",
  });
}

/** Success only where the approval, with what was committed, leaves nothing that blocks. */
async function setStatus({ env }: Step, github: GitHub, commit: string, { conclusion }: BotCommit): Promise<void> {
  const { ending, exitCode } = conclusion;
  await github.createStatus(commit, {
    context: names.status,
    state: exitCode === 0 ? "success" : endings[ending].status,
    description: shorten(headline(conclusion), 70),
    targetUrl: `${github.serverUrl}/${github.repository}/actions/runs/${env["GITHUB_RUN_ID"]}`,
  });
}
