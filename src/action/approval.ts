import { carryOver, neededFiles } from "../approval/coverage.js";
import type { ApprovalRecord } from "../approval/record-text.js";
import { type ApprovalJudgement, judgeRequest } from "../approval/request.js";
import type { LabelState } from "../conclusion/conclusion.js";
import type { ApprovalSettings } from "../config/settings.js";
import type { Evaluation, FileVersion } from "../evaluation/evaluation.js";
import { type CheckRun, type GitHub, GitHubError, type LabelEvent, type PullRequest } from "../github/github.js";
import { type FoundRecord, findRecord, keepRecord, markRecords, type RecordPlaces } from "./approval-record.js";
import type { ActionLog } from "./log.js";
import { readReportId } from "./names.js";
import { asked, missing } from "./subject.js";

/** What the label comes to, and what it accepts. */
export interface Ruling {
  readonly label: LabelState;
  /** File versions that count as approved, and by whom. */
  readonly approved: { readonly by: string; readonly files: readonly FileVersion[] } | undefined;
  /** The check run that keeps it: a hint for the next run. */
  readonly record: number | null;
}

/** What a ruling depends on. */
export interface RulingRequest extends RecordPlaces {
  readonly log: ActionLog;
  readonly settings: ApprovalSettings;
  readonly evaluations: readonly Evaluation[];
  readonly digest: string;
  /** As it is now, label and head included. */
  readonly pullRequest: PullRequest;
  /** Check runs `plan-gate report` on this head. */
  readonly reports: readonly CheckRun[];
  /** Whether anything of this waits for an approval, or would after `plan-gate accept`. */
  readonly isBlocked: boolean;
  /** Whether a new request can be granted here; in the queue only what was granted before counts. */
  readonly mayGrant: boolean;
  /** Whether a push started this: what is on by now was put on before the report on this push, also on a head of old. */
  readonly isPushed: boolean;
  /** False where the token was refused a check run: an approval could not be kept either. */
  readonly mayKeep: boolean;
}

const none: Ruling = { label: { kind: "absent" }, approved: undefined, record: null };

/** Finds out what the approval label comes to in this run. GitHub's silence never approves. */
export async function ruleOnLabel(request: RulingRequest): Promise<Ruling> {
  const { settings, pullRequest, github } = request;
  if (settings.mode !== "label") return none;
  try {
    if (!pullRequest.labels.some((label) => same(label, settings.label))) {
      await mark(request, "Revoked: the label was taken off");
      return none;
    }
    const event = await github.newestLabeled(pullRequest.number, settings.label);
    if (!event) return unknown(`the label is on, and GitHub's timeline does not say who put it there`);
    const record = await findRecord(request, event);
    return record ? await ruleOnRecord(request, event, record) : await ruleOnRequest(request, event);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (!request.mayKeep) return unknown(cannotKeep);
    return unknown(`GitHub did not answer what an approval depends on: ${error.message}${missing(error)}`);
  }
}

const cannotKeep =
  "no check run could be written on this commit, and an approval is kept as one: the workflow needs `permissions: checks: write`, which a fork's run never has";

function unknown(reason: string): Ruling {
  return { ...none, label: { kind: "unknown", reason } };
}

/** A record stands while its files do, and while who made it may still approve: others can write check runs too. */
async function ruleOnRecord(request: RulingRequest, event: LabelEvent, { record, run }: FoundRecord): Promise<Ruling> {
  const { pullRequest, evaluations, head } = request;
  const by = record.approver;
  const needed = neededFiles(evaluations.flatMap(({ proposals }) => proposals));
  const carried = carryOver(record, { pullRequest: pullRequest.number, event: event.id, needed });
  const open = (reason: string): Ruling => ({ ...unknown(reason), record: run.id });
  if (carried.kind === "void") return isUnfinished(request) ? open(unfinished) : end(request, by, carried.reason);
  // When the label was put on was judged when it was recorded.
  const judged = await judgeEvent(request, event, { at: "1970-01-01T00:00:00Z", digest: request.digest });
  if (judged.kind === "unknown") return open(judged.reason);
  if (judged.kind === "invalid" || by !== event.login) {
    return end(request, event.login, judged.kind === "invalid" ? judged.reason : "the record names somebody else");
  }
  const here = run.headSha === head ? run : await keepRecord(request, record);
  return {
    label: { kind: "in force", by, at: record.at },
    approved: { by, files: record.files },
    record: here.id,
  };
}

function voided(by: string, reason: string): Ruling {
  return { ...none, label: { kind: "void", by, reason } };
}

/** Voids what was in force. */
async function end(request: RulingRequest, by: string, reason: string): Promise<Ruling> {
  await mark(request, "Void: see the newest report");
  return voided(by, reason);
}

/** That the head shows it can fail: what counts is decided all the same. */
async function mark(request: RulingRequest, title: string): Promise<void> {
  await asked(request, "mark the approval's check run", () => markRecords(request, title));
}

const unfinished = "not everything could be judged in this run, so it is not known what would have to be approved";

/** A run that could not do its job says nothing about the label. */
function isUnfinished({ evaluations }: RulingRequest): boolean {
  return evaluations.some(({ verdict }) => verdict.exitCode === 2);
}

async function ruleOnRequest(request: RulingRequest, event: LabelEvent): Promise<Ruling> {
  const { evaluations, pullRequest, digest, head } = request;
  if (!request.mayGrant) {
    return unknown("the label was put on after the last report on the pull request: that has to be looked at first");
  }
  if (!request.mayKeep) return unknown(cannotKeep);
  if (isUnfinished(request)) return unknown(unfinished);
  const judged = await judgeEvent(request, event, request.isPushed ? undefined : firstReport(request));
  if (judged.kind === "unknown") return unknown(judged.reason);
  if (judged.kind === "invalid") return voided(event.login, judged.reason);
  const needed = neededFiles(evaluations.flatMap(({ proposals }) => proposals));
  if (needed.length === 0) return nothingToAccept(request, event);
  const record: ApprovalRecord = {
    version: 1,
    pullRequest: pullRequest.number,
    head,
    approver: event.login,
    event: event.id,
    at: event.at,
    reason: judged.reason,
    digest,
    files: [...needed],
  };
  const { id } = await keepRecord(request, record);
  return {
    label: { kind: "in force", by: event.login, at: event.at },
    approved: { by: event.login, files: needed },
    record: id,
  };
}

function nothingToAccept({ settings, isBlocked }: RulingRequest, { login }: LabelEvent): Ruling {
  if (!isBlocked) return voided(login, "nothing here needs an approval");
  if (settings.baselines === "bot") return unknown("the workflow of `command: approve` commits the baselines first");
  return voided(
    login,
    "there is nothing yet that it could accept: `plan-gate accept` writes it, then put the label on again",
  );
}

/** What a label event is judged by. */
type RequestedApproval = Pick<RulingRequest, "github" | "settings" | "pullRequest" | "reports" | "digest">;

async function judgeEvent(
  { github, settings, pullRequest, digest }: RequestedApproval,
  event: LabelEvent,
  report: { readonly at: string; readonly digest: string } | undefined,
): Promise<ApprovalJudgement> {
  return judgeRequest({
    settings,
    event,
    role: event.type === "User" ? await orError(() => github.role(event.login)) : "none",
    author: pullRequest.author,
    teams: await memberships(github, settings, event.login),
    report,
    digest,
  });
}

/** What GitHub refused to say, as a value. */
async function orError<T>(ask: () => Promise<T>): Promise<T | Error> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    return error;
  }
}

/** Whether the label that is on now is a valid request, and whose. */
export async function requestedApproval(
  request: RequestedApproval,
): Promise<
  | { readonly kind: "valid"; readonly reason: string; readonly event: LabelEvent }
  | Exclude<ApprovalJudgement, { kind: "valid" }>
> {
  const { github, settings, pullRequest } = request;
  const event = await github.newestLabeled(pullRequest.number, settings.label);
  if (!event) return { kind: "unknown", reason: "the label is not on any more" };
  const judged = await judgeEvent(request, event, firstReport(request));
  return judged.kind === "valid" ? { ...judged, event } : judged;
}

/** When a reader was first shown just this. */
function firstReport({ reports, digest }: RequestedApproval): { at: string; digest: string } | undefined {
  const shown = reports.filter(({ externalId, completedAt }) => {
    return completedAt !== null && readReportId(externalId)?.digest === digest;
  });
  const [first] = shown.map(({ completedAt }) => completedAt ?? "").sort((a, b) => Date.parse(a) - Date.parse(b));
  return first === undefined ? undefined : { at: first, digest };
}

async function memberships(
  github: GitHub,
  { approvers = [] }: ApprovalSettings,
  login: string,
): Promise<ReadonlyMap<string, boolean | Error>> {
  const teams = approvers.filter((name) => name.includes("/"));
  const found = await Promise.all(
    teams.map(async (team) => [team, await orError(() => github.isInTeam(team, login))] as const),
  );
  return new Map(found);
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
