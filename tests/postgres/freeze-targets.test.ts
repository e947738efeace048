import pg from "pg";
import { freeze, freezeSettings } from "../../src/database/freeze.js";
import { connectionTo, startThrowawayServer, type ThrowawayServer, testedMajors } from "./support/throwaway-server.js";

/** Tables of fewer rows than ANALYZE reads by default, with targets so small that it would read a part of them. */
const schema = `
  CREATE TABLE small (id int, v int);
  INSERT INTO small SELECT g, hashint4(g) % 400 FROM generate_series(1, 20000) g;
  CREATE TABLE lone (v int);
  INSERT INTO lone SELECT hashint4(g) % 400 FROM generate_series(1, 20000) g;
  CREATE TABLE lowered (id int, v int);
  ALTER TABLE lowered ALTER id SET STATISTICS 1, ALTER v SET STATISTICS 5;
  INSERT INTO lowered SELECT g, hashint4(g) % 400 FROM generate_series(1, 20000) g;
  CREATE TABLE ignored (id int, v int, w int);
  ALTER TABLE ignored ALTER id SET STATISTICS 0;
  INSERT INTO ignored SELECT g, hashint4(g) % 400, hashint4(-g) % 400 FROM generate_series(1, 50000) g;
  CREATE TABLE all_ignored (id int);
  ALTER TABLE all_ignored ALTER id SET STATISTICS 0;
  INSERT INTO all_ignored SELECT g FROM generate_series(1, 50000) g;
`;

const statistics = `
  SELECT tablename || '.' || attname AS name, n_distinct, correlation, most_common_vals::text AS common,
         most_common_freqs::text AS frequencies, histogram_bounds::text AS bounds
  FROM pg_stats WHERE schemaname = 'public' ORDER BY 1`;

const targets = `
  SELECT attrelid::regclass::text AS table, attname, attstattarget FROM pg_attribute
  WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) AND attnum > 0 ORDER BY 1, 2`;

describe.each(testedMajors)("on PostgreSQL %i", (major) => {
  let server: ThrowawayServer;
  beforeAll(async () => {
    server = await startThrowawayServer(major, freezeSettings);
  }, 60_000);
  afterAll(() => server.stop());

  test.each([1, 100])(
    "with a default target of %i every row is read, whatever the columns' own targets are, and these stay",
    async (target) => {
      const client = new pg.Client(connectionTo(server.url, {}));
      await client.connect();
      try {
        await client.query(
          `DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET default_statistics_target = ${target}`,
        );
        await client.query(schema);
        const before = (await client.query(targets)).rows;
        await freeze(client, () => undefined);
        const first = (await client.query(statistics)).rows;
        await freeze(client, () => undefined);
        expect((await client.query(statistics)).rows).toEqual(first);
        expect(first.map(({ name }) => name)).toEqual([
          "ignored.v",
          "ignored.w",
          "lone.v",
          "lowered.id",
          "lowered.v",
          "small.id",
          "small.v",
        ]);
        // Where a sample would guess.
        expect(first.find(({ name }) => name === "small.v")?.n_distinct).toBe(799);
        expect((await client.query(targets)).rows).toEqual(before);
      } finally {
        await client.end();
      }
    },
    60_000,
  );
});
