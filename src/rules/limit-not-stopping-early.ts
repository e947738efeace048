import { readGrowth, tellGrowth } from "../plan/read-growth.js";
import type { Read } from "../plan/reads.js";
import { relationName } from "../plan/walk.js";
import { definePlanRule, type Observation } from "./rule.js";

/** Reports a relation that a LIMIT read only in part, and that is now read to its end. */
export const limitNotStoppingEarly = definePlanRule({
  id: "limit-not-stopping-early",
  summary: "A LIMIT stopped reading a relation after its first rows, and now all of it is read first.",
  why: "Rows that come in the right order can be cut off after a few; once they must be sorted or gathered first, every call reads them all to show a page of them.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 1.5,
      minimum: 1,
      means: "Quiet while reading this relation takes at most this many times the blocks and the rows it did.",
      because: "where there is little more than a page to read, reading all of it is right.",
    },
    minIncreaseBlocks: {
      default: 16,
      minimum: 0,
      integer: true,
      means: "Quiet while it touches fewer blocks of 8 kB more than this, unless the rows grew.",
      because: "a few pages more are not felt.",
    },
    minIncreaseRows: {
      default: 1_000,
      minimum: 0,
      integer: true,
      means: "Quiet while fewer rows more than this are read, unless the blocks grew.",
      because: "a thousand rows are read in less than a millisecond.",
    },
  },

  check(change, limits) {
    return change.reads.flatMap((pair): readonly Observation[] => {
      const { before, after } = pair;
      if (!stopsEarly(before) || stopsEarly(after)) return [];
      const growth = readGrowth(pair, change, limits);
      if (!growth) return [];
      const relation = relationName(after.relation);
      const [index] = before.indexes;
      return [
        {
          relation,
          title: `${relation} is read to its end, where the LIMIT stopped it after the first rows: ${tellGrowth(growth)}`,
          fix:
            index === undefined
              ? "Let the rows come in the order that the query asks for: make an index on the columns compared with =, followed by those of its ORDER BY."
              : `Keep \`${index}\`, or make another index that delivers the rows in the order of the query's ORDER BY.`,
          before: { kind: "node", node: before.node },
          after: { kind: "node", node: after.node },
          ...(index === undefined ? {} : { suspect: { kind: "index", name: index } }),
        },
      ];
    });
  },
});

/** Whether a Limit above is expected to leave rows of it unread. */
function stopsEarly({ accesses }: Read): boolean {
  return accesses.some(({ expectedShare }) => expectedShare < 1);
}
