import type pg from "pg";

/** Tables with fewer rows fit into so few pages that the planner reads them whole, whatever indexes they have. */
export const fewRows = 1_000;

/** A table with fewer than `fewRows` rows, and what an index of it could be used for. */
export interface SmallTable {
  readonly schema: string;
  readonly name: string;
  readonly rows: number;
  /** The first column of each of its indexes that are not partial, sorted, each once. */
  readonly indexedColumns: readonly string[];
  /** A larger table refers to it by a foreign key: countries, states, kinds. It is most likely small in production too. */
  readonly isLookup: boolean;
}

/** The small tables of a frozen database by name; a partition counts as part of its parent. */
export async function readSmallTables(client: pg.Client): Promise<readonly SmallTable[]> {
  const { rows } = await client.query(
    `SELECT n.nspname AS schema, c.relname AS name, greatest(c.reltuples, 0)::float8 AS rows,
            EXISTS (SELECT 1 FROM pg_constraint f JOIN pg_class r ON r.oid = f.conrelid
                    WHERE f.contype = 'f' AND f.confrelid = c.oid AND r.reltuples > greatest(c.reltuples, 0)) AS lookup,
            ARRAY(SELECT DISTINCT a.attname::text FROM pg_index i
                  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                  WHERE i.indrelid = c.oid AND i.indpred IS NULL AND i.indisvalid ORDER BY 1) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND c.reltuples < $1
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
     ORDER BY 1, 2`,
    [fewRows],
  );
  return rows.map(({ schema, name, rows: count, columns, lookup }) => ({
    ...{ schema, name, rows: Number(count) },
    indexedColumns: columns,
    isLookup: lookup,
  }));
}
