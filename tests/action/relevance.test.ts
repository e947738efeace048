import { folderOf, relevantFiles, watchedFiles } from "../../src/action/relevance.js";
import { parseSettings } from "../../src/config/settings.js";

function watched(yaml: string, config = "plan-gate.yml") {
  const settings = parseSettings(yaml, config);
  const loaded = { settings, file: "plan-gate.yml" } as unknown as Parameters<typeof watchedFiles>[0];
  return watchedFiles(loaded, folderOf(config));
}

test("settings, migrations, seeds, queries, baselines and what is watched besides can change a plan", () => {
  const paths = watched(
    "migrations: { dir: db/migrations }\nseed: { files: [db/seed/*.sql] }\nqueries: [sql]\nbaselines: plans\nwatch: ['lib/**/*.rb']\n",
  );
  expect(paths).toEqual(
    expect.arrayContaining(["plan-gate.yml", "db/migrations", "db/seed/*.sql", "sql", "plans", "lib/**/*.rb"]),
  );
  const changed = [
    ...["db/migrations/2.sql", "db/seed/orders.sql", "sql/a/b.sql", "plans/pg17/x.yml", "lib/a/b.rb", "plan-gate.yml"],
    ...["db/seeds.sql", "sql.md", "README.md", "lib/a.py", "db/seed/deep/x.sql"],
  ];
  expect(relevantFiles(changed, paths ?? [])).toEqual(changed.slice(0, 6));
});

test("a settings file in a folder watches what lies in that folder", () => {
  const paths = watched("migrations: { dir: migrations }\n", "packages/db/plan-gate.yml") ?? [];
  expect(relevantFiles(["packages/db/migrations/1.sql", "migrations/1.sql"], paths)).toEqual([
    "packages/db/migrations/1.sql",
  ]);
});

test("where a command decides what is read, everything counts unless `watch` says what", () => {
  expect(watched('migrations: { command: "make migrate" }\n')).toBeUndefined();
  expect(watched('migrations: { command: "make migrate" }\nwatch: [db]\n')).toContain("db");
  expect(watched('seed: { command: "make seed" }\n')).toBeUndefined();
});

test("a folder whose name is a glob's, a hidden file, and the whole repository are covered", () => {
  expect(relevantFiles(["db[1]/a.sql", "db1/a.sql"], ["db[1]"])).toEqual(["db[1]/a.sql"]);
  expect(relevantFiles([".env/x.sql"], ["**/*.sql"])).toEqual([".env/x.sql"]);
  expect(relevantFiles(["any/thing"], ["."])).toEqual(["any/thing"]);
});
