import type pg from "pg";
import { PlanGateError } from "../errors.js";
import { quoteName } from "./databases.js";

/** Rows that ANALYZE reads for each unit of the statistics target (`std_typanalyze` in analyze.c). */
const rowsPerTarget = 300;
/** Highest statistics target that PostgreSQL takes. */
const maxTarget = 10_000;

/**
 * Server arguments that keep two runs alike and that no plan depends on: nothing vacuums or analyzes behind our back,
 * scans start at the first block, index builds use one process.
 */
export const freezeSettings: Readonly<Record<string, string>> = {
  autovacuum: "off",
  jit: "off",
  synchronize_seqscans: "off",
  max_parallel_maintenance_workers: "0",
  TimeZone: "UTC",
  DateStyle: "ISO,MDY",
  default_text_search_config: "pg_catalog.english",
};

/** For sessions that fill tables: rows must come to lie in the same order each time. */
export const buildSessionSettings: Readonly<Record<string, string>> = {
  max_parallel_workers_per_gather: "0",
  synchronize_seqscans: "off",
};

/** What the freeze found worth saying. */
export interface Frozen {
  readonly notes: readonly string[];
}

interface Table {
  readonly oid: number;
  readonly schema: string;
  /** Qualified and quoted. */
  readonly name: string;
  readonly kind: "r" | "m" | "p";
  readonly hasChildren: boolean;
}

/** Keeps autovacuum from every table, its TOAST table too: on a server of the user's it cannot be switched off. */
export async function disableAutovacuum(client: pg.Client): Promise<void> {
  await using _triggers = await withoutEventTriggers(client);
  for (const { name, kind } of await readTables(client)) {
    if (kind === "p") continue;
    const option = kind === "m" ? "ALTER MATERIALIZED VIEW" : "ALTER TABLE";
    await client.query(`${option} ${name} SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)`);
  }
}

/**
 * Brings a filled database into the one state that its content determines: vacuumed, and with statistics made from
 * every row. The user's event triggers are off meanwhile, and no column's statistics target changes. `only`: OIDs of
 * the tables that have changed since; statistics that they had are cleared, as ANALYZE keeps those it does not replace.
 */
export async function freeze(
  client: pg.Client,
  progress: (message: string) => void,
  only?: ReadonlySet<number>,
): Promise<Frozen> {
  await using _triggers = await withoutEventTriggers(client);
  await client.query(
    "SET statement_timeout = 0; SET lock_timeout = 0; SET client_min_messages = error; SET synchronous_commit = on",
  );
  // Rows of an asynchronous commit that is not flushed yet cannot be marked, and so their pages not as all-visible.
  await client.query("CHECKPOINT");
  const tables = (await readTables(client)).filter(({ oid }) => only?.has(oid) ?? true);
  if (only) await clearStatistics(client, tables);
  const notes: string[] = [];
  for (const { name, kind } of tables) {
    if (kind === "p") continue;
    progress(`vacuuming ${name}`);
    await client.query(`VACUUM (PARALLEL 0) ${name}`);
  }
  // Parents first: up to 17 their ANALYZE samples the partitions too, which then are analyzed for themselves.
  for (const table of [...tables].sort((a, b) => Number(b.hasChildren) - Number(a.hasChildren))) {
    progress(`analyzing ${table.name}`);
    const rows = await countRows(client, table);
    if (rows > rowsPerTarget * maxTarget) {
      notes.push(
        `${table.name} has ${Math.round(rows)} rows, more than ANALYZE can read (3,000,000): its statistics are a sample and may differ between runs`,
      );
    }
    await analyzeWhole(client, table, rows);
  }
  await assertAllVisible(client);
  return { notes };
}

/** A column whose target is 0 is left out by ANALYZE, and keeps the statistics that it had. */
async function clearStatistics(client: pg.Client, tables: readonly Table[]): Promise<void> {
  const oids = tables.map(({ oid }) => oid);
  const indexes = "SELECT indexrelid FROM pg_index WHERE indrelid = ANY ($1::oid[])";
  await client.query(`DELETE FROM pg_statistic WHERE starelid = ANY ($1::oid[]) OR starelid IN (${indexes})`, [oids]);
  await client.query(
    // Up to 14 the row is made with the object, and ANALYZE fails where it is missing.
    `UPDATE pg_statistic_ext_data d SET stxdndistinct = NULL, stxddependencies = NULL, stxdmcv = NULL, stxdexpr = NULL
     FROM pg_statistic_ext e WHERE d.stxoid = e.oid AND e.stxrelid = ANY ($1::oid[])`,
    [oids],
  );
}

async function readTables(client: pg.Client): Promise<readonly Table[]> {
  const { rows } = await client.query(
    `SELECT c.oid::int8::text AS oid, n.nspname AS schema, format('%I.%I', n.nspname, c.relname) AS name, c.relkind AS kind,
            EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhparent = c.oid) AS children
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't'
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
     ORDER BY 3`,
  );
  return rows.map(({ oid, schema, name, kind, children }) => ({
    oid: Number(oid),
    schema,
    name,
    kind,
    hasChildren: children,
  }));
}

/** Rows that ANALYZE of this table looks at: its own, and where others inherit from it, twice theirs as head-room. */
async function countRows(client: pg.Client, { oid, hasChildren }: Table): Promise<number> {
  const { rows } = await client.query(
    `WITH RECURSIVE tree AS (
       SELECT $1::oid AS oid UNION ALL SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid)
     SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::float8 AS rows FROM tree JOIN pg_class c ON c.oid = tree.oid AND c.relkind <> 'p'`,
    [oid],
  );
  return Number(rows[0].rows) * (hasChildren ? 2 : 1);
}

/**
 * ANALYZE reads 300 × the largest target of any column or statistics object: a statistics object that lives only for
 * this ANALYZE raises it without touching the user's columns. It is of an expression, which any type has: one of columns
 * would not count where a column's own target is 0.
 */
async function analyzeWhole(client: pg.Client, table: Table, rows: number): Promise<void> {
  const target = Math.min(maxTarget, Math.ceil(rows / rowsPerTarget) + 1);
  const only = table.kind === "p" && (await majorOf(client)) >= 18 ? "ONLY " : "";
  const analyze = `ANALYZE ${only}${table.name}`;
  const { column, ownTarget } = await readTargets(client, table);
  if (column === undefined || target <= ownTarget) return void (await client.query(analyze));
  const helper = `${quoteName(table.schema)}.plan_gate_whole_table`;
  await client.query(`CREATE STATISTICS ${helper} ON (${quoteName(column)} IS NULL) FROM ${table.name}`);
  await client.query(`ALTER STATISTICS ${helper} SET STATISTICS ${target}`);
  await client.query(analyze);
  await client.query(`DROP STATISTICS ${helper}`);
}

/** The largest target of a table's columns, and one of these; none where the table has no stored column. */
async function readTargets(
  client: pg.Client,
  { oid }: Table,
): Promise<{ readonly column: string | undefined; readonly ownTarget: number }> {
  const { rows } = await client.query(
    `SELECT attname AS name, max(coalesce(nullif(attstattarget, -1), current_setting('default_statistics_target')::int)) OVER () AS target
     FROM pg_attribute WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped AND attgenerated <> 'v'
     ORDER BY attnum LIMIT 1`,
    [oid],
  );
  return { column: rows[0]?.name, ownTarget: Number(rows[0]?.target ?? 0) };
}

async function majorOf(client: pg.Client): Promise<number> {
  return Number(
    (await client.query("SELECT current_setting('server_version_num')::int / 10000 AS major")).rows[0].major,
  );
}

/** Switches the user's event triggers off, and back to what they were (a trigger on DDL would see ours). */
async function withoutEventTriggers(client: pg.Client): Promise<AsyncDisposable> {
  const { rows } = await client.query(
    "SELECT evtname AS name, evtenabled AS enabled FROM pg_event_trigger WHERE evtenabled <> 'D' ORDER BY 1",
  );
  const set = (name: string, state: string) => client.query(`ALTER EVENT TRIGGER ${quoteName(name)} ${state}`);
  for (const { name } of rows) await set(name, "DISABLE");
  return {
    async [Symbol.asyncDispose]() {
      for (const { name, enabled } of rows) {
        await set(name, enabled === "A" ? "ENABLE ALWAYS" : enabled === "R" ? "ENABLE REPLICA" : "ENABLE");
      }
    },
  };
}

/** An index-only scan's cost follows the visibility map: a page that VACUUM could not mark would move it. */
async function assertAllVisible(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relpages, c.relallvisible
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND c.relallvisible <> c.relpages
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
     ORDER BY 1`,
  );
  for (const { name, relpages, relallvisible } of rows) {
    if (await endsInEmptyPages(client, name, Number(relallvisible))) continue;
    throw notVisible(name, relpages, relallvisible);
  }
}

/** A table that was filled or rewritten in bulk may end in pages that were never used, and are never marked. */
async function endsInEmptyPages(client: pg.Client, name: string, marked: number): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT coalesce((max(ctid)::text::point)[0], -1)::int + 1 AS used FROM ONLY ${name}`,
  );
  return Number(rows[0].used) <= marked;
}

function notVisible(name: string, relpages: number, relallvisible: number): PlanGateError {
  return new PlanGateError(
    "freeze-failed",
    `VACUUM could mark only ${relallvisible} of ${relpages} pages of ${name} as all-visible`,
    {
      hint: "Another transaction, a replication slot or a prepared transaction holds old rows back: end it and run again.",
    },
  );
}
