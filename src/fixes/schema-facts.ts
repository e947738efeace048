import type pg from "pg";
import { connect } from "../database/connect.js";
import { type TableName, tableKey } from "./candidate.js";
import { type Definitions, noDefinitions, readDefinitions } from "./definition-facts.js";

/** A column, and what was set for its statistics. */
export interface ColumnFacts {
  readonly name: string;
  /** Quoted where it must be. */
  readonly sqlName: string;
  /** As `format_type` writes it, with its length. */
  readonly type: string;
  /** Qualified; absent where it is its type's own. */
  readonly collation?: string;
  readonly notNull: boolean;
  /** −1: the server's default. */
  readonly statisticsTarget: number;
  /** `n_distinct=…` and the like, as the catalog keeps them. */
  readonly options: readonly string[];
}

/** An index that is not one of a partition. */
export interface IndexFacts {
  readonly name: string;
  readonly unique: boolean;
  /** What follows the table's name in its definition: `USING btree (a, b) WHERE c`. */
  readonly body: string;
}

/** A statistics object, by CREATE STATISTICS. */
export interface StatisticsFacts {
  readonly schema: string;
  readonly name: string;
  /** Its whole definition. */
  readonly definition: string;
}

/** One table, or a partitioned one as a whole. */
export interface TableFacts extends TableName {
  /** Qualified and quoted where it must be. */
  readonly sqlName: string;
  readonly partitioned: boolean;
  /** Rows as the planner counts them, all partitions together. */
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
  readonly indexes: readonly IndexFacts[];
  readonly statistics: readonly StatisticsFacts[];
  /** The columns of each foreign key that this table has, in the key's order. */
  readonly foreignKeys: readonly (readonly string[])[];
  /** Names that no new index may have: of every relation of its schema. */
  readonly taken: ReadonlySet<string>;
}

/** Whether this server can index the inside of texts: the schema of pg_trgm, or that there could be one. */
export type Trigrams =
  | { readonly kind: "installed"; readonly schema: string }
  | { readonly kind: "available" }
  | { readonly kind: "missing" };

/** What the catalog of one built database says about the user's tables. */
export interface SchemaFacts {
  table(name: TableName): TableFacts | undefined;
  readonly tables: readonly TableFacts[];
  readonly definitions: Definitions;
  readonly trigrams: Trigrams;
}

const userTables = `FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

const tableQuery = `SELECT c.oid::int8::text AS oid, n.nspname AS schema, c.relname AS name, format('%I.%I', n.nspname, c.relname) AS sql_name,
    c.relkind = 'p' AS partitioned,
    CASE WHEN c.relkind = 'p' THEN (SELECT coalesce(sum(greatest(l.reltuples, 0)), 0) FROM pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid WHERE t.isleaf)
      ELSE greatest(c.reltuples, 0) END::float8 AS rows
  ${userTables} ORDER BY 2, 3`;

const columnQuery = `SELECT a.attrelid::int8::text AS oid, a.attname AS name, quote_ident(a.attname) AS sql_name, format_type(a.atttypid, a.atttypmod) AS type,
    (SELECT format('%I.%I', cn.nspname, co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace JOIN pg_type t ON t.oid = a.atttypid
     WHERE co.oid = a.attcollation AND a.attcollation <> t.typcollation) AS collation,
    a.attnotnull AS not_null, coalesce(a.attstattarget, -1)::int AS target, coalesce(a.attoptions, '{}') AS options
  FROM pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN (SELECT c.oid ${userTables}) ORDER BY a.attrelid, a.attnum`;

const indexQuery = `SELECT i.indrelid::int8::text AS oid, x.relname AS name, i.indisunique AS "unique",
    format('CREATE %sINDEX %I ON ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, x.relname) AS head, pg_get_indexdef(i.indexrelid) AS definition
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
  WHERE i.indisvalid AND NOT x.relispartition AND i.indrelid IN (SELECT c.oid ${userTables}) ORDER BY i.indrelid, x.relname`;

const statisticsQuery = `SELECT s.stxrelid::int8::text AS oid, n.nspname AS schema, s.stxname AS name, pg_get_statisticsobjdef(s.oid) AS definition
  FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
  WHERE s.stxrelid IN (SELECT c.oid ${userTables}) ORDER BY 2, 3`;

const foreignKeyQuery = `SELECT k.conrelid::int8::text AS oid,
    (SELECT json_agg(a.attname ORDER BY u.place) FROM unnest(k.conkey) WITH ORDINALITY u (number, place)
     JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) AS columns
  FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid IN (SELECT c.oid ${userTables}) ORDER BY k.conrelid, k.conname`;

const takenQuery = `SELECT n.nspname AS schema, array_agg(c.relname::text) AS names FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') GROUP BY 1`;

const trigramQuery = `SELECT (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm') AS schema,
  EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm') AS available`;

/** Reads the catalog of a built database: its tables, columns, indexes, statistics objects, and what else is defined. */
export async function readSchemaFacts(url: string): Promise<SchemaFacts> {
  await using client = await connect(url);
  // Definitions come with every name qualified: whoever runs them may have another search path.
  await client.query("SET search_path = ''");
  const read = async (sql: string) => Map.groupBy((await client.query(sql)).rows, ({ oid }) => String(oid));
  const { rows: tables } = await client.query(tableQuery);
  const [columns, indexes, statistics] = [await read(columnQuery), await read(indexQuery), await read(statisticsQuery)];
  const foreignKeys = await read(foreignKeyQuery);
  const { rows: schemas } = await client.query(takenQuery);
  const taken = new Map<string, ReadonlySet<string>>(schemas.map(({ schema, names }) => [schema, new Set(names)]));
  const facts = tables.map(
    ({ oid, schema, name, sql_name: sqlName, partitioned, rows }): TableFacts => ({
      ...{ schema, name, sqlName, partitioned, rows: Number(rows) },
      columns: (columns.get(oid) ?? []).map(({ name, sql_name, type, collation, not_null, target, options }) => ({
        ...{ name, sqlName: sql_name, type, notNull: not_null, statisticsTarget: Number(target), options },
        ...(collation === null ? {} : { collation }),
      })),
      indexes: (indexes.get(oid) ?? []).flatMap(({ name, unique, head, definition }) => {
        const body = bodyOf(definition, head, sqlName);
        return body === undefined ? [] : [{ name, unique, body }];
      }),
      foreignKeys: (foreignKeys.get(oid) ?? []).map(({ columns }) => columns),
      statistics: (statistics.get(oid) ?? []).map(({ schema, name, definition }) => ({ schema, name, definition })),
      taken: taken.get(schema) ?? new Set(),
    }),
  );
  return factsOf(facts, await readDefinitions(client), await readTrigrams(client));
}

async function readTrigrams(client: pg.Client): Promise<Trigrams> {
  const { schema, available } = (await client.query(trigramQuery)).rows[0];
  return schema === null ? { kind: available ? "available" : "missing" } : { kind: "installed", schema };
}

/** Tables by their names, with what else is known. */
export function factsOf(
  tables: readonly TableFacts[],
  definitions: Definitions = noDefinitions,
  trigrams: Trigrams = { kind: "missing" },
): SchemaFacts {
  const byName = new Map(tables.map((table) => [tableKey(table), table]));
  return { tables, table: (name) => byName.get(tableKey(name)), definitions, trigrams };
}

/** A partitioned table's index is printed with ONLY: its partitions have indexes of their own. */
function bodyOf(definition: string, head: string, table: string): string | undefined {
  for (const start of [`${head}${table} `, `${head}ONLY ${table} `]) {
    if (definition.startsWith(start)) return definition.slice(start.length);
  }
  return undefined;
}
