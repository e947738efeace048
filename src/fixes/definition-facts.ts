import type pg from "pg";
import type { TableName } from "./candidate.js";

/** A view, or one that keeps its rows. */
export interface ViewFacts extends TableName {
  /** Qualified and quoted where it must be. */
  readonly sqlName: string;
  readonly materialized: boolean;
  /** Names and types, in order. */
  readonly columns: readonly string[];
  /** Its query, with every name qualified. */
  readonly query: string;
  /** `security_barrier=true` and the like. */
  readonly options: readonly string[];
  readonly owner: string;
  /** `GRANT SELECT ON … TO …`, to others than the owner; sorted. */
  readonly grants: readonly string[];
  /** Whether it has triggers, or rights on single columns or to be passed on: what its definition and `grants` do not tell. */
  readonly hasMore: boolean;
}

/** A function or procedure in a language that the user writes. */
export interface FunctionFacts {
  readonly name: string;
  /** Qualified, with the types of its arguments. */
  readonly signature: string;
  /** As `CREATE OR REPLACE`, on several lines. */
  readonly definition: string;
  /** Whose rights it has, and the settings under which it runs. */
  readonly guard: string;
}

/** A foreign key, a check, or an exclusion: what no plain index is. */
export interface ConstraintFacts {
  readonly table: TableName;
  readonly name: string;
  readonly definition: string;
}

/** What a role, a database or a role in a database is given at login. */
export interface StoredSetting {
  /** Null: every role. */
  readonly role: string | null;
  /** Whether it holds in this database alone. */
  readonly inDatabase: boolean;
  readonly name: string;
  readonly value: string;
}

/** A planner setting as a session of this database has it. */
export interface ServerSetting {
  readonly name: string;
  readonly value: string;
  /** Whether `ALTER SYSTEM` set it. */
  readonly bySystem: boolean;
}

/** What a database holds besides tables and their indexes that can make a plan another one. */
export interface Definitions {
  readonly views: readonly ViewFacts[];
  readonly functions: readonly FunctionFacts[];
  readonly constraints: readonly ConstraintFacts[];
  readonly stored: readonly StoredSetting[];
  readonly server: readonly ServerSetting[];
}

/** Where nothing of it is known. */
export const noDefinitions: Definitions = {
  ...{ views: [], functions: [], constraints: [], stored: [], server: [] },
};

const ofUser = (object: string, catalog: string) =>
  `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_temp'
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${object}.oid AND d.deptype = 'e')`;

const viewQuery = `SELECT n.nspname AS schema, c.relname AS name, format('%I.%I', n.nspname, c.relname) AS "sqlName",
    c.relkind = 'm' AS materialized, pg_get_viewdef(c.oid) AS query, quote_ident(pg_get_userbyid(c.relowner)) AS owner,
    CASE WHEN c.relkind = 'v' THEN coalesce(to_json(c.reloptions), '[]') ELSE '[]' END AS options,
    (SELECT json_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    (SELECT coalesce(json_agg(sql ORDER BY sql), '[]') FROM (
       SELECT format('GRANT %s ON %I.%I TO %s', string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type), n.nspname, c.relname,
         CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END) AS sql
       FROM aclexplode(c.relacl) g WHERE g.grantee <> c.relowner GROUP BY g.grantee) grants) AS grants,
    (EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid)
     OR EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL)
     OR EXISTS (SELECT 1 FROM aclexplode(c.relacl) g WHERE g.is_grantable AND g.grantee <> c.relowner)) AS "hasMore"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('v', 'm') AND c.relpersistence <> 't' AND ${ofUser("c", "pg_class")} ORDER BY 1, 2`;

const functionQuery = `SELECT p.proname AS name, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS signature,
    pg_get_functiondef(p.oid) AS definition, concat_ws(' ', p.prosecdef, p.proconfig) AS guard
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
  WHERE p.prokind IN ('f', 'p') AND l.lanname NOT IN ('c', 'internal') AND ${ofUser("p", "pg_proc")} ORDER BY 2`;

const constraintQuery = `SELECT json_build_object('schema', n.nspname, 'name', c.relname) AS "table", k.conname AS name, pg_get_constraintdef(k.oid) AS definition
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE k.contype IN ('f', 'c', 'x') AND k.conparentid = 0 AND NOT c.relispartition ORDER BY n.nspname, c.relname, k.conname`;

/** Those whose value is a number, a size or a choice: what the planner goes by. */
const planning = "category ~ '^(Query Tuning|Resource Usage)' AND vartype <> 'string'";

const storedQuery = `SELECT r.rolname AS role, s.setdatabase <> 0 AS "inDatabase", split_part(one, '=', 1) AS name, substr(one, strpos(one, '=') + 1) AS value
  FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole CROSS JOIN unnest(s.setconfig) one
  WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    AND split_part(one, '=', 1) IN (SELECT name FROM pg_settings WHERE ${planning}) ORDER BY 1 NULLS FIRST, 2, 3`;

const serverQuery = `SELECT name, current_setting(name) AS value, coalesce(sourcefile ~ 'postgresql\\.auto\\.conf$', false) AS "bySystem"
  FROM pg_settings WHERE ${planning} ORDER BY name`;

/** Reads what a built database holds besides its tables, in a session with an empty search path: names come qualified. */
export async function readDefinitions(client: pg.Client): Promise<Definitions> {
  const read = async <T>(sql: string) => (await client.query(sql)).rows as readonly T[];
  return {
    views: await read<ViewFacts>(viewQuery),
    functions: await read<FunctionFacts>(functionQuery),
    constraints: await read<ConstraintFacts>(constraintQuery),
    stored: await read<StoredSetting>(storedQuery),
    server: await read<ServerSetting>(serverQuery),
  };
}
