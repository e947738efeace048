import type { ProvenFix } from "./verdict.js";

/** What is longer is no part of a sentence. */
const longestInline = 240;

/** Whether a fix's SQL stands below the advice and not in it: a whole query, or the text of a view or function. */
export function standsAlone({ kind, sql }: Pick<ProvenFix, "kind" | "sql">): boolean {
  return kind === "query" || sql.includes("\n") || sql.length > longestInline;
}
