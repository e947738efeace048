import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadSettings } from "../../../src/config/load.js";
import { connect } from "../../../src/database/connect.js";
import type { Database } from "../../../src/database/databases.js";
import type { Subject } from "../../../src/explain/ask.js";
import type { Planned } from "../../../src/explain/explain.js";
import { type Fixed, type FixRequest, proveFixes } from "../../../src/fixes/prove-fixes.js";
import { type Build, openBuild } from "../../../src/measure.js";
import type { Plan } from "../../../src/plan/plan.js";
import { type Comparing, compareSubject } from "../../../src/verdict/compare.js";
import { judgeAgain } from "../../../src/verdict/judge-again.js";
import type { Outcome } from "../../../src/verdict/verdict.js";

const shop: Readonly<Record<string, string>> = {
  "plan-gate.yml": "postgres: { provider: embedded }\nseed: { files: [seed.sql] }\n",
  "migrations/1.sql": `
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer, region text, city text, created_at timestamptz, note text);
    CREATE INDEX orders_created_at_idx ON orders (created_at);
    CREATE SCHEMA "Shop";
    CREATE TABLE "Shop"."Line Items" (id bigint PRIMARY KEY, "Item No" integer, filler text);
    CREATE TABLE events (device_id integer, at date, filler text) PARTITION BY RANGE (at);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
    CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');`,
  "seed.sql": `
    INSERT INTO orders SELECT n, n % 2000, 'r' || n % 100, 'c' || n % 100, timestamptz '2024-01-01 00:00+00' + n * interval '10 min', repeat('x', 40)
      FROM generate_series(1, 20000) n;
    INSERT INTO "Shop"."Line Items" SELECT n, n % 1000, repeat('x', 40) FROM generate_series(1, 10000) n;
    INSERT INTO events SELECT n % 500, date '2024-01-01' + n % 60, repeat('x', 40) FROM generate_series(1, 20000) n;`,
  "queries/of-customer.sql": "SELECT * FROM orders WHERE customer_id = 7;\n",
  "queries/of-two.sql": "SELECT id FROM orders WHERE customer_id = 8 OR id = 5;\n",
  "queries/note.sql": "UPDATE orders SET note = 'y' WHERE customer_id = 9;\n",
  "queries/of-day.sql": "SELECT id FROM orders WHERE created_at::date = date '2024-03-05';\n",
  "queries/of-place.sql": "SELECT count(*) FROM orders WHERE region = 'r7' AND city = 'c7';\n",
  "queries/item.sql": `SELECT id FROM "Shop"."Line Items" WHERE "Item No" = 5;\n`,
  "queries/device.sql": "SELECT at FROM events WHERE device_id = 3;\n",
  "queries/everything.sql": "SELECT sum(length(note)) FROM orders;\n",
};

/** One built database in which queries run badly, and what they ran like under better circumstances. */
export interface Workshop extends AsyncDisposable {
  readonly build: Build;
  /** A copy on which `sql` was run: where it goes better. Dropped with the workshop. */
  copyWith(sql: string): Promise<Database>;
  /** What a query comes to when it ran as on `better` before; `sql` is its text then. */
  outcome(name: string, better: Database, sql?: string): Promise<Outcome>;
  prove(outcomes: readonly Outcome[], more?: Partial<FixRequest>): Promise<Fixed>;
  /** The server's databases, and the objects in the built one: what a trial must leave as they were. */
  traces(): Promise<readonly string[]>;
}

/** Builds the database once on this major; of a shop, unless other files are given. */
export async function openWorkshop(major: number, files = shop): Promise<Workshop> {
  await using opened = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), "plan-gate-fixes-"));
  opened.defer(() => rm(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const build = opened.use(
    await openBuild({
      loaded: await loadSettings({ cwd: root, flags: { postgres: String(major) }, env: {} }),
      ...{ wanted: [], selectsName: () => true, env: process.env },
      signal: new AbortController().signal,
      progress: { phase() {}, detail() {} },
      clock: () => performance.now(),
    }),
  );
  const { subjects, planned, catalog } = build.measurement;
  const comparing: Comparing = {
    ...{ against: "accepted", rulesFor: () => [], tieMaxRatio: 1.1, causeOf: () => null },
    rowsOf: (relation) => catalog.rowsOf(relation),
  };
  const subjectOf = (name: string) => {
    const found = subjects.find(({ query }) => query.name === name);
    if (!found) throw new Error(`no query ${name}`);
    return found;
  };
  const kept = opened.move();
  return {
    build,
    async copyWith(sql) {
      const copy = kept.use(await build.databases.clone());
      await run(copy.url, sql);
      return copy;
    },
    async outcome(name, better, sql) {
      const subject = subjectOf(name);
      const then: Subject = sql === undefined ? subject : { ...subject, query: { ...subject.query, sql } };
      const before = planIn(await build.explain([then], { on: better }), then);
      const described = { name, case: null, plan: subject.kind };
      const after = { kind: "plan", plan: planIn(planned, subject) } as const;
      return compareSubject(comparing, described, { case: null, kind: subject.kind, plan: before }, after);
    },
    prove: (outcomes, more = {}) =>
      proveFixes({
        ...{ outcomes, subjects, planned, build, baseUrl: undefined, applied: [] },
        rejudge: (outcome, plan) => judgeAgain(comparing, outcome, plan),
        ...{ deadline: performance.now() + 300_000, budgetSeconds: 300, clock: () => performance.now() },
        ...{ signal: new AbortController().signal, progress: { phase() {}, detail() {} } },
        ...more,
      }),
    async traces() {
      const databases = await run(build.databases.build.url, "SELECT datname AS name FROM pg_database ORDER BY 1");
      const objects =
        "SELECT relname AS name FROM pg_class WHERE oid > 16383 UNION ALL SELECT stxname FROM pg_statistic_ext ORDER BY 1";
      return [...databases, ...(await run(build.databases.build.url, objects))];
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function run(url: string, sql: string): Promise<readonly string[]> {
  await using client = await connect(url);
  const { rows } = await client.query(sql);
  return (rows ?? []).map(({ name }) => String(name));
}

function planIn(plans: ReadonlyMap<Subject, Planned>, subject: Subject): Plan {
  const planned = plans.get(subject);
  if (planned?.kind !== "plan") throw new Error(`no plan of ${subject.query.name}: ${JSON.stringify(planned)}`);
  return planned.plan;
}
