import { type Candidate, identifier, type TableName } from "./candidate.js";
import type { IndexFacts, TableFacts } from "./schema-facts.js";

/** Longest name that PostgreSQL keeps whole, in bytes. */
const longestName = 63;

/** What is asked for: the body of an index, and what to say of it. */
export interface WantedIndex {
  readonly table: TableFacts;
  /** What follows the table's name: `USING btree (a)`, or `(a)`. */
  readonly body: string;
  readonly title: string;
  readonly unique?: boolean;
  /** The name to give it if it is free. */
  readonly name: string;
}

/** An index as a candidate: built without locking out writes, which on a partitioned table PostgreSQL cannot do. */
export function indexCandidate({ table, body, title, unique, name }: WantedIndex): Candidate {
  const free = freeName(name, table.taken);
  const make = (concurrently: string) =>
    `CREATE ${unique ? "UNIQUE " : ""}INDEX ${concurrently}${identifier(free)} ON ${table.sqlName} ${body}`;
  return {
    kind: "index",
    title: table.partitioned ? `${title} (writes wait while it is built: the table is partitioned)` : title,
    sql: `${make(table.partitioned ? "" : "CONCURRENTLY ")};`,
    statements: [make("")],
    indexes: { names: [{ schema: table.schema, name: free }], table: { schema: table.schema, name: table.name } },
    // A new expression has no statistics yet.
    ...(hasExpression(body) ? { analyze: { schema: table.schema, name: table.name } } : {}),
  };
}

function hasExpression(body: string): boolean {
  const { items } = listFrom(body, body.indexOf("(") + 1);
  return items.some((key) => key.includes("("));
}

/** The name, cut to what PostgreSQL keeps; numbered where the table has one of that name. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? "" : `_${count}`;
    const cut = `${cutBytes(name, longestName - suffix.length)}${suffix}`;
    if (!taken.has(cut)) return cut;
  }
}

function cutBytes(name: string, bytes: number): string {
  const cut = [...name];
  while (Buffer.byteLength(cut.join("")) > bytes) cut.pop();
  return cut.join("");
}

/** The parts of a B-tree index's body. */
export interface IndexParts {
  readonly keys: readonly string[];
  readonly included: readonly string[];
  /** What follows: options and the predicate. */
  readonly rest: string;
}

/** Takes the body of a B-tree index apart; undefined for other kinds of index. */
export function indexParts(body: string): IndexParts | undefined {
  const start = "USING btree (";
  if (!body.startsWith(start)) return undefined;
  const keys = listFrom(body, start.length);
  const include = " INCLUDE (";
  const included = body.startsWith(include, keys.end) ? listFrom(body, keys.end + include.length) : undefined;
  return { keys: keys.items, included: included?.items ?? [], rest: body.slice(included?.end ?? keys.end).trim() };
}

/** The items up to the bracket that closes the list; `from` is behind the opening one. */
function listFrom(text: string, from: number): { readonly items: readonly string[]; readonly end: number } {
  const items: string[] = [];
  let [depth, begin] = [1, from];
  for (const { 0: token, index } of text.slice(from).matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]/g)) {
    const at = from + index;
    if (token === "(") depth++;
    else if (token === ")") depth--;
    else if (token !== "," || depth > 1) continue;
    if (depth === 0 || (depth === 1 && token === ",")) {
      items.push(text.slice(begin, at).trim());
      begin = at + 1;
    }
    if (depth === 0) return { items, end: at + 1 };
  }
  return { items, end: text.length };
}

/** Whether the table has an index whose first keys are these, for the same rows. */
export function isServed({ indexes }: TableFacts, keys: readonly string[], where: string): boolean {
  return indexes.some(({ body }) => {
    const parts = indexParts(body);
    return parts !== undefined && parts.rest === where && keys.every((key, at) => parts.keys[at] === key);
  });
}

/** Whether two tables' indexes are alike but for their names. */
export function hasIndexLike(table: TableFacts | undefined, { body, unique }: IndexFacts): boolean {
  return table?.indexes.some((index) => index.body === body && (index.unique || !unique)) ?? false;
}

/** "orders_customer_id_created_at_idx". */
export function nameFor({ name }: TableName, columns: readonly string[], ending: string): string {
  return [name, ...columns.map((column) => column.replace(/[^\p{L}\p{N}_]+/gu, "_")), ending].join("_");
}
