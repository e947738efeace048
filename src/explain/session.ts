import { PlanGateError } from "../errors.js";
import type { Tree } from "../files/tree.js";
import { parse } from "../sql/parser.js";

/** What every planning session runs first: `SET ROLE`, settings that policies read, `search_path`. */
export interface SessionFile {
  readonly file: string;
  readonly sql: string;
  /** Whether it may: it does something else than `SET`. */
  readonly readsTables: boolean;
}

/** Reads the session file and refuses one that would end the transaction around each query. */
export async function readSession(tree: Tree, file: string): Promise<SessionFile> {
  const refuse = (message: string, hint: string, cause?: unknown) =>
    new PlanGateError("settings-invalid", message, { hint, place: { file }, cause });
  const [sql = ""] = await tree.read([file]).catch((cause: unknown) => {
    if (cause instanceof PlanGateError) throw cause;
    throw refuse(
      "`explain.session` names a file that cannot be read",
      "Create it, or take `explain.session` out of the settings.",
      cause,
    );
  });
  const { stmts = [] } = await parse(sql).catch((cause: unknown) => {
    throw refuse(
      `the session file is no SQL: ${cause instanceof Error ? cause.message : cause}`,
      "Write `SET …;` statements only.",
      cause,
    );
  });
  if (stmts.some(({ stmt }) => stmt && "TransactionStmt" in stmt)) {
    throw refuse(
      "the session file has BEGIN, COMMIT or ROLLBACK",
      "Take them out: every query is planned in a transaction that is rolled back.",
    );
  }
  return { file, sql, readsTables: stmts.some(({ stmt }) => !stmt || !("VariableSetStmt" in stmt)) };
}
