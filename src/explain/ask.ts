import type pg from "pg";
import { connect, endOnAbort } from "../database/connect.js";
import { type Database, type Databases, quoteName, quoteText } from "../database/databases.js";
import { PlanGateError, type Problem } from "../errors.js";
import type { PlanFailure } from "../plan/change.js";
import type { TableEffect } from "../plan/effects.js";
import type { Case, PlanKind, Query } from "../queries/query.js";
import { type CountedEffects, countEffects, readCounters } from "./effects.js";
import { failureOf } from "./failure.js";
import type { SessionFile } from "./session.js";

/** How a session is entered, and how long it may take. */
export interface AskRequest {
  readonly timeoutSeconds: number;
  readonly session: SessionFile | undefined;
  /** The role that queries are planned as; undefined: the gate's own. */
  readonly role: string | undefined;
  readonly signal: AbortSignal;
}

/** One query with one set of values, asked for one kind of plan. */
export interface Subject {
  readonly query: Query;
  readonly case: Case;
  readonly kind: PlanKind;
}

/** The statement before a query that is only planned. */
export const planOnly = "EXPLAIN (FORMAT JSON, VERBOSE, SETTINGS)";
/** Same options, so that nothing but the execution differs. */
const measured = "EXPLAIN (ANALYZE, FORMAT JSON, VERBOSE, SETTINGS, BUFFERS, TIMING OFF, SUMMARY OFF)";

/** What came back: EXPLAIN's text, PostgreSQL's refusal, or a failure of ours. */
export type Answer =
  | {
      readonly kind: "text";
      readonly text: string;
      readonly wrote: boolean;
      /** What tables it read and wrote; absent where it was only planned, or the server does not count. */
      readonly effects?: CountedEffects;
    }
  | { readonly kind: "failed"; readonly failure: PlanFailure }
  | { readonly kind: "unknown"; readonly problem: Problem };

/** One EXPLAIN in a transaction that is rolled back, in a session of its own: caches of earlier ones count as buffers. */
export async function ask(
  databases: Databases,
  database: Database,
  subject: Subject,
  request: AskRequest,
  how: "plan" | "measure",
): Promise<Answer> {
  await using client = await connect(database.url, { settings: { statement_timeout: "0" } });
  using _abort = endOnAbort(client, request.signal);
  const timer = await endWhenOverdue(databases, client, request.timeoutSeconds);
  try {
    await enter(client, databases.plannerRole, request, how === "measure");
    await prepare(client, subject);
    if (how === "plan") {
      const text = await explainIn(client, subject, planOnly);
      await client.query("ROLLBACK");
      return { kind: "text", text, wrote: false };
    }
    const { text, earlier, wrote } = await measureIn(client, subject, request.session);
    const effects = await countEffects(client, earlier, wrote);
    await client.query("ROLLBACK");
    return { kind: "text", text, wrote, ...(effects ? { effects } : {}) };
  } catch (error) {
    request.signal.throwIfAborted();
    return failureOf(error, subject, request, timer.overdue());
  } finally {
    timer.stop();
  }
}

/** The session file; then the role, unless the file has left the superuser's already; then the time-out. */
async function enter(
  client: pg.Client,
  plannerRole: string,
  request: AskRequest,
  withoutWorkers: boolean,
): Promise<void> {
  await client.query("BEGIN");
  const { session, role } = request;
  if (session) {
    await client.query(session.sql).catch((cause: unknown) => {
      throw new PlanGateError(
        "explain-failed",
        `the session file fails: ${cause instanceof Error ? cause.message : cause}`,
        {
          hint: "Mend the file that `explain.session` names.",
          place: { file: session.file },
          cause,
        },
      );
    });
  }
  const { rows } = await client.query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user");
  if (rows[0]?.rolsuper) {
    if (role !== undefined) await applyStoredSettings(client, role);
    await client.query(`SET LOCAL ROLE ${quoteName(role ?? plannerRole)}`).catch((cause: unknown) => {
      throw new PlanGateError(
        "explain-failed",
        `cannot plan as role \`${role ?? plannerRole}\`: ${cause instanceof Error ? cause.message : cause}`,
        {
          hint: "Name a role in `explain.role` that a migration or `postgres.initScripts` creates.",
          cause,
        },
      );
    });
  }
  const workers = withoutWorkers ? "; SET LOCAL max_parallel_workers = 0" : "";
  await client.query(`SET LOCAL statement_timeout = ${Math.ceil(request.timeoutSeconds * 1_000)}${workers}`);
}

/** SET ROLE does not apply `ALTER ROLE … SET`; a login as that role would. The database's own for that role come last. */
async function applyStoredSettings(client: pg.Client, role: string): Promise<void> {
  await client.query(
    `SELECT set_config(split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1), true)
     FROM (SELECT unnest(s.setconfig) AS setting, s.setdatabase FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
           WHERE r.rolname = $1 AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
           ORDER BY s.setdatabase) AS stored`,
    [role],
  );
}

/** Shared blocks above which what a session looks up once is no matter. */
const manyBlocks = 10_000;
/** Milliseconds that an execution may take to be repeated. */
const quick = 3_000;

interface MeasuredText {
  readonly text: string;
  /** What the session had done before the execution that counts. */
  readonly earlier: readonly TableEffect[];
  readonly wrote: boolean;
}

/**
 * Executes a statement that writes nothing twice, where that is quick, and takes the second: what a session looks up in
 * the catalogs once, as for the body of a PL/pgSQL function, some hundred blocks count as the first execution's.
 */
async function measureIn(client: pg.Client, subject: Subject, session?: SessionFile): Promise<MeasuredText> {
  // Asking fills the catalog caches, and so changes the blocks that are counted: only where there may be something.
  const earlier = session?.readsTables ? await readCounters(client) : [];
  const began = performance.now();
  const text = await explainIn(client, subject, measured);
  const milliseconds = performance.now() - began;
  if (await hasWritten(client)) return { text, earlier, wrote: true };
  if (blocksIn(text) > manyBlocks || milliseconds > quick) {
    return { text, earlier, wrote: false };
  }
  const first = await readCounters(client);
  const again = await explainIn(client, subject, measured);
  return { text: again, earlier: first, wrote: await hasWritten(client) };
}

async function hasWritten(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query("SELECT pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL AS wrote");
  return Boolean(rows[0].wrote);
}

/** Shared blocks of the whole plan: its topmost node's figures come first. */
function blocksIn(text: string): number {
  const [hit = 0, read = 0] = ["Hit", "Read"].map((what) => {
    const [, blocks = 0] = new RegExp(`"Shared ${what} Blocks": (\\d+)`).exec(text) ?? [];
    return Number(blocks);
  });
  return hit + read;
}

async function prepare(client: pg.Client, { query, kind }: Subject): Promise<void> {
  if (kind === "custom") return;
  await client.query("SET LOCAL plan_cache_mode = force_generic_plan");
  await client.query(`PREPARE plan_gate_query AS ${query.sql}`);
}

async function explainIn(
  client: pg.Client,
  { query, case: { values }, kind }: Subject,
  explain: string,
): Promise<string> {
  if (kind === "custom") {
    const { rows } = await client.query<[unknown], unknown[]>({
      text: `${explain} ${query.sql}`,
      values: [...values],
      rowMode: "array",
      types: asText,
    });
    return textOf(rows);
  }
  const list = values.map((value) => (value === null ? "NULL" : quoteText(value))).join(", ");
  const { rows } = await client.query({
    text: `${explain} EXECUTE plan_gate_query${list === "" ? "" : `(${list})`}`,
    rowMode: "array",
    types: asText,
  });
  return textOf(rows);
}

/** The driver would parse JSON itself, and choke on what some MERGE plans print. */
const asText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

function textOf(rows: readonly unknown[]): string {
  return (rows as readonly (readonly unknown[])[]).map((row) => String(row[0])).join("\n");
}

/** `statement_timeout` should end an overdue statement; if it does not, the session is ended from outside. */
async function endWhenOverdue(databases: Databases, client: pg.Client, seconds: number) {
  let overdue = false;
  const pid = (client as unknown as { processID: number }).processID;
  const timer = setTimeout(
    () => {
      overdue = true;
      void terminate(databases, pid).finally(() =>
        (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy(),
      );
    },
    (seconds + 2) * 1_000,
  );
  return { overdue: () => overdue, stop: () => clearTimeout(timer) };
}

async function terminate(databases: Databases, pid: number): Promise<void> {
  await using admin = await connect(databases.build.url, { database: "postgres" });
  await admin.query("SELECT pg_terminate_backend($1)", [pid]);
}
