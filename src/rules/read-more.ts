import type { PlanChange } from "../plan/change.js";
import { accessOf, isMore, readGrowth, tellFigure, tellGrowth } from "../plan/read-growth.js";
import type { ReadPair } from "../plan/reads.js";
import { relationName } from "../plan/walk.js";
import { definePlanRule, type Observation } from "./rule.js";
import { quoted } from "./words.js";

/** Reports a relation of which clearly more is read than before, whether the plan looks the same or not. */
export const readMore = definePlanRule({
  id: "read-more",
  summary: "Clearly more of a relation or its index is read than before, even where the plan looks the same.",
  why: "The same plan may read ten rows or ten thousand: an index whose columns stand in another order, or an OFFSET, reads what is then thrown away.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 1.5,
      minimum: 1,
      means: "Quiet while reading this relation takes at most this many times the blocks and the rows it did.",
      because: "growth by a few per cent is no regression.",
    },
    minIncreaseBlocks: {
      default: 16,
      minimum: 0,
      integer: true,
      means:
        "Quiet while it touches fewer blocks of 8 kB more than this, unless the rows grew. Where the planner's cost did not rise, below 100 in any case.",
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
      if (belongsToAnotherRule(pair, change)) return [];
      const lossy = lossyRows(pair, limits);
      const growth = readGrowth(pair, change, limits) ?? lossy;
      if (!growth) return [];
      const { before, after } = pair;
      const relation = relationName(after.relation);
      const sameIndex = after.indexes.length > 0 && before.indexes.length > 0;
      const index = after.indexes[0];
      return [
        {
          relation,
          title: `more of ${relation} is read: ${tellGrowth(growth)}${whyMore(pair, lossy !== undefined)}`,
          fix: fixFor(pair, sameIndex, lossy !== undefined),
          before: { kind: "node", node: before.node },
          after: { kind: "node", node: after.node },
          ...(sameIndex && index !== undefined ? { suspect: { kind: "index", name: index } } : {}),
        },
      ];
    });
  },
});

/** Another index, the whole table, or the table beside an index that was enough: rules of their own say it better. */
function belongsToAnotherRule(pair: ReadPair, change: PlanChange): boolean {
  const { before, after } = pair;
  if (accessOf(before) === "index only" && accessOf(after) === "index") return true;
  if (before.indexes.length > 0 && accessOf(after) === "sequential") return true;
  return after.indexes.length > 0 && change.indexesLost(pair).length > 0;
}

/** A bitmap that no longer fits into work_mem: whole pages are read row by row again, which the blocks do not show. */
function lossyRows(
  { before, after }: ReadPair,
  { maxRatio, minIncreaseRows }: { maxRatio: number; minIncreaseRows: number },
) {
  const [then, now] = [before.work, after.work];
  if (!then || !now || !isMore(then.lossyHeapBlocks, now.lossyHeapBlocks, maxRatio, 16)) return undefined;
  if (!isMore(then.rowsRead, now.rowsRead, maxRatio, minIncreaseRows)) return undefined;
  return { unit: "rows" as const, before: then.rowsRead, after: now.rowsRead };
}

function whyMore({ before, after }: ReadPair, isLossy: boolean): string {
  if (isLossy) return ", because the bitmap of rows to fetch no longer fits into memory (`work_mem`)";
  const [then, now] = [before.work, after.work];
  if (!then || !now) return "";
  const [thrownBefore, thrown] = [then.rowsRead - then.rows, now.rowsRead - now.rows];
  if (thrown > now.rows && thrown > thrownBefore * 2) return `, and ${tellFigure(thrown)} rows thrown away`;
  if (after.node.operator === before.node.operator && now.rows <= then.rows)
    return ", to return no more rows than before";
  return "";
}

function fixFor({ after }: ReadPair, sameIndex: boolean, isLossy: boolean): string {
  if (isLossy) return "Give the query the `work_mem` it had, or an index that fits its condition more closely.";
  const condition = after.node.details.find(({ label }) => label === "Filter" || label === "Index Cond");
  const names = quoted(after.indexes);
  if (sameIndex)
    return `Compare the columns of ${names} and their order with ${condition ? `\`${condition.text}\`` : "what the query asks for"}: columns that are compared with = belong first in an index. If the index did not change, look for an OFFSET, a larger LIMIT, or more rows in the table.`;
  return condition
    ? `Give the query an index that fits \`${condition.text}\`, or ask for less.`
    : "Ask for less: a condition, a smaller LIMIT, or paging by the last key seen instead of OFFSET.";
}
