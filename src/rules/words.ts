import { tellFigure } from "../plan/read-growth.js";

/** Names as they stand in a sentence. Partitions have an index each: three of them tell enough. */
export function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `\`${name}\``);
  return names.length > 3 ? `${shown.join(", ")} and ${names.length - 3} more` : shown.join(", ");
}

/** How often: "never", "once", "5,000 times". */
export function times(count: number): string {
  const rounded = Number(count.toPrecision(3));
  return rounded === 0 ? "never" : rounded === 1 ? "once" : `${tellFigure(rounded)} times`;
}

/** What there was before, behind "instead of". */
export function orNone(count: number): string {
  return count === 0 ? "none" : tellFigure(count);
}

/** An operator that keeps rows in memory, as what it does for the query. */
export function whatSpills(operator: string): string {
  if (operator === "Sort" || operator === "Incremental Sort") return "a sort";
  if (operator.startsWith("Hash")) return "the hash table of a join";
  if (operator === "Aggregate" || operator === "SetOp") return "the hash table of a grouping";
  return `what a ${operator} keeps`;
}

/** What helps where the planner's row count is far off, for any of the usual reasons. */
export const estimateAdvice =
  "If several columns are compared that depend on each other, `CREATE STATISTICS` on them helps; if a function or cast stands around a column, an index or statistics on that expression; if some values are far more common than others, `ALTER TABLE … ALTER COLUMN … SET STATISTICS 1000`. Then `ANALYZE` the table.";
