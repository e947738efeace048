import type pg from "pg";
import { connect } from "../database/connect.js";
import { chanceMethods } from "../plan/chance.js";
import type { KnownNames } from "../plan/expectations.js";
import type { Relation } from "../plan/plan.js";
import { readSmallTables, type SmallTable } from "./small-tables.js";

/** What plans do not say about the relations they read. */
export interface Catalog {
  /** The topmost partitioned table above a relation; undefined where it is no partition. */
  partitionRoot(schema: string, name: string): { readonly schema: string; readonly name: string } | undefined;
  /** The access method of an index whose tree is left to chance; undefined for every other one. */
  chanceMethodOf(index: string, schema: string | undefined): string | undefined;
  /** Rows after the freeze, as the planner counts them; undefined for what is no table. */
  rowsOf(relation: Relation): number | undefined;
  /** What queries' headers may name. */
  readonly names: KnownNames;
  /** Whether there are tables, and none of them has a row. */
  readonly isEmpty: boolean;
  /** Tables of too few rows to choose an index for. */
  readonly small: readonly SmallTable[];
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
  const indexes = await readIndexes(client);
  const small = await readSmallTables(client);
  const byName = new Map(rows.map((row) => [key(row.schema, row.name), row]));
  const own = rows.filter(
    ({ schema }) => schema !== "pg_catalog" && schema !== "information_schema" && schema !== "pg_toast",
  );
  return {
    names: {
      hasTable: (name) => rows.some((row) => isNamed(name, row.schema, row.name)),
      tableOfIndex: (name) => indexes.find((one) => isNamed(name, one.schema, one.name))?.table,
      partitionedIndex: (schema, name) => indexes.find((one) => one.schema === schema && one.name === name)?.root,
    },
    small,
    isEmpty: own.length > 0 && own.every(({ tuples }) => Number(tuples) <= 0),
    partitionRoot(schema, name) {
      const row = byName.get(key(schema, name));
      return row?.root_name == null ? undefined : { schema: row.root_schema, name: row.root_name };
    },
    chanceMethodOf(index, schema) {
      const called = indexes.filter((one) => one.name === index && (schema === undefined || one.schema === schema));
      const method = called[0]?.method;
      return method !== undefined && chanceMethods.has(method) ? method : undefined;
    },
    rowsOf({ schema, name }) {
      const row = byName.get(key(schema, name));
      return row === undefined ? undefined : Math.max(0, Number(row.tuples));
    },
  };
}

interface Index {
  readonly schema: string;
  readonly name: string;
  /** The topmost partitioned index above it. */
  readonly root: string | undefined;
  /** "btree", "gist" … */
  readonly method: string;
  readonly table: { readonly schema: string; readonly name: string };
}

async function readIndexes(client: pg.Client): Promise<readonly Index[]> {
  const { rows } = await client.query(
    `SELECT n.nspname AS schema, c.relname AS name, am.amname AS method, r.relname AS root, tn.nspname AS table_schema, t.relname AS table_name
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_am am ON am.oid = c.relam
     LEFT JOIN pg_class r ON c.relispartition AND r.oid = pg_partition_root(c.oid)
     JOIN pg_class own ON own.oid = i.indrelid
     JOIN pg_class t ON t.oid = CASE WHEN own.relispartition THEN pg_partition_root(own.oid) ELSE own.oid END
     JOIN pg_namespace tn ON tn.oid = t.relnamespace
     WHERE n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')`,
  );
  return rows.map(({ schema, name, method, root, table_schema, table_name }) => ({
    schema,
    name,
    method,
    root: root ?? undefined,
    table: { schema: table_schema, name: table_name },
  }));
}

function isNamed(text: string, schema: string, name: string): boolean {
  return text === name || text === `${schema}.${name}`;
}

function key(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}
