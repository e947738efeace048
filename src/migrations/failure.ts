import type pg from "pg";
import { type ErrorCode, PlanGateError } from "../errors.js";
import { countLines, firstCharacters, type Statement } from "./split.js";

/** What PostgreSQL refused, as an error with the line of the file that did it. What is no refusal comes back as it is. */
export function statementFailure(error: unknown, statement: Statement, file: string, code: ErrorCode): unknown {
  if (!(error instanceof Error)) return error;
  if (!isRefusal(error)) return lostConnection(error, statement, file);
  const { message, detail } = error;
  const isFull = /No space left on device/.test(message);
  return new PlanGateError(
    isFull ? "disk-full" : code,
    `${message}${detail ? ` (${detail})` : ""} in \`${firstLine(statement.sql)}\``,
    { hint: adviceOn(error), place: { file, line: lineOf(error, statement) }, cause: error },
  );
}

/** Whether PostgreSQL itself sent it. */
export function isRefusal(error: unknown): error is pg.DatabaseError {
  return error instanceof Error && "severity" in error;
}

function lostConnection(error: Error, { line }: Statement, file: string): Error {
  if (!/^Connection terminated|^Client has encountered a connection error|ECONNRESET|EPIPE/.test(error.message))
    return error;
  return new PlanGateError("database-unreachable", `the server ended the session: ${error.message}`, {
    hint: "Look at the server's log: it may have run out of memory or disk space at this statement.",
    place: { file, line },
    cause: error,
  });
}

/** The row's line for rows of a COPY, the line inside a DO block, the position that PostgreSQL points at, or the first. */
function lineOf({ position, where = "" }: pg.DatabaseError, { sql, line, copy }: Statement): number {
  const row = rowOf(where);
  if (copy && row !== undefined) return copy.line + row - 1;
  if (position !== undefined) return line + countLines(firstCharacters(sql, Number(position) - 1));
  const inBlock = /^PL\/pgSQL function inline_code_block line (\d+)/m.exec(where)?.[1];
  if (inBlock === undefined) return line;
  return line + countLines(sql.slice(0, Math.max(0, sql.search(/\$\w*\$|'/)))) + Number(inBlock) - 1;
}

/** The 1-based line of COPY's input at which it failed. */
export function rowOf(where: string | undefined): number | undefined {
  const row = /^COPY .*?, line (\d+)/m.exec(where ?? "")?.[1];
  return row === undefined ? undefined : Number(row);
}

function firstLine(sql: string): string {
  const first = (sql.split("\n", 1)[0] ?? "").trim();
  return first.length > 80 ? `${first.slice(0, 79)}…` : first;
}

type Advice = readonly (readonly [pattern: RegExp, hint: string])[];

/** By PostgreSQL's message: what this program lets the user do about it. */
const settingsAdvice: Advice = [
  [
    /permission denied to create extension|must be superuser to create this extension/,
    "List the extension in `postgres.extensions`: the superuser then creates it first.",
  ],
  [
    /extension ".*" is not available|could not open extension control file/,
    "This Postgres lacks the extension: use an image or a server that has it (`postgres.image`, `postgres.url`).",
  ],
  [
    /must be superuser|must be owner of|permission denied|only superuser|requires superuser/i,
    "Migrations and seeds run as the database's owner: do it in `postgres.initScripts`, or set `postgres.superuser: true`.",
  ],
  [/^role ".*" does not exist/, "Create the role in a migration or in `postgres.initScripts`."],
  [
    /cannot run inside a transaction block|cannot be executed from a function|invalid transaction termination|unsafe use of new value/,
    "Put it in a file of its own, or begin the file with `COMMIT;`: each statement then commits by itself.",
  ],
  [/No space left on device/, "Free some disk space, or seed fewer rows."],
];

/** What to say where PostgreSQL gives no hint of its own. */
const generalAdvice: Advice = [
  [/already exists/, "The database is empty at the start: an earlier file or statement has made it already."],
  [
    /does not exist/,
    "An earlier file should make it: look at the order of the files, and whether a migration drops or renames it.",
  ],
];

function adviceOn({ message, hint }: pg.DatabaseError): string {
  const from = (advice: Advice) => advice.find(([pattern]) => pattern.test(message))?.[1];
  return (
    from(settingsAdvice) ??
    hint ??
    from(generalAdvice) ??
    "Correct the statement, or what an earlier file makes for it."
  );
}
