import { parse } from "../sql/parser.js";
import type { Candidate } from "./candidate.js";
import type { Occurrence } from "./occurrence.js";
import type { SchemaFacts } from "./schema-facts.js";
import { namesIn, type SqlNode } from "./sql-tree.js";

/** What makes a sub-select more than rows that a condition chooses. */
const notPlain = [
  "groupClause",
  "havingClause",
  "limitCount",
  "limitOffset",
  "distinctClause",
  "windowClause",
] as const;
const alsoNotPlain = ["withClause", "valuesLists", "lockingClause", "larg"] as const;

/** What makes a null of a column that has none. */
const makesNulls = /\b(left|right|full|rollup|cube|grouping)\b/i;

/**
 * `a NOT IN (SELECT b …)` written as NOT EXISTS, which PostgreSQL can plan as an anti join. Only where the catalog says
 * that neither side is ever null: with a null in it NOT IN finds nothing at all.
 */
export async function proposeNotIn(
  sql: string,
  now: SchemaFacts,
  occurrences: readonly Occurrence[],
): Promise<readonly Candidate[]> {
  // Of a CTE or a sub-select of the same name the catalog knows nothing.
  const selects = sql.match(/\bselect\b/gi) ?? [];
  if (makesNulls.test(sql) || /\bwith\b/i.test(sql) || selects.length > 2) return [];
  const { stmts = [] } = await parse(sql).catch(() => ({ stmts: [] }));
  const bytes = Buffer.from(sql, "utf8");
  for (const link of linksIn(stmts)) {
    const written = rewritten(bytes, link, now, occurrences);
    const isSound = written !== undefined && (await parse(written).then(Boolean, () => false));
    if (!isSound) continue;
    const title = "asks NOT EXISTS in place of NOT IN (neither column is ever null)";
    return [{ kind: "query", title, sql: `${written};`, statements: [], query: written }];
  }
  return [];
}

type SubLink = Readonly<Record<string, unknown>>;

/** Every NOT IN with a sub-select. */
function linksIn(node: unknown): readonly SubLink[] {
  if (typeof node !== "object" || node === null) return [];
  const not = (node as SqlNode)["BoolExpr"];
  const [inner] = not?.["boolop"] === "NOT_EXPR" ? (not["args"] as readonly SqlNode[]) : [];
  const link = inner?.["SubLink"];
  // NOT (a IN …) begins elsewhere, and is left alone.
  const own = link && link["location"] === not?.["location"] && link["subLinkType"] === "ANY_SUBLINK" ? [link] : [];
  return [...own, ...Object.values(node).flatMap(linksIn)];
}

function rewritten(
  bytes: Buffer,
  link: SubLink,
  now: SchemaFacts,
  occurrences: readonly Occurrence[],
): string | undefined {
  const outer = columnIn(link["testexpr"]);
  const select = (link["subselect"] as SqlNode | undefined)?.["SelectStmt"];
  if (!outer || !select || [...notPlain, ...alsoNotPlain].some((key) => select[key] !== undefined)) return undefined;
  const [target, ...others] = (select["targetList"] ?? []) as readonly SqlNode[];
  const [from, ...more] = (select["fromClause"] ?? []) as readonly SqlNode[];
  const [inner, range] = [columnIn(target?.["ResTarget"]?.["val"]), from?.["RangeVar"]];
  if (!inner || !range || others.length > 0 || more.length > 0) return undefined;
  const [table, alias] = [tableIn(range, now), aliasOf(range)];
  const [of, name = ""] = outer.names.length === 2 ? outer.names : [];
  // The outer column must be qualified: inside, its bare name could be one of the inner table's.
  const outside = occurrences.find((one) => one.alias === of);
  const isNever = (columns: SchemaFacts["tables"][number] | undefined, column: string | undefined) =>
    columns?.columns.find((one) => one.name === column)?.notNull === true;
  // A name on both sides would mean another column inside than outside.
  if (of === undefined || of === alias || !outside || !isNever(now.table(outside.relation), name)) return undefined;
  if (inner.names.length > 2 || (inner.names.length === 2 && inner.names[0] !== alias)) return undefined;
  if (!isNever(table, inner.names.at(-1))) return undefined;
  return textOf(bytes, { link, outer, inner, select, alias });
}

interface Parts {
  readonly link: SubLink;
  readonly outer: Column;
  readonly inner: Column;
  readonly select: SubLink;
  /** Of the inner table, as SQL. */
  readonly alias: string;
}

/** The statement with the condition in its new form; positions in the parser's trees are bytes. */
function textOf(bytes: Buffer, { link, outer, inner, select, alias }: Parts): string | undefined {
  const at = link["location"] as number;
  const text = (from: number, to: number) => bytes.subarray(from, to).toString("utf8");
  const open = bytes.indexOf("(", at);
  const close = closing(bytes, open);
  if (open < 0 || close === undefined || !/^NOT\s+IN\s*\($/i.test(text(at, open + 1))) return undefined;
  const body = text(open + 1, close);
  const compared = text(outer.at, at).trim();
  const own = text(inner.at, close).match(/^(?:(?:\w+|"[^"]+")\.)?(?:\w+|"[^"]+")/)?.[0];
  const list = /^\s*SELECT\s+(?:(?:\w+|"[^"]+")\.)?(?:\w+|"[^"]+")(?:\s+AS\s+\w+)?\s+FROM\s+/i.exec(body);
  if (own === undefined || !list || !/^(?:\w+|"[^"]+")\.(?:\w+|"[^"]+")$/.test(compared)) return undefined;
  const inside = `${own.includes(".") ? own : `${alias}.${own}`} = ${compared}`;
  const rest = body.slice(list[0].length);
  const where = select["whereClause"] === undefined ? -1 : rest.search(/\bWHERE\b/i);
  if (select["whereClause"] !== undefined && where < 0) return undefined;
  const condition =
    where < 0
      ? `${rest.trimEnd()} WHERE ${inside}`
      : `${rest.slice(0, where)}WHERE (${rest.slice(where + "WHERE".length).trim()}) AND ${inside}`;
  if (/--|\/\*|\$/.test(body.replace(/\$\d+/g, ""))) return undefined;
  return `${text(0, outer.at)}NOT EXISTS (SELECT 1 FROM ${condition})${text(close + 1, bytes.length)}`;
}

interface Column {
  readonly names: readonly string[];
  readonly at: number;
}

function columnIn(node: unknown): Column | undefined {
  const column = (node as SqlNode | undefined)?.["ColumnRef"];
  return column ? { names: namesIn(column["fields"]), at: (column["location"] as number | undefined) ?? 0 } : undefined;
}

function tableIn(range: SubLink, now: SchemaFacts) {
  const found = now.tables.filter(
    ({ schema, name }) => name === range["relname"] && (range["schemaname"] ?? schema) === schema,
  );
  return found.length === 1 ? found[0] : undefined;
}

function aliasOf(range: SubLink): string {
  const alias = range["alias"] as { aliasname?: string } | undefined;
  return alias?.aliasname ?? String(range["relname"]);
}

/** Where the bracket at `open` is closed, quotes left out. */
function closing(bytes: Buffer, open: number): number | undefined {
  let [depth, quote] = [0, 0];
  for (let at = open; at >= 0 && at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (quote !== 0) {
      if (byte === quote) quote = 0;
    } else if (byte === 0x27 || byte === 0x22) quote = byte;
    else if (byte === 0x28) depth++;
    else if (byte === 0x29 && --depth === 0) return at;
  }
  return undefined;
}
