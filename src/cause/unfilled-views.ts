import { quoteName } from "../database/databases.js";
import type { AppliedStatement } from "../migrations/layout.js";
import { parse } from "../sql/parser.js";

/**
 * A sentence for each materialized view that a change leaves WITH NO DATA: the build refreshes it to plan anything at all,
 * but the application's queries fail until somebody does. `own`: the change's statements, in order.
 */
export async function noteUnfilledViews(own: readonly AppliedStatement[]): Promise<readonly string[]> {
  const notes = new Map<string, string>();
  for (const { sql, file, line } of own) {
    if (!/\bmaterialized\s+view\b/i.test(sql)) continue;
    const { stmts = [] } = await parse(sql).catch(() => ({ stmts: [] }));
    for (const { stmt } of stmts) {
      for (const name of droppedIn(stmt)) notes.delete(name);
      const filling = fillingIn(stmt);
      if (!filling) continue;
      const { name, isFilled } = filling;
      if (isFilled) notes.delete(name);
      else {
        notes.set(
          name,
          `the materialized view \`${name}\` is left WITH NO DATA (${file}:${line}): here it was refreshed, but in production every query that reads it fails until \`REFRESH MATERIALIZED VIEW ${name};\` has run; let the migration do that, or make sure that your deployment does`,
        );
      }
    }
  }
  return [...notes.values()];
}

interface Target {
  readonly schemaname?: string;
  readonly relname: string;
}

/** What a statement makes of the rows of a materialized view; undefined for any other statement. */
function fillingIn(stmt: unknown): { readonly name: string; readonly isFilled: boolean } | undefined {
  const { CreateTableAsStmt: made, RefreshMatViewStmt: refreshed } = (stmt ?? {}) as {
    CreateTableAsStmt?: { objtype: string; into: { rel: Target; skipData?: true } };
    RefreshMatViewStmt?: { relation: Target; skipData?: true };
  };
  const target = refreshed?.relation ?? (made?.objtype === "OBJECT_MATVIEW" ? made.into.rel : undefined);
  const isFilled = (refreshed ?? made?.into)?.skipData !== true;
  return target && { name: sqlName(target), isFilled };
}

/** Materialized views that a statement drops. */
function droppedIn(stmt: unknown): readonly string[] {
  const { DropStmt: drop } = (stmt ?? {}) as { DropStmt?: { removeType: string; objects: readonly DroppedName[] } };
  if (drop?.removeType !== "OBJECT_MATVIEW") return [];
  return drop.objects.map(({ List: { items } }) => {
    const [relname = "", schemaname] = items.map(({ String: { sval } }) => sval).reverse();
    return sqlName({ relname, ...(schemaname === undefined ? {} : { schemaname }) });
  });
}

interface DroppedName {
  readonly List: { readonly items: readonly { readonly String: { readonly sval: string } }[] };
}

/** As one would write it: `public` left out, quoted where it must be. */
function sqlName({ schemaname, relname }: Target): string {
  const words = schemaname === undefined || schemaname === "public" ? [relname] : [schemaname, relname];
  return words.map((word) => (/^[a-z_][a-z0-9_$]*$/.test(word) ? word : quoteName(word))).join(".");
}
