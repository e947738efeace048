import type { ComparedPlan } from "./chance.js";
import type { Actual, Plan, PlanNode, Relation } from "./plan.js";
import { occurrenceKey } from "./reads.js";
import { accessKind, type Visit, walkPlan } from "./walk.js";

/** How far the planner's row count for one node was off, over all its loops. */
export interface Estimate {
  readonly node: PlanNode;
  /** What the node reads: its relations, as the query calls them. The same in another plan of the query. */
  readonly key: string;
  /** The relation, where the node reads just one. */
  readonly relation: Relation | undefined;
  /** Rows. */
  readonly expected: number;
  /** Rows; the value nearest to `expected` that EXPLAIN's rounding allows. */
  readonly actual: number;
  /** How many times too many or too few; 1 is exact, and both counts are taken as at least one row. */
  readonly timesOff: number;
}

/** Operators that pass on the rows of the node below them: its estimate is the one that counts. */
const passOn = new Set([
  "Append",
  "BitmapAnd",
  "BitmapOr",
  "CTE Scan",
  "Gather",
  "Gather Merge",
  "Hash",
  "Incremental Sort",
  "Limit",
  "LockRows",
  "Materialize",
  "Memoize",
  "Merge Append",
  "ModifyTable",
  "ProjectSet",
  "Result",
  "Sort",
  "Subquery Scan",
]); // prettier-ignore

/** Under which key (see `occurrenceKey`) the other plan knows an occurrence that was renamed. */
type OtherNames = ReadonlyMap<string, string>;

/** Every estimate of a measured plan that its run can confirm or refute, in plan order. Partitions count as their parent. */
export function readEstimates(plan: Plan, otherNames: OtherNames = new Map()): readonly Estimate[] {
  const counted = walkPlan(plan.root).filter(
    ({ node, cutShort }) =>
      !cutShort && node.actual !== undefined && node.actual.loops > 0 && !passOn.has(node.operator),
  );
  const groups = Map.groupBy(counted, (visit) => groupOf(visit, otherNames));
  return [...groups].flatMap(([key, visits]) => {
    const whole = readsPartitions(visits) ? [visits] : visits.map((visit) => [visit]);
    return whole.map((together) => estimateOf(key, together));
  });
}

function readsPartitions(visits: readonly Visit[]): boolean {
  return visits.every(({ node }) => node.relation?.partitionOf !== undefined);
}

function groupOf(visit: Visit, otherNames: OtherNames): string {
  return `${classOf(visit)} ${[...new Set(occurrences(visit.node, otherNames))].sort().join(", ")}`;
}

/**
 * A scan, a join, or the operator itself: how a join is done does not change how many rows it returns. A scan that is
 * run again for each outer row looks for another thing than one that is run once.
 */
function classOf({ node, expectedLoops }: Visit): string {
  if (accessKind(node) !== undefined) {
    return expectedLoops > 1 || (node.actual?.loops ?? 0) > 1 ? "repeated scan" : "scan";
  }
  return node.operator === "Nested Loop" || node.operator.endsWith(" Join") ? "join" : node.operator;
}

function occurrences({ relation, alias, children }: PlanNode, otherNames: OtherNames): readonly string[] {
  const own = relation ? occurrenceKey(relation, alias ?? relation.name) : undefined;
  return [
    ...(own === undefined ? [] : [otherNames.get(own) ?? own]),
    ...children
      .filter(({ role }) => role !== "InitPlan" && role !== "SubPlan")
      .flatMap((child) => occurrences(child, otherNames)),
  ];
}

/**
 * The planner never expects less than one row (clamp_row_est() in costsize.c): over many loops, or many partitions, that
 * adds up to rows that it does not really expect.
 */
function expectedRows(perLoop: number, { loops, rows }: Actual): number {
  return perLoop <= 1 ? Math.min(perLoop * loops, Math.max(rows, perLoop)) : perLoop * loops;
}

function estimateOf(key: string, visits: readonly Visit[]): Estimate {
  let [expected, rows, slack] = [0, 0, 0];
  for (const { node, rowsFactor } of visits) {
    if (!node.actual) continue;
    expected += expectedRows(node.rowsPerLoop * rowsFactor, node.actual);
    rows += node.actual.rows;
    slack += node.actual.rowsSlack;
  }
  const actual = Math.min(Math.max(expected, rows - slack), rows + slack);
  const [low, high] = [Math.max(1, Math.min(expected, actual)), Math.max(1, expected, actual)];
  const biggest = visits.reduce((a, b) => ((b.node.actual?.rows ?? 0) > (a.node.actual?.rows ?? 0) ? b : a)).node;
  return { node: biggest, key, relation: biggest.relation, expected, actual, timesOff: high / low };
}

/** Above it there are only nodes that any number of rows could be passed on by: its row count decided nothing else. */
export function isPassedOn(root: PlanNode, node: PlanNode): boolean {
  if (root === node) return true;
  const children = root.children.filter(({ role }) => role !== "InitPlan" && role !== "SubPlan");
  return passesAnyNumber.has(root.operator) && children.some((child) => isPassedOn(child, node));
}

const passesAnyNumber = new Set(["Append", "Gather", "Gather Merge", "Limit", "LockRows", "Merge Append", "Result"]);

/** What a measured plan did: blocks touched, and rows that its nodes returned or threw away. */
export function measuredWork(plan: ComparedPlan): { readonly blocks: number; readonly rows: number } | undefined {
  const { actual } = plan.root;
  if (!actual) return undefined;
  // A bitmap's rows are those of the heap scan above it: counted twice, a bitmap scan would look like more work.
  const counted = walkPlan(plan.root).filter(({ node }) => !node.operator.startsWith("Bitmap") || node.relation);
  const rows = counted.reduce((sum, { node }) => sum + (node.actual?.rows ?? 0) + (node.actual?.rowsRemoved ?? 0), 0);
  return { blocks: actual.sharedBlocks + actual.tempBlocks - (plan.chanceBlocks ?? 0), rows };
}

/** Whether every row that the new plan checks by a filter is checked by a filter of the old one: no new work per row. */
export function addsNoFilter(before: Plan, after: Plan): boolean {
  const known = new Set(filtersOf(before));
  return filtersOf(after).every((filter) => known.has(filter));
}

function filtersOf(plan: Plan): readonly string[] {
  return walkPlan(plan.root).flatMap(({ node }) =>
    node.details.filter(({ label }) => label === "Filter" || label === "Join Filter").map(({ text }) => text),
  );
}
