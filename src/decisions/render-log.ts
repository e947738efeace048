import { displayWidth, shorten, wrap } from "../reports/foreign-text.js";
import { count } from "../reports/numbers.js";
import type { LogEntry } from "./log.js";

const indent = 4;
const narrowest = 60;

/** The log in lines of at most `columns` columns, in the order of the entries. */
export function renderLog(entries: readonly LogEntry[], columns = 80): string {
  if (entries.length === 0) return "Nothing was decided yet.\n";
  const width = Math.max(narrowest, columns);
  const number = Math.max(...entries.map(({ pr }) => prText(pr).length));
  const lines = entries.flatMap((entry) => [
    firstLine(entry, number, width),
    ...wrap(entry.why, width - indent).map((line) => " ".repeat(indent) + line),
  ]);
  return `${[...lines, "", summary(entries)].join("\n")}\n`;
}

function firstLine({ at, pr, query, case: caseName, decision, by }: LogEntry, number: number, width: number): string {
  const day = shorten(at?.slice(0, 10) ?? "", 10).padEnd(10);
  const who = by === null ? decision : `${decision} by ${shorten(by, Math.floor(width / 4))}`;
  const start = `${day}  ${prText(pr).padEnd(number)}  ${who}`;
  const names = [query ?? "(all queries)", ...(caseName === null ? [] : [caseName])];
  const room = width - displayWidth(start) - 2;
  return `${start}  ${shorten(names.join(" · "), room)}`;
}

function prText(pr: number | null): string {
  return pr === null ? "–" : `#${pr}`;
}

function summary(entries: readonly LogEntry[]): string {
  const of = (decision: LogEntry["decision"]) => entries.filter((entry) => entry.decision === decision).length;
  const kinds = (["accepted", "needs evidence", "blocked"] as const).filter((kind) => of(kind) > 0);
  return `${count(entries.length, "decision")}: ${kinds.map((kind) => `${of(kind)} ${kind}`).join(", ")}`;
}
