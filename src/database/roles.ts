import type pg from "pg";
import { quoteName, quoteText } from "./databases.js";

/** Databases and roles of ours say so in their comment: nothing without it is ever dropped. */
export const signature = "made by plan-gate for one run";
/** After the signature of a run's owner: the roles that its files create, as JSON. */
const rolesMark = ", with the roles ";

/** Makes a role that says it is ours; `toDrop`: roles that are to go with it, should this run be killed. */
export async function createRole(
  admin: pg.Client,
  name: string,
  rights: string,
  toDrop: readonly string[] = [],
): Promise<void> {
  const comment = toDrop.length > 0 ? `${signature}${rolesMark}${JSON.stringify(toDrop)}` : signature;
  // One message is one transaction: no kill falls between the two.
  await admin.query(
    `CREATE ROLE ${quoteName(name)} ${rights}; COMMENT ON ROLE ${quoteName(name)} IS ${quoteText(comment)}`,
  );
}

export async function dropRole(admin: pg.Client, name: string): Promise<void> {
  await admin.query(`DROP ROLE IF EXISTS ${quoteName(name)}`).catch(() => undefined);
}

/** Names of all roles, sorted. */
export async function readRoles(admin: pg.Client): Promise<readonly string[]> {
  return (await admin.query("SELECT rolname FROM pg_roles ORDER BY rolname")).rows.map(({ rolname }) =>
    String(rolname),
  );
}

/**
 * Drops what a killed run left on the user's server: databases and roles with our name and our signature, of a run
 * that has no session any more.
 */
export async function sweepDatabases(admin: pg.Client): Promise<void> {
  const alive = `SELECT 1 FROM pg_stat_activity a WHERE a.application_name = substring(NAME from '^plan_gate_[0-9a-f]{12}')`;
  // A run can be killed between making a database and signing it: then the signed role that owns it tells.
  const { rows: databases } = await admin.query(
    `SELECT datname AS name FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
     WHERE datname ~ '^plan_gate_[0-9a-f]{12}_' AND NOT EXISTS (${alive.replace("NAME", "d.datname")})
       AND (shobj_description(d.oid, 'pg_database') = $1
         OR o.rolname = substring(datname from '^plan_gate_[0-9a-f]{12}') || '_owner'
           AND starts_with(shobj_description(o.oid, 'pg_authid'), $1))`,
    [signature],
  );
  for (const { name } of databases) await admin.query(`DROP DATABASE IF EXISTS ${quoteName(name)} WITH (FORCE)`);
  const { rows: roles } = await admin.query(
    `SELECT rolname AS name, shobj_description(r.oid, 'pg_authid') AS comment FROM pg_roles r
     WHERE rolname ~ '^plan_gate_[0-9a-f]{12}_' AND starts_with(shobj_description(r.oid, 'pg_authid'), $1)
       AND NOT EXISTS (${alive.replace("NAME", "r.rolname")})`,
    [signature],
  );
  for (const { name, comment } of roles) {
    for (const made of rolesIn(String(comment))) await dropRole(admin, made);
    await dropRole(admin, String(name));
  }
}

/** The roles that a killed run's files had created, by the comment on its owner. */
function rolesIn(comment: string): readonly string[] {
  const [, list] = comment.split(rolesMark);
  return list === undefined ? [] : (JSON.parse(list) as readonly string[]);
}
