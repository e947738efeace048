import { connect, endOnAbort } from "./connect.js";

/** A table or partitioned table, and how much of it a plain ANALYZE reads. */
export interface SampledTable {
  /** Qualified, and quoted where it must be. */
  readonly name: string;
  /** With those of its partitions or heirs. */
  readonly rows: number;
  /** Rows that ANALYZE reads at most: 300 for each unit of its largest statistics target (`std_typanalyze` in analyze.c). */
  readonly sampleRows: number;
}

/** Every table that has rows, by name, as the freeze counted them. */
export async function readSampledTables(url: string): Promise<readonly SampledTable[]> {
  await using client = await connect(url);
  const { rows } = await client.query(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name, t.rows::float8 AS rows,
            300 * greatest(
              (SELECT max(coalesce(nullif(a.attstattarget, -1), current_setting('default_statistics_target')::int))
               FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
              (SELECT max(s.stxstattarget) FROM pg_statistic_ext s WHERE s.stxrelid = c.oid)) AS sample
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     CROSS JOIN LATERAL (
       WITH RECURSIVE tree AS (
         SELECT c.oid AS oid UNION ALL SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid)
       SELECT coalesce(sum(greatest(m.reltuples, 0)), 0) AS rows
       FROM tree JOIN pg_class m ON m.oid = tree.oid AND m.relkind <> 'p') t
     WHERE c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't' AND t.rows > 0
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
     ORDER BY 1`,
  );
  return rows.map(({ name, rows: count, sample }) => ({ name, rows: Number(count), sampleRows: Number(sample) }));
}

/**
 * Analyzes tables as production does: from a sample, at the targets that are set. Each call draws another one; a session
 * of its own seeds it anew.
 */
export async function analyzeSampled(
  url: string,
  tables: readonly SampledTable[],
  progress: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await using client = await connect(url);
  using _abort = endOnAbort(client, signal);
  await client.query("SET statement_timeout = 0; SET lock_timeout = 0; SET client_min_messages = error");
  for (const { name } of tables) {
    signal.throwIfAborted();
    progress(`analyzing ${name}`);
    await client.query(`ANALYZE ${name}`);
  }
}
