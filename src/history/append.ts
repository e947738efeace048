import { type GitHub, GitHubError } from "../github/github.js";
import { type HistoryEntry, type ReadHistory, readHistory, writeHistory } from "./entry.js";

/** Where the history lies: a branch of its own, which shares no commit with the code. */
export const historyBranch = "plan-gate-history";

/** The file of a month; `at` is ISO 8601, in UTC. */
function historyPath(at: string): string {
  return `history/${at.slice(0, 7)}.jsonl`;
}

/** What became of the lines. */
export type Appended =
  | { readonly kind: "appended" }
  /** GitHub did not take them: they lie in a file for an artifact. */
  | { readonly kind: "kept"; readonly file: string; readonly reason: string };

/** What appending needs besides GitHub. */
export interface Appending {
  readonly entries: readonly HistoryEntry[];
  /** Writes lines where the workflow can upload them, and says where that is. */
  readonly keep: (lines: string) => Promise<string>;
  /** One line for the log. */
  readonly tell: (line: string) => void;
}

/** Appends entries to the branch, a file a month; what GitHub refuses is kept aside, and the log says so. */
export async function appendHistory(
  github: Pick<GitHub, "appendToFile">,
  { entries, keep, tell }: Appending,
): Promise<Appended> {
  const months = Map.groupBy(entries, ({ at }) => historyPath(at));
  const left = new Map(months);
  try {
    for (const [path, ofMonth] of months) {
      const lines = writeHistory(ofMonth);
      await github.appendToFile({ branch: historyBranch, path, lines, message: messageOf(ofMonth) });
      left.delete(path);
    }
    return { kind: "appended" };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const file = await keep(writeHistory([...left.values()].flat()));
    const reason = reasonOf(error);
    tell(`the history could not be appended to the branch ${historyBranch}: ${reason}; its lines are in ${file}`);
    return { kind: "kept", file, reason };
  }
}

function messageOf(entries: readonly HistoryEntry[]): string {
  const [first] = entries;
  return first === undefined ? "plan-gate: no entries" : `plan-gate: ${first.kind} of ${first.commit.slice(0, 7)}`;
}

/** 404 is how GitHub says that a token may not even know of something. */
function reasonOf({ message, status, permission }: GitHubError): string {
  if (permission !== undefined) return `${message} (the job needs \`permissions: ${permission}\`)`;
  return status === 403 || status === 404 ? `${message} (the job needs \`permissions: contents: write\`)` : message;
}

/** The entries of this month and of the one before. A history that cannot be read is an empty one, and the log says so. */
export async function recentHistory(
  github: Pick<GitHub, "readFile">,
  at: string,
  tell: (line: string) => void,
): Promise<readonly HistoryEntry[]> {
  try {
    const texts = await Promise.all(
      [monthBefore(at), at].map((month) => github.readFile(historyBranch, historyPath(month))),
    );
    const read = readHistory(texts.map((text) => text ?? "").join("\n"));
    tellUnread(read, tell);
    return read.entries;
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    tell(`the history could not be read from the branch ${historyBranch}: ${reasonOf(error)}`);
    return [];
  }
}

function monthBefore(at: string): string {
  const [year = 0, month = 1] = at.split("-").map(Number);
  return new Date(Date.UTC(year, month - 2, 1)).toISOString();
}

function tellUnread({ later, broken }: ReadHistory, tell: (line: string) => void): void {
  if (later > 0) tell(`${later} of the history's lines are of a later plan-gate, and were left out`);
  if (broken > 0) tell(`${broken} of the history's lines cannot be read, and were left out`);
}
