import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { type ErrorCode, PlanGateError } from "../errors.js";
import { statementFailure } from "./failure.js";
import type { AppliedStatement, MigrationFile } from "./layout.js";
import { type Statement, splitStatements } from "./split.js";

/** How files are run, and what a failure is called. */
export interface ApplyOptions {
  readonly progress: (text: string) => void;
  /** `migration-failed` where absent. */
  readonly code?: ErrorCode;
}

/** Runs files in order, statement by statement. Throws PlanGateError with the file and the failing statement's line. */
export async function applyFiles(
  client: pg.Client,
  files: readonly MigrationFile[],
  { progress, code = "migration-failed" }: ApplyOptions,
): Promise<readonly AppliedStatement[]> {
  const applied: AppliedStatement[] = [];
  for (const { file, sql: text } of files) {
    progress(file);
    const statements = await splitStatements(text, file, code);
    await applyFile(client, statements, { file, code, progress });
    for (const { sql, line } of statements) applied.push({ file, line, sql });
  }
  return applied;
}

interface FileRun {
  readonly file: string;
  readonly code: ErrorCode;
  readonly progress: (text: string) => void;
}

/** One transaction a file, unless it has its own or holds what must run outside of one: then each statement commits. */
async function applyFile(client: pg.Client, statements: readonly Statement[], run: FileRun): Promise<void> {
  const last = statements.at(-1);
  if (!last) return;
  const wrap = !statements.some(
    ({ outsideTransaction, controlsTransaction }) => outsideTransaction || controlsTransaction,
  );
  const explain = (statement: Statement) => (error: unknown) => {
    throw statementFailure(error, statement, run.file, run.code);
  };
  if (wrap) await client.query("BEGIN").catch(explain(last));
  for (const [index, statement] of statements.entries()) {
    if (index > 0 && index % 1_000 === 0) run.progress(`${run.file}: statement ${index} of ${statements.length}`);
    await runStatement(client, statement).catch(explain(statement));
  }
  // A deferred constraint is checked here.
  if (wrap) await client.query("COMMIT").catch(explain(last));
  else refuseOpenTransaction(client, statements, run);
  // What a file set for its session must not reach the next one: pg_dump empties the search path.
  await client.query("RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL").catch(explain(last));
}

async function runStatement(client: pg.Client, { sql, copy }: Statement): Promise<void> {
  if (copy === undefined) await client.query(sql);
  else await pipeline(Readable.from([copy.text]), client.query(copyFrom(sql)));
}

function refuseOpenTransaction(client: pg.Client, statements: readonly Statement[], { file, code }: FileRun): void {
  if (client.getTransactionStatus() === "I") return;
  const begin = statements.findLast(({ controlsTransaction }) => controlsTransaction) ?? statements.at(-1);
  throw new PlanGateError(code, "the transaction that begins here is open at the file's end", {
    hint: "Add the COMMIT that is missing.",
    place: { file, line: begin?.line ?? 1 },
  });
}
