import type { ProvenFix } from "../verdict/verdict.js";
import { change } from "./numbers.js";

/** What a proven fix did to the query that it mends, and to others: "cost 1,680 → 1.71; blocks 884 → 43; takes 16 kB". */
export function fixEffect({ cost, blocks, sizeBytes, helps, hurts }: ProvenFix): string {
  const figures = [
    ...(differ(cost) ? [`cost ${change(cost.without, cost.with)}`] : []),
    ...(blocks && differ(blocks) ? [`blocks ${change(blocks.without, blocks.with)}`] : []),
  ];
  return [
    // What triggers, foreign keys and better row counts change is in neither figure.
    ...(figures.length > 0 ? figures : ["this is then no longer found"]),
    ...(sizeBytes === undefined ? [] : [`takes ${size(sizeBytes)}`]),
    ...(helps.length > 0 ? [`also helps ${helps.join(", ")}`] : []),
    ...(hurts.length > 0 ? [`raises the cost of ${hurts.join(", ")}`] : []),
  ].join("; ");
}

/** The SQL that the advice beside a finding does not show in full: a whole query; undefined where it does. */
export function unshownSql({ kind, sql }: ProvenFix): string | undefined {
  return kind === "query" ? sql : undefined;
}

function differ({ without, with: mended }: ProvenFix["cost"]): boolean {
  return without !== mended;
}

function size(bytes: number): string {
  const [kilobytes, megabytes] = [bytes / 1024, bytes / 1024 ** 2];
  return megabytes >= 10 ? `${Math.round(megabytes)} MB` : `${Math.round(kilobytes).toLocaleString("en-US")} kB`;
}
