import type pg from "pg";
import { PlanGateError, type Problem } from "../errors.js";
import { tookTooLong } from "../plan/not-measured.js";
import { type Answer, type AskRequest, planOnly, type Subject } from "./ask.js";

/** What an error during EXPLAIN means: a query that does not fit the schema, or a failure of ours. */
export function failureOf(error: unknown, subject: Subject, request: AskRequest, overdue: boolean): Answer {
  if (error instanceof PlanGateError) {
    const { code, message, hint, place } = error;
    return { kind: "unknown", problem: { code, message, hint, ...(place ? { place } : {}) } };
  }
  const { message, code: sqlState, position, hint } = error as pg.DatabaseError;
  if (overdue || sqlState === "57014") {
    return {
      kind: "unknown",
      problem: problemFor(
        subject,
        tookTooLong(request.timeoutSeconds),
        "Raise `explain.timeoutSeconds`, or give the query's case values that read less.",
      ),
    };
  }
  if (sqlState === undefined || /^(08|53|57|58|XX)/.test(sqlState)) {
    return {
      kind: "unknown",
      problem: problemFor(subject, `the server failed: ${message}`, "Look at the server's log, and run again."),
    };
  }
  const parameter = /unrecognized configuration parameter "([^"]+)"/.exec(message)?.[1];
  if (parameter !== undefined) {
    const sets = `Set it in the SQL file that \`explain.session\` names: \`SET ${parameter} = …;\`.`;
    return { kind: "failed", failure: { message, sqlState, hint: sets } };
  }
  const line = lineAt(subject, position);
  return {
    kind: "failed",
    failure: { message, sqlState, ...(hint ? { hint } : {}), ...(line === undefined ? {} : { line }) },
  };
}

/** The line of the query's file at which PostgreSQL points; it counts characters of what was sent, from 1. */
function lineAt({ query, kind }: Subject, position: string | undefined): number | undefined {
  if (position === undefined) return undefined;
  const before = kind === "custom" ? planOnly : "PREPARE plan_gate_query AS";
  const offset = Number(position) - 1 - before.length - 1;
  if (offset < 0 || offset > query.sql.length) return query.sqlLine;
  return query.sqlLine + query.sql.slice(0, offset).split("\n").length - 1;
}

/** A failure of ours about one query, at its place. */
export function problemFor({ query }: Subject, message: string, hint: string): Problem {
  return { code: "explain-failed", message, hint, place: { file: query.file, line: query.line } };
}
