import { posix } from "node:path";
import * as z from "zod";
import { RuleSettings } from "../rules/settings.js";
import { line } from "./line.js";
import { PostgresSettings } from "./postgres-settings.js";
import { checkShape, readYaml } from "./yaml.js";

type OneOf = {
  readonly dir?: string | undefined;
  readonly files?: readonly string[] | undefined;
  readonly command?: string | undefined;
};

/** Refuses both and neither of two keys, in words: zod's own union would recite its alternatives. */
function exactlyOne(a: keyof OneOf, b: keyof OneOf) {
  return (value: OneOf, context: z.core.$RefinementCtx): void => {
    // A misspelt key is what is wrong then, not that none is there.
    if (context.issues.length > 0) return;
    const [hasA, hasB] = [value[a] !== undefined, value[b] !== undefined];
    if (hasA && hasB) context.addIssue({ code: "custom", message: `must have either \`${a}\` or \`${b}\`, not both` });
    if (!hasA && !hasB) context.addIssue({ code: "custom", message: `needs \`${a}\` or \`${b}\`` });
  };
}

const command = z
  .string()
  .min(1)
  .refine((text) => !text.includes("\0"), { error: "must not contain a NUL character" });

const commandEnvironment =
  "It runs by `/bin/sh -c` in the settings file's folder with `DATABASE_URL` and `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD`, `PGDATABASE`; of our own environment it sees only what a shell needs, no tokens.";

const Migrations = z
  .strictObject({
    dir: line
      .optional()
      .describe(
        "Folder of SQL files, applied in natural order (2 before 10), or by version where they are named as Flyway's.",
      )
      .meta({ default: "migrations" }),
    command: command
      .optional()
      .describe(`A command that brings an empty database up to date, in place of \`dir\`. ${commandEnvironment}`)
      .meta({ examples: ["npm run migrate"] }),
  })
  .superRefine(exactlyOne("dir", "command"))
  .meta({ oneOf: [{ required: ["dir"] }, { required: ["command"] }] })
  .transform(({ dir, command: run }): MigrationSettings => (run === undefined ? { dir: dir ?? "" } : { command: run }));

/** Where the schema comes from. */
type MigrationSettings = { readonly dir: string } | { readonly command: string };

const Seed = z
  .strictObject({
    files: z
      .array(line)
      .min(1)
      .optional()
      .describe("SQL and CSV files, as paths or globs. A CSV file goes into the table that it is named after.")
      .meta({ examples: [["seeds/*.sql"]] }),
    command: command
      .optional()
      .describe(`A command that fills the database, in place of \`files\`. ${commandEnvironment}`)
      .meta({ examples: ["npm run seed"] }),
    scale: z
      .number()
      .min(0.001)
      .max(1_000_000)
      .optional()
      .describe(
        "How many times the usual number of rows to make; default 1. It is handed on, and the seed does the rest: SQL files read `current_setting('plan_gate.seed_scale')::numeric`, a command the variable `PLAN_GATE_SEED_SCALE`. CSV files stay as they are.",
      )
      .meta({ examples: [10] }),
    after: line
      .optional()
      .describe(
        "Seeds after this migration (its file name or version) and applies the rest on data, as a deployment would. Default: after the last.",
      )
      .meta({ examples: ["0042_split_names"] }),
  })
  .superRefine(exactlyOne("files", "command"))
  .meta({ oneOf: [{ required: ["files"] }, { required: ["command"] }] })
  .transform(({ files, command: run, after, scale }): SeedSettings => {
    const when = {
      ...(after === undefined ? {} : { after }),
      ...(scale === undefined || scale === 1 ? {} : { scale }),
    };
    return run === undefined ? { files: files ?? [], ...when } : { command: run, ...when };
  });

/** Where the data comes from. */
export type SeedSettings = ({ readonly files: readonly string[] } | { readonly command: string }) & {
  readonly after?: string;
  /** Absent: 1. */
  readonly scale?: number;
};

const Explain = z.strictObject({
  analyze: z
    .boolean()
    .default(true)
    .describe(
      "Also executes each query (`EXPLAIN ANALYZE`, rolled back) for actual rows and buffers: without them a wrong estimate cannot be seen.",
    ),
  timeoutSeconds: z
    .number()
    .positive()
    .max(86_400)
    .default(30)
    .describe("How long, in seconds, one EXPLAIN may take. A safety net: what runs into it is compared by plan alone."),
  maxAnalyzeCost: z
    .number()
    .nonnegative()
    .default(1_000_000)
    .describe(
      "Up to which expected cost, in planner units (1 = one sequential page read), a query is executed. Above it the query is only planned: unlike a time-out this decides alike on every machine. A million is some seconds of work.",
    ),
  session: line
    .optional()
    .describe(
      "SQL file that runs before each EXPLAIN: `SET ROLE`, `search_path`, what row-level security wants to know. Default: none.",
    )
    .meta({ examples: ["sql/session.sql"] }),
  role: line
    .optional()
    .describe(
      "Role under which queries are planned, with its stored settings as at a login. Default: one of plan-gate's own that may read and write every table and is subject to row-level security.",
    )
    .meta({ examples: ["app"] }),
});

const Investigate = z.strictObject({
  causes: z
    .boolean()
    .default(true)
    .describe(
      "Replays new migrations on the base, one statement at a time, and builds once more without the one that seems to have done it. Off: a cause is only looked up by name.",
    ),
  fixes: z
    .boolean()
    .default(true)
    .describe(
      "Tries indexes, statistics and the like on a copy of the database, and tells what measurably helps. Nothing of it stays.",
    ),
  budgetSeconds: z
    .number()
    .nonnegative()
    .max(3_600)
    .default(60)
    .describe("How long, in seconds, both may take together. What is not found by then is said to be unknown."),
});

const folders = z
  .union([line, z.array(line).min(1)])
  .default("queries")
  .transform((value): readonly string[] => [value].flat());

/** A folder that `accept` writes to: never outside the settings file's folder, never where git or GitHub keep their own. */
const writableFolder = line.superRefine((path, context) => {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  if (posix.isAbsolute(path) || /^[a-z]:|^~|\\/i.test(path))
    return refuse("must be a relative path, with `/` between folders");
  const parts = posix
    .normalize(path)
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || parts[0] === "..") return refuse("must be a folder inside the settings file's folder");
  const taken = parts.find((part) => [".git", ".github"].includes(part.toLowerCase()));
  if (taken !== undefined) refuse(`must not lie in \`${taken}\``);
});

const Approval = z.strictObject({
  mode: z
    .enum(["label", "codeowners", "off"])
    .default("label")
    .describe(
      "How a pull request's worse plan is accepted: by a label that somebody with `minimumRole` puts on it; by GitHub's own code-owner review of the committed baselines, where branch protection requires it; or not at all before it is merged.",
    ),
  label: line.max(50).default("plan-gate:approve").describe("The label that asks for and keeps an approval."),
  minimumRole: z
    .enum(["write", "maintain", "admin"])
    .default("write")
    .describe("The least role in the repository of who may approve."),
  approvers: z
    .array(line)
    .min(1)
    .optional()
    .describe(
      "Who may approve, of those with `minimumRole`: logins, or teams as `organisation/team` (which need the input `org-token`). Default: all of them.",
    )
    .meta({ examples: [["dba-anna", "acme/database"]] }),
  authorMayApprove: z
    .boolean()
    .default(true)
    .describe("Whether the pull request's author may approve it, with the role for it."),
  baselines: z
    .enum(["author", "bot"])
    .default("author")
    .describe(
      "Who commits the new baselines: the author, as `plan-gate accept` writes them, before the label is put on; or a second workflow (`command: approve`), after it.",
    ),
});
/** How worse plans are accepted on GitHub. */
export type ApprovalSettings = Readonly<z.infer<typeof Approval>>;

/** The settings file, checked once, here. Every other room is handed `Settings` and trusts it. Paths are relative to the file. */
export const Settings = z
  .strictObject({
    postgres: PostgresSettings.prefault({}).describe("The server on which everything is built."),
    migrations: Migrations.prefault({ dir: "migrations" }).describe("Where the schema comes from: `dir` or `command`."),
    seed: Seed.optional().describe(
      "Where the data comes from: `files` or `command`. Without it, or without rows in it, the planner has nothing to judge by.",
    ),
    queries: folders.describe("Folder or glob of the `.sql` files that hold the watched queries, or a list of them."),
    baselines: writableFolder.default("baselines").describe("Folder of the accepted plans. Keep it in git."),
    explain: Explain.prefault({}).describe("How plans are asked for."),
    rules: RuleSettings.prefault({}).describe(
      "What counts as worse, rule by rule: a severity, or a mapping of `severity` and thresholds. A query's header may set them for itself.",
    ),
    investigate: Investigate.prefault({}).describe(
      "What is tried to find out who made a plan worse, and what mends it.",
    ),
    tieMaxRatio: z
      .number()
      .min(1)
      .max(2)
      .default(1.1)
      .describe(
        "Two plans of a query that cost at most this many times each other, and whose blocks, rows, temporary blocks and partitions are no more either, are a tie: rules about a plan's shape have nothing to say about them. In a pull request the base's value counts.",
      ),
    strict: z
      .boolean()
      .default(false)
      .describe(
        "Fails also for queries without a baseline, baselines without a query, and baselines of another environment. Off: these are shown and do not block.",
      ),
    enforce: z
      .boolean()
      .default(true)
      .describe(
        "On GitHub: `false` reports everything and blocks nothing, to try the gate out. In a pull request the base's value counts.",
      ),
    watch: z
      .array(line)
      .default([])
      .describe(
        "On GitHub: more paths or globs of files that can change a plan, such as the sources that `migrations.command` reads. A pull request that touches none of them, nor settings, migrations, seeds, queries or baselines, passes without a database.",
      )
      .meta({ examples: [["src/entities/**"]] }),
    approval: Approval.prefault({}).describe("On GitHub: how a team accepts a plan that got worse on purpose."),
  })
  .superRefine(({ migrations, seed }, context) => {
    if (seed?.after === undefined || "dir" in migrations) return;
    context.addIssue({
      code: "custom",
      path: ["seed", "after"],
      message: "needs `migrations.dir`: a command's migrations are not known one by one",
    });
  });
export type Settings = Readonly<z.infer<typeof Settings>>;

/** Checks a settings file's text; `file` is what errors call it. A section without a value counts as absent. */
export function parseSettings(text: string, file: string): Settings {
  const document = readYaml(text, { file });
  const present = Object.entries(document.value as object).filter(
    ([key, value]) => value !== null || !Object.hasOwn(Settings.shape, key),
  );
  return checkShape(Settings, { ...document, value: Object.fromEntries(present) }, "settings-invalid");
}
