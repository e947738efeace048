import type { DecidedPlan, DecisionFile } from "./decision-file.js";

/** One decision of the log, whichever source it comes from. */
export interface LogEntry {
  /** ISO 8601; null where no source tells the time. */
  readonly at: string | null;
  /** The pull request; null where it was none's. */
  readonly pr: number | null;
  /** Null where it is about all of them. */
  readonly query: string | null;
  readonly case: string | null;
  readonly decision: DecidedPlan["decision"];
  /** Null where nobody approved it. */
  readonly by: string | null;
  /** What had happened, in one line. */
  readonly why: string;
}

/** What a line of the history says of decisions. */
export interface HistoryLine {
  readonly at: string;
  readonly pullRequest?: number | undefined;
  readonly decisions: readonly {
    readonly query: string;
    readonly case?: string | undefined;
    readonly decision: LogEntry["decision"];
    readonly by?: string | undefined;
    readonly why: string;
  }[];
}

/**
 * Both sources as one log, newest first, what is undated last. The files say more, and the history knows when: a decision
 * that both have is there once. Of one that several runs repeat, the newest is kept.
 */
export function logOf(files: readonly DecisionFile[], history: readonly HistoryLine[]): readonly LogEntry[] {
  const remembered = newestOf(history.flatMap(historyEntries));
  const told = files.flatMap((file) => fileEntries(file).map((entry) => dated(entry, remembered)));
  const known = new Set(told.map(keyOf));
  const all = [...told, ...[...remembered.values()].filter((entry) => !known.has(keyOf(entry)))];
  return [...new Map(all.map((entry) => [JSON.stringify(entry), entry])).values()].sort(newestFirst);
}

function fileEntries({ pullRequest, plans, changes }: DecisionFile): readonly LogEntry[] {
  const common = { at: null, pr: pullRequest };
  return [
    ...plans.map(({ query, case: caseName, decision, by, why, cause }) => {
      const blamed = cause ? `, by ${cause.file}${cause.line === undefined ? "" : `:${cause.line}`}` : "";
      return { ...common, query, case: caseName, decision, by, why: `${why}${blamed}` };
    }),
    ...changes.map(({ query, decision, by, what }) => ({ ...common, query, case: null, decision, by, why: what })),
  ];
}

function historyEntries({ at, pullRequest, decisions }: HistoryLine): readonly LogEntry[] {
  const pr = pullRequest ?? null;
  return decisions.map(({ query, case: caseName, decision, by, why }) => {
    return { at, pr, query, case: caseName ?? null, decision, by: by ?? null, why };
  });
}

function newestOf(entries: readonly LogEntry[]): ReadonlyMap<string, LogEntry> {
  const newest = new Map<string, LogEntry>();
  for (const entry of entries) {
    const known = newest.get(keyOf(entry));
    if (!known || instant(entry) > instant(known)) newest.set(keyOf(entry), entry);
  }
  return newest;
}

/** The time of the same decision; else of the pull request's newest one. */
function dated(entry: LogEntry, remembered: ReadonlyMap<string, LogEntry>): LogEntry {
  const same = remembered.get(keyOf(entry));
  const [newest] = [...remembered.values()].filter(({ pr }) => pr === entry.pr).sort(newestFirst);
  return { ...entry, at: (same ?? newest)?.at ?? null };
}

function keyOf({ pr, query, case: caseName, decision, by }: LogEntry): string {
  return JSON.stringify([pr, query, caseName, decision, by]);
}

function instant({ at }: LogEntry): number {
  const time = at === null ? Number.NaN : Date.parse(at);
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

function newestFirst(a: LogEntry, b: LogEntry): number {
  const [left, right] = [instant(a), instant(b)];
  if (left !== right) return left < right ? 1 : -1;
  return (b.pr ?? 0) - (a.pr ?? 0) || byText(textOf(a), textOf(b));
}

function textOf({ query, case: caseName, decision, by, why }: LogEntry): string {
  return [query ?? "", caseName ?? "", decision, by ?? "", why].join("\0");
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
