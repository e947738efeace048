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
  /** Of the indexes that the candidate made, all partitions together; undefined where it made none. */
  readonly sizeBytes: number | undefined;
}

/** How long a trial may take. */
export interface TrialLimits {
  readonly signal: AbortSignal;
  /** Seconds until it must be over. */
  readonly secondsLeft: () => number;
}

/** What became of a candidate that was to be carried out. */
export type Opened =
  | { readonly kind: "open"; readonly trial: Trial }
  /** It does not work: an expression that is not immutable, a key too long for a page. */
  | { readonly kind: "refused" }
  | { readonly kind: "out-of-time" };

/** Carries a candidate out on a copy. */
export async function openTrial(
  build: TrialBuild,
  candidate: Candidate,
  { signal, secondsLeft }: TrialLimits,
): Promise<Opened> {
  await using opened = new AsyncDisposableStack();
  const copy = opened.use(await build.databases.clone());
  let sizeBytes: number | undefined;
  if (candidate.statements.length > 0) {
    const overdue = AbortSignal.timeout(Math.max(0, Math.ceil(secondsLeft() * 1_000)));
    try {
      sizeBytes = await carryOut(copy, candidate, AbortSignal.any([signal, overdue]));
    } catch {
      signal.throwIfAborted();
      return { kind: overdue.aborted ? "out-of-time" : "refused" };
    }
  }
  const kept = opened.move();
  const trial: Trial = {
    sizeBytes,
    plan: (subjects, analyze) => build.explain(subjects, { on: copy, inPlace: true, analyze, secondsLeft }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
  return { kind: "open", trial };
}

async function carryOut(
  copy: Database,
  { statements, analyze, indexes }: Candidate,
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
  if (!indexes) return undefined;
  const { rows } = await client.query(
    `SELECT sum(greatest(pg_relation_size(made), (SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree(made))))::float8 AS bytes
     FROM unnest($1::text[]) AS name, LATERAL (SELECT name::regclass) AS found (made)`,
    [indexes.names.map(qualified)],
  );
  return Number(rows[0].bytes);
}

function qualified({ schema, name }: TableName): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}
