import { harmless, openStore, store } from "./support/store.js";

const minutes = 180_000;
const [comment, audit] = harmless;
const dearPages =
  "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET random_page_cost = 1000', current_database()); END $$;\n";
const settings = store["plan-gate.yml"];

test(
  "a statement of an init script is told from the others and from migrations",
  async () => {
    const init = "CREATE ROLE reporter;\n";
    await using shop = await openStore({
      "plan-gate.yml": settings.replace("version: 17", "version: 17, initScripts: [init.sql]"),
      "init.sql": init,
    });
    const causes = await shop.causesOf({
      "init.sql": `${init}CREATE ROLE auditor;\n${dearPages}`,
      "migrations/103_step.sql": comment,
    });
    expect(causes["by-email"]).toMatchObject({
      kind: "migration",
      file: "init.sql",
      line: 3,
      statement: expect.stringContaining("random_page_cost"),
      tried: "the base shows it as well, with nothing but this changed",
    });
    const innocent = await shop.causesOf({
      "init.sql": `${init}CREATE ROLE auditor;\n`,
      "migrations/103_step.sql": "DROP INDEX customers_email_idx;\n",
      "migrations/104_step.sql": audit,
    });
    expect(innocent["by-email"]).toMatchObject({ kind: "migration", file: "migrations/103_step.sql", line: 1 });
  },
  minutes,
);

describe("migrations that a command runs", () => {
  const driver = import.meta.resolve("pg");
  const run = (file: string) => `import pg from ${JSON.stringify(driver)};
import { readFile } from "node:fs/promises";
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query(await readFile(${JSON.stringify(file)}, "utf8"));
await client.end();
`;
  const schema = `${store["migrations/001_store.sql"]}${store["migrations/002_views.sql"]}`;
  const byCommand = (command: string) => `${settings}migrations: { command: ${JSON.stringify(command)} }\n`;
  const node = `"${process.execPath}"`;
  const open = () =>
    openStore({
      "migrations/001_store.sql": null,
      "migrations/002_views.sql": null,
      "plan-gate.yml": byCommand(`${node} migrate.mjs`),
      "migrate.mjs": run("db/schema.sql"),
      "db/schema.sql": schema,
    });

  test(
    "another command is the settings' doing, and the seed beside it is not",
    async () => {
      await using shop = await open();
      const causes = await shop.causesOf({
        "plan-gate.yml": byCommand(`${node} migrate-all.mjs`),
        "migrate-all.mjs": run("db/all.sql"),
        "db/all.sql": schema.replace(/CREATE UNIQUE INDEX.*\n/, ""),
        "seeds/store.sql": `${store["seeds/store.sql"]}SELECT 1;\n`,
      });
      expect(causes["by-email"]).toMatchObject({
        kind: "settings",
        file: "plan-gate.yml",
        line: 4,
        statement: expect.stringMatching(/^`migrations\.command` .*migrate\.mjs → .*migrate-all\.mjs$/),
        tried: "the base shows it as well, with nothing but this changed",
      });
    },
    minutes,
  );

  test(
    "of the same command, what it runs is left over where nothing else differs",
    async () => {
      await using shop = await open();
      const causes = await shop.causesOf({ "db/schema.sql": schema.replace(/CREATE UNIQUE INDEX.*\n/, "") });
      expect(causes["by-email"]).toMatchObject({
        kind: "migration",
        file: "plan-gate.yml",
        line: 4,
        statement: expect.stringContaining("what `migrations.command` runs"),
        tried: "nothing else in this change can move a plan",
      });
    },
    minutes,
  );
});
