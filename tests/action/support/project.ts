import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";

type TextFiles = Readonly<Record<string, string>>;

/** A shop of one table: small enough to be built in seconds, large enough for an index to matter. */
export const project: TextFiles = {
  "plan-gate.yml": "postgres: { version: 17, provider: embedded }\nseed: { files: [seeds/*.sql] }\n",
  "migrations/1_orders.sql": [
    "CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL, total int NOT NULL);",
    "CREATE INDEX orders_customer_idx ON orders (customer);",
    "CREATE INDEX orders_total_idx ON orders (total);",
    "",
  ].join("\n"),
  "seeds/orders.sql": "INSERT INTO orders SELECT i, i % 500, i % 997 FROM generate_series(1, 20000) AS i;\n",
  "queries/by-customer.sql": "SELECT * FROM orders WHERE customer = 7;\n",
  "queries/by-total.sql": "SELECT id FROM orders WHERE total = 11;\n",
};

/** The migration that makes `by-customer` worse. */
export const dropIndex: TextFiles = {
  "migrations/2_tidy.sql": "-- Nobody needs it.\nDROP INDEX orders_customer_idx;\n",
};

/** Settings by which everything passes, and by which one person may approve. */
export const laxSettings: TextFiles = {
  "plan-gate.yml": [
    project["plan-gate.yml"],
    "enforce: false\n",
    "rules: { index-scan-lost: off, cost-increased: off, blocks-increased: off, rows-misestimated: off }\n",
    "approval: { approvers: [mallory], minimumRole: write }\n",
  ].join(""),
};

const accepted = new Map<string, Promise<TextFiles>>();

/** What `plan-gate accept` writes for these files; each set of files is asked once. */
export function baselinesOf(files: TextFiles): Promise<TextFiles> {
  const key = JSON.stringify(files);
  const made = accepted.get(key) ?? accept(files);
  accepted.set(key, made);
  return made;
}

async function accept(files: TextFiles): Promise<TextFiles> {
  const written = await afterCommands(files, [["accept", "--quiet"]]);
  return Object.fromEntries(Object.entries(written).filter(([path]) => path.startsWith("baselines/")));
}

/** A folder with these files after commands of the command line ran in it: every file of it. */
export async function afterCommands(files: TextFiles, commands: readonly (readonly string[])[]): Promise<TextFiles> {
  const folder = await mkdtemp(join(tmpdir(), "plan-gate-project-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const run = promisify(execFile);
    const options = { cwd: folder, env: { ...process.env, PLAN_GATE_PROVIDER: "embedded" } };
    // `init` writes workflows where the repository's top is.
    await run("git", ["init", "--quiet"], options);
    const cli = resolve(process.env["PLAN_GATE_CLI"] ?? "dist/cli.js");
    for (const command of commands) await run(resolve("node_modules/.bin/node"), [cli, ...command], options);
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = found
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    const texts = await Promise.all(
      paths
        .filter((path) => !path.startsWith(".git/"))
        .map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const),
    );
    return Object.fromEntries(texts);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
