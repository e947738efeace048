import { hasSqlDetails, parse } from "../sql/parser.js";

/** What the gate must know of a query's text. */
export interface ParsedQuery {
  /** Without comments before it and without the semicolon. */
  readonly sql: string;
  /** Characters of the text before `sql` begins. */
  readonly offset: number;
  /** The highest `$n`. */
  readonly parameters: number;
  /** Changes or locks rows, at the top or in a CTE. */
  readonly writes: boolean;
}

/** Why a text is no query: words, and how many characters into the text. */
export interface NotAQuery {
  readonly reason: string;
  readonly offset: number;
}

const plannable = new Set(["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

/** Parses a text that must hold one statement that EXPLAIN can plan. */
export async function parseQuery(text: string): Promise<ParsedQuery | NotAQuery> {
  let statements: readonly RawStatement[];
  if (text.trim() === "") return { reason: "holds no statement", offset: 0 };
  try {
    statements = ((await parse(text)).stmts ?? []) as readonly RawStatement[];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const position = hasSqlDetails(error) ? Math.max(0, error.sqlDetails?.cursorPosition ?? 0) : 0;
    return { reason: error.message, offset: position };
  }
  const [first, second] = statements;
  if (!first?.stmt) return { reason: "holds no statement", offset: 0 };
  if (second)
    return {
      reason: "holds more than one statement",
      offset: skipBlank(text, byteOffset(text, second.stmt_location ?? 0)),
    };
  const [kind] = Object.keys(first.stmt);
  const offset = skipBlank(text, byteOffset(text, first.stmt_location ?? 0));
  const seen = look(first.stmt);
  if (!kind || !plannable.has(kind) || seen.into) {
    return { reason: "is no SELECT, INSERT, UPDATE, DELETE or MERGE", offset };
  }
  const end = first.stmt_len ? byteOffset(text, (first.stmt_location ?? 0) + first.stmt_len) : text.length;
  return { sql: text.slice(offset, end).trimEnd(), offset, parameters: seen.parameters, writes: seen.writes };
}

interface RawStatement {
  readonly stmt?: Record<string, unknown>;
  /** Both in bytes of UTF-8; absent means 0, and for the length: to the end. */
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

function byteOffset(text: string, bytes: number): number {
  return Buffer.from(text, "utf8").subarray(0, bytes).toString("utf8").length;
}

/** Past white space and comments; PostgreSQL's comments nest. */
function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    if (text.startsWith("--", at)) {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end + 1;
    } else if (text.startsWith("/*", at)) {
      at = endOfComment(text, at);
    } else {
      return at;
    }
  }
}

function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (const { 0: mark, index } of text.slice(from).matchAll(/\/\*|\*\//g)) {
    depth += mark === "/*" ? 1 : -1;
    if (depth === 0) return from + index + 2;
  }
  return text.length;
}

/** Looks through a parse tree for what matters, whatever the nodes around it. */
function look(tree: unknown): { parameters: number; writes: boolean; into: boolean } {
  const seen = { parameters: 0, writes: false, into: false };
  const pending: unknown[] = [tree];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== "object" || node === null) continue;
    for (const [key, value] of Object.entries(node)) {
      if (/^(Insert|Update|Delete|Merge)Stmt$/.test(key) || key === "lockingClause") seen.writes = true;
      if (key === "intoClause" && !("InsertStmt" in node)) seen.into = true;
      if (key === "ParamRef") {
        seen.parameters = Math.max(seen.parameters, (value as { number?: number }).number ?? 0);
      }
      pending.push(value);
    }
  }
  return seen;
}
