import { readBaseline } from "../../src/baselines/baseline.js";
import { writeEffects } from "../../src/baselines/effects-text.js";
import type { Plan } from "../../src/plan/plan.js";
import { makeRepository } from "../proposals/support/repository.js";
import { startThrowawayServer, testedMajors } from "./support/throwaway-server.js";

const twoMinutes = 120_000;

/** Orders with items that go with them, events in two partitions, and triggers, functions and constraints about them. */
const project = {
  "plan-gate.yml": "seed: { files: [seeds/*.sql] }\nexplain: { session: session.sql }\n",
  // Reads a table itself: nothing of that is the query's.
  "session.sql": "SELECT count(*) FROM orders;\n",
  "migrations/001_all.sql": `
    CREATE TABLE orders (id bigint PRIMARY KEY, code text NOT NULL);
    CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE);
    CREATE INDEX items_order_id_idx ON items (order_id);
    CREATE TABLE notes (order_id bigint NOT NULL, body text NOT NULL);
    CREATE TABLE tokens (order_id bigint NOT NULL REFERENCES orders DEFERRABLE INITIALLY DEFERRED);
    CREATE TABLE events (id bigint NOT NULL, kind integer NOT NULL) PARTITION BY RANGE (id);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (2000);
    CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (2000) TO (9000);
    CREATE FUNCTION count_events() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM count(*) FROM events WHERE kind = 3; RETURN new; END $$;
    CREATE TRIGGER notes_count AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION count_events();
    CREATE FUNCTION items_with(wanted bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
      BEGIN RETURN (SELECT count(*) FROM items WHERE id % 5000 = wanted); END $$;
    CREATE FUNCTION item_count() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
      BEGIN RETURN (SELECT count(*) FROM items WHERE id BETWEEN 1 AND 2000); END $$;
    CREATE FUNCTION same(n bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
      BEGIN RETURN round(n::numeric, 2)::bigint; END $$;
  `,
  "seeds/all.sql": `
    INSERT INTO orders SELECT n, 'c' || n % 400 FROM generate_series(1, 2000) AS n;
    INSERT INTO items SELECT n, 1 + n % 2000 FROM generate_series(1, 6000) AS n;
    INSERT INTO events SELECT n, n % 7 FROM generate_series(1, 5000) AS n;
  `,
  "queries/all.sql": `
-- name: by-index
SELECT * FROM items WHERE order_id = 7;

-- name: by-function
SELECT * FROM orders WHERE id = same(7);

-- name: call-counting-function
SELECT item_count();

-- name: call-function
SELECT items_with(3);

-- name: delete-order
DELETE FROM orders WHERE id = 7;

-- name: insert-token
INSERT INTO tokens VALUES (7);

-- name: insert-token-of-nothing
INSERT INTO tokens VALUES (123456);

-- name: join
SELECT o.code, count(*) FROM orders AS o JOIN items AS i ON i.order_id = o.id WHERE o.code < 'c2' GROUP BY o.code;

-- name: look-each-up
SELECT o.id, (SELECT count(*) FROM items AS i WHERE i.order_id = o.id) FROM orders AS o WHERE o.code = 'c3';

-- name: write-notes
INSERT INTO notes SELECT id, code FROM orders WHERE id < 4;

-- name: write-nothing
DELETE FROM orders WHERE id = 7777;
`,
} as const;

const effectsExpected = {
  "by-index": undefined,
  "by-function": undefined,
  "call-counting-function": "public.items: index scans=1 rows=2000\n",
  "call-function": "public.items: seq scans=1 rows=6000\n",
  // An empty table may be read either way.
  "delete-order": expect.stringContaining("public.items: index scans=1 rows=3, deleted=3\n"),
  "insert-token": "public.orders: index scans=1 rows=1\npublic.tokens: inserted=1\n",
  "insert-token-of-nothing": "public.tokens: inserted=1\n",
  join: undefined,
  "look-each-up": undefined,
  "write-notes": "public.events: seq scans=6 rows=15000\npublic.notes: inserted=3\n",
  "write-nothing": "",
};

describe.each(testedMajors)("on PostgreSQL %i", (major) => {
  test(
    "what triggers, foreign keys and functions do is counted, and nothing of it changes from build to build",
    async () => {
      const server = await startThrowawayServer(major);
      try {
        await using repository = await makeRepository(project, server.url);
        const accepted = await repository.accept();
        const plans = Object.entries(accepted).map(([file, text]) => {
          const { query, plans: of } = readBaseline(text, file);
          return [query, of[0]?.plan as Plan] as const;
        });
        // Three blocks of the index and the table: what the function's body made the session look up counts no more.
        expect(plans.find(([query]) => query === "by-function")?.[1].root.actual?.sharedBlocks).toBeLessThan(6);
        const told = plans.map(([query, { effects }]) => [query, effects && writeEffects(effects)] as const);
        expect(Object.fromEntries(told)).toEqual(effectsExpected);
        const failed = plans.flatMap(([query, { deferredFailed }]) =>
          deferredFailed ? [[query, deferredFailed]] : [],
        );
        expect(failed).toEqual([["insert-token-of-nothing", expect.stringContaining("foreign key constraint")]]);
        // Each build takes seconds: three of one major tell enough.
        for (let build = 0; build < (major === 17 ? 2 : 0); build++)
          expect(await repository.accept()).toEqual(accepted);
      } finally {
        await server.stop();
      }
    },
    twoMinutes,
  );
});

test(
  "a foreign key's index that is dropped is found by the delete that waits for it, and named as the cause",
  async () => {
    const server = await startThrowawayServer(17);
    try {
      await using repository = await makeRepository(project, server.url);
      const base = await repository.commit(await repository.accept());
      await repository.commit({
        "migrations/002_tidy.sql": "COMMENT ON TABLE items IS 'x';\nDROP INDEX items_order_id_idx;\n",
      });
      const { verdict } = await repository.judge(base);
      const worse = verdict.outcomes.find(({ name }) => name === "delete-order");
      expect(worse?.findings.map(({ rule, severity }) => [rule, severity])).toEqual([
        ["side-effects-increased", "error"],
      ]);
      expect(worse?.findings[0]?.cause).toMatchObject({ file: "migrations/002_tidy.sql", line: 2 });
      expect(verdict.outcomes.filter(({ name }) => /token|notes|function/.test(name)).map(({ kind }) => kind)).toEqual(
        Array(6).fill("passed"),
      );
    } finally {
      await server.stop();
    }
  },
  twoMinutes,
);
