import type { Database } from "../../src/database/databases.js";
import type { Outcome, ProvenFix } from "../../src/verdict/verdict.js";
import { openWorkshop, type Workshop } from "./support/workshop.js";

const minutes = 180_000;

const setting = (change: string) =>
  `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I ${change}', current_database()); END $$;`;

/** What the change made of it. */
const now = {
  "plan-gate.yml": "postgres: { provider: embedded }\nseed: { files: [seed.sql] }\n",
  "migrations/1.sql": `
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer NOT NULL, region integer, total integer);
    CREATE INDEX orders_customer_id_idx ON orders (customer_id);
    CREATE VIEW ranked AS SELECT id, customer_id, row_number() OVER (ORDER BY id) AS place FROM orders;
    CREATE VIEW wider AS SELECT id, customer_id FROM orders WHERE customer_id::text = '7' OR customer_id::text = '8';
    CREATE FUNCTION orders_of(wanted integer) RETURNS bigint LANGUAGE sql STABLE
      AS 'SELECT count(*) FROM orders WHERE customer_id::text = wanted::text';
    CREATE TABLE notes (id bigint PRIMARY KEY, owner_id integer NOT NULL, body text);
    CREATE INDEX notes_owner_id_idx ON notes (owner_id);
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON notes USING (owner_id::text = coalesce(current_setting('app.owner', true), '7'));
    CREATE TABLE visits (id bigint PRIMARY KEY, page_id integer, order_id numeric, filler text);
    CREATE INDEX visits_page_id_idx ON visits (page_id);
    ALTER TABLE visits ALTER COLUMN page_id SET (n_distinct = 1);
    ${setting("SET work_mem = 64")}`,
  "seed.sql": `
    INSERT INTO orders SELECT n, n % 2000, n % 20, n FROM generate_series(1, 20000) n;
    INSERT INTO notes SELECT n, n % 2000, repeat('x', 40) FROM generate_series(1, 20000) n;
    INSERT INTO visits SELECT n, n, n, repeat('x', 100) FROM generate_series(1, 20000) n;`,
  "queries/ranked.sql": "SELECT id FROM ranked WHERE customer_id = 7;\n",
  "queries/wider.sql": "SELECT id FROM wider;\n",
  "queries/called.sql": "SELECT orders_of(7);\n",
  "queries/notes.sql": "SELECT id FROM notes;\n",
  "queries/sorted.sql": "SELECT id FROM orders ORDER BY total DESC, region;\n",
  "queries/joined.sql": "SELECT o.id FROM visits v JOIN orders o ON o.id = v.order_id WHERE v.id = 5;\n",
  "queries/visits.sql": "SELECT id FROM visits WHERE page_id = 7;\n",
} as const;

/** What it was before. */
const then = `
  DROP VIEW ranked; CREATE VIEW ranked AS SELECT id, customer_id FROM orders;
  CREATE OR REPLACE VIEW wider AS SELECT id, customer_id FROM orders WHERE customer_id BETWEEN 7 AND 10;
  CREATE OR REPLACE FUNCTION orders_of(wanted integer) RETURNS bigint LANGUAGE sql STABLE
    AS 'SELECT count(*) FROM orders WHERE customer_id = wanted';
  ALTER POLICY own ON notes USING (owner_id = coalesce(current_setting('app.owner', true), '7')::integer);
  ALTER TABLE visits ALTER COLUMN order_id TYPE bigint;
  ALTER TABLE visits ALTER COLUMN page_id RESET (n_distinct);
  ANALYZE visits; ANALYZE orders;
  ${setting("RESET work_mem")}`;

describe.each([14, 18])("on Postgres %i the change is undone", (major) => {
  let workshop: Workshop;
  let before: Database;

  beforeAll(async () => {
    workshop = await openWorkshop(major, now);
    before = await workshop.copyWith(then);
  }, minutes);
  afterAll(() => workshop[Symbol.asyncDispose](), minutes);

  async function mended(name: string): Promise<readonly [Outcome, ProvenFix | undefined]> {
    const outcome = await workshop.outcome(name, before);
    const traces = await workshop.traces();
    const fixed = await workshop.prove([outcome], { baseUrl: before.url });
    expect(await workshop.traces()).toEqual(traces);
    return [outcome, fixed.outcomes.flatMap(({ findings }) => findings.flatMap(({ fixes }) => fixes ?? []))[0]];
  }

  test.each([
    ["ranked", "puts the view `ranked` back as it was"],
    ["called", "puts the function `public.orders_of(wanted integer)` back as it was"],
    ["sorted", "takes `work_mem` back from the database"],
    ["visits", "takes back what was set for the distinct values of visits.page_id"],
    [
      "joined",
      "gives visits.order_id the type bigint again (each value is cast, and the table is locked while it is rewritten)",
    ],
  ])(
    "%s: %s",
    async (name, title) => {
      const [outcome, fix] = await mended(name);
      expect(outcome.kind).toBe("flagged");
      expect(fix?.title).toBe(title);
      expect(fix?.cost.with).toBeLessThanOrEqual((outcome.before?.root.totalCost ?? 0) * 1.1);
    },
    minutes,
  );

  test(
    "but not a policy: row security is not ours to lift",
    async () => {
      const [outcome, fix] = await mended("notes");
      expect([outcome.kind, fix?.kind]).not.toEqual(["flagged", "definition"]);
      expect(outcome.kind).toBe("flagged");
    },
    minutes,
  );

  test(
    "not where the query then returns other rows: that was meant",
    async () => {
      const [outcome, fix] = await mended("wider");
      expect([outcome.kind, fix?.kind]).not.toEqual(["flagged", "definition"]);
      expect(outcome.kind).toBe("flagged");
    },
    minutes,
  );
});
