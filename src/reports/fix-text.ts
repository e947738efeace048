import { standsAlone } from "../verdict/fix-sql.js";
import type { ProvenFix } from "../verdict/verdict.js";
import { displayWidth, visibleLine, wrap } from "./foreign-text.js";
import { change } from "./numbers.js";

/** Longer SQL stands in the JSON report alone. */
const mostLines = 80;

/** What a proven fix did to the query that it mends, and to others: "cost 1,680 → 1.71; blocks 884 → 43; takes 16 kB". */
export function fixEffect(fix: ProvenFix): string {
  const { kind, cost, blocks, sizeBytes, helps, hurts } = fix;
  // Right row counts make a plan dearer that was too cheap to be true.
  const honest = (kind === "statistics" || kind === "target") && cost.with > cost.without ? ", as it really is" : "";
  const figures = [
    ...(differ(cost) ? [`cost ${change(cost.without, cost.with)}${honest}`] : []),
    ...(blocks && differ(blocks) ? [`blocks ${change(blocks.without, blocks.with)}`] : []),
  ];
  return [
    // What triggers, foreign keys and better row counts change is in neither figure.
    ...(figures.length > 0 ? figures : ["this is then no longer found"]),
    ...(sizeBytes === undefined ? [] : [`takes ${size(sizeBytes)}`]),
    ...(helps.length > 0 ? [`also helps ${helps.join(", ")}`] : []),
    ...(hurts.length > 0 ? [`raises the cost of ${hurts.join(", ")}`] : []),
    ...writeCost(fix),
  ].join("; ");
}

/** The lines of a fix's SQL, to be copied as they are; none where the advice beside the finding shows it in full. */
export function sqlBelow(fix: ProvenFix): readonly string[] {
  if (!standsAlone(fix)) return [];
  const lines = fix.sql.split(/\r\n|[\r\n\u2028\u2029]/).map(visibleLine);
  // Half of it would drop a view and not make it again.
  return lines.length > mostLines ? [`-- ${lines.length} lines: copy them from the JSON report`] : lines;
}

/** The same for a terminal of this width: broken only where that changes nothing, and left out where it must not be broken. */
export function sqlWithin(fix: ProvenFix, width: number): readonly string[] {
  const lines = sqlBelow(fix);
  const fits = (line: string) => displayWidth(line) < width;
  const isPlain = (line: string) => !/['"$\\]|--|\/\*/.test(line);
  // A runner would take these for its own commands, however far they are indented.
  const isCommand = (line: string) => /^\s*(?:::|##\[)/.test(line);
  if (lines.some((line) => isCommand(line) || !(fits(line) || isPlain(line)))) {
    return wrap("-- too wide for this terminal: copy it from the JSON report", width);
  }
  return lines.flatMap((line) => (fits(line) ? [line] : wrap(line, width)));
}

/** What an index costs the queries that write its table; that nobody measured it, where there are none. */
function writeCost({ writes }: ProvenFix): readonly string[] {
  if (!writes) return [];
  if (writes.length === 0)
    return ["no other registered query writes this table, so its cost for writes was not measured"];
  const [measured, others] = [writes.filter(({ blocks }) => blocks), writes.filter(({ blocks }) => !blocks)];
  return [
    ...measured.flatMap(({ query, blocks }) =>
      blocks
        ? [
            `${query} writes with ${differ(blocks) ? `${change(blocks.without, blocks.with)} blocks` : "as many blocks"}`,
          ]
        : [],
    ),
    ...(others.length > 0
      ? [
          `its cost for ${others.map(({ query }) => query).join(", ")}, which ${others.length === 1 ? "writes" : "write"} the table, was not measured`,
        ]
      : []),
  ];
}

function differ({ without, with: mended }: ProvenFix["cost"]): boolean {
  return without !== mended;
}

function size(bytes: number): string {
  const [kilobytes, megabytes] = [bytes / 1024, bytes / 1024 ** 2];
  return megabytes >= 10 ? `${Math.round(megabytes)} MB` : `${Math.round(kilobytes).toLocaleString("en-US")} kB`;
}
