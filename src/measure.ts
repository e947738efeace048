import picomatch from "picomatch";
import type { LoadedSettings } from "./config/load.js";
import type { Settings } from "./config/settings.js";
import { connect, endOnAbort } from "./database/connect.js";
import { type Databases, openDatabases } from "./database/databases.js";
import { buildSessionSettings, disableAutovacuum, freeze, freezeSettings } from "./database/freeze.js";
import type { ServerRequest } from "./database/provider.js";
import { startServer } from "./database/start.js";
import { PlanGateError, type Problem } from "./errors.js";
import type { Subject } from "./explain/ask.js";
import { type Catalog, readCatalog } from "./explain/catalog.js";
import { explainAll, type Planned } from "./explain/explain.js";
import { readSession } from "./explain/session.js";
import { workTree } from "./files/tree.js";
import { applyFiles } from "./migrations/apply.js";
import type { AppliedStatement, MigrationFile } from "./migrations/layout.js";
import { readMigrations } from "./migrations/read.js";
import { createdRoles } from "./migrations/roles.js";
import { findQueries } from "./queries/find.js";
import type { Query } from "./queries/query.js";
import { readSeed, runSeed, type Seed, splitAtMigration } from "./seed/seed.js";
import { settle } from "./seed/settle.js";
import { runCommand } from "./subprocess.js";
import type { Environment } from "./verdict/verdict.js";

/** What is told of a run while it runs. */
export interface Progress {
  /** A new phase begins; the one before it has ended. */
  phase(name: string): void;
  /** What the phase is at. */
  detail(text: string): void;
}

/** What a run needs from outside. */
export interface RunRequest {
  readonly loaded: LoadedSettings;
  /** Names or globs of the queries that take part; empty: all. */
  readonly wanted: readonly string[];
  /** Whether the query of this name takes part. */
  readonly selectsName: (name: string) => boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  /** Where PostgreSQL's binaries are looked for. Default: the settings file's folder, which a checked-out base has not installed. */
  readonly installedIn?: string;
  /** Where seed, session file and init scripts are. Default: the settings file's folder. */
  readonly conditionsIn?: string;
}

/** What PostgreSQL makes of the work tree: its schema, its data, and a plan for each query and case. */
export interface Measurement {
  readonly environment: Environment;
  readonly queries: readonly Query[];
  readonly subjects: readonly Subject[];
  readonly planned: ReadonlyMap<Subject, Planned>;
  readonly applied: readonly AppliedStatement[];
  readonly catalog: Catalog;
  /** Query files that could not be read. */
  readonly queryProblems: readonly Problem[];
  readonly notes: readonly string[];
  /** Seconds per phase. */
  readonly timings: Readonly<Record<string, number>>;
}

/** Starts Postgres, builds and fills the schema, freezes it and plans every query. Nothing of it is left afterwards. */
export async function measure(request: RunRequest): Promise<Measurement> {
  const { settings, root } = request.loaded;
  const timings = stopwatch(request);
  const { queries, problems: queryProblems } = await readQueries(request);
  const conditions = request.conditionsIn ?? root;
  const session =
    settings.explain.session === undefined
      ? undefined
      : await readSession(workTree(conditions), settings.explain.session);
  const plan = await readBuildPlan(root, conditions, settings);

  timings.start("start");
  await using server = await startServer(settings.postgres.provider, serverRequest(request));
  request.signal.throwIfAborted();
  request.progress.detail(server.description);
  await using databases = await openDatabases(server, {
    locale: settings.postgres.locale,
    settings: { ...freezeSettings, ...settings.postgres.settings },
    userSettings: Object.keys(settings.postgres.settings),
    extensions: settings.postgres.extensions,
    superuser: settings.postgres.superuser,
    migrationRoles: await createdRoles([...plan.initScripts, ...plan.migrations.flat()]),
  });
  const { applied, notes } = await buildDatabase(databases, plan, request, server.own, timings);

  timings.start("explain");
  const catalog = await readCatalog(databases.build.url);
  const subjects = queries.flatMap((query) =>
    query.plans.flatMap((kind) => query.cases.map((one): Subject => ({ query, case: one, kind }))),
  );
  const { analyze, timeoutSeconds, maxAnalyzeCost, role } = settings.explain;
  const planned = await explainAll(databases, subjects, {
    analyze,
    timeoutSeconds,
    maxAnalyzeCost,
    session,
    role,
    catalog,
    signal: request.signal,
    progress: (done, of, query) => request.progress.detail(`${done} of ${of}: ${query}`),
  });
  timings.start("stop");
  const { environment } = databases;
  const empty = catalog.isEmpty ? ["no table has a row: without a `seed` the planner has nothing to decide by"] : [];
  return {
    environment,
    queries,
    subjects,
    planned,
    applied,
    catalog,
    queryProblems,
    notes: [...notes, ...empty],
    timings: timings.seconds,
  };
}

function serverRequest({ loaded, env, signal, progress, installedIn }: RunRequest): ServerRequest {
  const { settings, root } = loaded;
  const { version, url, image, locale, startTimeoutSeconds } = settings.postgres;
  return {
    major: version,
    url,
    image,
    locale,
    settings: { ...freezeSettings, ...settings.postgres.settings },
    userSettings: Object.keys(settings.postgres.settings),
    startTimeoutSeconds,
    cwd: installedIn ?? root,
    env,
    signal,
    progress: (message) => progress.detail(message),
  };
}

async function readQueries(request: RunRequest): Promise<{ queries: readonly Query[]; problems: readonly Problem[] }> {
  const { settings, root } = request.loaded;
  const found = await findQueries(workTree(root), settings.queries);
  const queries = found.queries.filter(({ name }) => request.selectsName(name));
  // The wanted one may be in a file that cannot be read: that file's problem says more.
  if (found.problems.length > 0) return { queries, problems: found.problems };
  if (found.queries.length === 0) {
    const where = settings.queries.join(", ");
    throw new PlanGateError("input-missing", `no query is registered: there is no .sql file in ${where}`, {
      hint: "Put one query in a file there, or run `plan-gate init` for an example.",
    });
  }
  const missing = request.wanted.find(
    (glob) => !queries.some(({ name }) => picomatch.isMatch(name, glob, { dot: true })),
  );
  if (missing === undefined) return { queries, problems: [] };
  throw new PlanGateError("input-missing", `no registered query is called \`${missing}\``, {
    hint: "`plan-gate list` shows the names.",
  });
}

/** What is to be run to build the database, read before anything is started. */
interface BuildPlan {
  readonly initScripts: readonly MigrationFile[];
  /** Before the seed, and after it where `seed.after` says so. */
  readonly migrations: readonly [readonly MigrationFile[], readonly MigrationFile[]];
  readonly seed: Seed;
}

async function readBuildPlan(root: string, conditions: string, settings: Settings): Promise<BuildPlan> {
  const { initScripts } = settings.postgres;
  const scripts = await workTree(conditions)
    .read(initScripts)
    .catch((cause: unknown) => {
      throw new PlanGateError(
        "input-missing",
        `cannot read \`postgres.initScripts\`: ${cause instanceof Error ? cause.message : cause}`,
        {
          hint: "Create the file, or take it out of the settings.",
          cause,
        },
      );
    });
  const migrations = "dir" in settings.migrations ? await readMigrations(root, settings.migrations.dir) : [];
  const after = settings.seed?.after;
  return {
    initScripts: initScripts.map((file, index) => ({ file, names: [file], sql: scripts[index] ?? "" })),
    migrations: after === undefined ? [migrations, []] : splitAtMigration(migrations, after),
    seed: await readSeed(conditions, settings.seed),
  };
}

async function buildDatabase(
  databases: Databases,
  plan: BuildPlan,
  request: RunRequest,
  own: boolean,
  timings: Stopwatch,
): Promise<{ applied: readonly AppliedStatement[]; notes: readonly string[] }> {
  const { loaded, signal, env, progress } = request;
  const detail = (text: string) => progress.detail(text);
  const surroundings = { cwd: loaded.root, url: databases.ownerUrl, env, signal, progress: detail };
  const applied: AppliedStatement[] = [];
  const migrate = async (files: readonly MigrationFile[]) => {
    await using owner = await connect(databases.ownerUrl, { settings: buildSessionSettings, asOwner: true });
    using _abort = endOnAbort(owner, signal);
    applied.push(...(await applyFiles(owner, files, { progress: detail })));
  };
  await using superuser = await connect(databases.build.url, { settings: buildSessionSettings });
  using _abort = endOnAbort(superuser, signal);

  timings.start("migrate");
  await applyFiles(superuser, plan.initScripts, { progress: detail });
  if ("command" in loaded.settings.migrations) {
    const { command } = loaded.settings.migrations;
    await runCommand({ ...surroundings, command, setting: "migrations.command", code: "migration-failed" });
  } else {
    await migrate(plan.migrations[0]);
  }

  timings.start("seed");
  if (!own) await disableAutovacuum(superuser);
  const cwd = request.conditionsIn ?? loaded.root;
  await runSeed(plan.seed, { ...surroundings, cwd, sessionSettings: buildSessionSettings });
  if (plan.migrations[1].length > 0) {
    // As in production the rest meets sequences that are past the rows, and views that show them.
    await settle(superuser, detail);
    timings.start("migrate");
    await migrate(plan.migrations[1]);
  }
  timings.start("freeze");
  await settle(superuser, detail);
  if (!own) await disableAutovacuum(superuser);
  const { notes } = await freeze(superuser, detail);
  signal.throwIfAborted();
  return { applied, notes: [...notes, ...(own ? [] : await noteRoles(databases))] };
}

/** On a server of the user's, roles outlive the databases: those that the files create are dropped, the others named. */
async function noteRoles(databases: Databases): Promise<readonly string[]> {
  return (await databases.newRoles()).map(({ name, dropped }) =>
    dropped
      ? `role \`${name}\` was made by a migration and dropped afterwards`
      : `role \`${name}\` appeared on the server meanwhile and was left: no migration file creates it`,
  );
}

interface Stopwatch {
  start(phase: string): void;
  readonly seconds: Readonly<Record<string, number>>;
}

function stopwatch({ clock, progress }: RunRequest): Stopwatch {
  const seconds: Record<string, number> = {};
  let current: { phase: string; since: number } | undefined;
  return {
    start(phase) {
      const now = clock();
      if (current) seconds[current.phase] = (seconds[current.phase] ?? 0) + (now - current.since) / 1_000;
      current = { phase, since: now };
      progress.phase(phase);
    },
    seconds,
  };
}
