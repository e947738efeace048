// What it takes to find out who did it, beside one build: `node bench/causes.mjs [--migrations 30] [--postgres 17] [--cli dist/cli.js]`.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";

const { values } = parseArgs({
  options: {
    migrations: { type: "string", default: "30" },
    postgres: { type: "string", default: "17" },
    cli: { type: "string", default: "dist/cli.js" },
  },
});
const run = promisify(execFile);
const count = Number(values.migrations);
const cli = resolve(values.cli);

const base = {
  "plan-gate.yml":
    "postgres: { provider: embedded }\nseed: { files: [seeds/*.sql] }\ninvestigate: { fixes: false, budgetSeconds: 600 }\n",
  "migrations/001_orders.sql": `CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, note text NOT NULL);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
`,
  "seeds/orders.sql":
    "INSERT INTO orders SELECT n, n % 20000, repeat('x', 200) FROM generate_series(1, 400000) AS n;\n",
  "queries/orders.sql": "SELECT id FROM orders WHERE customer_id = 42;\n",
};

/** What migrations do that no plan minds. */
const harmless = [
  (at) => `CREATE TABLE step_${at} (id bigint PRIMARY KEY, note text);\nCREATE INDEX step_${at}_note_idx ON step_${at} (note);\n`,
  (at) => `ALTER TABLE orders ADD COLUMN extra_${at} text;\n`,
  (at) => `COMMENT ON TABLE orders IS 'As of step ${at}';\nGRANT SELECT ON orders TO PUBLIC;\n`,
  (at) => `CREATE VIEW report_${at} AS SELECT customer_id, count(*) FROM orders GROUP BY customer_id;\n`,
];

/** As many migrations, one of them guilty; `byBuilds`: an edit of an old file keeps them from being replayed. */
function change(guilty, byBuilds) {
  const files = Array.from({ length: count }, (_, index) => [
    `migrations/${101 + index}_step.sql`,
    index === guilty ? "DROP INDEX orders_customer_id_idx;\n" : harmless[index % harmless.length](index),
  ]);
  const edit = ["migrations/001_orders.sql", base["migrations/001_orders.sql"].replace("note text", "note varchar")];
  return Object.fromEntries([...files, ...(byBuilds ? [edit] : [])]);
}

async function write(root, files) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function measure(guilty, byBuilds) {
  const root = await mkdtemp(join(tmpdir(), "plan-gate-bench-causes-"));
  try {
    const git = (...args) =>
      run("git", ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", ...args], { cwd: root });
    await write(root, base);
    await git("init", "-q", "-b", "main");
    await git("add", "-A");
    await git("commit", "-q", "-m", "Base");
    await write(root, change(guilty, byBuilds));
    const flags = ["--postgres", values.postgres, "--cwd", root, "--base", "main", "--report", "json=report.json"];
    await run(process.execPath, [cli, "check", ...flags]).catch(({ code, stderr }) => {
      if (code !== 1) throw new Error(stderr);
    });
    const { timings, queries } = JSON.parse(await readFile(join(root, "report.json"), "utf8"));
    const build = ["start", "migrate", "seed", "freeze", "explain"].reduce((sum, one) => sum + timings[one], 0);
    const cause = queries.flatMap(({ findings }) => findings).find(({ severity }) => severity === "error")?.cause;
    console.log(JSON.stringify(timings)); const right = cause?.file === `migrations/${101 + guilty}_step.sql`;
    const seconds = (value) => `${value.toFixed(1)} s`;
    const name = `${byBuilds ? "builds" : "replay"}, guilty ${guilty + 1} of ${count}`;
    console.log(`${name}: one build ${seconds(build)}, cause ${seconds(timings.causes)}, ${right ? "right" : "WRONG"}: ${cause?.tried}`);
    if (!right) process.exitCode = 1;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

console.log(`load ${loadavg()[0].toFixed(1)}`);
for (const guilty of [0, Math.floor(count / 2), count - 1]) await measure(guilty, false);
await measure(Math.floor(count / 2), true);
