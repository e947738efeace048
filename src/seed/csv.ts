import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { quoteName } from "../database/databases.js";
import { PlanGateError } from "../errors.js";
import { isRefusal, rowOf } from "../migrations/failure.js";

/** `01_public.orders.csv` fills public.orders with the columns that its first line names. */
export async function copyCsv(client: pg.Client, file: string, text: string): Promise<void> {
  const columns = readHeader(text);
  if (columns.every((name) => name === ""))
    throw refusal(file, "the file's first line names no columns", "Begin it with the names of the columns.");
  const table = await findTable(client, file);
  const copy = `COPY ${table} (${columns.map(quoteName).join(", ")}) FROM STDIN WITH (FORMAT csv, HEADER true)`;
  try {
    await pipeline(Readable.from([text]), client.query(copyFrom(copy)));
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    const { message, detail, where } = cause;
    throw new PlanGateError("seed-failed", `${message}${detail ? ` (${detail})` : ""} when filling ${table}`, {
      hint: "Correct the row; the first line must name columns of the table.",
      place: { file, line: rowOf(where) ?? 1 },
      cause,
    });
  }
}

function refusal(file: string, message: string, hint: string): PlanGateError {
  return new PlanGateError("seed-failed", message, { hint, place: { file, line: 1 } });
}

/** The names in a CSV's first line, which may be quoted, with commas and quotes inside. */
export function readHeader(text: string): readonly string[] {
  const field = /[ \t]*(?:"((?:[^"]|"")*)"[ \t]*|([^,\r\n]*))(,|\r?\n|$)/y;
  const names: string[] = [];
  for (let found = field.exec(text); found; found = field.exec(text)) {
    const [, quoted, bare = "", end] = found;
    names.push(quoted?.replaceAll('""', '"') ?? bare.trim());
    if (end !== ",") break;
  }
  return names;
}

/** The table of the file's name: as it stands, or without a number before it that is there for the order. */
async function findTable(client: pg.Client, file: string): Promise<string> {
  const bare = file.slice(file.lastIndexOf("/") + 1).replace(/\.csv$/, "");
  const unnumbered = bare.replace(/^\d+[._-]+/, "");
  // Compared whole: a dot may stand between schema and table, or in the name of either.
  const { rows } = await client.query<{ name: string }>(
    `SELECT CASE WHEN pg_table_is_visible(c.oid) THEN format('%I', c.relname)
       ELSE format('%I.%I', n.nspname, c.relname) END AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
       unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
     WHERE c.relkind IN ('r', 'p', 'v', 'f')
       AND (n.nspname || '.' || c.relname = wanted.name OR (c.relname = wanted.name AND pg_table_is_visible(c.oid)))
     ORDER BY wanted.place, n.nspname, c.relname LIMIT 1`,
    [[bare, unnumbered]],
  );
  if (rows[0]) return rows[0].name;
  throw refusal(
    file,
    `there is no table \`${unnumbered}\``,
    "Name the file after the table that it fills, capitals too: `orders.csv`, `01_sales.orders.csv`.",
  );
}
