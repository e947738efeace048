import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { staysInDatabase } from "../src/build.js";
import { loadSettings } from "../src/config/load.js";
import { connect } from "../src/database/connect.js";
import { openBuild, type RunRequest } from "../src/measure.js";

const project = {
  "plan-gate.yml": "postgres: { provider: embedded }\nseed: { files: [seed.sql] }\n",
  "migrations/1.sql":
    "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int);\nCREATE INDEX orders_customer_id_idx ON orders (customer_id);\n",
  "migrations/2.sql": "DROP INDEX orders_customer_id_idx;\n",
  "seed.sql": "INSERT INTO orders SELECT n, n % 500 FROM generate_series(1, 20000) n;\n",
  "queries/of-customer.sql": "SELECT id FROM orders WHERE customer_id = 7;\n",
  "queries/move.sql": "UPDATE orders SET customer_id = 8 WHERE id = 7;\n",
} as const;

let root: string;
let request: RunRequest;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "plan-gate-build-"));
  for (const [path, text] of Object.entries(project)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  request = {
    loaded: await loadSettings({ cwd: root, flags: {}, env: {} }),
    wanted: [],
    selectsName: () => true,
    env: process.env,
    signal: new AbortController().signal,
    progress: { phase() {}, detail() {} },
    clock: () => performance.now(),
  };
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("a second build beside a first one plans as on a server of its own, and leaves nothing there", async () => {
  const withIndex = { ...request, migrationsAs: (read: readonly { file: string }[]) => read.slice(0, 1) as never };
  await using alone = await openBuild(withIndex);
  await using first = await openBuild(request);
  const traces = await tracesOn(first.databases.build.url);
  const { roomBeside } = first;
  if (!roomBeside) throw new Error("there is room: no file reaches beyond its database");
  {
    await using second = await openBuild({ ...withIndex, onServer: roomBeside });
    expect([...second.measurement.planned.values()]).toEqual([...alone.measurement.planned.values()]);
    expect([...second.measurement.planned.values()]).not.toEqual([...first.measurement.planned.values()]);
  }
  expect(await tracesOn(first.databases.build.url)).toEqual(traces);
});

/** Names of the server's databases and roles. */
async function tracesOn(url: string): Promise<readonly string[]> {
  await using client = await connect(url);
  const { rows } = await client.query(
    "SELECT datname AS name FROM pg_database UNION ALL SELECT rolname FROM pg_roles ORDER BY 1",
  );
  return rows.map(({ name }) => String(name));
}

test.each([
  ["CREATE INDEX users_group_idx ON users (group_id);", true],
  ["INSERT INTO databases VALUES ('a');", true],
  ["CREATE ROLE clerk;", false],
  ["DO $$ BEGIN EXECUTE 'alter  user clerk SET work_mem = 64'; END $$;", false],
  ["ALTER SYSTEM SET random_page_cost = 1;", false],
  ["ALTER DATABASE shop SET work_mem = '1MB';", false],
])("what files reach beyond their database: %s", (sql, stays) => {
  const { settings } = request.loaded;
  const files = { kind: "files", files: [] } as const;
  const file = { file: "1.sql", names: [], sql };
  expect(staysInDatabase({ initScripts: [], migrations: [[], [file]], seed: files }, settings)).toBe(stays);
  expect(staysInDatabase({ initScripts: [file], migrations: [[], []], seed: files }, settings)).toBe(stays);
  const seed = { kind: "files", files: [{ file: "seed.sql", text: sql }] } as const;
  expect(staysInDatabase({ initScripts: [], migrations: [[], []], seed }, settings)).toBe(stays);
});

test("what a command does to the server is not known", () => {
  const { settings } = request.loaded;
  const plan = { initScripts: [], migrations: [[], []], seed: { kind: "files", files: [] } } as const;
  expect(staysInDatabase(plan, { ...settings, migrations: { command: "make migrate" } })).toBe(false);
  expect(staysInDatabase({ ...plan, seed: { kind: "command", command: "make seed" } }, settings)).toBe(false);
});
