import { connect, endOnAbort } from "../database/connect.js";
import { type Database, quoteName } from "../database/databases.js";
import { freeze } from "../database/freeze.js";
import type { Subject } from "../explain/ask.js";
import type { Planned } from "../explain/explain.js";
import type { Candidate, TableName } from "./candidate.js";

/** The built database, as far as trials need it. */
export interface TrialBuild {
  readonly databases: { clone(): Promise<Database>; readonly build: Pick<Database, "url"> };
  /** Plans subjects on `on` itself; with `analyze` also executes them. */
  explain(
    subjects: readonly Subject[],
    options: {
      readonly on: Database;
      readonly inPlace: true;
      readonly analyze: boolean;
      readonly secondsLeft: () => number;
    },
  ): Promise<ReadonlyMap<Subject, Planned>>;
}

/** A copy of the built database in which a candidate has been carried out; dropped when disposed. */
export interface Trial extends AsyncDisposable {
  plan(subjects: readonly Subject[], analyze: boolean): Promise<ReadonlyMap<Subject, Planned>>;
  /** Of the index that the candidate made, all partitions together; undefined where it made none. */
  readonly sizeBytes: number | undefined;
}

/** How long a trial may take. */
export interface TrialLimits {
  readonly signal: AbortSignal;
  /** Seconds until it must be over. */
  readonly secondsLeft: () => number;
}

/** Carries a candidate out on a copy; undefined where PostgreSQL refuses it, or the time is up. */
export async function openTrial(
  build: TrialBuild,
  candidate: Candidate,
  { signal, secondsLeft }: TrialLimits,
): Promise<Trial | undefined> {
  await using opened = new AsyncDisposableStack();
  const copy = opened.use(await build.databases.clone());
  let sizeBytes: number | undefined;
  if (candidate.statements.length > 0) {
    try {
      sizeBytes = await carryOut(
        copy,
        candidate,
        AbortSignal.any([signal, AbortSignal.timeout(Math.max(0, Math.ceil(secondsLeft() * 1_000)))]),
      );
    } catch {
      // A candidate that does not work is none: an expression that is not immutable, a key too long for a page.
      signal.throwIfAborted();
      return undefined;
    }
  }
  const kept = opened.move();
  return {
    sizeBytes,
    plan: (subjects, analyze) => build.explain(subjects, { on: copy, inPlace: true, analyze, secondsLeft }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function carryOut(
  copy: Database,
  { statements, analyze, index }: Candidate,
  signal: AbortSignal,
): Promise<number | undefined> {
  await using client = await connect(copy.url, {
    // Event triggers are the user's, and want to see no index of ours.
    settings: { session_replication_role: "replica", statement_timeout: "0", lock_timeout: "0" },
  });
  using _abort = endOnAbort(client, signal);
  for (const statement of statements) await client.query(statement);
  if (analyze) {
    const { rows } = await client.query(
      `SELECT $1::regclass::oid::int8::text AS oid UNION SELECT relid::oid::int8::text FROM pg_partition_tree($1::regclass)`,
      [qualified(analyze)],
    );
    await freeze(client, () => undefined, new Set(rows.map(({ oid }) => Number(oid))));
  }
  if (!index) return undefined;
  const { rows } = await client.query(
    `SELECT coalesce((SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree($1::regclass)), 0)::float8 AS partitioned,
            pg_relation_size($1::regclass)::float8 AS own`,
    [qualified(index)],
  );
  return Math.max(Number(rows[0].partitioned), Number(rows[0].own));
}

function qualified({ schema, name }: TableName): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}
