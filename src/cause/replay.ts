import pg from "pg";
import { connect, endOnAbort, urlFor } from "../database/connect.js";
import type { Database } from "../database/databases.js";
import { buildSessionSettings, disableAutovacuum, freeze } from "../database/freeze.js";
import { postponed, readTableStates, type TableStates, touchedTables, urgentTables } from "../database/touched.js";
import { PlanGateError } from "../errors.js";
import type { Subject } from "../explain/ask.js";
import type { Build } from "../measure.js";
import { applyFiles } from "../migrations/apply.js";
import type { MigrationFile } from "../migrations/layout.js";
import { refreshMaterializedViews } from "../seed/settle.js";
import type { Edit, MigrationChange } from "./edits.js";
import type { Plans } from "./question.js";
import type { Trials } from "./trial.js";

/** What is planned at each step. */
export interface Watched {
  readonly subjects: readonly Subject[];
  /** Those of which the plan alone does not tell: they are executed as well. */
  readonly measured: ReadonlySet<Subject>;
}

/** The base's database, what is asked of its copies, and for how long. */
interface Bench {
  readonly base: Build;
  readonly watched: Watched;
  readonly signal: AbortSignal;
  readonly trials: Pick<Trials, "isOver" | "secondsLeft">;
}

/** The plans after some of the edits; undefined where these edits cannot be run on the base. */
export type Try = (made: readonly Edit[]) => Promise<Plans | undefined>;

/** What each file of a change does to the plans of the base's database. */
export interface Replay {
  /**
   * First the base as it is, then after each file that can move a plan: the edits that are made by then, and the plans. A
   * last step brings the statistics of all that was made, where every file could be run.
   */
  readonly steps: readonly { readonly made: readonly Edit[]; readonly plans: Plans }[];
  /** Runs other selections of the edits; each selection once. */
  readonly try: Try;
}

/** Runs a change's edits, file by file, on one copy of the base's database. Where a file fails or time is up the steps end. */
export async function replay(bench: Bench, change: MigrationChange): Promise<Replay> {
  const { base, signal } = bench;
  const steps: { made: readonly Edit[]; plans: Plans }[] = [];
  await using copy = await base.databases.clone();
  let states = await statesOf(copy);
  steps.push({ made: [], plans: await planOn(bench, copy) });
  let made: readonly Edit[] = [];
  const files = change.additions(() => true);
  for (const file of files) {
    if (bench.trials.isOver()) break;
    const edits = change.edits.filter((edit) => edit.file === file.file);
    const after = await refusable(applyOn(bench, copy, [file], states, "urgent"), signal);
    if (!after) break;
    states = after;
    made = [...made, ...edits];
    if (file !== files.at(-1) && edits.every(({ nature }) => nature.startsAnew)) continue;
    steps.push({ made, plans: await planOn(bench, copy) });
  }
  if (made.length === change.edits.length && (await refusable(settle(copy, states), signal)))
    steps.push({ made, plans: await planOn(bench, copy) });
  return { steps, try: remembering((some) => tryEdits(bench, change, some)) };
}

function remembering(run: Try): Try {
  const known = new Map<string, Promise<Plans | undefined>>();
  return (made) => {
    const key = made.map(({ index }) => index).join(" ");
    const result = known.get(key) ?? run(made);
    known.set(key, result);
    return result;
  };
}

async function tryEdits(bench: Bench, change: MigrationChange, made: readonly Edit[]): Promise<Plans | undefined> {
  bench.signal.throwIfAborted();
  if (bench.trials.isOver()) return undefined;
  await using copy = await bench.base.databases.clone();
  const before = await statesOf(copy);
  const files = change.additions((edit) => made.includes(edit));
  if (!(await refusable(applyOn(bench, copy, files, before, "all"), bench.signal))) return undefined;
  return await planOn(bench, copy);
}

/** Undefined where PostgreSQL refused; what else goes wrong is a bug of ours. */
async function refusable<T>(run: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return run.catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof PlanGateError || error instanceof pg.DatabaseError) return undefined;
    throw error;
  });
}

/** Runs files on a copy of the base's database as the migration role; false where PostgreSQL refuses one. */
export async function runOnCopy(
  { base, signal }: Pick<Bench, "base" | "signal">,
  copy: Database,
  files: readonly MigrationFile[],
): Promise<boolean> {
  return (await refusable(runFiles({ base, signal }, copy, files, false), signal)) ?? false;
}

async function runFiles(
  { base, signal }: Pick<Bench, "base" | "signal">,
  copy: Database,
  files: readonly MigrationFile[],
  countsRows: boolean,
): Promise<true> {
  const url = urlFor(base.databases.ownerUrl, { database: copy.name });
  await using owner = await connect(url, { settings: buildSessionSettings, asOwner: true });
  using _abort = endOnAbort(owner, signal);
  await applyFiles(owner, files, { progress: () => undefined });
  // What it counted would reach others only some time after it has ended.
  if (countsRows) await owner.query("SELECT pg_stat_force_next_flush()");
  return true;
}

/**
 * Runs files as a build does, and brings the statistics of what they touched up to date; `urgent`: only those that
 * matter to what was there, for the others come in a later step.
 */
async function applyOn(
  { base, signal }: Bench,
  copy: Database,
  files: readonly MigrationFile[],
  before: TableStates,
  which: "all" | "urgent",
): Promise<TableStates> {
  await runFiles({ base, signal }, copy, files, before.countsRows);
  const writes = files.some(({ sql }) => writesRows(sql));
  await using superuser = await connect(copy.url, { settings: buildSessionSettings });
  using _abort = endOnAbort(superuser, signal);
  if (!base.own) await disableAutovacuum(superuser);
  if (writes) await refreshMaterializedViews(superuser);
  const now = await readTableStates(superuser);
  // Whose rows were written is not known: all are seen to.
  if (writes && !now.countsRows) return await refreshed(superuser, new Set(now.byOid.keys()));
  const touched = touchedTables(before, now);
  const due = which === "all" ? touched : urgentTables(before, now);
  const after = due.size === 0 ? now : await refreshed(superuser, due);
  return postponed(before, after, new Set([...touched].filter((oid) => !due.has(oid))));
}

async function refreshed(superuser: pg.Client, tables: ReadonlySet<number>): Promise<TableStates> {
  await freeze(superuser, () => undefined, tables);
  return await readTableStates(superuser);
}

/** Brings the statistics that were left for later; false where there are none. */
async function settle({ url }: Database, states: TableStates): Promise<boolean> {
  await using superuser = await connect(url, { settings: buildSessionSettings });
  const touched = touchedTables(states, await readTableStates(superuser));
  if (touched.size === 0) return false;
  await freeze(superuser, () => undefined, touched);
  return true;
}

/** Definitions alone leave a catalog that tells what they touched; anything else may have written rows anywhere. */
function writesRows(sql: string): boolean {
  return /\b(insert|update|delete|merge|copy|truncate|do|call|select|perform)\b/i.test(sql);
}

async function statesOf({ url }: Database): Promise<TableStates> {
  await using superuser = await connect(url);
  return await readTableStates(superuser);
}

async function planOn({ base, watched, trials: { secondsLeft } }: Bench, on: Database): Promise<Plans> {
  const { subjects, measured } = watched;
  const plain = subjects.filter((subject) => !measured.has(subject));
  const plans = new Map(await base.explain(plain, { on, inPlace: true, analyze: false, secondsLeft }));
  if (measured.size === 0) return plans;
  const executed = await base.explain([...measured], { on, inPlace: true, secondsLeft });
  for (const [subject, planned] of executed) plans.set(subject, planned);
  return plans;
}
