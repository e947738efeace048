import type pg from "pg";
import { PlanGateError } from "../errors.js";

/** Brings what follows from the rows up to date: materialized views and sequences. `client` is a superuser. */
export async function settle(client: pg.Client, progress: (text: string) => void = () => {}): Promise<void> {
  await refreshMaterializedViews(client, progress);
  await advanceSequences(client);
}

/** Refreshes every materialized view, those that others read first; a view made before the seed has no rows yet. */
export async function refreshMaterializedViews(
  client: pg.Client,
  progress: (text: string) => void = () => {},
): Promise<void> {
  for (const name of await materializedViews(client)) {
    progress(`refreshing ${name}`);
    await client.query(`REFRESH MATERIALIZED VIEW ${name}`).catch((cause: unknown) => {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new PlanGateError("seed-failed", `cannot refresh the materialized view ${name}: ${message}`, {
        hint: "Its query must run on the seeded data: correct the view, or the seed.",
        cause,
      });
    });
  }
}

/** Quoted names, each after those that it reads, through views and functions whose bodies the catalog knows. */
async function materializedViews(client: pg.Client): Promise<readonly string[]> {
  const { rows: views } = await client.query<{ id: string; name: string }>(
    `SELECT 'pg_class ' || c.oid AS id, format('%I.%I', n.nspname, c.relname) AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' ORDER BY c.oid`,
  );
  const { rows: reads } = await client.query<{ reader: string; source: string }>(
    `SELECT DISTINCT coalesce('pg_class ' || r.ev_class, 'pg_proc ' || d.objid) AS reader,
       d.refclassid::regclass || ' ' || d.refobjid AS source
     FROM pg_depend d LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid AND r.ev_type = '1'
     WHERE d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass)
       AND (r.oid IS NOT NULL OR d.classid = 'pg_proc'::regclass)`,
  );
  const sources = Map.groupBy(reads, ({ reader }) => reader);
  const names = new Map(views.map(({ id, name }) => [id, name]));
  const ordered: string[] = [];
  const seen = new Set<string>();
  const visit = (id: string) => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const { source } of sources.get(id) ?? []) visit(source);
    const name = names.get(id);
    if (name !== undefined) ordered.push(name);
  };
  // In the order of creation: what a function with a body of text reads is in no catalog, but it was there before.
  for (const { id } of views) visit(id);
  return ordered;
}

/** A column that takes its values from a sequence; the names are quoted. */
interface SequenceUse {
  readonly sequence: string;
  readonly table: string;
  readonly column: string;
  readonly ascending: boolean;
}

/**
 * Moves sequences past what their columns hold, never back: the seed may have written ids of its own. A sequence is
 * a column's by ownership (serial, identity) or by the column's default.
 */
export async function advanceSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<SequenceUse>(
    `WITH uses AS (
       SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS attnum FROM pg_depend d
       WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
       UNION
       SELECT d.refobjid, a.adrelid, a.adnum FROM pg_depend d JOIN pg_attrdef a ON a.oid = d.objid
       WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
     )
     SELECT format('%I.%I', sn.nspname, s.relname) AS sequence, format('%I.%I', tn.nspname, t.relname) AS "table",
            format('%I', a.attname) AS "column", p.seqincrement > 0 AS ascending
     FROM uses
     JOIN pg_class s ON s.oid = uses.sequence AND s.relkind = 'S' JOIN pg_namespace sn ON sn.oid = s.relnamespace
     JOIN pg_sequence p ON p.seqrelid = s.oid
     JOIN pg_class t ON t.oid = uses.relation AND t.relkind IN ('r', 'p')
     JOIN pg_namespace tn ON tn.oid = t.relnamespace
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = uses.attnum
     JOIN pg_type y ON y.oid = a.atttypid
     WHERE coalesce(nullif(y.typbasetype, 0), y.oid)
       IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
     ORDER BY 1, 2, 3`,
  );
  for (const use of rows) await advance(client, use);
}

async function advance(client: pg.Client, { sequence, table, column, ascending }: SequenceUse): Promise<void> {
  const [furthest, beyond] = ascending ? ["max", ">"] : ["min", "<"];
  const literal = `'${sequence.replaceAll("'", "''")}'::regclass`;
  // The value has been given out: setval without a third argument goes on behind it.
  await client.query(
    `SELECT setval(${literal}, trunc(held.value)::int8)
     FROM (SELECT ${furthest}(${column})::numeric AS value FROM ${table}) AS held, ${sequence} AS s, pg_sequence p
     WHERE p.seqrelid = ${literal} AND held.value BETWEEN p.seqmin AND p.seqmax
       AND (held.value ${beyond} s.last_value OR (held.value = s.last_value AND NOT s.is_called))`,
  );
}
