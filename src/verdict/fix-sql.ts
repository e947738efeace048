import type { ProvenFix } from "./verdict.js";

/** What is longer is no part of a sentence. */
const longestInline = 240;

/**
 * Whether a fix's SQL stands below the advice and not in it: a whole query, the text of a view or function, and what a
 * sentence would alter, which keeps single spaces and no backquotes.
 */
export function standsAlone({ kind, sql }: Pick<ProvenFix, "kind" | "sql">): boolean {
  return kind === "query" || /[`\\]|\s\s|[^\S ]/.test(sql) || sql.length > longestInline;
}
