import type pg from "pg";
import { effectFigures, type TableEffect } from "../plan/effects.js";

/** What the server counted of one statement, partitions each for themselves. */
export interface CountedEffects {
  readonly tables: readonly TableEffect[];
  /** PostgreSQL's words, where checking deferred constraints failed: what they do is not counted then. */
  readonly deferredFailed?: string;
}

/** So few index entries more than rows the planner reads, which looks for the largest and smallest value of a column. */
const entriesOfPlanner = 100;

/**
 * Counters of this transaction by table; temporary schemas are numbered by session. An index-only scan fetches no row of
 * the table (`idx_tup_fetch`), but returns index entries.
 */
const counters = `
  SELECT pg_catalog.regexp_replace(schemaname, '^pg_temp_[0-9]+$', 'pg_temp') AS schema, relname AS name,
         coalesce(seq_scan, 0)::float8 AS "seqScans", coalesce(seq_tup_read, 0)::float8 AS "rowsReadBySeqScans",
         coalesce(idx_scan, 0)::float8 AS "indexScans",
         CASE WHEN indexes.entries > coalesce(idx_tup_fetch, 0) + ${entriesOfPlanner} THEN indexes.entries
              ELSE coalesce(idx_tup_fetch, 0) END::float8 AS "rowsReadByIndexScans",
         coalesce(indexes.blocks, 0)::float8 AS "indexBlocks",
         n_tup_ins::float8 AS inserted, n_tup_upd::float8 AS updated, n_tup_del::float8 AS deleted
  FROM pg_catalog.pg_stat_xact_user_tables, LATERAL (
    SELECT sum(pg_catalog.pg_stat_get_xact_blocks_fetched(i.indexrelid)) AS blocks,
           sum(pg_catalog.pg_stat_get_xact_tuples_returned(i.indexrelid)) AS entries
    FROM pg_catalog.pg_index i WHERE i.indrelid = relid) AS indexes
  WHERE seq_scan > 0 OR idx_scan > 0 OR n_tup_ins > 0 OR n_tup_upd > 0 OR n_tup_del > 0`;

/** What this session has done to tables in its transaction so far. */
export async function readCounters(client: pg.Client): Promise<readonly TableEffect[]> {
  const { rows } = await client.query(counters);
  return rows.map(({ schema, name, ...figures }) => ({ relation: { schema, name }, ...figures }) as TableEffect);
}

/**
 * What the statement that just ran did since `earlier`, and what its deferred constraints do at the commit. Undefined
 * where the server does not count. Leaves the transaction broken where a constraint fails. Throws what ends the session.
 */
export async function countEffects(
  client: pg.Client,
  earlier: readonly TableEffect[],
  wrote: boolean,
): Promise<CountedEffects | undefined> {
  const { rows } = await client.query("SELECT pg_catalog.current_setting('track_counts')::bool AS counts");
  if (!rows[0]?.counts) return undefined;
  const tables = since(await readCounters(client), earlier);
  if (!wrote) return { tables };
  try {
    await client.query("SET CONSTRAINTS ALL IMMEDIATE");
  } catch (error) {
    const { message, code } = error as pg.DatabaseError;
    // Too slow or gone: so would the commit be.
    if (code === undefined || code === "57014" || /^(08|57|58|XX)/.test(code)) throw error;
    return { tables, deferredFailed: message };
  }
  return { tables: since(await readCounters(client), earlier) };
}

function since(now: readonly TableEffect[], earlier: readonly TableEffect[]): readonly TableEffect[] {
  const key = ({ relation }: TableEffect) => JSON.stringify([relation.schema, relation.name]);
  const before = new Map(earlier.map((effect) => [key(effect), effect]));
  return now.map((effect) => {
    const then = before.get(key(effect));
    if (!then) return effect;
    const figures = effectFigures.map((figure) => [figure, effect[figure] - then[figure]]);
    return { relation: effect.relation, ...Object.fromEntries(figures) } as TableEffect;
  });
}
