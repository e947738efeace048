import { type ErrorCode, PlanGateError } from "../errors.js";
import { hasSqlDetails, parse } from "../sql/parser.js";
import { leadLength, nextPiece } from "./pieces.js";
import { type TransactionNeeds, type Tree, transactionNeeds } from "./transaction-needs.js";

/** One statement of a file. */
export interface Statement extends TransactionNeeds {
  /** Without comments before it and without the semicolon. */
  readonly sql: string;
  /** 1-based line of its first word. */
  readonly line: number;
  /** What follows `COPY … FROM stdin;` up to `\.`. */
  readonly copy?: CopyData;
}

/** Rows that a file holds behind their COPY. */
interface CopyData {
  readonly text: string;
  /** 1-based line of the first row. */
  readonly line: number;
}

/**
 * Parsing needs a hundred times a text's size in memory: statements are parsed in parts of about this many characters.
 * A single statement that is longer carries data; it is left to the server's own parser.
 */
const partSize = 200_000;

/** Splits a file as PostgreSQL's own parser reads it. Throws with `code` where it cannot. */
export async function splitStatements(text: string, file: string, code: ErrorCode): Promise<readonly Statement[]> {
  const source = text.replace(/^\uFEFF/, "");
  const lineAt = lineCounter(source);
  const refuse: Refuse = (message, hint, line, cause) =>
    new PlanGateError(code, message, { hint, place: { file, line }, cause });
  const statements: Statement[] = [];
  for await (const part of cutParts(source, lineAt, refuse)) {
    // One by one: spreading hundreds of thousands would overflow the stack.
    for (const statement of await readPart(part, source, lineAt, refuse)) statements.push(statement);
  }
  return statements;
}

type Refuse = (message: string, hint: string, line: number, cause?: unknown) => PlanGateError;

/** Whole statements, to be parsed together, or one too long for that; the last may have rows behind it. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly tooLong?: true;
  readonly rows?: { readonly start: number; readonly end: number };
}

async function* cutParts(source: string, lineAt: LineAt, refuse: Refuse): AsyncGenerator<Part> {
  let [start, at] = [0, 0];
  for (let piece = nextPiece(source, at); piece; piece = nextPiece(source, at)) {
    at = piece.end;
    if (piece.kind === "command") {
      yield { start, end: piece.start };
      refuseCommand(source.slice(piece.start, piece.end), lineAt(piece.start), refuse);
    } else if (piece.end - piece.start > partSize) {
      yield { start, end: piece.start };
      yield { start: piece.start, end: piece.end, tooLong: true };
    } else if (await copiesRows(source.slice(piece.start, piece.end))) {
      const { next, ...rows } = findRows(source, piece.end, () => lineAt(piece.end), refuse);
      yield { start, end: piece.end, rows };
      at = next;
    } else if (at - start < partSize) {
      continue;
    } else {
      yield { start, end: at };
    }
    start = at;
  }
  yield { start, end: source.length };
}

/** pg_dump brackets its output in `\restrict` and `\unrestrict`, which say something to psql alone. */
function refuseCommand(text: string, line: number, refuse: Refuse): void {
  const [command = "\\"] = /^\\\S*/.exec(text) ?? [];
  if (command === "\\restrict" || command === "\\unrestrict") return;
  throw refuse(
    `\`${command}\` is a command of psql, not SQL`,
    "Take it out of the file, or apply the files with psql itself by a command in the settings.",
    line,
  );
}

/** Whether the parser calls it a COPY … FROM stdin. */
async function copiesRows(piece: string): Promise<boolean> {
  if (!/^copy\b[\s\S]*\bstdin\b/i.test(piece.slice(leadLength(piece)))) return false;
  const { stmts = [] } = await parse(piece).catch(() => ({ stmts: [] }));
  const copy = (stmts[0]?.stmt as Tree | undefined)?.["CopyStmt"];
  return copy?.["is_from"] === true && copy["filename"] === undefined;
}

/** The rows begin on the line after the semicolon and end before `\.`, or with the file. */
function findRows(source: string, from: number, line: () => number, refuse: Refuse) {
  const restOfLine = /[^\n]*\n?/y;
  restOfLine.lastIndex = from;
  const rest = restOfLine.exec(source)?.[0] ?? "";
  if (leadLength(rest) < rest.length) {
    throw refuse(
      "SQL follows `COPY … FROM stdin;` on its line",
      "Put it on a line of its own, after the rows.",
      line(),
    );
  }
  const start = from + rest.length;
  const marker = /\n\\\.[ \t]*\r?(?=\n|$)/g;
  marker.lastIndex = start - 1;
  const found = marker.exec(source);
  return found
    ? { start, end: found.index + 1, next: found.index + found[0].length }
    : { start, end: source.length, next: source.length };
}

type LineAt = (position: number) => number;

/** Counts on from where it was asked last. */
function lineCounter(text: string): LineAt {
  let [line, counted] = [1, 0];
  return (position) => {
    if (position < counted) [line, counted] = [1, 0];
    for (let at = text.indexOf("\n", counted); at >= 0 && at < position; at = text.indexOf("\n", at + 1)) line++;
    counted = position;
    return line;
  };
}

async function readPart(
  { start, end, tooLong, rows }: Part,
  source: string,
  lineAt: LineAt,
  refuse: Refuse,
): Promise<readonly Statement[]> {
  const text = source.slice(start, end);
  if (text.trim() === "") return [];
  if (tooLong) return [readLong(text, lineAt(start + leadLength(text)))];
  const line = lineAt(start);
  const { stmts = [] } = await parse(text).catch((error: unknown) => {
    throw unreadable(error, text, line, refuse);
  });
  const statements = readStatements(text, stmts, line);
  const last = statements.at(-1);
  if (!rows || !last) return statements;
  const copy = { text: source.slice(rows.start, rows.end), line: lineAt(rows.start) };
  return [...statements.slice(0, -1), { ...last, copy }];
}

function readLong(text: string, line: number): Statement {
  const sql = text.slice(leadLength(text)).replace(/;$/, "");
  return { sql, line, outsideTransaction: false, controlsTransaction: false };
}

function unreadable(error: unknown, text: string, line: number, refuse: Refuse): unknown {
  if (!hasSqlDetails(error)) return error;
  const before = firstCharacters(text, error.sqlDetails?.cursorPosition ?? 0);
  const hint = text.startsWith("${", before.length)
    ? "Placeholders are not replaced here: apply the files with the tool that knows them, by a command in the settings."
    : "Correct the SQL on that line.";
  return refuse(error.message, hint, line + countLines(before), error);
}

/** PostgreSQL's positions count characters, where JavaScript counts some of them twice. */
export function firstCharacters(text: string, count: number): string {
  let at = 0;
  for (let seen = 0; seen < count && at < text.length; seen++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return text.slice(0, at);
}

/** Line ends in a text. */
export function countLines(text: string): number {
  return text.split("\n").length - 1;
}

/** Positions are bytes of UTF-8; absent means 0, and for a length: to the end. */
interface Parsed {
  readonly stmt?: unknown;
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

function readStatements(text: string, parsed: readonly Parsed[], firstLine: number): readonly Statement[] {
  const bytes = Buffer.from(text, "utf8");
  let [counted, line] = [0, firstLine];
  return parsed.flatMap(({ stmt, stmt_location: start = 0, stmt_len: length }) => {
    if (!stmt) return [];
    const raw = bytes.toString("utf8", start, length === undefined ? undefined : start + length);
    const lead = leadLength(raw);
    line += countLines(bytes.toString("utf8", counted, start) + raw.slice(0, lead));
    counted = start + Buffer.byteLength(raw.slice(0, lead));
    return [{ sql: raw.slice(lead).trimEnd(), line, ...transactionNeeds(stmt as Tree) }];
  });
}
