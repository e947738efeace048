import { readAccesses } from "../plan/reads.js";
import type { Flag } from "./red-flags/flag.js";
import { findRepeated } from "./red-flags/repeated.js";
import { findSpill } from "./red-flags/spill.js";
import { findThrownAway } from "./red-flags/thrown-away.js";
import { findWholeForFew } from "./red-flags/whole-for-few.js";
import { findWildEstimate } from "./red-flags/wild-estimate.js";
import { defineRule } from "./rule.js";

/** What comes nearest to the cause comes first: of two flags about one relation only the first is told. */
const kinds = [findRepeated, findWholeForFew, findThrownAway, findWildEstimate, findSpill] as const;

/** Reports what looks wrong in the plan of a query that is new: there is nothing to compare it with. */
export const redFlags = defineRule({
  id: "red-flags",
  summary:
    "The plan of a new query looks wrong by itself: a large table read whole for few rows, rows thrown away by a filter or OFFSET, work repeated for each row, a spill, an estimate far off.",
  why: "The query is new, so there is no plan to compare with. This looks wrong by itself, and now it is cheapest to change.",
  defaultSeverity: "warn",
  options: {
    minTableRows: {
      default: 10_000,
      minimum: 0,
      integer: true,
      means: "Tables with fewer rows raise no flag.",
      because: "reading a small table whole is the right plan.",
    },
    minRows: {
      default: 10_000,
      minimum: 0,
      integer: true,
      means: "Quiet while fewer rows than this are thrown away, misestimated, or handled by a sub-select.",
      because: "ten thousand rows are some milliseconds.",
    },
    minReadPerRow: {
      default: 100,
      minimum: 1,
      means: "Quiet while fewer rows than this are read of a table for each row of it that is used.",
      because: "up to about a hundredth of a table an index is the better way.",
    },
    maxTimesOff: {
      default: 100,
      minimum: 1,
      means: "Quiet while expected and actual rows differ by at most this factor.",
      because: "many queries live with an error of an order of magnitude.",
    },
    minTempBlocks: {
      default: 1_000,
      minimum: 0,
      integer: true,
      means: "Quiet while fewer temporary blocks of 8 kB than this are read or written.",
      because: "8 MB stay in the file cache.",
    },
    minLookUps: {
      default: 100_000,
      minimum: 0,
      integer: true,
      means:
        "Quiet while a nested loop looks fewer rows up than this, and compares fewer than ten times as many pairs.",
      because: "a hash join is the better way from about there.",
    },
    maxFlags: {
      default: 3,
      minimum: 0,
      integer: true,
      means: "At most this many flags are raised for one plan, those that handle most rows.",
      because: "a list that is too long is not read.",
    },
  },

  check(change, { maxFlags, ...options }) {
    if (change.kind !== "new") return [];
    const accesses = readAccesses(change.after, change.after.root.actual !== undefined);
    const told = new Map<string, Flag>();
    for (const flag of kinds.flatMap((find) => find(change, accesses, options))) {
      const cause = flag.relation ?? flag.node.operator;
      if (!told.has(cause)) told.set(cause, flag);
    }
    return [...told.values()]
      .sort((a, b) => b.rows - a.rows)
      .slice(0, maxFlags)
      .map(({ relation, title, fix, node }) => ({ relation, title, fix, before: null, after: { kind: "node", node } }));
  },
});
