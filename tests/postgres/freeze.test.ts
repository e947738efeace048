import pg from "pg";
import { freeze, freezeSettings } from "../../src/database/freeze.js";
import { connectionTo, startThrowawayServer, type ThrowawayServer, testedMajors } from "./support/throwaway-server.js";

const schema = `
  CREATE SCHEMA "Odd ""Schema";
  CREATE TABLE wide (id bigint PRIMARY KEY, a int, b text, c jsonb);
  CREATE TABLE "Odd ""Schema"."One.Column" (x int);
  CREATE TABLE unsortable (doc json, spot point);
  CREATE TABLE parted (id int, day date) PARTITION BY RANGE (day);
  CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
  CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2026-02-01') TO ('2027-01-01') PARTITION BY LIST (id);
  CREATE TABLE parted_2_rest PARTITION OF parted_2 DEFAULT;
  CREATE TABLE parent (id int, note text);
  CREATE TABLE child (more int) INHERITS (parent);
  CREATE UNLOGGED TABLE fast (id int, v int);
  CREATE TABLE empty (id int, v int);
  ALTER TABLE wide ALTER a SET STATISTICS 7;
  ALTER TABLE "Odd ""Schema"."One.Column" ALTER x SET STATISTICS 3;
  CREATE STATISTICS wide_ab (dependencies) ON a, b FROM wide;
  CREATE INDEX wide_b ON wide (lower(b)) WHERE a > 3;
  INSERT INTO wide SELECT g, g % 97, 'b' || g % 1013, jsonb_build_object('k', g % 31) FROM generate_series(1, 70000) g;
  INSERT INTO "Odd ""Schema"."One.Column" SELECT g % 5000 FROM generate_series(1, 70000) g;
  INSERT INTO unsortable SELECT '{}', point(g, g) FROM generate_series(1, 40000) g;
  INSERT INTO parted SELECT g, date '2026-01-01' + g % 300 FROM generate_series(1, 70000) g;
  INSERT INTO parent SELECT g, 'n' || g % 11 FROM generate_series(1, 40000) g;
  INSERT INTO child SELECT g, 'm' || g % 13, g FROM generate_series(1, 40000) g;
  INSERT INTO fast SELECT g, g % 3 FROM generate_series(1, 40000) g;
  CREATE MATERIALIZED VIEW totals AS SELECT b, count(*) AS n FROM wide GROUP BY b;
  CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no DDL here'; END $$;
  CREATE EVENT TRIGGER guard ON ddl_command_start EXECUTE FUNCTION refuse();
  ALTER EVENT TRIGGER guard ENABLE ALWAYS;
`;

/** Everything the planner reads of the tables above, in an order of its own. */
const statistics = `
  SELECT md5(string_agg(line, E'\\n' ORDER BY line)) AS hash, count(*)::int AS lines FROM (
    SELECT format('%s|%s|%s|%s', c.oid::regclass, c.relpages, c.reltuples, c.relallvisible) AS line
    FROM pg_class c WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
    UNION ALL
    SELECT format('%s.%s %s|%s|%s|%s|%s|%s|%s', s.schemaname, s.tablename, s.attname, s.inherited, s.null_frac, s.n_distinct, s.correlation,
                  s.most_common_vals::text || s.most_common_freqs::text, s.histogram_bounds::text)
    FROM pg_stats s WHERE s.schemaname NOT IN ('pg_catalog', 'information_schema')
    UNION ALL
    SELECT format('%s %s', statistics_name, dependencies) FROM pg_stats_ext
  ) AS lines`;

async function build(server: ThrowawayServer, name: string): Promise<pg.Client> {
  const admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  await admin.end();
  const client = new pg.Client(connectionTo(server.url, { database: name }));
  await client.connect();
  await client.query("SET max_parallel_workers_per_gather = 0");
  await client.query(schema);
  return client;
}

describe.each(testedMajors)("on PostgreSQL %i", (major) => {
  let server: ThrowawayServer;
  beforeAll(async () => {
    server = await startThrowawayServer(major, freezeSettings);
  }, 60_000);
  afterAll(() => server.stop());

  test("two builds freeze into the same statistics, and nothing of the user's changes", async () => {
    const clients = [await build(server, "one"), await build(server, "two")];
    try {
      const hashes: unknown[] = [];
      for (const client of clients) {
        await freeze(client, () => undefined);
        const { rows } = await client.query(statistics);
        hashes.push(rows[0].hash);
        expect(rows[0].lines).toBeGreaterThan(30);
      }
      expect(hashes[0]).toBe(hashes[1]);

      const [client] = clients;
      const targets = await client?.query(
        `SELECT attrelid::regclass::text AS rel, attname, attstattarget AS target FROM pg_attribute
         WHERE attrelid IN ('wide'::regclass, '"Odd ""Schema"."One.Column"'::regclass) AND attnum > 0 ORDER BY 1, attnum`,
      );
      const unset = major >= 17 ? null : -1;
      expect(targets?.rows.map(({ attname, target }) => [attname, target])).toEqual([
        ["x", 3],
        ["id", unset],
        ["a", 7],
        ["b", unset],
        ["c", unset],
      ]);
      expect((await client?.query("SELECT stxname FROM pg_statistic_ext"))?.rows).toEqual([{ stxname: "wide_ab" }]);
      expect((await client?.query("SELECT evtenabled FROM pg_event_trigger"))?.rows).toEqual([{ evtenabled: "A" }]);
    } finally {
      for (const client of clients) await client.end();
    }
  }, 120_000);

  test("tables filled in bulk, which since 16 end in pages that hold nothing, and every size of them is frozen", async () => {
    const client = await build(server, "bulk");
    try {
      await client.query("ALTER EVENT TRIGGER guard DISABLE");
      const sizes = [2_000, 9_000, 30_000, 60_000];
      for (const rows of sizes) {
        await client.query(
          `CREATE MATERIALIZED VIEW bulk_${rows} AS SELECT n, repeat('x', 60) AS note FROM generate_series(1, ${rows}) n`,
        );
        await client.query(`REFRESH MATERIALIZED VIEW bulk_${rows}`);
      }
      await freeze(client, () => undefined);
      const { rows } = await client.query(
        "SELECT relpages, relallvisible FROM pg_class WHERE relname LIKE 'bulk%' AND relkind = 'm'",
      );
      expect(rows).toHaveLength(sizes.length);
      const withNewPages = rows.filter(({ relpages, relallvisible }) => relallvisible < relpages);
      expect(withNewPages.length > 0).toBe(major >= 16);
    } finally {
      await client.end();
    }
  }, 120_000);

  test("an old transaction that keeps pages from being marked all-visible is an error, and no flapping plan", async () => {
    const client = await build(server, "held");
    const other = new pg.Client(connectionTo(server.url, { database: "held" }));
    await other.connect();
    try {
      await client.query("ALTER EVENT TRIGGER guard DISABLE");
      await other.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM empty");
      await client.query("UPDATE wide SET a = a + 1 WHERE id < 1000");
      await expect(freeze(client, () => undefined)).rejects.toMatchObject({
        code: "freeze-failed",
        message: expect.stringContaining("public.wide"),
      });
    } finally {
      await other.end();
      await client.end();
    }
  }, 120_000);

  test("a table that a migration rewrote, and that ends in pages never used, is frozen as well", async () => {
    const client = await build(server, "rewritten");
    try {
      await client.query("ALTER EVENT TRIGGER guard DISABLE");
      await client.query(
        "CREATE TABLE moved AS SELECT g AS id, g::numeric AS n, repeat('x', 100) AS filler FROM generate_series(1, 20000) g",
      );
      await client.query("ALTER TABLE moved ALTER n TYPE bigint");
      await expect(freeze(client, () => undefined)).resolves.toBeDefined();
    } finally {
      await client.end();
    }
  }, 120_000);
});
