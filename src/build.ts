import type { Settings } from "./config/settings.js";
import { connect, endOnAbort } from "./database/connect.js";
import type { Databases } from "./database/databases.js";
import { buildSessionSettings, disableAutovacuum, freeze } from "./database/freeze.js";
import { PlanGateError } from "./errors.js";
import { workTree } from "./files/tree.js";
import type { RunRequest } from "./measure.js";
import { applyFiles } from "./migrations/apply.js";
import type { AppliedStatement, MigrationFile } from "./migrations/layout.js";
import { readMigrations } from "./migrations/read.js";
import { readSeed, runSeed, type Seed, splitAtMigration } from "./seed/seed.js";
import { settle } from "./seed/settle.js";
import { runCommand } from "./subprocess.js";

/** What is told of the phases of a build. */
export interface Phases {
  start(phase: string): void;
}

/** What is to be run to build the database, read before anything is started. */
export interface BuildPlan {
  readonly initScripts: readonly MigrationFile[];
  /** Before the seed, and after it where `seed.after` says so. */
  readonly migrations: readonly [readonly MigrationFile[], readonly MigrationFile[]];
  readonly seed: Seed;
}

/** Reads the files that make the database. `conditions` is the folder of seed, session file and init scripts. */
export async function readBuildPlan(
  { loaded: { root, settings }, seedIn, initScriptsAs = same, migrationsAs = same }: RunRequest,
  conditions: string,
): Promise<BuildPlan> {
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
  const read = "dir" in settings.migrations ? await readMigrations(root, settings.migrations.dir) : [];
  const migrations = migrationsAs(read);
  const after = settings.seed?.after;
  return {
    initScripts: initScriptsAs(initScripts.map((file, index) => ({ file, names: [file], sql: scripts[index] ?? "" }))),
    migrations: after === undefined ? [migrations, []] : splitAtMigration(migrations, after),
    seed: await readSeed(seedIn ?? conditions, settings.seed),
  };
}

/** Roles, server settings, databases and tablespaces: what may reach beyond the database in which it is written. */
const beyondDatabase = /\b(role|system|tablespace|dblink)\b|\b(create|alter|drop)\s+(user|group|database)\b/i;

/** Whether building stays within one database, as far as its files tell; what a command does is not known. */
export function staysInDatabase({ initScripts, migrations, seed }: BuildPlan, { migrations: read }: Settings): boolean {
  if ("command" in read || seed.kind === "command") return false;
  const texts = [...initScripts, ...migrations.flat()].map(({ sql }) => sql);
  const seeds = seed.files.filter(({ file }) => file.endsWith(".sql")).map(({ text }) => text);
  return ![...texts, ...seeds].some((sql) => beyondDatabase.test(sql));
}

function same(read: readonly MigrationFile[]): readonly MigrationFile[] {
  return read;
}

/** Makes schema and data, and freezes them. `own` says whether the server was started for this run. */
export async function buildDatabase(
  databases: Databases,
  plan: BuildPlan,
  request: RunRequest,
  own: boolean,
  timings: Phases,
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
    const cwd = request.commandIn ?? loaded.root;
    await runCommand({ ...surroundings, cwd, command, setting: "migrations.command", code: "migration-failed" });
  } else {
    await migrate(plan.migrations[0]);
  }

  timings.start("seed");
  if (!own) await disableAutovacuum(superuser);
  const cwd = request.seedIn ?? request.conditionsIn ?? loaded.root;
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
