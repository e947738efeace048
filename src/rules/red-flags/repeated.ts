import type { NewPlan } from "../../plan/change.js";
import type { PlanNode, Relation } from "../../plan/plan.js";
import { accessKind, relationName, type Visit, walkPlan } from "../../plan/walk.js";
import { count, type FindFlags, type FlagOptions, isSmall } from "./flag.js";

/** Work that is done once for each of many rows: sub-selects, and the inner side of nested loops. */
export const findRepeated: FindFlags = (change, _accesses, options) => {
  const visits = new Map(walkPlan(change.after.root).map((visit) => [visit.node, visit]));
  const nodes = [...visits.keys()];
  const subselects = nodes
    .filter(({ role }) => role === "SubPlan")
    .flatMap((node) => {
      const { loops, rows } = repetitions(node, visits);
      const relation = largeRelation(node, change, options);
      // A sub-select that looks one row up for each of a page's rows is what it should be.
      if (!relation || loops < 100 || loops + rows < options.minRows) return [];
      return [
        {
          relation: relationName(relation),
          title: `a sub-select on ${relationName(relation)} runs once for each of ${count(loops)} rows`,
          fix: "Write it as a join, or as a sub-select in FROM that groups once for all rows.",
          node,
          rows: loops + rows,
        },
      ];
    });
  const loops = nodes
    .filter(({ operator }) => operator === "Nested Loop")
    .flatMap((node) => {
      const [outer, inner] = [childOf(node, "Outer"), childOf(node, "Inner")];
      if (!outer || !inner) return [];
      const times = repetitions(inner, visits);
      const relation = largeRelation(inner, change, options) ?? largeRelation(outer, change, options);
      const pairs = times.rows >= options.minLookUps * 10 && !returnsMost(node, times.rows);
      if (!relation || times.loops < 100 || (times.loops < options.minLookUps && !pairs)) return [];
      const what = pairs ? `compares ${count(times.rows)} pairs of rows` : `looks ${count(times.loops)} rows up`;
      return [
        {
          relation: relationName(relation),
          title: `a nested loop over ${relationName(relation)} ${what} one by one`,
          fix: "Join by equality of columns of the same type, so that PostgreSQL can join by a hash table; or filter the rows before they are joined.",
          node,
          rows: times.rows + times.loops,
        },
      ];
    });
  return [...subselects, ...loops];
};

function childOf({ children }: PlanNode, role: "Outer" | "Inner"): PlanNode | undefined {
  return children.find((child) => child.role === role);
}

/** How often a node runs, and the rows it returns or throws away in all: counted, or as the planner expects them. */
function repetitions(node: PlanNode, visits: ReadonlyMap<PlanNode, Visit>) {
  const { actual, rowsPerLoop } = node;
  if (!actual) {
    const loops = visits.get(node)?.expectedLoops ?? 1;
    return { loops, rows: loops * rowsPerLoop };
  }
  const below = walkPlan(node).flatMap(({ node: one }) => one.actual ?? []);
  const rows = below.reduce((most, one) => Math.max(most, one.rows + one.rowsRemoved), 0);
  return { loops: actual.loops, rows };
}

/** Whether what the loop returns is what it was asked for: then its size is the query's own. */
function returnsMost({ actual, rowsPerLoop }: PlanNode, pairs: number): boolean {
  return (actual ? actual.rows : rowsPerLoop) * 10 >= pairs;
}

/** The first relation below a node that is large enough to matter. */
function largeRelation(node: PlanNode, change: NewPlan, options: FlagOptions): Relation | undefined {
  return walkPlan(node).find(
    ({ node: one }) => one.relation && accessKind(one) !== undefined && !isSmall(change, one.relation, options),
  )?.node.relation;
}
