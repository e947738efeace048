import type pg from "pg";
import { effectFigures, type TableEffect } from "../plan/effects.js";

/** What the server counted of one statement, partitions each for themselves. */
export interface CountedEffects {
  readonly tables: readonly TableEffect[];
  /** PostgreSQL's words, where checking deferred constraints failed: what they do is not counted then. */
  readonly deferredFailed?: string;
}

/** Counters of this transaction by table; temporary schemas are numbered by session. */
const counters = `
  SELECT pg_catalog.regexp_replace(schemaname, '^pg_temp_[0-9]+$', 'pg_temp') AS schema, relname AS name,
         coalesce(seq_scan, 0)::float8 AS "seqScans", coalesce(seq_tup_read, 0)::float8 AS "rowsReadBySeqScans",
         coalesce(idx_scan, 0)::float8 AS "indexScans", coalesce(idx_tup_fetch, 0)::float8 AS "rowsReadByIndexScans",
         coalesce((SELECT sum(pg_catalog.pg_stat_get_xact_blocks_fetched(i.indexrelid))
                   FROM pg_catalog.pg_index i WHERE i.indrelid = relid), 0)::float8 AS "indexBlocks",
         n_tup_ins::float8 AS inserted, n_tup_upd::float8 AS updated, n_tup_del::float8 AS deleted
  FROM pg_catalog.pg_stat_xact_user_tables
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
