import { accessOf, readGrowth, tellGrowth } from "../plan/read-growth.js";
import { relationName } from "../plan/walk.js";
import { definePlanRule, type Observation } from "./rule.js";
import { quoted } from "./words.js";

/** Reports a relation that is read through another index, which finds its rows with more work. */
export const indexLessSelective = definePlanRule({
  id: "index-less-selective",
  summary: "A relation is read through another index than before, which reads clearly more to find the same.",
  why: "An index that fits only a part of the condition leaves the rest to a filter: rows are read and thrown away, more of them as the table grows.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 1.5,
      minimum: 1,
      means: "Quiet while reading this relation takes at most this many times the blocks and the rows it did.",
      because: "two indexes that fit about as well are a tie.",
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
      means: "Quiet while fewer rows more than this are read, returned or thrown away, unless the blocks grew.",
      because: "a thousand rows are read in less than a millisecond.",
    },
  },

  check(change, limits) {
    return change.reads.flatMap((pair): readonly Observation[] => {
      const { before, after } = pair;
      if (accessOf(before) === "index only" && accessOf(after) !== "index only") return [];
      const lost = change.indexesLost(pair);
      if (lost.length === 0 || after.indexes.length === 0) return [];
      const growth = readGrowth(pair, change, limits);
      if (!growth) return [];
      const relation = relationName(after.relation);
      const condition = before.node.details.find(({ label }) => label === "Index Cond" || label === "Recheck Cond");
      const [suspect] = lost;
      return [
        {
          relation,
          title: `${relation} is read through ${quoted(after.indexes)} instead of ${quoted(lost)}: ${tellGrowth(growth)}`,
          fix: `Keep ${quoted(lost)}, or make one that fits ${condition ? `\`${condition.text}\`` : "the query's condition and order"} as well.`,
          before: { kind: "node", node: before.node },
          after: { kind: "node", node: after.node },
          ...(suspect === undefined ? {} : { suspect: { kind: "index", name: suspect } }),
        },
      ];
    });
  },
});
