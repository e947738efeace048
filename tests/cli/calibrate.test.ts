import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { library, makeProject } from "./support/library.js";
import { planGate, startPlanGate } from "./support/plan-gate.js";

const minute = 60_000;

/**
 * Statistics that keep one most common value, of columns that have two: the sample decides which of them it is, and the
 * other one is taken for rare. An index is dear, so that only what is rare is worth one.
 */
const coins = {
  "plan-gate.yml":
    "postgres: { provider: embedded, settings: { default_statistics_target: 1, cpu_index_tuple_cost: 0.05 } }\nseed: { files: [seeds/*.sql] }\n",
  "migrations/001_coins.sql": `CREATE TABLE coins (id bigint PRIMARY KEY, a text, b text, c text);
CREATE INDEX ON coins (a); CREATE INDEX ON coins (b); CREATE INDEX ON coins (c);
`,
  "seeds/coins.sql": `INSERT INTO coins SELECT n, coin(n % 100, n), coin(n / 10 % 100, n), coin(n / 100 % 100, n)
FROM generate_series(1, 40000) AS n;
`,
  "migrations/002_coin.sql": `CREATE FUNCTION coin(side bigint, n bigint) RETURNS text IMMUTABLE LANGUAGE sql
RETURN CASE WHEN side < 48 THEN 'heads' WHEN side < 96 THEN 'tails' ELSE n::text END;
`,
  ...Object.fromEntries(
    ["a", "b", "c"].map((column) => [
      `queries/by-${column}.sql`,
      `SELECT id, ${column} FROM coins WHERE ${column} = 'heads';\n`,
    ]),
  ),
  "queries/by-id.sql": "SELECT * FROM coins WHERE id = 7;\n",
};

test(
  "a query whose plan hangs on the sample is named, with both plans, the estimate that moves and what to do",
  async () => {
    await using project = await makeProject(coins);
    const json = await planGate(project.where, "calibrate", "--runs", "6", "--report", "json");
    expect([json.code, json.stderr.match(/- Planning by a sample \(run \d of 6\)/g)?.length]).toEqual([0, 6]);
    const report = JSON.parse(json.stdout) as {
      readonly sampledTables: unknown;
      readonly queries: readonly { readonly name: string; readonly stability: string }[];
    };
    expect(report.sampledTables).toEqual([{ name: "public.coins", rows: 40_000, sampleRows: 300 }]);
    expect(report.queries.find(({ name }) => name === "by-id")?.stability).toBe("stable");

    const { code, stdout } = await planGate(project.where, "calibrate", "by-a", "by-b", "by-c", "--runs", "9");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^plan-gate calibrate: [1-3] of 3 plans depends? on which rows ANALYZE happens to read$/m);
    expect(stdout).toMatch(/2 plans alternate, at an estimated cost of/);
    expect(stdout).toMatch(
      /expects [\d,]+ to [\d,]+ rows of\s+public\.coins\s+where\s+\(coins\.\w\s+= 'heads'::text\)/,
    );
    expect(stdout).toMatch(/In \d of 9 runs, cost .*, and the one that `check` makes:/);
    expect(stdout).toContain("Seq Scan on coins");
    expect(stdout).toMatch(/ Index Scan using coins_\w_idx/);
    expect(stdout.replace(/\s+/g, " ")).toMatch(/`plan-gate accept --also by-[abc]` accepts it/);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(await readdir(project.temporary)).toEqual([]);
    expect(await readdir(project.root)).not.toContain("baselines");
  },
  2 * minute,
);

test(
  "where every table is read whole nothing is tried, and it is said what to seed",
  async () => {
    await using project = await makeProject(library);
    const { code, stdout, stderr } = await planGate(project.where, "calibrate");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^plan-gate calibrate: nothing to try, no table is large enough \(4 plans\)$/m);
    expect(stdout).toContain("Seed more rows");
    expect(stderr).not.toContain("Planning by a sample");
  },
  minute,
);

test(
  "a query that cannot be planned is named and the others are tried; a wrong number of runs is refused",
  async () => {
    await using project = await makeProject({ ...coins, "queries/wrong.sql": "SELECT nothing FROM coins;\n" });
    const run = await planGate(project.where, "calibrate", "wrong", "by-id", "--runs", "1");
    expect(run.code).toBe(2);
    expect(run.stdout).toMatch(/queries\/wrong\.sql:1: PostgreSQL refuses the query `wrong`/);
    expect(run.stdout).toContain("1 plan, none depends on which rows ANALYZE happens to read");
    for (const runs of ["0", "101", "many"]) {
      const refused = await planGate(project.where, "calibrate", "--runs", runs);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("from 1 to 100")]);
    }
  },
  minute,
);

test(
  "SIGINT while it samples leaves nothing",
  async () => {
    await using project = await makeProject(coins);
    const run = startPlanGate(project.where, "calibrate", "--runs", "100");
    await run.says("(run 1 of 100)");
    await sleep(200);
    run.child.kill("SIGINT");
    const { code, stdout, stderr } = await run.ended;
    expect([code, stdout]).toEqual([130, ""]);
    expect(stderr).toContain("stopped by SIGINT");
    expect(await readdir(project.temporary)).toEqual([]);
  },
  minute,
);
