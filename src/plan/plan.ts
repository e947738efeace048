import type { TableEffect } from "./effects.js";

/** A table-like thing a plan reads, as the catalog names it. */
export interface Relation {
  readonly schema: string;
  readonly name: string;
  /** The topmost partitioned table this relation is a partition of. */
  readonly partitionOf?: { readonly schema: string; readonly name: string };
}

/** What one node did when it ran. Totals, unlike EXPLAIN's figures per loop; children included. */
export interface Actual {
  /** How often it was started; 0 means it never ran. */
  readonly loops: number;
  /** Rows returned in all loops together. Before PostgreSQL 18 each loop's share was rounded: see `rowsSlack`. */
  readonly rows: number;
  /** Up to this many rows `rows` may be off, because EXPLAIN rounded rows per loop (14 to 17, loops > 1). */
  readonly rowsSlack: number;
  /** Rows read and thrown away by a filter, a join filter or a recheck, in all loops. */
  readonly rowsRemoved: number;
  /** Of `rowsRemoved`, those that a join's filter threw away. Absent means none, as with all that follow below. */
  readonly rowsRemovedByJoinFilter?: number;
  /** Of `rowsRemoved`, those of a lossy index or bitmap that did not match after all. */
  readonly rowsRemovedByRecheck?: number;
  /** Rows for which an index-only scan had to look into the table, because their page is not marked all-visible. */
  readonly heapFetches?: number;
  /** Blocks of the table that a bitmap remembered as a whole, for want of work_mem: all their rows are rechecked. */
  readonly lossyHeapBlocks?: number;
  /** Shared blocks hit or read: which of the two depends on the cache, so only their sum is kept. */
  readonly sharedBlocks: number;
  /** Temporary blocks read or written: a sort, hash or materialization that did not fit into work_mem. */
  readonly tempBlocks: number;
  /** Parts into which a hash table was split, because it did not fit into memory. Absent where it fitted. */
  readonly hashBatches?: number;
  /** Kilobytes that a sort or a hash aggregate held on disk. */
  readonly diskKilobytes?: number;
}

/** The figures of `Actual` that are absent where they are 0. */
export const seldomFigures = [
  "rowsRemovedByJoinFilter",
  "rowsRemovedByRecheck",
  "heapFetches",
  "lossyHeapBlocks",
  "hashBatches",
  "diskKilobytes",
] as const satisfies readonly (keyof Actual)[];

/** One line of EXPLAIN below a node: `Index Cond`, `Filter`, `Sort Key` … with its text. */
export interface Detail {
  readonly label: string;
  readonly text: string;
}

/** How a node hangs on its parent, as EXPLAIN's `Parent Relationship` says. */
export type Role = "Outer" | "Inner" | "Member" | "Subquery" | "InitPlan" | "SubPlan";

/** One operator of a plan. Estimates are the planner's; only `actual` was measured. */
export interface PlanNode {
  /** As Postgres names it: "Seq Scan", "Hash Join". */
  readonly operator: string;
  /** Absent on the root. */
  readonly role?: Role;
  /** "CTE totals", "InitPlan 1", "SubPlan 2": the name under which the query's other nodes refer to it. */
  readonly subplanName?: string;
  /** Marks that tell plans apart: "Left", "Semi", "Inner Unique", "Hashed", "Partial", "Backward", "Parallel", "Insert" … in a fixed order. */
  readonly traits: readonly string[];
  readonly relation?: Relation;
  /** The name the query gave the relation, CTE or function; equal to the relation's name where it gave none. */
  readonly alias?: string;
  /** The index an index scan or a bitmap index scan reads, without schema. */
  readonly index?: string;
  /** The index's access method, told only of those whose trees two builds make differently: see `chance.ts`. */
  readonly accessMethod?: string;
  /** The CTE, function or subquery that a scan reads where it is no relation. */
  readonly source?: string;
  readonly details: readonly Detail[];
  /** In planner units (1.0 = one sequential page read). Not milliseconds. */
  readonly startupCost: number;
  /** In planner units, for one execution, children included. */
  readonly totalCost: number;
  /** Rows the planner expects of each execution. A node below a nested loop runs many times. */
  readonly rowsPerLoop: number;
  /** Absent where the query was planned and not executed. */
  readonly actual?: Actual;
  readonly children: readonly PlanNode[];
}

/** A whole plan. Numbers are rounded (see `normalise.ts`), so that a stored and a fresh one compare equal. */
export interface Plan {
  readonly root: PlanNode;
  /** Planner settings that are not at their default, as EXPLAIN's SETTINGS shows them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Why there are no actual rows. Absent where the query was executed. */
  readonly notMeasured?: string;
  /** By table, sorted: absent where the nodes tell all of it, or where it was not executed. */
  readonly effects?: readonly TableEffect[];
  /** PostgreSQL's words, where checking deferred constraints failed: `effects` are without what they do. */
  readonly deferredFailed?: string;
}
