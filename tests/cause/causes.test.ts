import { harmless, openStore, type Store, store } from "./support/store.js";

const minutes = 180_000;
let shop: Store;
beforeAll(async () => {
  shop = await openStore();
}, minutes);
afterAll(() => shop[Symbol.asyncDispose](), minutes);

const [comment, audit] = harmless;

/** Migrations with harmless ones before and behind. */
function among(...sql: readonly string[]) {
  const all = [comment, ...sql, audit];
  return Object.fromEntries(all.map((text, index) => [fileAt(index), text]));
}

function fileAt(index: number): string {
  return `migrations/${103 + index}_step.sql`;
}

test(
  "each query's own statement among eight migrations, the first and the last guilty ones too",
  async () => {
    const causes = await shop.causesOf(
      among(
        "DROP INDEX customers_email_idx;",
        "-- Wider.\nALTER TABLE payments ALTER COLUMN order_id TYPE numeric;",
        "SET lock_timeout = 1000;\n\nCREATE TABLE old_orders (LIKE orders);\nCREATE OR REPLACE VIEW cheap_orders AS\n  SELECT * FROM orders WHERE total < 900 OFFSET 0;",
        "CREATE OR REPLACE FUNCTION account(n bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN n; END';",
        "ALTER TABLE orders ALTER COLUMN status SET STATISTICS 0;",
      ),
    );
    const by = (index: number, line: number) => ({
      kind: "migration",
      file: fileAt(index),
      line,
      tried: "replayed on the base, and gone in a build without it",
    });
    expect(causes).toMatchObject({
      "by-email": by(1, 1),
      "paid-order": by(2, 2),
      "cheap-orders": by(3, 4),
      "of-account": by(4, 1),
      "done-orders": by(5, 1),
    });
  },
  2 * minutes,
);

test(
  "what only executing the query shows",
  async () => {
    const causes = await shop.causesOf(among("ALTER TABLE ledger DROP CONSTRAINT ledger_key;"));
    expect(causes["add-payment"]).toMatchObject({ kind: "migration", file: fileAt(1), line: 1 });
  },
  minutes,
);

test(
  "a column that the new text asks for is not to blame for letting it be planned",
  async () => {
    const causes = await shop.causesOf({
      ...among("ALTER TABLE customers ADD COLUMN mail text;", "ALTER TABLE customers DROP COLUMN email;"),
      "queries/by-email.sql": "SELECT id, city FROM customers\nWHERE mail = 'c77@example.com';\n",
    });
    expect(causes["by-email"]).toMatchObject({
      kind: "query",
      file: "queries/by-email.sql",
      line: 2,
      tried: `it shows as soon as its new text can be planned, after \`ALTER TABLE customers ADD COLUMN mail text\` (${fileAt(1)}:1)`,
    });
  },
  minutes,
);

test(
  "a column that is dropped and added anew takes its index with it",
  async () => {
    const causes = await shop.causesOf(
      among(
        "ALTER TABLE customers DROP COLUMN email;\nALTER TABLE customers ADD COLUMN email text NOT NULL DEFAULT '';",
      ),
    );
    expect(causes["by-email"]).toMatchObject({
      ...{ kind: "migration", file: fileAt(1), line: 1 },
      statement: "ALTER TABLE customers DROP COLUMN email",
    });
  },
  minutes,
);

test(
  "a setting of the database, last",
  async () => {
    const sql = `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET random_page_cost = 1000', current_database()); END $$;`;
    expect((await shop.causesOf(among(sql)))["by-email"]).toMatchObject({
      kind: "migration",
      file: fileAt(1),
      line: 1,
    });
  },
  minutes,
);

test(
  "a policy counts where it is made, and row security where it is switched on",
  async () => {
    const causes = await shop.causesOf(
      among(
        "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;\nCREATE POLICY own ON orders USING (account(id) = id AND random() >= 0);",
      ),
    );
    expect(Object.keys(causes).length).toBeGreaterThan(0);
    for (const cause of Object.values(causes)) expect(cause).toMatchObject({ kind: "migration", file: fileAt(1) });
  },
  minutes,
);

test(
  "what a role's settings do is found by builds alone: a role belongs to the whole server",
  async () => {
    const causes = await shop.causesOf(
      among("ALTER ROLE clerk SET enable_indexscan = off;\nALTER ROLE clerk SET enable_bitmapscan = off;"),
    );
    expect(causes["by-email"]).toMatchObject({
      kind: "migration",
      file: fileAt(1),
      tried: expect.stringMatching(/^found by \d builds/),
    });
  },
  minutes,
);

test(
  "two statements that only together do it are an interaction",
  async () => {
    const causes = await shop.causesOf({
      "migrations/103_one.sql": "DROP INDEX orders_total_idx;\n",
      "migrations/104_step.sql": audit,
      "migrations/105_two.sql": "DROP INDEX orders_total_status_idx;\n",
    });
    expect(causes["by-total"]).toMatchObject({
      kind: "interaction",
      file: "migrations/105_two.sql",
      statement:
        "DROP INDEX orders_total_status_idx, together with `DROP INDEX orders_total_idx` (migrations/103_one.sql:1)",
    });
  },
  minutes,
);

test(
  "the query's own text, beside migrations that do nothing",
  async () => {
    const causes = await shop.causesOf({
      ...among("ALTER TABLE customers ADD COLUMN fax text;"),
      "queries/by-email.sql": "SELECT id, city FROM customers\nWHERE email || '' = 'c77@example.com';\n",
    });
    expect(causes["by-email"]).toMatchObject({
      kind: "query",
      file: "queries/by-email.sql",
      line: 2,
      statement: "WHERE email || '' = 'c77@example.com'",
      tried: expect.stringContaining("old text does not"),
    });
  },
  minutes,
);

test(
  "an edited migration is found by builds, and a change of nothing else needs no experiment",
  async () => {
    const edited = {
      "migrations/001_store.sql": store["migrations/001_store.sql"]
        .replace("customers (email)", "customers (city, email)")
        .replace("UNIQUE ", ""),
    };
    const alone = await shop.causesOf(edited);
    expect(alone["by-email"]).toMatchObject({
      kind: "migration",
      file: "migrations/001_store.sql",
      line: 3,
      tried: "nothing else in this change can move a plan",
    });
    const causes = await shop.causesOf({ ...edited, "migrations/103_step.sql": audit });
    expect(causes["by-email"]).toMatchObject({
      kind: "migration",
      file: "migrations/001_store.sql",
      line: 3,
      tried: expect.stringMatching(/^found by \d build/),
    });
  },
  minutes,
);

test(
  "the seed and a setting are told from a migration",
  async () => {
    const seed = store["seeds/store.sql"].replace(
      "1 + n % 4000, CASE",
      "CASE WHEN n % 4 = 0 THEN 7 ELSE 1 + n % 4000 END, CASE",
    );
    const seeded = await shop.causesOf({ "seeds/store.sql": seed, "migrations/103_step.sql": audit });
    expect(seeded["cheap-orders"]).toMatchObject({ kind: "seed", file: "seeds/store.sql", line: 2 });
    const settings = store["plan-gate.yml"].replace(
      "version: 17",
      'version: 17, settings: { random_page_cost: "1000" }',
    );
    const set = await shop.causesOf({ "plan-gate.yml": settings, "migrations/103_step.sql": audit });
    expect(set["by-email"]).toMatchObject({
      kind: "settings",
      file: "plan-gate.yml",
      line: 1,
      statement: "random_page_cost default → 1000",
    });
  },
  minutes,
);

test(
  "without a base what is not committed is left out of builds, until it helps",
  async () => {
    const causes = await shop.causesOf(among("DROP INDEX customers_email_idx;"), { withoutBase: true });
    expect(causes["by-email"]).toMatchObject({
      kind: "migration",
      file: fileAt(1),
      line: 1,
      tried: "gone in a build without it",
    });
  },
  minutes,
);

test(
  "a budget that has run out is said, and nobody is blamed",
  async () => {
    const causes = await shop.causesOf(among("DROP INDEX customers_email_idx;"), { budgetSeconds: 0 });
    expect(causes["by-email"]).toMatchObject({ kind: "unknown", tried: expect.stringContaining("budgetSeconds") });
  },
  minutes,
);
