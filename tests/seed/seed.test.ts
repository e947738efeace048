import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { flyway } from "../../src/migrations/flyway.js";
import type { MigrationFile } from "../../src/migrations/layout.js";
import { plain } from "../../src/migrations/plain.js";
import { readHeader } from "../../src/seed/csv.js";
import { readSeedFiles } from "../../src/seed/files.js";
import { splitAtMigration } from "../../src/seed/seed.js";

describe("seed files", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "plan-gate-seed-"));
    for (const path of ["seeds/10_b.sql", "seeds/2_a.csv", "seeds/more/x.sql", "seeds/notes.md", "first.sql"]) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), path);
    }
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  test.each([
    ["a glob", ["seeds/*.{sql,csv}"], ["seeds/2_a.csv", "seeds/10_b.sql"]],
    ["a folder", ["./seeds/"], ["seeds/2_a.csv", "seeds/10_b.sql"]],
    ["a glob at any depth", ["seeds/**/*.sql"], ["seeds/10_b.sql", "seeds/more/x.sql"]],
    [
      "patterns in their order, each file once",
      ["first.sql", "seeds/*.csv", "**/*.csv"],
      ["first.sql", "seeds/2_a.csv"],
    ],
  ])("%s is read in natural order", async (_, patterns, files) => {
    const found = await readSeedFiles(root, patterns);
    expect(found).toEqual(files.map((file) => ({ file, text: file })));
  });

  test.each([
    ["a pattern that matches nothing", "seed/*.sql", "`seed.files`: nothing matches `seed/*.sql`"],
    ["a file of another kind", "seeds/notes.md", "`seed.files`: seeds/notes.md is neither .sql nor .csv"],
  ])("%s is an error that names it", async (_, pattern, message) => {
    await expect(readSeedFiles(root, ["first.sql", pattern])).rejects.toMatchObject({ code: "input-missing", message });
  });

  test("a link that leads out is refused", async () => {
    await symlink("/etc/passwd", join(root, "seeds/99_users.sql"));
    await expect(readSeedFiles(root, ["seeds/*.sql"])).rejects.toMatchObject({
      code: "input-missing",
      place: { file: "seeds/99_users.sql" },
    });
  });
});

test.each([
  ["id,name\n1,x", ["id", "name"]],
  ['"id","full, name","say ""hi"""\r\n1,2,3', ["id", "full, name", 'say "hi"']],
  ["Id , Tenant Id\n", ["Id", "Tenant Id"]],
  ['"two\nlines",b', ["two\nlines", "b"]],
  ["", [""]],
])("the columns of %j are read from its first line", (text, columns) => {
  expect(readHeader(text)).toEqual(columns);
});

describe("seed.after", () => {
  const filesOf = (layout: typeof plain, names: readonly string[]): readonly MigrationFile[] =>
    layout.order(names).map(({ name, names: called }) => ({ file: `db/${name}`, names: called, sql: "" }));
  const plainFiles = filesOf(plain, ["001_users.sql", "002_orders.sql", "003_index.sql"]);
  const flywayFiles = filesOf(flyway, ["V1__users.sql", "V1.2__orders.sql", "V003__index.sql", "R__views.sql"]);

  test.each(["002_orders.sql", "002_orders", "002", "2", "db/002_orders.sql", "./db/002_orders.sql"])(
    "%s cuts behind the second file",
    (after) => {
      const [before, later] = splitAtMigration(plainFiles, after);
      expect([before.length, later.length]).toEqual([2, 1]);
    },
  );

  test.each([
    ["1.2", 2],
    ["1_2", 2],
    ["V1.2", 2],
    ["V1.2__orders", 2],
    ["V1_2", 2],
    ["3", 3],
    ["V003", 3],
    ["003", 3],
    ["R__views", 4],
  ])("%s is understood as one of Flyway's versions", (after, count) => {
    expect(splitAtMigration(flywayFiles, after)[0]).toHaveLength(count);
  });

  test("an unknown one is an error that offers the nearest name", () => {
    const split = () => splitAtMigration(plainFiles, "002_order");
    expect(split).toThrow(
      expect.objectContaining({
        code: "settings-invalid",
        message: "`seed.after`: there is no migration `002_order`",
        hint: "Did you mean `002_orders`?",
      }),
    );
  });

  test("one that two files answer to is an error that names both", () => {
    const files = filesOf(plain, ["1_a.sql", "sub/1_b.sql"]);
    expect(() => splitAtMigration(files, "1")).toThrow("`seed.after`: `1` may be db/1_a.sql or db/sub/1_b.sql");
    expect(splitAtMigration(files, "db/1_a.sql")[0]).toHaveLength(1);
  });
});
