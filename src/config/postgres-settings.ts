import * as z from "zod";
import { defaultMajor, supportedMajors } from "../database/provider.js";
import { line } from "./line.js";

/** Ways to get a Postgres, as the settings name them. */
export const providerName = z.enum(["auto", "container", "embedded", "local", "url"]);

const majors = supportedMajors.join(", ");
/** Of a number or its text: 17 or "17". */
export const majorVersion = z
  .literal([...supportedMajors, ...supportedMajors.map((one) => `${one}` as const)], {
    error: ({ input }) => `must be one of ${majors}, not \`${String(input)}\``,
  })
  .meta({ default: defaultMajor })
  .transform(Number);

/** A connection URL. */
export const databaseUrl = line.regex(/^postgres(ql)?:\/\/./, {
  error: "must begin with `postgres://` or `postgresql://`",
});

const settingName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.]*$/, {
  error: "must be the name of a PostgreSQL setting: letters, digits, `_` and `.`",
});

/** Which server it is, where it listens and where its files lie is the provider's to say. */
const providersOwn = new Set(
  "port listen_addresses unix_socket_directories data_directory config_file hba_file ident_file external_pid_file".split(
    " ",
  ),
);

const ServerSettings = z
  .record(
    settingName.refine((name) => !providersOwn.has(name.toLowerCase()), {
      error: "must be left to plan-gate, which sets it itself",
    }),
    z.union([line, z.number(), z.boolean()]),
  )
  .meta({ examples: [{ work_mem: "64MB", random_page_cost: 1.1 }] })
  .transform((settings) =>
    Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [
        name,
        typeof value === "boolean" ? (value ? "on" : "off") : String(value),
      ]),
    ),
  );

/** The `postgres` section. */
export const PostgresSettings = z
  .strictObject({
    version: majorVersion
      .optional()
      .describe(
        "Major version, 14 to 18: the one that production runs. Plans of different majors are never compared. Without it: the image's or the server's own, else 17.",
      ),
    provider: providerName
      .optional()
      .describe(
        "Where the Postgres comes from: `container` (Docker), `local` (an installed Postgres, in a cluster of its own), `embedded` (binaries from npm), `url` (a server that runs already; databases are made there and dropped), or `auto`: the first of the first three, in this order, that works here. Default `auto`, or `url` where `postgres.url` is set.",
      )
      .meta({ default: "auto" }),
    url: databaseUrl
      .optional()
      .describe(
        "The server of the `url` provider; its user must be a superuser. A password does not belong in git: use the variable `PLAN_GATE_DATABASE_URL` instead.",
      )
      .meta({ examples: ["postgres://postgres@127.0.0.1:5432/postgres"] }),
    image: line
      .optional()
      .describe(
        "Image of the `container` provider, for extensions that the official one lacks. Default `postgres:` and the version.",
      )
      .meta({ examples: ["postgis/postgis:17-3.5"] }),
    locale: line
      .default("C")
      .describe(
        "Collation and character classes of the databases. `C` is the only locale that every image, package and platform has, so plans agree everywhere. Under production's own, such as `en_US.utf8`, text sorts otherwise, and a `LIKE 'a%'` cannot use a plain btree index: set it if your queries sort or search text and the provider has it.",
      ),
    settings: ServerSettings.prefault({}).describe(
      "Server settings as in postgresql.conf. Give the planner what production gives it: `work_mem`, `random_page_cost`, `effective_cache_size`.",
    ),
    extensions: z
      .array(line)
      .default([])
      .describe(
        "Extensions created by the superuser before the first migration, for those that a database's owner may not create.",
      )
      .meta({ examples: [["postgis"]] }),
    initScripts: z
      .array(line)
      .default([])
      .describe(
        "SQL files that the superuser runs before the first migration: roles, foreign servers, whatever production has from elsewhere.",
      )
      .meta({ examples: [["sql/roles.sql"]] }),
    startTimeoutSeconds: z
      .number()
      .positive()
      .max(3_600)
      .default(60)
      .describe(
        "How long, in seconds, a server may take to answer. A slow machine starts a container in 10; downloads do not count.",
      ),
    superuser: z
      .boolean()
      .default(false)
      .describe(
        "Runs migrations and seed as superuser. Off, since in production they seldom are, and what only works as superuser should fail here.",
      ),
  })
  .transform(({ provider, ...rest }) => ({
    ...rest,
    provider: provider ?? (rest.url === undefined ? "auto" : "url"),
  }));
