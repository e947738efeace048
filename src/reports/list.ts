import type { Listed } from "../list.js";
import { indented } from "./accepted.js";
import { displayWidth, shorten } from "./foreign-text.js";
import { count } from "./numbers.js";
import { placeText } from "./place.js";

/** The registered queries in a table of at most `columns` columns. */
export function renderList({ queries, major, problems }: Listed, columns: number): string {
  const wide = Math.max(72, columns);
  const [names, places] = [Math.floor(wide * 0.4), Math.floor(wide * 0.3)];
  const rows = queries.map(({ query, majors }) => [
    shorten(query.name, names),
    shorten(placeText(query), places),
    count(query.cases.length, "case"),
    majors.includes(major) ? `accepted on ${majors.join(", ")}` : `not accepted on ${major}`,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => displayWidth(row[column] ?? ""))));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell))))
      .join("  ")
      .trimEnd(),
  );
  const failed = problems.flatMap((problem) => ["problem", ...indented(problem)]);
  return `${[...lines, "", `${count(queries.length, "query", "queries")} registered`, ...failed].join("\n")}\n`;
}
