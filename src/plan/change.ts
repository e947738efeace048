import type { Plan, Relation } from "./plan.js";
import { accessKind, type Visit, walkPlan } from "./walk.js";

/** How one occurrence of a relation is read in one plan. */
export interface Access extends Visit {
  readonly relation: Relation;
  readonly alias: string;
  /**
   * Planner units this read is expected to cost in the whole query: the scan's cost, times its loops (counted
   * where both plans were measured), cut to the share that its parents ask for.
   */
  readonly wholeCost: number;
}

/** The same occurrence of a relation in both plans. */
export interface AccessPair {
  readonly before: Access;
  readonly after: Access;
}

/** Two plans of one query and case, their reads paired. */
export interface PlanChange {
  readonly kind: "planned";
  readonly before: Plan;
  readonly after: Plan;
  /** False where a side has no actual rows: then both are compared by their estimates alone. */
  readonly bothMeasured: boolean;
  readonly accesses: readonly AccessPair[];
  /** Rows of a relation in today's database; undefined where it is not known. */
  rowsOf(relation: Relation): number | undefined;
}

/** Why PostgreSQL would not plan a query. */
export interface PlanFailure {
  /** PostgreSQL's own words. */
  readonly message: string;
  readonly sqlState: string;
  readonly hint?: string;
  /** 1-based line of the query's file at which PostgreSQL points. */
  readonly line?: number;
}

/** A query that had an accepted plan and has none now. */
export interface BrokenChange {
  readonly kind: "broken";
  readonly before: Plan;
  readonly failure: PlanFailure;
}

/** What the rules judge: one query and case, before and after. */
export type Change = PlanChange | BrokenChange;

/** Pairs the reads of two plans, by relation and alias; a renamed relation by its alias, then by being the only one left. */
export function comparePlans(before: Plan, after: Plan, rowsOf: PlanChange["rowsOf"]): PlanChange {
  const bothMeasured = before.root.actual !== undefined && after.root.actual !== undefined;
  const left = readAccesses(before, bothMeasured);
  const right = readAccesses(after, bothMeasured);
  const accesses = [
    ...takePairs(left, right, ({ relation, alias }) => JSON.stringify([relation.schema, relation.name, alias])),
    ...takePairs(left, right, ({ relation, alias }) => JSON.stringify([rootOf(relation).schema, relation.name, alias])),
    ...takePairs(left, right, ({ alias, relation }) => (alias === relation.name ? undefined : alias)),
  ];
  const [loneLeft, loneRight] = [new Set(left.map(nameOf)), new Set(right.map(nameOf))];
  if (loneLeft.size === 1 && loneRight.size === 1) accesses.push(...takePairs(left, right, () => "renamed"));
  return { kind: "planned", before, after, bothMeasured, accesses, rowsOf };
}

function rootOf(relation: Relation) {
  return relation.partitionOf ?? relation;
}

function nameOf({ relation }: Access): string {
  return JSON.stringify([rootOf(relation).schema, rootOf(relation).name]);
}

/** Moves what has the same key on both sides, in plan order, out of `left` and `right` into pairs. */
function takePairs(left: Access[], right: Access[], keyOf: (access: Access) => string | undefined): AccessPair[] {
  const pairs: AccessPair[] = [];
  for (const before of [...left]) {
    const key = keyOf(before);
    const index = key === undefined ? -1 : right.findIndex((after) => keyOf(after) === key);
    const [after] = index < 0 ? [] : right.splice(index, 1);
    if (!after) continue;
    left.splice(left.indexOf(before), 1);
    pairs.push({ before, after });
  }
  return pairs;
}

function readAccesses(plan: Plan, measured: boolean): Access[] {
  return walkPlan(plan.root).flatMap((visit) => {
    const { relation, alias } = visit.node;
    if (!relation || accessKind(visit.node) === undefined) return [];
    return [{ ...visit, relation, alias: alias ?? relation.name, wholeCost: wholeCost(visit, measured) }];
  });
}

function wholeCost({ node, expectedLoops, expectedShare, cutShort }: Visit, measured: boolean): number {
  const { startupCost, totalCost, rowsPerLoop, actual } = node;
  if (!measured || !actual) return (startupCost + (totalCost - startupCost) * expectedShare) * expectedLoops;
  const read = actual.loops > 0 && rowsPerLoop > 0 ? actual.rows / actual.loops / rowsPerLoop : 1;
  const share = cutShort ? Math.min(1, read) : 1;
  return (startupCost + (totalCost - startupCost) * share) * actual.loops;
}
