import type pg from "pg";

/** What tables are like at a moment, as far as their statistics depend on it. */
export interface TableStates {
  /** A text by OID; equal texts: nothing that statistics follow has changed. */
  readonly byOid: ReadonlyMap<number, string>;
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
  const { rows } = await client.query<{ oid: string; state: string; parents: readonly string[] }>(
    `SELECT c.oid::int8::text AS oid,
       concat_ws('|', c.relfilenode, pg_relation_size(c.oid), c.reloptions::text,
         (SELECT string_agg(concat_ws(' ', a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attstattarget, a.attisdropped,
            a.attgenerated, a.attoptions::text), ',' ORDER BY a.attnum) FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0),
         (SELECT string_agg(pg_get_indexdef(i.indexrelid), ',' ORDER BY i.indexrelid) FROM pg_index i
          WHERE i.indrelid = c.oid),
         (SELECT string_agg(concat_ws(' ', s.oid, s.stxkeys::text, s.stxkind::text, s.stxstattarget, s.stxexprs::text), ','
            ORDER BY s.oid) FROM pg_statistic_ext s WHERE s.stxrelid = c.oid)
         ${countsRows ? ", pg_stat_get_tuples_inserted(c.oid), pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid)" : ""}
       ) AS state,
       array(SELECT i.inhparent::int8::text FROM pg_inherits i WHERE i.inhrelid = c.oid) AS parents
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't'
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  return {
    byOid: new Map(rows.map(({ oid, state }) => [Number(oid), state])),
    parents: new Map(rows.map(({ oid, parents }) => [Number(oid), parents.map(Number)])),
    countsRows,
  };
}

/** Tables that are new or not as they were, and those above them, whose statistics cover their rows as well. */
export function touchedTables(before: TableStates, after: TableStates): ReadonlySet<number> {
  const touched = new Set<number>();
  const add = (oid: number) => {
    if (touched.has(oid)) return;
    touched.add(oid);
    for (const states of [before, after]) for (const parent of states.parents.get(oid) ?? []) add(parent);
  };
  for (const [oid, state] of after.byOid) if (before.byOid.get(oid) !== state) add(oid);
  // A partition that is gone takes its rows from those above it.
  for (const oid of before.byOid.keys()) if (!after.byOid.has(oid)) add(oid);
  return touched;
}
