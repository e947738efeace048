import type { Commits, EvaluationSet } from "../evaluation/evaluation.js";
import { unpackMemo } from "../evaluation/memo.js";
import type { CheckRun, GitHub } from "../github/github.js";
import type { ActionLog } from "./log.js";
import { names, readReportId } from "./names.js";
import { asked, type Subject } from "./subject.js";

/** Our own reports on this head, newest first. Empty where GitHub does not say. */
export async function earlierReports(
  github: GitHub,
  { commits }: Subject,
  log: ActionLog,
): Promise<readonly CheckRun[]> {
  return (await asked({ log }, "read earlier reports", () => github.checkRuns(commits.head, names.report))) ?? [];
}

/** What an earlier run on the very same input evaluated: the same verdict, without a database. `commits`: this run's. */
export function repeated(reports: readonly CheckRun[], key: string, commits: Commits): EvaluationSet | undefined {
  for (const { externalId, status, text } of reports) {
    if (status !== "completed" || readReportId(externalId)?.key !== key) continue;
    const set = unpackMemo(text);
    // The text says what it was made of as well: it must be the same.
    if (set?.key !== key || set.evaluations.some(({ verdict }) => verdict.exitCode === 2)) continue;
    // GitHub merges the same head and base once more at times: only this run's merge is checked out here.
    return { ...set, commits };
  }
  return undefined;
}
