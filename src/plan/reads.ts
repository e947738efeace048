import type { Actual, Plan, PlanNode, Relation } from "./plan.js";
import { accessKind, indexesOf, type Visit, walkPlan } from "./walk.js";

/** How one occurrence of a relation is read by one node. */
export interface Access extends Visit {
  readonly relation: Relation;
  readonly alias: string;
  /**
   * Planner units this read is expected to cost in the whole query: the scan's cost, times its loops (counted
   * where both plans were measured), cut to the share that its parents ask for.
   */
  readonly wholeCost: number;
  /** Shared blocks that its node counts and that are not its own: of an InitPlan that ran when its condition was first asked. */
  readonly foreignBlocks: number;
}

/** What reading a relation really took, over all loops and partitions. */
export interface ReadWork {
  /** Rows that were returned. */
  readonly rows: number;
  /** Rows that were read: returned, or thrown away by a filter or a recheck. */
  readonly rowsRead: number;
  /** Shared blocks of the relation and its indexes; sub-selects in its filter, looks into empty partitions, and chance left out. */
  readonly blocks: number;
  readonly heapFetches: number;
  readonly lossyHeapBlocks: number;
}

/** One occurrence of a relation in a plan, however many partitions it is read in. */
export interface Read {
  readonly key: string;
  /** The partitioned table where partitions are read. */
  readonly relation: Relation;
  readonly alias: string;
  /** One for each node that reads it; never empty. */
  readonly accesses: readonly Access[];
  /** The node that costs most: it stands for the others in reports. */
  readonly node: PlanNode;
  /** Through which it is read, sorted; of every partition. */
  readonly indexes: readonly string[];
  /** Planner units in the whole query, all partitions together. */
  readonly wholeCost: number;
  /** Partitions that are read, those that were pruned while running left out; 0 where the relation has none. */
  readonly partitions: number;
  /** Absent unless the plan was measured. */
  readonly work?: ReadWork;
}

/** The same occurrence in both plans. */
export interface ReadPair {
  readonly before: Read;
  readonly after: Read;
}

/** The name under which a plan and another one of the same query know one occurrence: schema, name (of the parent) and alias. */
export function occurrenceKey(relation: Relation, alias: string): string {
  const { schema, name } = parentOf(relation);
  return JSON.stringify([schema, name, alias]);
}

/** The partitioned table above a partition, or the relation itself. */
function parentOf(relation: Relation): { readonly schema: string; readonly name: string } {
  return relation.partitionOf ?? relation;
}

/** Every node that reads a relation, in plan order. `measured` says whether costs may be weighed by actual loops. */
export function readAccesses(plan: Plan, measured: boolean): readonly Access[] {
  const visits = walkPlan(plan.root);
  const initPlan = onlyInitPlan(visits);
  const asker = initPlan && visits.find(({ node }) => asksInitPlan(node) && blocksOf(node) >= blocksOf(initPlan))?.node;
  return visits.flatMap((visit) => {
    const { relation, alias } = visit.node;
    if (!relation || accessKind(visit.node) === undefined) return [];
    const foreignBlocks = initPlan && visit.node === asker ? blocksOf(initPlan) : 0;
    return [
      { ...visit, relation, alias: alias ?? relation.name, wholeCost: wholeCost(visit, measured), foreignBlocks },
    ];
  });
}

function blocksOf({ actual }: PlanNode): number {
  return actual?.sharedBlocks ?? 0;
}

/** The InitPlan of a plan that has one: which of several runs where is not told. CTEs run where they are scanned. */
function onlyInitPlan(visits: readonly Visit[]): PlanNode | undefined {
  const found = visits.filter(
    ({ node: { role, subplanName } }) => role === "InitPlan" && !subplanName?.startsWith("CTE "),
  );
  return found.length === 1 ? found[0]?.node : undefined;
}

/** Whether a node's condition names an InitPlan's result: `(InitPlan 1).col1`, before PostgreSQL 17 `$0`. */
function asksInitPlan({ details, actual }: PlanNode): boolean {
  if (actual?.loops === 0) return false;
  return details.some(({ text }) => /\(InitPlan \d+\)|(?<![\w$])\$\d+/.test(text));
}

/** Blocks that a node takes by chance: see `chance.ts`. */
type Chance = ReadonlyMap<PlanNode, number>;

/** The accesses of a plan, those of one occurrence together, in plan order. */
export function gatherReads(accesses: readonly Access[], chance: Chance = new Map()): readonly Read[] {
  const groups = Map.groupBy(accesses, ({ relation, alias }) => occurrenceKey(relation, alias));
  return [...groups].map(([key, [first, ...others]]) => readOf(key, first as Access, others, chance));
}

function readOf(key: string, first: Access, others: readonly Access[], chance: Chance): Read {
  const accesses = [first, ...others];
  const { node } = accesses.reduce((a, b) => (b.wholeCost > a.wholeCost ? b : a));
  const works = accesses.flatMap((access) => workOf(access, chance) ?? []);
  return {
    key,
    relation: parentOf(first.relation),
    alias: first.alias,
    accesses,
    node,
    indexes: [...new Set(accesses.flatMap((access) => indexesOf(access.node)))].sort(),
    wholeCost: sum(accesses, (access) => access.wholeCost),
    partitions: accesses.filter(({ relation, node: { actual } }) => relation.partitionOf && actual?.loops !== 0).length,
    ...(works.length === accesses.length ? { work: addUp(works) } : {}),
  };
}

/** Blocks that a look into an empty partition's index takes at most. */
const blocksOfALook = 3;

function workOf({ node, foreignBlocks }: Access, chance: Chance): ReadWork | undefined {
  const { actual } = node;
  if (!actual) return undefined;
  const inside = node.children.filter(({ role }) => role === "SubPlan");
  const others = foreignBlocks + (chance.get(node) ?? 0) + sum(inside, (child) => child.actual?.sharedBlocks ?? 0);
  const blocks = Math.max(0, actual.sharedBlocks - others);
  const rowsRead = actual.rows + actual.rowsRemoved;
  // Partitions are made ahead of their rows: looking into one that is empty is no work of this query's.
  const isLook = node.relation?.partitionOf && rowsRead === 0 && blocks <= blocksOfALook * actual.loops;
  return {
    rows: actual.rows,
    rowsRead,
    blocks: isLook ? 0 : blocks,
    heapFetches: actual.heapFetches ?? 0,
    lossyHeapBlocks: actual.lossyHeapBlocks ?? 0,
  };
}

function addUp(works: readonly ReadWork[]): ReadWork {
  return {
    rows: sum(works, ({ rows }) => rows),
    rowsRead: sum(works, ({ rowsRead }) => rowsRead),
    blocks: sum(works, ({ blocks }) => blocks),
    heapFetches: sum(works, ({ heapFetches }) => heapFetches),
    lossyHeapBlocks: sum(works, ({ lossyHeapBlocks }) => lossyHeapBlocks),
  };
}

function sum<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((total, item) => total + figure(item), 0);
}

function wholeCost({ node, expectedLoops, expectedShare, cutShort }: Visit, measured: boolean): number {
  const { startupCost, totalCost, rowsPerLoop, actual } = node;
  if (!measured || !actual) return (startupCost + (totalCost - startupCost) * expectedShare) * expectedLoops;
  const share = cutShort ? Math.min(1, shareRead(rowsPerLoop, actual)) : 1;
  return (startupCost + (totalCost - startupCost) * share) * actual.loops;
}

function shareRead(rowsPerLoop: number, actual: Actual): number {
  return actual.loops > 0 && rowsPerLoop > 0 ? actual.rows / actual.loops / rowsPerLoop : 1;
}
