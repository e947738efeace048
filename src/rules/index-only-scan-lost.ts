import type { PlanChange } from "../plan/change.js";
import { accessOf, isMore, readGrowth, tellFigure, tellGrowth } from "../plan/read-growth.js";
import type { ReadPair } from "../plan/reads.js";
import { relationName } from "../plan/walk.js";
import { definePlanRule, type Observation } from "./rule.js";
import { orNone, quoted } from "./words.js";

/** Reports a relation that was answered from an index alone and now needs the table as well. */
export const indexOnlyScanLost = definePlanRule({
  id: "index-only-scan-lost",
  summary: "A relation that was answered from an index alone is now fetched from the table, row by row.",
  why: "An index that holds every column the query needs (Index Only Scan) saves a visit to the table for each row, mostly one block of 8 kB each.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 1.5,
      minimum: 1,
      means:
        "Quiet while reading this relation touches at most this many times the blocks (or the rows in the table) it did.",
      because: "a relation that is nearly as cheap to read has lost nothing.",
    },
    minIncreaseBlocks: {
      default: 16,
      minimum: 0,
      integer: true,
      means: "Quiet while it touches fewer blocks of 8 kB more than this.",
      because: "a handful of rows is fetched in no time.",
    },
    minIncreaseFetches: {
      default: 100,
      minimum: 0,
      integer: true,
      means: "Quiet while an index-only scan looks for fewer rows more than this into the table.",
      because: "a page that was just written is looked into until the next vacuum.",
    },
  },

  check(change, { maxRatio, minIncreaseBlocks, minIncreaseFetches }) {
    return change.reads.flatMap((pair): readonly Observation[] => {
      const { before, after } = pair;
      if (accessOf(before) !== "index only") return [];
      const growth = readGrowth(pair, change, {
        maxRatio,
        minIncreaseBlocks,
        minIncreaseRows: Number.POSITIVE_INFINITY,
        // The planner, too, takes rows that lie side by side for cheap to fetch: that it is not surprised says little.
        minUnexpectedBlocks: minIncreaseBlocks,
      });
      if (!growth) return [];
      const relation = relationName(after.node.relation ?? after.relation);
      if (accessOf(after) === "index") {
        const title = `${relation} is no longer answered from an index alone, its rows are fetched from the table: ${tellGrowth(growth)}`;
        return [observation(pair, title, fixFor(pair, change))];
      }
      const [then, now] = [before.work?.heapFetches ?? 0, after.work?.heapFetches ?? 0];
      if (accessOf(after) !== "index only" || !isMore(then, now, maxRatio, minIncreaseFetches)) return [];
      const title = `${relation} is answered from an index, but ${tellFigure(now)} rows are looked up in the table as well instead of ${orNone(then)}`;
      const fix = `Have ${relation} vacuumed more often (\`ALTER TABLE … SET (autovacuum_vacuum_scale_factor = 0.01)\`), or write less to the rows that are read: an index alone can only answer for pages that VACUUM has seen since they were written.`;
      return [observation(pair, title, fix)];
    });
  },
});

function observation({ before, after }: ReadPair, title: string, fix: string): Observation {
  const [index] = before.indexes;
  return {
    relation: relationName(after.relation),
    title,
    fix,
    before: { kind: "node", node: before.node },
    after: { kind: "node", node: after.node },
    ...(index === undefined ? {} : { suspect: { kind: "index", name: index } }),
  };
}

function fixFor({ before, after }: ReadPair, change: PlanChange): string {
  const names = quoted(before.indexes);
  if (change.indexesLost({ before, after }).length > 0)
    return `Keep ${names}, which holds every column that this query needs.`;
  return `Give ${names} back the columns that the query reads (\`INCLUDE (…)\`), or have the query read only those in it.`;
}
