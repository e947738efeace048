import { connect } from "../database/connect.js";
import type { Relation } from "../plan/plan.js";

/** What plans do not say about the relations they read. */
export interface Catalog {
  /** The topmost partitioned table above a relation; undefined where it is no partition. */
  partitionRoot(schema: string, name: string): { readonly schema: string; readonly name: string } | undefined;
  /** Rows after the freeze, as the planner counts them; undefined for what is no table. */
  rowsOf(relation: Relation): number | undefined;
  /** Whether there are tables, and none of them has a row. */
  readonly isEmpty: boolean;
}

/** Reads the catalog of a frozen database once, so that no plan needs a query of its own for it. */
export async function readCatalog(url: string): Promise<Catalog> {
  await using client = await connect(url);
  const { rows } = await client.query(
    `SELECT n.nspname AS schema, c.relname AS name, c.reltuples::float8 AS tuples, rn.nspname AS root_schema, r.relname AS root_name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_class r ON c.relispartition AND r.oid = pg_partition_root(c.oid)
     LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
     WHERE c.relkind IN ('r', 'm', 'p', 'f')`,
  );
  const byName = new Map(rows.map((row) => [key(row.schema, row.name), row]));
  const own = rows.filter(
    ({ schema }) => schema !== "pg_catalog" && schema !== "information_schema" && schema !== "pg_toast",
  );
  return {
    isEmpty: own.length > 0 && own.every(({ tuples }) => Number(tuples) <= 0),
    partitionRoot(schema, name) {
      const row = byName.get(key(schema, name));
      return row?.root_name == null ? undefined : { schema: row.root_schema, name: row.root_name };
    },
    rowsOf({ schema, name }) {
      const row = byName.get(key(schema, name));
      return row === undefined ? undefined : Math.max(0, Number(row.tuples));
    },
  };
}

function key(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}
