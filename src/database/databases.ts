import { randomBytes } from "node:crypto";
import type pg from "pg";
import { PlanGateError } from "../errors.js";
import type { Environment } from "../verdict/verdict.js";
import { connect, urlFor } from "./connect.js";
import { readEnvironment } from "./environment.js";
import type { Server } from "./provider.js";
import { createRole, dropRole, readRoles, signature, sweepDatabases } from "./roles.js";
import { settingsForDatabase } from "./server-settings.js";

/** What a run asks of the databases it is given. */
export interface DatabaseRequest {
  readonly locale: string;
  /** Server settings: arguments of an own server, `ALTER DATABASE … SET` on one that the user named. */
  readonly settings: Readonly<Record<string, string>>;
  /** The names that the user set, which are part of the environment whatever they do. */
  readonly userSettings: readonly string[];
  readonly extensions: readonly string[];
  /** Whether migrations run as a superuser. */
  readonly superuser: boolean;
  /** Roles that the run's files create: on a server that the user named they outlive the databases. */
  readonly migrationRoles: ReadonlySet<string>;
  /** Whether the server, of our own, has another build's databases: names of their own keep the two apart. */
  readonly beside: boolean;
}

/** A role that exists now and did not when the run began. */
interface NewRole {
  readonly name: string;
  /** Whether it is dropped at the end: the run's files create it. */
  readonly dropped: boolean;
}

/** One database, dropped when disposed. */
export interface Database extends AsyncDisposable {
  readonly name: string;
  /** A superuser's url. */
  readonly url: string;
}

/** The databases of one run: the one that is built, and clones of it. All are dropped when disposed. */
export interface Databases extends AsyncDisposable {
  readonly environment: Environment;
  readonly serverVersion: string;
  /** Where migrations and seed run. */
  readonly build: Database;
  /** Login of the role that migrations run as: the database's owner. */
  readonly ownerUrl: string;
  /** The role that queries are planned as: reads and writes everything, but row security holds. */
  readonly plannerRole: string;
  /** A copy of the built database, or of another one of the run: it must have no sessions then. */
  clone(from?: Database): Promise<Database>;
  /** Those of all runs of ours left out; sorted. */
  newRoles(): Promise<readonly NewRole[]>;
}

/** Creates the roles and the database that migrations will fill. */
export async function openDatabases(server: Server, request: DatabaseRequest): Promise<Databases> {
  await using cleanup = new AsyncDisposableStack();
  const isAlone = server.own && !request.beside;
  const run = isAlone ? "plan_gate" : `plan_gate_${randomBytes(6).toString("hex")}`;
  // Stays open: while it is, other runs on the same server know that this one lives.
  const admin = cleanup.use(await connect(server.url, { applicationName: run }));
  if (!server.own) await sweepDatabases(admin);
  const rolesBefore = new Set(await readRoles(admin));
  const planner = `${run}_planner`;
  const owner = { user: `${run}_owner`, password: randomBytes(18).toString("base64url") };
  await createRole(admin, planner, "NOLOGIN NOBYPASSRLS");
  cleanup.defer(() => dropRole(admin, planner));
  await createRole(
    admin,
    owner.user,
    `LOGIN ${request.superuser ? "SUPERUSER" : "CREATEDB CREATEROLE"} PASSWORD '${owner.password}'`,
    // A run that is killed cannot drop them: the next one reads here what they are.
    [...request.migrationRoles].filter((role) => !rolesBefore.has(role)).sort(),
  );
  cleanup.defer(() => dropRole(admin, owner.user));
  // The advice beside PostgreSQL's messages knows them in English.
  await admin.query(`ALTER ROLE ${quoteName(owner.user)} SET lc_messages = 'C'`);
  await admin.query(`GRANT pg_read_all_data, pg_write_all_data TO ${quoteName(planner)}`);

  const newRoles = async (): Promise<readonly NewRole[]> =>
    (await readRoles(admin))
      .filter((name) => !rolesBefore.has(name) && !/^plan_gate_[0-9a-f]{12}_/.test(name) && !name.startsWith(`${run}_`))
      .map((name) => ({ name, dropped: request.migrationRoles.has(name) }));
  cleanup.defer(async () => {
    for (const { name, dropped } of await newRoles().catch(() => [])) if (dropped) await dropRole(admin, name);
  });
  const context: Context = { admin, server, run, owner: owner.user, request, count: 0 };
  const build = cleanup.use(await createBuild(context));
  const environment = await readEnvironment(build.url, request.userSettings);
  await createExtensions(build.url, request.extensions);
  const serverVersion = String((await admin.query("SELECT current_setting('server_version') AS v")).rows[0].v);
  const kept = cleanup.move();
  return {
    environment,
    serverVersion: serverVersion.split(" ")[0] ?? serverVersion,
    build,
    ownerUrl: urlFor(server.url, { database: build.name, ...owner }),
    plannerRole: planner,
    clone: (from = build) => cloneDatabase(context, from),
    newRoles,
    async [Symbol.asyncDispose]() {
      // A server of our own is thrown away whole.
      if (isAlone) await admin[Symbol.asyncDispose]();
      else await kept.disposeAsync();
    },
  };
}

interface Context {
  readonly admin: pg.Client;
  readonly server: Server;
  readonly run: string;
  readonly owner: string;
  readonly request: DatabaseRequest;
  count: number;
}

async function createBuild(context: Context): Promise<Database> {
  const { admin, run, owner, request, server } = context;
  const name = `${run}_build`;
  const locale = quoteText(request.locale);
  await admin
    .query(
      `CREATE DATABASE ${quoteName(name)} OWNER ${quoteName(owner)} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE ${locale} LC_CTYPE ${locale}`,
    )
    .catch((cause: unknown) => {
      throw new PlanGateError(
        "database-refused",
        `cannot create a database with \`postgres.locale: ${request.locale}\`: ${messageOf(cause)}`,
        {
          hint: "Name a locale that the server has (`SELECT collname FROM pg_collation`), or leave `postgres.locale` out.",
          cause,
        },
      );
    });
  const database = databaseOf(context, name);
  await admin.query(`COMMENT ON DATABASE ${quoteName(name)} IS ${quoteText(signature)}`);
  // An own server has them as arguments, the lowest layer there is.
  const settings = server.own ? [] : await settingsForDatabase(admin, request.settings);
  for (const setting of settings) {
    const value = quoteText(request.settings[setting] ?? "");
    await admin.query(`ALTER DATABASE ${quoteName(name)} SET ${quoteName(setting)} = ${value}`);
  }
  return database;
}

async function createExtensions(url: string, extensions: readonly string[]): Promise<void> {
  await using client = await connect(url);
  for (const extension of extensions) {
    await client.query(`CREATE EXTENSION IF NOT EXISTS ${quoteName(extension)} CASCADE`).catch((cause: unknown) => {
      throw new PlanGateError("database-refused", `cannot create extension \`${extension}\`: ${messageOf(cause)}`, {
        hint: "Take it out of `postgres.extensions`, or use an image or a server that has it (`postgres.image`, `postgres.url`).",
        cause,
      });
    });
  }
}

async function cloneDatabase(context: Context, source: Database): Promise<Database> {
  const { admin, run, server, owner } = context;
  const name = `${run}_clone_${++context.count}`;
  const major = Number((await admin.query("SHOW server_version_num")).rows[0].server_version_num) / 10_000;
  // Copying files is twice as fast as logging their blocks, and a server of ours is not meant to survive a crash.
  const strategy = server.own && major >= 15 ? " STRATEGY FILE_COPY" : "";
  await admin.query(
    `CREATE DATABASE ${quoteName(name)} OWNER ${quoteName(owner)} TEMPLATE ${quoteName(source.name)}${strategy}`,
  );
  const database = databaseOf(context, name);
  try {
    await admin.query(`COMMENT ON DATABASE ${quoteName(name)} IS ${quoteText(signature)}`);
    await carrySettings(admin, source.name, name);
    return database;
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** CREATE DATABASE … TEMPLATE carries neither `ALTER DATABASE … SET` nor grants: both belong to what is planned. */
async function carrySettings(admin: pg.Client, from: string, to: string): Promise<void> {
  await admin.query(
    `INSERT INTO pg_db_role_setting
     SELECT target.oid, s.setrole, s.setconfig FROM pg_db_role_setting s, pg_database source, pg_database target
     WHERE s.setdatabase = source.oid AND source.datname = $1 AND target.datname = $2`,
    [from, to],
  );
  await admin.query(
    "UPDATE pg_database SET datacl = (SELECT datacl FROM pg_database WHERE datname = $1) WHERE datname = $2",
    [from, to],
  );
}

function databaseOf({ admin, server }: Context, name: string): Database {
  return {
    name,
    url: urlFor(server.url, { database: name }),
    async [Symbol.asyncDispose]() {
      await admin.query(`DROP DATABASE IF EXISTS ${quoteName(name)} WITH (FORCE)`).catch(() => undefined);
    },
  };
}

/** An identifier as SQL text. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string constant as SQL text, whatever standard_conforming_strings says. */
export function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return text.includes("\\") ? ` E${quoted}` : quoted;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
