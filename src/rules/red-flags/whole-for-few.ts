import { gatherReads, type Read } from "../../plan/reads.js";
import { accessKind, relationName } from "../../plan/walk.js";
import { count, type FindFlags, filterOf, isSmall } from "./flag.js";

/** A large table that is read whole, though few of its rows are wanted. */
export const findWholeForFew: FindFlags = (change, accesses, options) => {
  const whole = accesses.filter(({ node }) => accessKind(node) === "sequential" && filterOf(node) !== "");
  return gatherReads(whole).flatMap((read) => {
    if (isSmall(change, read.relation, options)) return [];
    const { rowsRead, rows } = read.work ?? expected(read, change.rowsOf);
    if (rowsRead < options.minTableRows || rowsRead < Math.max(1, rows) * options.minReadPerRow) return [];
    const table = relationName(read.relation);
    return [
      {
        relation: table,
        title: `${table} is read whole for few rows: ${count(rowsRead)} rows are read, ${rows < 1 ? "none" : count(rows)} of them wanted`,
        fix: `Give ${table} an index that fits \`${filterOf(read.node)}\`.`,
        node: read.node,
        rows: rowsRead - rows,
      },
    ];
  });
};

function expected({ accesses }: Read, rowsOf: Parameters<FindFlags>[0]["rowsOf"]) {
  return accesses.reduce(
    ({ rows, rowsRead }, { node, relation, expectedLoops }) => ({
      rows: rows + node.rowsPerLoop * expectedLoops,
      rowsRead: rowsRead + (rowsOf(relation) ?? 0) * expectedLoops,
    }),
    { rows: 0, rowsRead: 0 },
  );
}
