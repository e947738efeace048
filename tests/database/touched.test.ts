import { connect } from "../../src/database/connect.js";
import { startServer } from "../../src/database/start.js";
import {
  postponed,
  readTableStates,
  type TableStates,
  touchedTables,
  urgentTables,
} from "../../src/database/touched.js";

const tables = `
  CREATE TABLE orders (id int PRIMARY KEY, note text);
  INSERT INTO orders SELECT n, 'x' FROM generate_series(1, 1000) n;
  CREATE TABLE events (at date) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');`;

describe.each([14, 18] as const)("PostgreSQL %i", (major) => {
  let server: Awaited<ReturnType<typeof startServer>>;
  let client: Awaited<ReturnType<typeof connect>>;
  beforeAll(async () => {
    server = await startServer("embedded", {
      ...{ major, url: undefined, image: undefined, locale: "C", settings: { autovacuum: "off" }, userSettings: [] },
      ...{ startTimeoutSeconds: 60, cwd: process.cwd(), env: process.env, progress: () => undefined },
      signal: new AbortController().signal,
    });
    client = await connect(server.url);
  });
  afterAll(async () => {
    await client?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  /** What each statement touches, by name; the tables of a schema of its own are there before. */
  async function touchedBy(sql: string) {
    await client.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${tables}`);
    const before = await readTableStates(client);
    await client.query(sql);
    const after = await readTableStates(client);
    return {
      before,
      after,
      all: await names(touchedTables(before, after)),
      urgent: await names(urgentTables(before, after)),
    };
  }

  async function names(oids: ReadonlySet<number>): Promise<readonly string[]> {
    const { rows } = await client.query("SELECT relname FROM pg_class WHERE oid = ANY ($1) ORDER BY 1", [[...oids]]);
    return rows.map(({ relname }) => String(relname));
  }

  test.each([
    ["COMMENT ON TABLE orders IS 'x'; GRANT SELECT ON orders TO PUBLIC", [], []],
    ["CREATE INDEX ON orders (note); DROP INDEX orders_note_idx", [], []],
    ["ALTER TABLE orders ADD COLUMN state text NOT NULL DEFAULT 'new'", ["orders"], []],
    ["CREATE TABLE audit (id int)", ["audit"], []],
    ["CREATE TABLE copy AS SELECT * FROM orders", ["copy"], ["copy"]],
    ["CREATE INDEX ON orders (lower(note))", ["orders"], ["orders"]],
    ["CREATE STATISTICS pair ON id, note FROM orders", ["orders"], ["orders"]],
    ["ALTER TABLE orders ALTER COLUMN note SET STATISTICS 0", ["orders"], ["orders"]],
    ["ALTER TABLE orders ALTER COLUMN id TYPE bigint", ["orders"], ["orders"]],
    ["ALTER TABLE orders DROP COLUMN note", ["orders"], ["orders"]],
    ["INSERT INTO orders SELECT n, 'y' FROM generate_series(2000, 9000) n", ["orders"], ["orders"]],
    [
      "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2024-02-01') TO ('2024-03-01')",
      ["events", "events_2"],
      ["events", "events_2"],
    ],
    ["DROP TABLE events_1", ["events"], ["events"]],
  ])("%s", async (sql, all, urgent) => {
    expect(await touchedBy(sql)).toMatchObject({ all, urgent });
  });

  test("what was postponed is touched until it is seen to", async () => {
    const { before, after } = await touchedBy("ALTER TABLE orders ADD COLUMN state text; CREATE TABLE audit (id int)");
    const oids = touchedTables(before, after);
    const later: TableStates = postponed(before, after, oids);
    expect(touchedTables(later, after)).toEqual(oids);
    expect(touchedTables(after, after).size).toBe(0);
  });
});
