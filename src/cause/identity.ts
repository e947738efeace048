import { connect } from "../database/connect.js";
import type { Build } from "../measure.js";
import type { MigrationFile } from "../migrations/layout.js";
import { type Identity, sameNames } from "../plan/identity.js";
import { compareMigrations } from "./edits.js";
import { runOnCopy } from "./replay.js";

/** A relation or an index of the user's at a moment. */
export interface CatalogObject {
  readonly oid: string;
  readonly kind: "relation" | "index";
  readonly schema: string;
  readonly name: string;
  /** Of an index: the table's OID, and what it indexes and how, without its name. Of a relation: empty. */
  readonly definition: string;
}

/** Statements by which a name can come to mean something else. */
const renaming = /\b(rename|set\s+schema|drop|attach|detach)\b/i;

/**
 * What a change's migrations rename, found by running them on a copy of the base's database: an OID outlives a rename.
 * Nothing, where they cannot be run there, or where no statement could rename anything.
 */
export async function findIdentity(
  base: Build,
  head: readonly MigrationFile[],
  signal: AbortSignal,
): Promise<Identity> {
  const change = await compareMigrations(base.migrations, head);
  const onlyHere = change.onlyAdds && !change.edits.some(({ nature }) => nature.kind === "cluster");
  if (!onlyHere || !change.edits.some(({ sql }) => renaming.test(sql))) return sameNames;
  await using copy = await base.databases.clone();
  const before = await readObjects(copy.url);
  const ran = await runOnCopy(
    { base, signal },
    copy,
    change.additions(() => true),
  );
  return ran ? identityOf(before, await readObjects(copy.url)) : sameNames;
}

async function readObjects(url: string): Promise<readonly CatalogObject[]> {
  await using client = await connect(url);
  const { rows } = await client.query<CatalogObject>(
    `SELECT c.oid::int8::text AS oid, CASE WHEN c.relkind IN ('i', 'I') THEN 'index' ELSE 'relation' END AS kind,
       n.nspname AS schema, c.relname AS name,
       coalesce(i.indrelid::int8::text || ' ' || i.indisunique || ' ' || am.amname || ' '
         || substr(pg_get_indexdef(c.oid), strpos(pg_get_indexdef(c.oid), ' USING ')), '') AS definition
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_am am ON am.oid = c.relam
     WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f', 'i', 'I') AND c.relpersistence <> 't'
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
     ORDER BY c.oid`,
  );
  return rows;
}

/** Old names to new ones: by OID; where that is gone by the same name, and then by the same definition. */
export function identityOf(before: readonly CatalogObject[], after: readonly CatalogObject[]): Identity {
  const byOid = new Map(after.map((one) => [one.oid, one]));
  const names = new Set(after.map(({ kind, schema, name }) => JSON.stringify([kind, schema, name])));
  const old = new Set(before.map(({ oid }) => oid));
  const fresh = after.filter(({ oid, definition }) => !old.has(oid) && definition !== "");
  const [relations, indexes] = [new Map<string, string>(), new Map<string, string>()];
  for (const { oid, kind, schema, name, definition } of before) {
    const hasHeir = names.has(JSON.stringify([kind, schema, name]));
    const same = byOid.get(oid) ?? (hasHeir ? undefined : fresh.find((one) => one.definition === definition));
    if (!same || (same.name === name && same.schema === schema)) continue;
    if (kind === "relation") relations.set(`${schema}.${name}`, `${same.schema}.${same.name}`);
    else indexes.set(name, same.name);
  }
  return { relations, indexes };
}
