import picomatch from "picomatch";
import { buildDatabase, readBuildPlan, staysInDatabase } from "./build.js";
import type { LoadedSettings } from "./config/load.js";
import { type Database, type Databases, openDatabases } from "./database/databases.js";
import { freezeSettings } from "./database/freeze.js";
import type { Server, ServerRequest } from "./database/provider.js";
import { startServer } from "./database/start.js";
import { PlanGateError, type Problem } from "./errors.js";
import type { Subject } from "./explain/ask.js";
import { type Catalog, readCatalog } from "./explain/catalog.js";
import { type ExplainRequest, explainAll, type Planned } from "./explain/explain.js";
import { readSession } from "./explain/session.js";
import { workTree } from "./files/tree.js";
import type { AppliedStatement, MigrationFile } from "./migrations/layout.js";
import { createdRoles } from "./migrations/roles.js";
import { findQueries } from "./queries/find.js";
import type { Query } from "./queries/query.js";
import { stopwatch } from "./stopwatch.js";
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
  /** Where the seed is. Default: as `conditionsIn`. */
  readonly seedIn?: string;
  /** What is run in place of the init scripts that were read. */
  readonly initScriptsAs?: (read: readonly MigrationFile[]) => readonly MigrationFile[];
  /** Where `migrations.command` runs. Default: the settings file's folder. */
  readonly commandIn?: string;
  /** What is applied in place of the migrations that were read: the same files with some statements left out. */
  readonly migrationsAs?: (read: readonly MigrationFile[]) => readonly MigrationFile[];
  /** The server of another build under the same settings, used and left running where nothing reaches all of it. Default: one is started. */
  readonly onServer?: Server;
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

/** A built database and its plans, kept until it is disposed of: what might have been can be tried on copies of it. */
export interface Build extends AsyncDisposable {
  readonly measurement: Measurement;
  readonly databases: Databases;
  /** Whether the server was started for this run alone: what reaches the whole server then stays in this build. */
  readonly own: boolean;
  /** The migrations that were applied, in order; none where a command applies them. */
  readonly migrations: readonly MigrationFile[];
  /** Those of `postgres.initScripts`. */
  readonly initScripts: readonly MigrationFile[];
  /** Whether its migrations make roles on a server that others share: no second build has room beside it. */
  readonly needsServerAlone: boolean;
  /** Its server, where a second build beside it changes nothing for either: one of our own, and nothing reaches all of it. */
  readonly roomBeside: Server | undefined;
  /** Plans subjects as the run did, on copies of the built database or of `on`. */
  explain(subjects: readonly Subject[], options: ExplainOptions): Promise<ReadonlyMap<Subject, Planned>>;
}

/** How subjects are planned once more. */
export interface ExplainOptions {
  readonly on?: Database;
  /** Reads are planned on `on` itself, which must have no sessions then, and not on a copy. */
  readonly inPlace?: true;
  /** False: without executing. */
  readonly analyze?: boolean;
  /** In place of the build's own session file and role. */
  readonly as?: Pick<ExplainRequest, "session" | "role">;
  /** As of `ExplainRequest`. */
  readonly secondsLeft?: () => number;
}

/** Starts Postgres, builds and fills the schema, freezes it and plans every query. Nothing of it is left afterwards. */
export async function measure(request: RunRequest): Promise<Measurement> {
  await using build = await openBuild(request);
  return build.measurement;
}

/** The same, with the server still there. */
export async function openBuild(request: RunRequest): Promise<Build> {
  const { settings, root } = request.loaded;
  const timings = stopwatch(request);
  const { queries, problems: queryProblems } = await readQueries(request);
  const conditions = request.conditionsIn ?? root;
  const session =
    settings.explain.session === undefined
      ? undefined
      : await readSession(workTree(conditions), settings.explain.session);
  const plan = await readBuildPlan(request, conditions);

  const migrationRoles = await createdRoles([...plan.initScripts, ...plan.migrations.flat()]);
  timings.start("start");
  await using opened = new AsyncDisposableStack();
  // What is left out of a build may bring back what reaches the whole server.
  const shared = staysInDatabase(plan, settings) ? request.onServer : undefined;
  const server = shared ?? opened.use(await startServer(settings.postgres.provider, serverRequest(request)));
  request.signal.throwIfAborted();
  request.progress.detail(server.description);
  const databases = opened.use(
    await openDatabases(server, {
      locale: settings.postgres.locale,
      settings: { ...freezeSettings, ...settings.postgres.settings },
      userSettings: Object.keys(settings.postgres.settings),
      extensions: settings.postgres.extensions,
      superuser: settings.postgres.superuser,
      migrationRoles,
      beside: shared !== undefined,
    }),
  );
  const { applied, notes } = await buildDatabase(databases, plan, request, server.own, timings);

  timings.start("explain");
  const catalog = await readCatalog(databases.build.url);
  const subjects = queries.flatMap((query) =>
    query.plans.flatMap((kind) => query.cases.map((one): Subject => ({ query, case: one, kind }))),
  );
  const { analyze, timeoutSeconds, maxAnalyzeCost, role } = settings.explain;
  const explain: ExplainRequest = {
    ...{ analyze, timeoutSeconds, maxAnalyzeCost, session, role, catalog },
    signal: request.signal,
    progress: (done, of, query) => request.progress.detail(`${done} of ${of}: ${query}`),
  };
  const planned = await explainAll(databases, subjects, explain);
  timings.stop();
  const { environment } = databases;
  const empty = catalog.isEmpty ? ["no table has a row: without a `seed` the planner has nothing to decide by"] : [];
  const measurement: Measurement = {
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
  const kept = opened.move();
  return {
    measurement,
    databases,
    own: server.own,
    migrations: plan.migrations.flat(),
    initScripts: plan.initScripts,
    explain: async (some, { on, inPlace, analyze: also = analyze, as = {}, secondsLeft }) =>
      explainAll(on ? databasesOn(databases, on, inPlace) : databases, some, {
        ...explain,
        ...(on ? { catalog: await readCatalog(on.url) } : {}),
        ...as,
        ...(secondsLeft ? { secondsLeft } : {}),
        analyze: also,
      }),
    needsServerAlone: !server.own && migrationRoles.size > 0,
    roomBeside: server.own && staysInDatabase(plan, settings) ? server : undefined,
    async [Symbol.asyncDispose]() {
      if (kept.disposed) return;
      request.progress.phase("stop");
      await kept.disposeAsync();
    },
  };
}

/** Copies are made of `on`; with `inPlace` the first one is `on` itself. */
function databasesOn(databases: Databases, on: Database, inPlace: true | undefined): Databases {
  let first = inPlace === true;
  return {
    ...databases,
    async clone() {
      if (!first) return databases.clone(on);
      first = false;
      return { ...on, async [Symbol.asyncDispose]() {} };
    },
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
