import { type ApprovalRecord, readRecord, writeRecord } from "../approval/record-text.js";
import type { CheckRun, GitHub, LabelEvent, PullRequest } from "../github/github.js";
import { names } from "./names.js";

/** Where a record may lie. */
export interface RecordPlaces {
  readonly github: GitHub;
  readonly pullRequest: PullRequest;
  /** The commit that is judged; in the queue not the pull request's head. */
  readonly head: string;
  /** Commits on which an earlier record may lie. */
  readonly earlierHeads: readonly string[];
  /** Check runs that may be one, asked for last. Hints: each record speaks for itself. */
  readonly recordHint: () => Promise<readonly number[]>;
}

/** A record, and the check run that keeps it. */
export interface FoundRecord {
  readonly record: ApprovalRecord;
  readonly run: CheckRun;
}

/** The record of this very event: by the App only, of this pull request, wherever it was written first. */
export async function findRecord(
  { github, pullRequest, head, earlierHeads, recordHint }: RecordPlaces,
  event: LabelEvent,
): Promise<FoundRecord | undefined> {
  const ofEvent = (run: CheckRun | undefined): FoundRecord | undefined => {
    if (run?.name !== names.approval || run.app !== "github-actions") return undefined;
    const record = readRecord(run.text);
    return record?.event === event.id && record.pullRequest === pullRequest.number ? { record, run } : undefined;
  };
  for (const sha of new Set([head, pullRequest.head.sha, ...earlierHeads])) {
    for (const run of await github.checkRuns(sha, names.approval)) {
      const found = ofEvent(run);
      if (found) return found;
    }
  }
  for (const id of await recordHint()) {
    const found = ofEvent(await github.checkRun(id));
    if (found) return found;
  }
  return undefined;
}

/** Keeps a record on the commit that is judged. */
export async function keepRecord(
  { github, head }: Pick<RecordPlaces, "github" | "head">,
  record: ApprovalRecord,
): Promise<CheckRun> {
  return github.createCheckRun({
    name: names.approval,
    headSha: head,
    status: "completed",
    conclusion: "success",
    externalId: `plan-gate/1 ${record.pullRequest} ${record.event}`,
    ...writeRecord(record),
  });
}

/** What is no longer in force must not stay visible on the head as if it were. */
export async function markRecords(
  { github, pullRequest, head }: Pick<RecordPlaces, "github" | "pullRequest" | "head">,
  title: string,
): Promise<void> {
  for (const run of await github.checkRuns(head, names.approval)) {
    if (run.conclusion !== "success" || readRecord(run.text)?.pullRequest !== pullRequest.number) continue;
    await github.updateCheckRun(run.id, {
      conclusion: "neutral",
      title,
      summary: "What it accepted has to be approved again.",
    });
  }
}
