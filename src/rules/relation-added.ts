import { tellFigure } from "../plan/read-growth.js";
import type { Read } from "../plan/reads.js";
import { relationName } from "../plan/walk.js";
import { growthOf } from "../plan/work.js";
import { definePlanRule } from "./rule.js";

/** Reports a relation that the query did not read before, where reading it is felt. */
export const relationAdded = definePlanRule({
  id: "relation-added",
  summary: "A relation is read that was not read before, and the query does clearly more work for it.",
  why: "A view, a policy or a join that could be left out may have grown a table that nobody asked for: each call pays for it.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 1.25,
      minimum: 1,
      means:
        "Quiet while the whole query does at most this many times the work it did (cost, and blocks and rows where measured).",
      because: "looking something up in a small table costs next to nothing.",
    },
    minBlocks: {
      default: 16,
      minimum: 0,
      integer: true,
      means: "Quiet while reading the relation touches fewer blocks of 8 kB than this and fewer rows than minRows.",
      because: "a few pages more are not felt.",
    },
    minRows: {
      default: 1_000,
      minimum: 0,
      integer: true,
      means: "Quiet while fewer rows of it are read than this and fewer blocks than minBlocks.",
      because: "a thousand rows are read in less than a millisecond.",
    },
  },

  check(change, { maxRatio, minBlocks, minRows }) {
    if (growthOf(change) <= maxRatio) return [];
    const matters = ({ work, wholeCost }: Read) =>
      change.bothMeasured && work
        ? work.blocks >= minBlocks || work.rowsRead >= minRows
        : wholeCost >= minBlocks && wholeCost * 2 >= change.after.root.totalCost - change.before.root.totalCost;
    return change.readsAdded.filter(matters).map((read) => {
      const relation = relationName(read.relation);
      const took = read.work
        ? `${tellFigure(read.work.blocks)} blocks of 8 kB`
        : `an estimated cost of ${tellFigure(read.wholeCost)} planner units`;
      return {
        relation,
        title: `the query now reads ${relation} as well: ${took}`,
        fix: `Look where ${relation} comes in: a view, a policy or a function that names it, or a LEFT JOIN that PostgreSQL could leave out as long as a unique index proved it needless. Take it out there, or bring that index back.`,
        before: null,
        after: { kind: "node", node: read.node },
      };
    });
  },
});
