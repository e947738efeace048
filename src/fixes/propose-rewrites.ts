import { parse } from "../sql/parser.js";
import type { Candidate } from "./candidate.js";
import { indexCandidate, isServed, nameFor } from "./index-text.js";
import type { Occurrence } from "./occurrence.js";
import type { ColumnFacts, SchemaFacts, TableFacts } from "./schema-facts.js";

const column = String.raw`(?<column>(?:(?:[a-z_][\w$]*|"[^"]+")\.)?(?:[a-z_][\w$]*|"[^"]+"))`;
const value = String.raw`(?:\$\d+|'[^']*'|date '[^']*'|current_date)(?:::[a-z][a-z0-9]*)?`;
/** What may stand before and behind a condition: nothing that binds more tightly. */
const before = String.raw`(?<=\b(?:where|and|or|on)\s+|\(\s*)`;
const behind = String.raw`(?=\s*(?:$|\)|\b(?:and|or|order|group|limit|offset|union|for|having|window|fetch|returning|left|right|inner|join|cross)\b))`;
/** A cast of a column to the type `name`, in both of SQL's spellings. */
const cast = (name: string) =>
  String.raw`(?:${column}::${name}|cast\(\s*${column.replace("<column>", "<column2>")}\s+as\s+${name}\s*\))`;
const whole = (pattern: string) => new RegExp(`${before}${pattern}${behind}`, "gi");

type Groups = Readonly<Record<string, string | undefined>>;

/** A way to write a condition so that an index on the bare column serves it; the same rows for every value. */
interface Rewrite {
  readonly pattern: RegExp;
  /** Of the column, as `format_type` writes it. */
  readonly types: RegExp;
  readonly what: string;
  write(column: string, groups: Groups, type: string): string | undefined;
}

function asDate(value = ""): string {
  return /^(date '|current_date$)|::date$/i.test(value) ? value : `${value}::date`;
}

const timestamps = /^timestamp(?:\(\d\))? with(?:out)? time zone$/;
const intervals: Readonly<Record<string, string>> = { quarter: "3 months" };

const rewrites: readonly Rewrite[] = [
  {
    pattern: whole(String.raw`${cast("date")}\s*(?<operator>=|>=|<=|<|>)\s*(?<value>${value})`),
    types: timestamps,
    what: "compares the bare column with a range in place of its date",
    write: (name, { operator, value: text }) => {
      const [from, next] = [asDate(text), `${asDate(text)} + 1`];
      if (operator === "=") return `(${name} >= ${from} AND ${name} < ${next})`;
      if (operator === ">=" || operator === "<") return `${name} ${operator} ${from}`;
      return operator === ">" ? `${name} >= ${next}` : `${name} < ${next}`;
    },
  },
  {
    pattern: whole(String.raw`${cast("date")}\s+between\s+(?<value>${value})\s+and\s+(?<last>${value})`),
    types: timestamps,
    what: "compares the bare column with a range in place of its date",
    write: (name, { value: text, last }) => `(${name} >= ${asDate(text)} AND ${name} < ${asDate(last)} + 1)`,
  },
  {
    pattern: whole(
      String.raw`date_trunc\(\s*'(?<unit>second|minute|hour|day|week|month|quarter|year)'\s*,\s*${column}\s*\)\s*=\s*(?<value>${value})`,
    ),
    types: timestamps,
    what: "compares the bare column with a range in place of its truncated value",
    write: (name, { unit = "", value: text }, type) => {
      const start = `${text}::${type}`;
      const end = `${start} + interval '${intervals[unit.toLowerCase()] ?? `1 ${unit}`}'`;
      // A value that is not truncated itself equals nothing.
      return `(${name} >= ${start} AND ${name} < ${end} AND date_trunc('${unit}', ${start}) = ${start})`;
    },
  },
  {
    pattern: whole(String.raw`${cast("text")}\s*=\s*(?<value>\$\d+|'[^']*')(?:::text)?`),
    types: /^(smallint|integer|bigint|uuid)$/,
    what: "casts the value in place of the column (a value that does not fit the column's type is then an error)",
    write: (name, { value: text }, type) => `${name} = ${text}::${type}`,
  },
  {
    pattern: whole(String.raw`${cast("bigint")}\s*=\s*(?<value>\$\d+|\d+)(?:::bigint)?`),
    types: /^(smallint|integer)$/,
    what: "casts the value in place of the column",
    write: (name, { value: text }) => `${name} = ${text}::bigint`,
  },
  {
    pattern: new RegExp(
      String.raw`(?<=\b(?:where|and|or)\s+)(?<value>\$\d+|'[^']*'|\d+)\s*=\s*any\s*\(\s*${column}\s*\)${behind}`,
      "gi",
    ),
    types: /\[\]$/,
    what: "asks whether the array contains the value, which a GIN index can answer",
    // Cast to a length, a longer value would be cut and found.
    write: (name, { value: text }, type) => `${name} @> ARRAY[${text}]::${type.replace(/\(\d+(?:,\d+)?\)/, "")}`,
  },
];

/**
 * The query with its conditions written so that they compare bare columns, where that is mechanical; each alone, and
 * with an index on these columns where there is none.
 */
export async function proposeRewrites(
  sql: string,
  now: SchemaFacts,
  occurrences: readonly Occurrence[],
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  // Below NOT a condition that is false is not the same as one that is null.
  if (/\bnot\s*\(/i.test(masked(sql))) return candidates;
  for (const rewrite of rewrites) {
    const found: Use[] = [];
    const written = rewriteAll(sql, rewrite, (name) => {
      const use = findColumn(name, now, occurrences);
      if (use) found.push(use);
      return use?.column.type;
    });
    if (written === sql || !(await parse(written).then(Boolean, () => false))) continue;
    const alone: Candidate = {
      ...{ kind: "query", title: rewrite.what, sql: `${written};`, statements: [], query: written },
    };
    const use = found.find(({ column: { type } }) => rewrite.types.test(type));
    candidates.push(alone, ...(use ? withIndex(alone, use) : []));
  }
  return candidates;
}

/** The query in its new form together with an index that serves it: what is compared for equality first. */
function withIndex(alone: Candidate, { table, column: own, occurrence }: Use): readonly Candidate[] {
  const isArray = own.type.endsWith("[]");
  const equal = occurrence.equal.flatMap((term) => table.columns.filter(({ name }) => name === term.column));
  const columns = isArray ? [own] : [...equal.filter(({ name }) => name !== own.name).slice(0, 2), own];
  const keys = columns.map(({ sqlName }) => sqlName);
  const body = isArray ? `USING gin (${keys[0]})` : `(${keys.join(", ")})`;
  if (isArray ? table.indexes.some((index) => index.body === body) : isServed(table, keys, "")) return [];
  const names = columns.map(({ name }) => name);
  const made = indexCandidate({ table, body, title: "", name: nameFor(table, names, "idx") });
  return [
    {
      ...made,
      kind: "query",
      title: `${alone.title}, with an index on ${table.name} (${keys.join(", ")})`,
      sql: `${made.sql}\n${alone.sql}`,
      ...(alone.query === undefined ? {} : { query: alone.query }),
    },
  ];
}

function rewriteAll(
  sql: string,
  { pattern, types, write }: Rewrite,
  typeOf: (name: string) => string | undefined,
): string {
  const hidden = masked(sql);
  let [result, end] = ["", 0];
  for (const match of hidden.matchAll(pattern)) {
    const groups = groupsIn(sql, match, pattern);
    const name = groups["column"] ?? groups["column2"];
    const type = name === undefined ? undefined : typeOf(name);
    const text = name !== undefined && type !== undefined && types.test(type) ? write(name, groups, type) : undefined;
    if (text === undefined) continue;
    result += sql.slice(end, match.index) + text;
    end = match.index + match[0].length;
  }
  return result + sql.slice(end);
}

/** The groups of a match in the masked text, as they stand in the real one. */
function groupsIn(sql: string, match: RegExpExecArray, pattern: RegExp): Groups {
  const [real] = [...sql.slice(0, match.index + match[0].length + 1).matchAll(unbounded(pattern))].filter(
    ({ index }) => index === match.index,
  );
  return real?.groups ?? {};
}

function unbounded(pattern: RegExp): RegExp {
  return new RegExp(pattern.source.replace(behind, ""), pattern.flags);
}

/** The same text with blanks for comments and with nothing legible in dollar quotes: of the same length. */
function masked(sql: string): string {
  return sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$/g, (hidden) =>
    (hidden.startsWith("$") ? "\0" : " ").repeat(hidden.length),
  );
}

/** A column that the query names. */
interface Use {
  readonly table: TableFacts;
  readonly column: ColumnFacts;
  readonly occurrence: Occurrence;
}

/** The column of this name, where all tables of the query that could be meant agree on its type. */
function findColumn(name: string, now: SchemaFacts, occurrences: readonly Occurrence[]): Use | undefined {
  const parts = [...name.matchAll(/"([^"]+)"|[^.]+/g)].map(([bare, quoted]) => quoted ?? bare.toLowerCase());
  const [last, alias] = [parts.at(-1), parts.length > 1 ? parts[0] : undefined];
  const uses = occurrences
    .filter((occurrence) => alias === undefined || occurrence.alias === alias)
    .flatMap((occurrence): readonly Use[] => {
      const table = now.table(occurrence.relation);
      const found = table?.columns.find((one) => one.name === last);
      return table && found ? [{ table, column: found, occurrence }] : [];
    });
  return new Set(uses.map(({ column: { type } }) => type)).size === 1 ? uses[0] : undefined;
}
