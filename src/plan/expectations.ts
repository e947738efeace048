/** What a query's header says must be true of its plan, whatever was accepted. What is absent is not asked for. */
export interface Expectations {
  /** Each of these indexes is read; with or without schema, a partitioned index by its own name. */
  readonly usesIndex?: readonly string[];
  /** None of these tables is read from end to end; with or without schema, a partitioned table by its own name. */
  readonly neverReadsWhole?: readonly string[];
  /** Shared blocks of 8 kB, hit or read. */
  readonly maxBlocks?: number;
  /** Rows that its reads return or throw away. */
  readonly maxRowsRead?: number;
  /** In planner units, of the whole query. */
  readonly maxCost?: number;
  /** Of any one partitioned table. */
  readonly maxPartitions?: number;
}

/** What the database has under the names that expectations use. */
export interface KnownNames {
  /** Whether there is such a table; with or without schema. */
  hasTable(name: string): boolean;
  /** The table of such an index, a partitioned one where it is of a partition; undefined where there is none. */
  tableOfIndex(name: string): { readonly schema: string; readonly name: string } | undefined;
  /** The topmost partitioned index above an index; undefined where it is of no partition. */
  partitionedIndex(schema: string, name: string): string | undefined;
}

/** What is expected of one query, and of what database. */
export interface Expected {
  /** Each counts: the base's and the branch's own, where they differ. */
  readonly expectations: readonly Expectations[];
  readonly names: KnownNames;
}

const limits = ["maxBlocks", "maxRowsRead", "maxCost", "maxPartitions"] as const;

/** Whether everything that `before` asks for is asked for by `after` as well. */
export function isNoLooser(after: Expectations, before: Expectations): boolean {
  const named = (["usesIndex", "neverReadsWhole"] as const).every((key) =>
    (before[key] ?? []).every((name) => after[key]?.includes(name)),
  );
  return (
    named && limits.every((key) => before[key] === undefined || (after[key] ?? Number.POSITIVE_INFINITY) <= before[key])
  );
}
