// Measures what the gate costs beyond a bare psql loop of the same EXPLAINs, and its memory, on a generated project.
// node bench/overhead.mjs [--queries 25,250,2500] [--rounds 3] [--writes 4] [--psql PROGRAM] [--cpu-prof DIR]
import { execFile, spawn } from "node:child_process";
import { globSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs, promisify } from "node:util";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const dist = join(root, ".dist-check-bench-overhead");
const node = process.execPath;

const { values: flags } = parseArgs({
  options: {
    queries: { type: "string", default: "25,250,2500" },
    rounds: { type: "string", default: "3" },
    /** Per cent of the queries that write: each is measured on a clone of the database, which psql does not make. */
    writes: { type: "string", default: "4" },
    /** Debian's `psql` is a Perl script that takes 50 ms to find the program: the program itself is the harder measure. */
    psql: { type: "string", default: globSync("/usr/lib/postgresql/*/bin/psql").sort().at(-1) ?? "psql" },
    "cpu-prof": { type: "string" },
  },
});
const { psql } = flags;

const migration = `
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL, country text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, status text NOT NULL,
  total numeric(12, 2) NOT NULL, created_at timestamptz NOT NULL);
CREATE TABLE order_items (order_id bigint NOT NULL REFERENCES orders, line int NOT NULL, product_id int NOT NULL,
  quantity int NOT NULL, PRIMARY KEY (order_id, line));
CREATE INDEX ON orders (customer_id, created_at);
CREATE INDEX ON orders (created_at);
CREATE INDEX ON order_items (product_id);
`;

const seed = `
INSERT INTO customers SELECT i, 'customer ' || i, (ARRAY['CH', 'DE', 'FR', 'IT'])[1 + i % 4] FROM generate_series(1, 5000) i;
INSERT INTO orders SELECT i, 1 + (i * 7919) % 5000, (ARRAY['new', 'paid', 'sent'])[1 + i % 3], i % 900 + 0.5,
  timestamptz '2026-01-01' + i * interval '4 minutes' FROM generate_series(1, 60000) i;
INSERT INTO order_items SELECT 1 + i / 3, i % 3, (i * 31) % 2000, 1 + i % 5 FROM generate_series(0, 149999) i;
`;

/** Light queries: with heavy ones the gate's own share would vanish in PostgreSQL's. */
const reads = [
  (i) => ["SELECT status, total FROM orders WHERE id = $1", [1 + (i * 37) % 60_000]],
  (i) => ["SELECT id, total FROM orders WHERE customer_id = $1 AND created_at > $2 ORDER BY created_at LIMIT 50", [1 + (i % 5_000), "2026-02-01"]],
  (i) => ["SELECT status, count(*), sum(total) FROM orders WHERE created_at >= $1 AND created_at < $2 GROUP BY status", [`2026-03-${10 + (i % 10)}`, `2026-03-${20 + (i % 10)}`]],
  (i) => ["SELECT o.id, c.name, i.quantity FROM orders o JOIN customers c ON c.id = o.customer_id JOIN order_items i ON i.order_id = o.id WHERE o.customer_id = $1", [1 + ((i * 3) % 5_000)]],
  (i) => ["SELECT c.id FROM customers c WHERE c.id BETWEEN $1 AND $2 AND NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND o.created_at > '2026-06-01')", [i % 4_000, 50 + (i % 4_000)]],
  (i) => ["SELECT product_id, sum(quantity) FROM order_items WHERE product_id IN ($1, $2, $3) GROUP BY product_id", [i % 2_000, (i + 1) % 2_000, (i + 2) % 2_000]],
  (i) => ["SELECT id, total, rank() OVER (ORDER BY total DESC) FROM orders WHERE customer_id = $1", [1 + ((i * 11) % 5_000)]],
  (i) => ["SELECT c.id, last.id FROM customers c, LATERAL (SELECT o.id FROM orders o WHERE o.customer_id = c.id ORDER BY o.created_at DESC LIMIT 3) last WHERE c.id BETWEEN $1 AND $2", [i % 4_000, 10 + (i % 4_000)]],
];
const write = (i) => ["UPDATE orders SET status = $1 WHERE id = $2", ["sent", 1 + ((i * 41) % 60_000)]];

/** The i-th of `count` queries; the comment makes every text another one. */
function makeQuery(i, writesPercent) {
  const writes = writesPercent > 0 && i % Math.round(100 / writesPercent) === 0;
  const [text, values] = writes ? write(i) : reads[i % reads.length](i);
  return { name: `query-${String(i).padStart(4, "0")}`, sql: `${text} /* ${i} */`, values: values.map(String), writes };
}

const planOnly = "EXPLAIN (FORMAT JSON, VERBOSE, SETTINGS)";
const measured = "EXPLAIN (ANALYZE, FORMAT JSON, VERBOSE, SETTINGS, BUFFERS, TIMING OFF, SUMMARY OFF)";

/** What psql is given: the values as literals, whose types PostgreSQL infers just as it does a parameter's. */
function explains({ sql, values, writes }) {
  const text = sql.replace(/\$(\d)/g, (_, n) => `'${values[n - 1]}'`);
  const execute = `${measured} ${text};\n`;
  return [`${planOnly} ${text};\n`, writes ? `BEGIN;\n${execute}ROLLBACK;\n` : execute];
}

async function makeProject(folder, queries) {
  for (const name of ["migrations", "seeds", "queries", "explains"]) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, "migrations/1_shop.sql"), migration);
  await writeFile(join(folder, "seeds/shop.sql"), seed);
  await writeFile(
    join(folder, "plan-gate.yml"),
    "postgres: { version: 17, provider: embedded }\nmigrations: { dir: migrations }\nseed: { files: [seeds/shop.sql] }\n",
  );
  const all = queries.map(explains);
  for (const [at, { name, sql, values }] of queries.entries()) {
    const cases = `-- name: ${name}\n-- cases:\n--   usual: ${JSON.stringify(values)}\n`;
    await writeFile(join(folder, `queries/${name}.sql`), `${cases}${sql};\n`);
    await writeFile(join(folder, `explains/1-plain-${name}.sql`), all[at][0]);
    await writeFile(join(folder, `explains/2-analyze-${name}.sql`), all[at][1]);
  }
  await writeFile(join(folder, "all.sql"), [...all.map(([plain]) => plain), ...all.map(([, analyze]) => analyze)].join(""));
}

/** Runs a program to its end. `seconds` of wall time; output is thrown away as a reader would not look at it. */
async function run(program, args, { env = process.env, cwd = root, codes = [0] } = {}) {
  const since = performance.now();
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const code = await new Promise((done) => child.once("close", done));
  if (!codes.includes(code)) throw new Error(`${program} ${args.join(" ")}: exit ${code}\n${errors}`);
  return (performance.now() - since) / 1_000;
}

/** Preloaded into the gate's process: writes its peak of resident memory and its processor time when it exits. */
const probe = `
import { readFileSync, writeFileSync } from "node:fs";
process.on("exit", () => {
  const peak = /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1];
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env.BENCH_PROBE, JSON.stringify({ peakMb: Number(peak) / 1024, cpuSeconds: (user + system) / 1e6 }));
});`;

const builds = ["start", "migrate", "seed", "freeze"];

/** One \`check\`: what it took beyond building and filling the database. */
async function measureGate(folder, profile) {
  const [report, probed] = [join(folder, "report.json"), join(folder, "probe.json")];
  const wall = await run(
    node,
    [...profile, "--import", `data:text/javascript,${encodeURIComponent(probe)}`, join(dist, "cli.js"), "check", "--cwd", folder, "--report", `json=${report}`],
    { env: { ...process.env, BENCH_PROBE: probed } },
  );
  const { timings } = JSON.parse(await readFile(report, "utf8"));
  const built = builds.reduce((sum, phase) => sum + (timings[phase] ?? 0), 0);
  return { wall, explain: timings.explain, beyondBuild: wall - built, ...JSON.parse(await readFile(probed, "utf8")) };
}

/** The same server as the gate's, with the same content, that psql may ask for as long as it likes. */
async function startServer(work) {
  const outfile = join(dist, "server.mjs");
  const contents = 'export { startServer } from "./src/database/start.ts"; export { freezeSettings } from "./src/database/freeze.ts";';
  await build({ stdin: { contents, resolveDir: root }, outfile, bundle: true, format: "esm", platform: "node", packages: "external", logLevel: "error" });
  const { startServer: start, freezeSettings } = await import(outfile);
  const server = await start("embedded", {
    major: 17, url: undefined, image: undefined, locale: "C", settings: freezeSettings, userSettings: [],
    startTimeoutSeconds: 60, cwd: root, env: process.env, progress: () => {}, signal: new AbortController().signal,
  });
  const { hostname, port, password } = new URL(server.url);
  const env = { ...process.env, PGHOST: hostname, PGPORT: port, PGUSER: "postgres", PGPASSWORD: password, PGDATABASE: "bench" };
  const fill = join(work, "fill.sql");
  await writeFile(fill, `${migration}${seed}\nCHECKPOINT;\nVACUUM ANALYZE;\n`);
  await run(psql, ["-X", "-q", "-d", "postgres", "-c", "CREATE DATABASE bench TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"], { env });
  await run(psql, ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", fill], { env });
  return { server, env };
}

/** One psql for each EXPLAIN, as a shell loop does it. */
const psqlLoop = (folder, env) =>
  run("/bin/bash", ["-c", 'set -e; for file in explains/*.sql; do "$0" -X -q -A -t -v ON_ERROR_STOP=1 -f "$file"; done', psql], { env, cwd: folder });

/** One psql for all of them: no session is started per EXPLAIN. */
const psqlAtOnce = (folder, env) => run(psql, ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "all.sql"], { env, cwd: folder });

function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function measureSize(work, env, count) {
  const folder = join(work, `shop-${count}`);
  const queries = Array.from({ length: count }, (_, i) => makeQuery(i, Number(flags.writes)));
  await makeProject(folder, queries);
  await run(node, [join(dist, "cli.js"), "accept", "--quiet", "--cwd", folder]);
  const profileDir = flags["cpu-prof"];
  const profile = profileDir ? ["--cpu-prof", "--cpu-prof-dir", resolve(profileDir, String(count))] : [];
  const rounds = [];
  for (let round = 1; round <= Number(flags.rounds); round++) {
    const gate = await measureGate(folder, profile);
    const [loop, atOnce] = [await psqlLoop(folder, env), await psqlAtOnce(folder, env)];
    rounds.push({ ...gate, loop, atOnce, load: loadavg()[0] });
    console.error(`${count} queries, round ${round}: ${JSON.stringify(rounds.at(-1), (_, v) => (typeof v === "number" ? Number(v.toFixed(2)) : v))}`);
  }
  const of = (key) => median(rounds.map((round) => round[key]));
  return {
    queries: count,
    writes: queries.filter(({ writes }) => writes).length,
    "gate explain s": of("explain"),
    "gate beyond build s": of("beyondBuild"),
    "psql loop s": of("loop"),
    "psql -f s": of("atOnce"),
    "explain ÷ loop": of("explain") / of("loop"),
    "beyond build ÷ loop": of("beyondBuild") / of("loop"),
    "explain ÷ -f": of("explain") / of("atOnce"),
    "gate cpu s": of("cpuSeconds"),
    "peak MB": of("peakMb"),
    load: of("load"),
  };
}

const work = await mkdtemp(join(tmpdir(), "plan-gate-overhead-"));
try {
  await promisify(execFile)(node, [join(root, "scripts/build.mjs"), dist], { cwd: root });
  const { server, env } = await startServer(work);
  try {
    const rows = [];
    for (const count of flags.queries.split(",").map(Number)) rows.push(await measureSize(work, env, count));
    const [first] = rows;
    console.log(`${psql}; median of ${flags.rounds} rounds; ${flags.writes} % of the queries write`);
    console.log(`| ${Object.keys(first).join(" | ")} |\n|${Object.keys(first).map(() => "---:|").join("")}`);
    for (const row of rows) {
      const cells = Object.entries(row).map(([key, value]) => (Number.isInteger(value) ? value : value.toFixed(key === "peak MB" ? 0 : 2)));
      console.log(`| ${cells.join(" | ")} |`);
    }
  } finally {
    await server[Symbol.asyncDispose]();
  }
} finally {
  await rm(work, { recursive: true, force: true });
  await rm(dist, { recursive: true, force: true });
}
