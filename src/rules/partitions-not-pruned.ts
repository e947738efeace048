import type { PlanChange } from "../plan/change.js";
import { isWorseAsWhole } from "../plan/read-growth.js";
import type { Read } from "../plan/reads.js";
import { relationName } from "../plan/walk.js";
import { definePlanRule, type Observation } from "./rule.js";

/** Reports a partitioned table of which more partitions are read, and the query is worse for it. */
export const partitionsNotPruned = definePlanRule({
  id: "partitions-not-pruned",
  summary: "More partitions of a table are read than before, and the query is worse for it.",
  why: "A condition on the partition key lets PostgreSQL leave out the partitions that cannot match. Once it no longer sees through it, each call reads them all, more of them every month.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 1.5,
      minimum: 1,
      means: "Quiet while at most this many times the partitions with rows are read.",
      because: "a partition or two more is what time brings.",
    },
  },

  check(change, { maxRatio }) {
    if (!isWorseAsWhole(change)) return [];
    return change.reads.flatMap(({ before, after }): readonly Observation[] => {
      const [then, now] = [Math.max(1, before.partitions), partitionsWithRows(after, change)];
      if (before.partitions === 0 || now <= then * maxRatio || !isReadMore(before, after)) return [];
      const relation = relationName(after.relation);
      return [
        {
          relation,
          title: `${now} partitions of ${relation} are read instead of ${then}`,
          fix: `Compare the column by which ${relation} is partitioned with a constant or a parameter of its own type, and without a function or cast around it.`,
          before: { kind: "node", node: before.node },
          after: { kind: "node", node: after.node },
        },
      ];
    });
  },
});

/** Empty partitions cost nothing: those of the coming months are made in advance. */
function partitionsWithRows({ accesses }: Read, { rowsOf }: PlanChange): number {
  return accesses.filter(
    ({ relation, node: { actual } }) => relation.partitionOf && actual?.loops !== 0 && rowsOf(relation) !== 0,
  ).length;
}

/** A partition that was split in two is read in more parts, and no more of it. */
function isReadMore(before: Read, after: Read): boolean {
  const [then, now] = [before.work, after.work];
  if (!then || !now) return after.wholeCost > before.wholeCost * 1.25;
  return now.blocks > then.blocks * 1.25 || now.rowsRead > then.rowsRead * 1.25;
}
