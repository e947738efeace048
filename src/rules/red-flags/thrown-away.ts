import { gatherReads } from "../../plan/reads.js";
import { accessKind, indexesOf, relationName, walkPlan } from "../../plan/walk.js";
import { quoted } from "../words.js";
import { count, type FindFlags, filterOf, isSmall } from "./flag.js";

/** Rows that were read through an index and then thrown away by a filter, or passed over by OFFSET. */
export const findThrownAway: FindFlags = (change, accesses, options) => {
  const byIndex = accesses.filter(({ node }) => accessKind(node) === "index");
  const filtered = gatherReads(byIndex).flatMap(({ relation, work, node }) => {
    if (!work || isSmall(change, relation, options)) return [];
    const { rows, rowsRead } = work;
    if (rowsRead - rows < options.minRows || rowsRead < Math.max(1, rows) * options.minReadPerRow) return [];
    const table = relationName(relation);
    const index = quoted(indexesOf(node));
    return [
      {
        relation: table,
        title: `${table}: ${count(rowsRead)} rows are read through ${index}, and all but ${count(rows)} of them thrown away`,
        fix: `Give ${table} an index that also holds the columns of ${filterOf(node) === "" ? "the filter" : `\`${filterOf(node)}\``}.`,
        node,
        rows: rowsRead - rows,
      },
    ];
  });
  const skipped = walkPlan(change.after.root).flatMap(({ node }) => {
    const [below] = node.children;
    if (node.operator !== "Limit" || !node.actual || !below?.actual) return [];
    const rows = below.actual.rows - node.actual.rows;
    if (rows < options.minRows) return [];
    return [
      {
        relation: null,
        title: `OFFSET passes over ${count(rows)} rows to return the ${count(node.actual.rows)} behind them`,
        fix: "Let the next page begin after the last row of the one before: `WHERE (sort columns) > (its values)` in place of OFFSET, with an index in that order.",
        node,
        rows,
      },
    ];
  });
  return [...filtered, ...skipped];
};
