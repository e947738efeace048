import type pg from "pg";

/** What the statistics of one table depend on; equal texts: nothing of it has changed. */
interface TableState {
  /** Its file, size, storage parameters and number of rows ever written. */
  readonly rows: string;
  /** Its columns in order, with types and statistics targets. */
  readonly columns: string;
  /** Statistics objects, and indexes with expressions, which have statistics of their own. */
  readonly derived: string;
  readonly isEmpty: boolean;
}

/** What tables are like at a moment, as far as their statistics depend on it. */
export interface TableStates {
  readonly byOid: ReadonlyMap<number, TableState>;
  /** OIDs of the tables that inherit from or are partitions of a table. */
  readonly parents: ReadonlyMap<number, readonly number[]>;
  /** Whether rows written are counted at once: since 15, and where `track_counts` is on. */
  readonly countsRows: boolean;
}

/** Reads every table's shape, storage and number of rows ever written. `client` is a superuser. */
export async function readTableStates(client: pg.Client): Promise<TableStates> {
  const { rows: about } = await client.query(
    "SELECT current_setting('server_version_num')::int >= 150000 AND current_setting('track_counts')::bool AS counts",
  );
  const countsRows = Boolean(about[0].counts);
  // Statistics objects and indexes are told by their definition, which has columns, expressions and predicate.
  const { rows } = await client.query<{ oid: string; parents: readonly string[] } & TableState>(
    `SELECT c.oid::int8::text AS oid,
       concat_ws('|', c.relfilenode, pg_relation_size(c.oid), c.reloptions::text
         ${countsRows ? ", pg_stat_get_tuples_inserted(c.oid), pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid)" : ""}
       ) AS rows,
       (SELECT coalesce(string_agg(concat_ws(' ', a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attstattarget,
          a.attisdropped, a.attgenerated, a.attoptions::text) || ',', '' ORDER BY a.attnum), '') FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns,
       concat_ws('|',
         (SELECT string_agg(pg_get_indexdef(i.indexrelid), ',' ORDER BY i.indexrelid) FROM pg_index i
          WHERE i.indrelid = c.oid AND i.indexprs IS NOT NULL),
         (SELECT string_agg(concat_ws(' ', s.oid, s.stxkeys::text, s.stxkind::text, s.stxstattarget, s.stxexprs::text), ','
            ORDER BY s.oid) FROM pg_statistic_ext s WHERE s.stxrelid = c.oid)) AS derived,
       pg_relation_size(c.oid) = 0 AS "isEmpty",
       array(SELECT i.inhparent::int8::text FROM pg_inherits i WHERE i.inhrelid = c.oid) AS parents
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't'
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  return {
    byOid: new Map(rows.map(({ oid, parents: _, ...state }) => [Number(oid), state])),
    parents: new Map(rows.map(({ oid, parents }) => [Number(oid), parents.map(Number)])),
    countsRows,
  };
}

/** Tables that are new or whose statistics are out of date, and those above them, whose statistics cover their rows as well. */
export function touchedTables(before: TableStates, after: TableStates): ReadonlySet<number> {
  return tablesWhere(before, after, (old, now) => !old || isOther(old, now));
}

/** Those of them of which more has changed than that an empty table or a column was added. */
export function urgentTables(before: TableStates, after: TableStates): ReadonlySet<number> {
  return tablesWhere(before, after, (old, now, oid) => {
    if (!old) return !now.isEmpty || (after.parents.get(oid) ?? []).length > 0;
    return isOther({ ...old, columns: "" }, { ...now, columns: "" }) || !now.columns.startsWith(old.columns);
  });
}

/** The states of `after`, but of these tables those of `before`: they are still to be seen to. */
export function postponed(before: TableStates, after: TableStates, tables: ReadonlySet<number>): TableStates {
  const known = [...after.byOid].flatMap(([oid, now]): readonly [number, TableState][] => {
    const state = tables.has(oid) ? before.byOid.get(oid) : now;
    return state ? [[oid, state]] : [];
  });
  return { ...after, byOid: new Map(known) };
}

function isOther(a: TableState, b: TableState): boolean {
  return a.rows !== b.rows || a.columns !== b.columns || a.derived !== b.derived;
}

function tablesWhere(
  before: TableStates,
  after: TableStates,
  counts: (old: TableState | undefined, now: TableState, oid: number) => boolean,
): ReadonlySet<number> {
  const found = new Set<number>();
  const add = (oid: number) => {
    if (found.has(oid)) return;
    found.add(oid);
    for (const states of [before, after]) for (const parent of states.parents.get(oid) ?? []) add(parent);
  };
  for (const [oid, now] of after.byOid) if (counts(before.byOid.get(oid), now, oid)) add(oid);
  // A partition that is gone takes its rows from those above it.
  for (const oid of before.byOid.keys()) if (!after.byOid.has(oid)) add(oid);
  return found;
}
