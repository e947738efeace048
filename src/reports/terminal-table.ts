import type { Outcome } from "../verdict/verdict.js";
import { figuresOf } from "./figures.js";
import { displayWidth, oneLine, shorten } from "./foreign-text.js";
import { change } from "./numbers.js";
import { outcomeNames, outcomeSummary } from "./outcome-line.js";
import type { Paint, Style } from "./paint.js";
import { worstSeverity } from "./ranking.js";

/** What stands before an outcome, and how both are coloured. */
export function outcomeMark(outcome: Outcome): readonly [mark: string, style: Style] {
  const severity = worstSeverity(outcome);
  if (severity === "error") return ["✗", "red"];
  if (severity === "warn" || outcome.kind === "broken") return ["!", "yellow"];
  switch (outcome.kind) {
    case "passed":
    case "flagged":
      return ["✓", "green"];
    case "improved":
      return ["+", "green"];
    case "tie":
    case "drift":
      return ["~", "cyan"];
    case "unbaselined":
    case "orphaned":
    case "incomparable":
      return ["?", "cyan"];
  }
}

const headings = [
  ["", "", "", "", "", "actual", ""],
  ["", "query", "case", "outcome", "cost", "rows", "what"],
];
const [query, caseColumn, outcomeColumn, cost, actualRows, what] = [1, 2, 3, 4, 5, 6] as const;

/** Columns that may be shortened: the width they keep, and the one that is worth more than the last column's words. */
const elastic = [
  { column: query, min: 12, comfortable: 20 },
  { column: caseColumn, min: 8, comfortable: 10 },
] as const;

/** Every outcome in a line, as wide as `width` at most. What does not fit goes: first the last column, then letters. */
export function outcomeTable(outcomes: readonly Outcome[], width: number, paint: Paint): readonly string[] {
  const rows = outcomes.map(cells);
  const { used, widths } = fitColumns([...headings, ...rows], width);
  const pick = (row: readonly string[]) => used.map((column) => pad(row[column] ?? "", column, widths[column] ?? 0));

  const paintWord = (style: Style, text: string) => text.replace(/\S(?:.*\S)?/, (word) => paint(style, word));
  const heads = headings.map((row) => pick(row).map((text) => paintWord("dim", text)));
  const bodies = outcomes.map((outcome, index) => {
    const [, style] = outcomeMark(outcome);
    const styled = outcome.kind === "passed" ? [0] : [0, outcomeColumn];
    return pick(rows[index] ?? []).map((text, at) => (styled.includes(used[at] ?? -1) ? paintWord(style, text) : text));
  });
  return [...heads, ...bodies].map((row) => row.join("  ").trimEnd());
}

function pad(text: string, column: number, width: number): string {
  const shown = shorten(text, width);
  const spaces = " ".repeat(width - displayWidth(shown));
  return column === cost || column === actualRows ? spaces + shown : shown + spaces;
}

function cells(outcome: Outcome): readonly string[] {
  const [then, now] = [outcome.before && figuresOf(outcome.before), outcome.after && figuresOf(outcome.after)];
  const [name = "", ...rest] = outcomeNames(outcome);
  return [
    outcomeMark(outcome)[0],
    name,
    rest.join(", "),
    outcome.kind,
    change(then?.cost ?? null, now?.cost ?? null),
    change(then?.rowsActual ?? null, now?.rowsActual ?? null),
    outcomeSummary(outcome),
  ].map(oneLine);
}

interface Fit {
  /** Numbers of the columns that are shown. */
  readonly used: readonly number[];
  /** By number. */
  readonly widths: readonly number[];
}

function fitColumns(rows: readonly (readonly string[])[], width: number): Fit {
  const widths = (headings[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))),
  );
  const widthOf = (column: number) => widths[column] ?? 0;
  const above = (column: number, kept: number) => Math.max(0, widthOf(column) - kept);
  const spare = ({ column, min, comfortable }: (typeof elastic)[number]) =>
    above(column, min) + 1_000 * above(column, comfortable);
  // A column with nothing but its heading is none: there may be no cases, or no words.
  let used = widths.flatMap((_, column) => (rows.slice(headings.length).some((row) => row[column]) ? [column] : []));
  const excess = () => used.reduce((sum, column) => sum + widthOf(column) + 2, -2) - width;
  if (excess() > elastic.reduce((sum, { column, comfortable }) => sum + above(column, comfortable), 0)) {
    used = used.filter((column) => column !== what);
  }
  while (excess() > 0) {
    const [widest] = elastic.toSorted((a, b) => spare(b) - spare(a));
    if (!widest || above(widest.column, widest.min) === 0) break;
    widths[widest.column] = widthOf(widest.column) - 1;
  }
  return { used, widths };
}
