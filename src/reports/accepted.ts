import type { Accepted } from "../accept.js";
import type { Problem } from "../errors.js";
import { oneLine, wrap } from "./foreign-text.js";
import { count } from "./numbers.js";
import { placeText } from "./place.js";

const width = 80;

/** What `accept` wrote and what it left, for people. */
export function renderAccepted({ written, left, replaced, orphans, problems }: Accepted): string {
  const changed = written.filter(({ kind }) => kind !== "unchanged");
  const unchanged = written.length - changed.length;
  const lines = [
    ...changed.map(({ kind, file }) => `${kind.padEnd(8)}${oneLine(file)}`),
    ...(unchanged > 0 ? [`${count(unchanged, "baseline")} unchanged`] : []),
    ...replaced.flatMap(({ query, plans }) =>
      wrap(
        `${oneLine(query)}: ${count(plans, "other plan")} of it ${plans === 1 ? "was" : "were"} accepted too, and ${plans === 1 ? "is" : "are"} no longer; \`--also\` would have kept ${plans === 1 ? "it" : "them"}`,
        width,
      ),
    ),
    ...left.flatMap(({ query, problem }) => [`left    ${oneLine(query)}`, ...indented(problem)]),
    ...orphans.map((query) => `left    ${oneLine(query)}: its query is gone; delete the file if that is meant`),
    ...problems.flatMap((problem) => ["problem", ...indented(problem)]),
  ];
  const next =
    changed.length > 0 ? "Commit these files; whoever reviews them accepts the plans." : "Nothing to commit.";
  return `${[...lines, "", next].join("\n")}\n`;
}

/** A problem as an indented paragraph, with what to do next. */
export function indented({ place, message, hint }: Problem): readonly string[] {
  const where = place ? `${placeText(place)}: ` : "";
  return [...wrap(`${where}${message}`, width - 4), ...wrap(hint, width - 4)].map((line) => `    ${line}`);
}
