import { parse } from "../sql/parser.js";
import { identifier } from "./candidate.js";

/** A node of libpg-query's parse tree: one key, the node's kind. */
export type SqlNode = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** What EXPLAIN prints for the result of a sub-select, whose value nobody knows beforehand. */
const subselect = /\((?:NOT )?(?:hashed )?(?:SubPlan|InitPlan) \d+\)(?:\.col\d+)?/g;
/** A number that was redacted, outside of strings and quoted names. */
const redactedNumber = /('(?:[^']|'')*'|"(?:[^"]|"")*")|\?/g;

/** Reads a condition that EXPLAIN printed; undefined where it is none of SQL's expressions. */
export async function parseCondition(text: string): Promise<SqlNode | undefined> {
  const known = text.replace(subselect, "($1)");
  const statement =
    (await selectOf(known)) ?? (await selectOf(known.replace(redactedNumber, (all, kept) => kept ?? (all && "'?'"))));
  const [target, ...others] = (statement?.["targetList"] ?? []) as readonly SqlNode[];
  return others.length === 0 ? (target?.["ResTarget"]?.["val"] as SqlNode | undefined) : undefined;
}

/** Reads a list of keys as EXPLAIN prints it behind `Sort Key` and `Group Key`; empty where it cannot be read. */
export async function parseKeys(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const known = text.replace(subselect, "($1)");
  const { stmts = [] } = await parse(`SELECT 1 ORDER BY ${known}`).catch(() => ({ stmts: [] }));
  const select = (stmts[0]?.stmt as SqlNode | undefined)?.["SelectStmt"];
  return ((select?.["sortClause"] ?? []) as readonly SqlNode[]).flatMap(({ SortBy: key }) => (key ? [key] : []));
}

async function selectOf(expression: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { stmts = [] } = await parse(`SELECT ${expression}`).catch(() => ({ stmts: [] }));
  return stmts.length === 1 ? (stmts[0]?.stmt as SqlNode | undefined)?.["SelectStmt"] : undefined;
}

/** A column as a condition names it. */
export interface ColumnUse {
  readonly alias: string;
  readonly column: string;
}

/** Every column that an expression names, in no order; undefined where it holds what has no fixed value or no name. */
export function columnsOf(node: unknown): readonly ColumnUse[] | undefined {
  const found: ColumnUse[] = [];
  const pending: unknown[] = [node];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== "object" || next === null) continue;
    if ("SubLink" in next || "A_Indirection" in next) return undefined;
    const column = (next as SqlNode)["ColumnRef"];
    if (column) {
      const [alias, name, ...more] = namesIn(column["fields"]);
      if (alias === undefined || name === undefined || more.length > 0) return undefined;
      found.push({ alias, column: name });
    } else pending.push(...Object.values(next));
  }
  return found;
}

/** The strings of a list of names: `["pg_catalog", "int4"]`. */
export function namesIn(list: unknown): readonly string[] {
  return ((list ?? []) as readonly SqlNode[]).map(({ String: name }) => String(name?.["sval"] ?? ""));
}

/** A constant's text: without its casts; undefined where it is no constant, or NULL. */
export function constantOf(node: SqlNode | undefined): string | undefined {
  if (node?.["TypeCast"]) return constantOf(node["TypeCast"]["arg"] as SqlNode);
  const constant = node?.["A_Const"];
  if (!constant || constant["isnull"]) return undefined;
  const { sval, ival, fval, boolval } = constant as Record<string, Record<string, unknown> | undefined>;
  if (sval) return String(sval["sval"] ?? "");
  if (ival) return String(ival["ival"] ?? 0);
  if (fval) return String(fval["fval"] ?? 0);
  return boolval ? String(boolval["boolval"] ?? false) : undefined;
}

/** The texts of all constants that stand in an expression. */
export function constantsIn(node: unknown): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  if ("A_Const" in node) return [constantOf(node as SqlNode) ?? "NULL"];
  return Object.values(node).flatMap(constantsIn);
}

/** PostgreSQL's own spelling of types that the parser knows by their inner name. */
const typeNames: Readonly<Record<string, string>> = {
  bool: "boolean",
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double precision",
  bpchar: "character",
  varchar: "character varying",
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
};

/** The name of the type that a cast names, without a length; undefined for arrays and what is quoted oddly. */
export function typeOf(cast: Readonly<Record<string, unknown>>): string | undefined {
  const type = cast["typeName"] as Readonly<Record<string, unknown>> | undefined;
  if (!type || type["arrayBounds"] || type["typmods"]) return undefined;
  const names = namesIn(type["names"]).filter((name) => name !== "pg_catalog");
  return names.length === 1
    ? (typeNames[names[0] ?? ""] ?? identifier(names[0] ?? ""))
    : names.map(identifier).join(".");
}

/** An expression as SQL text without the columns' qualifiers; undefined where it holds what no index can. */
export function expressionText(node: SqlNode | undefined): string | undefined {
  const [kind = "", body = {}] = Object.entries(node ?? {})[0] ?? [];
  const parts = (list: unknown) => allOf(((list ?? []) as readonly SqlNode[]).map(expressionText));
  switch (kind) {
    case "ColumnRef":
      return identifier(namesIn(body["fields"]).at(-1) ?? "");
    case "A_Const":
      return constantText(node);
    case "TypeCast": {
      const [inner, type] = [expressionText(body["arg"] as SqlNode), typeOf(body)];
      return inner === undefined || type === undefined ? undefined : `(${inner})::${type}`;
    }
    case "CoalesceExpr": {
      const inner = parts(body["args"]);
      return inner && `COALESCE(${inner.join(", ")})`;
    }
    case "FuncCall": {
      const inner = parts(body["args"]);
      if (!inner || body["over"] || body["agg_distinct"] || body["agg_star"] || body["agg_order"]) return undefined;
      return `${functionName(namesIn(body["funcname"]))}(${inner.join(", ")})`;
    }
    case "A_Expr": {
      const [operator, ...more] = namesIn(body["name"]);
      const sides = allOf([expressionText(body["lexpr"] as SqlNode), expressionText(body["rexpr"] as SqlNode)]);
      if (body["kind"] !== "AEXPR_OP" || !sides || more.length > 0) return undefined;
      return `(${sides[0]} ${operator} ${sides[1]})`;
    }
    default:
      return undefined;
  }
}

/** Functions with a syntax of their own: called by name they must be qualified. */
const ownSyntax = new Set(["extract", "normalize", "overlay", "position", "substring"]);

function functionName(names: readonly string[]): string {
  const [schema, name = "", ...more] = names;
  const isKnown = schema === "pg_catalog" && more.length === 0 && !ownSyntax.has(name);
  return isKnown ? identifier(name) : names.map(identifier).join(".");
}

function constantText(node: SqlNode | undefined): string | undefined {
  const text = constantOf(node);
  // What was redacted is not known, and an index on it would be one on something else.
  if (text === undefined || text === "?") return undefined;
  return node?.["A_Const"]?.["sval"] ? literal(text) : text;
}

/** A string constant as SQL text. */
function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

function allOf<T>(list: readonly (T | undefined)[]): readonly T[] | undefined {
  return list.some((item) => item === undefined) ? undefined : (list as readonly T[]);
}
