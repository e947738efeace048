import pg from "pg";
import { startThrowawayServer } from "../postgres/support/throwaway-server.js";
import { harmless, openStore, type Store, store } from "./support/store.js";

const minutes = 180_000;
const [comment, audit] = harmless;

describe("a statement without which the finding is there all the same", () => {
  let shop: Store;
  beforeAll(async () => {
    shop = await openStore();
  }, minutes);
  afterAll(() => shop[Symbol.asyncDispose](), minutes);

  test(
    "is named where builds come to the same, and another one is said to do it as well",
    async () => {
      const causes = await shop.causesOf({
        "migrations/103_tidy.sql": "DROP INDEX customers_email_idx;\n",
        "migrations/104_step.sql": audit,
        "migrations/105_disks.sql":
          "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET random_page_cost = 1000', current_database()); END $$;\n",
      });
      expect(causes["by-email"]).toMatchObject({
        kind: "migration",
        file: "migrations/103_tidy.sql",
        line: 1,
        tried: "replayed on the base, but another statement of this change does it as well",
      });
    },
    minutes,
  );

  test(
    "is not named where builds find another one: there its rows come after the migrations",
    async () => {
      const causes = await shop.causesOf({
        "migrations/103_one_customer.sql": `CREATE FUNCTION of_one() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF new.id % 4 = 0 THEN new.customer_id := 7; END IF; RETURN new; END';
CREATE TRIGGER orders_of_one BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION of_one();
`,
        "migrations/104_step.sql": comment,
        "migrations/105_existing.sql": "UPDATE orders SET customer_id = 7 WHERE id % 4 = 0;\n",
      });
      expect(causes["cheap-orders"]).toMatchObject({
        kind: "migration",
        file: "migrations/103_one_customer.sql",
        line: 2,
        tried: expect.stringMatching(
          /^found by \d builds .*; replayed on the base it seemed to be migrations\/105_existing\.sql:1, but/,
        ),
      });
    },
    minutes,
  );
});

test(
  "on a server that both sides share, what a migration does to a role is named and nobody is blamed",
  async () => {
    const server = await startThrowawayServer(17);
    try {
      // Made beforehand: a role that a migration makes has room for one build only.
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      await client.query("CREATE ROLE clerk");
      await client.end();
      const schema = store["migrations/001_store.sql"].replace("CREATE ROLE clerk;", "");
      const settings = store["plan-gate.yml"].replace("provider: embedded", "superuser: true");
      await using shop = await openStore(
        { "plan-gate.yml": settings, "migrations/001_store.sql": schema },
        { PLAN_GATE_DATABASE_URL: server.url },
      );
      const alone = await shop.causesOf({
        "migrations/103_step.sql": comment,
        "migrations/104_tidy.sql": "DROP INDEX customers_email_idx;\n",
      });
      expect(alone["by-email"]).toMatchObject({ kind: "migration", file: "migrations/104_tidy.sql", line: 1 });
      const shared = await shop.causesOf({
        "migrations/103_step.sql": comment,
        "migrations/104_role.sql": "ALTER ROLE clerk SET work_mem = '8MB';\nDROP INDEX customers_email_idx;\n",
      });
      expect(shared["by-email"]).toMatchObject({
        kind: "unknown",
        tried:
          "nothing: `ALTER ROLE clerk SET work_mem = '8MB'` (migrations/104_role.sql:1) reaches the whole server that `postgres.url` names, the base's database too",
      });
    } finally {
      await server.stop();
    }
  },
  2 * minutes,
);
