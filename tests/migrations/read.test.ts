import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readMigrations } from "../../src/migrations/read.js";
import { createdRoles } from "../../src/migrations/roles.js";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plan-gate-read-"));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** Writes empty files into `db` and reads their order back. */
async function orderOf(...names: readonly string[]): Promise<readonly string[]> {
  await write(Object.fromEntries(names.map((name) => [`db/${name}`, "select 1;"])));
  return (await readMigrations(root, "db")).map(({ file }) => file.slice("db/".length));
}

const refusalOf = (...names: readonly string[]) => orderOf(...names).catch((error: unknown) => error);

describe("a folder of SQL files", () => {
  test("is applied in natural order, folders by their paths", async () => {
    expect(await orderOf("10_c.sql", "2_b.sql", "1_a.sql", "2024/2_e.sql", "2024/11_f.sql", "README.md")).toEqual([
      "1_a.sql",
      "2_b.sql",
      "10_c.sql",
      "2024/2_e.sql",
      "2024/11_f.sql",
    ]);
  });

  test.each(["db", "./db", "db/", "x/../db"])("may be written as %s", async (dir) => {
    await write({ "db/1.sql": "\uFEFFselect 1;", "db/2.sql": "select 2;" });
    const files = await readMigrations(root, dir);
    expect(files.map(({ file, sql }) => [file, sql])).toEqual([
      ["db/1.sql", "select 1;"],
      ["db/2.sql", "select 2;"],
    ]);
  });

  test("may be the settings file's own", async () => {
    await write({ "1.sql": "select 1;" });
    expect(await readMigrations(root, ".")).toMatchObject([{ file: "1.sql" }]);
  });

  test("that is missing, empty or a file is an error that says so", async () => {
    await write({ "empty/README.md": "", "file.sql": "" });
    const failures = ["missing", "empty", "file.sql"].map((dir) => readMigrations(root, dir));
    const results = await Promise.allSettled(failures);
    expect(results.map((result) => result.status === "rejected" && result.reason)).toMatchObject([
      { code: "input-missing", message: "there is no such folder of migrations", place: { file: "missing" } },
      { code: "input-missing", message: "the folder of migrations has no .sql file", place: { file: "empty" } },
      { code: "input-missing", message: "`migrations.dir` names a file, not a folder", place: { file: "file.sql" } },
    ]);
  });

  test("may not hold a link that leads out", async () => {
    const outside = await mkdtemp(join(tmpdir(), "plan-gate-outside-"));
    await writeFile(join(outside, "secret.sql"), "select 1;");
    await write({ "db/1.sql": "select 1;" });
    await symlink(join(outside, "secret.sql"), join(root, "db/2.sql"));
    await expect(readMigrations(root, "db")).rejects.toMatchObject({
      code: "input-missing",
      place: { file: "db/2.sql" },
    });
    await rm(outside, { recursive: true });
  });

  test("may hold a link that stays inside", async () => {
    await write({ "shared/a.sql": "select 'a';", "db/1.sql": "select 1;" });
    await symlink("../shared/a.sql", join(root, "db/2.sql"));
    expect((await readMigrations(root, "db")).map(({ sql }) => sql)).toEqual(["select 1;", "select 'a';"]);
  });
});

describe("what undoes migrations", () => {
  test.each([
    ["000001_users.down.sql", ["000001_users.up.sql", "000001_users.down.sql"]],
    ["20240101/down.sql", ["20240101/up.sql", "20240101/down.sql"]],
    ["1_users_down.sql", ["1_users_up.sql", "1_users_down.sql"]],
    ["revert/users.sql", ["deploy/users.sql", "revert/users.sql"]],
  ])("%s is refused", async (down, names) => {
    expect(await refusalOf(...names)).toMatchObject({ code: "input-missing", place: { file: `db/${down}` } });
  });

  test("a name that merely ends in down is none of it", async () => {
    expect(await orderOf("1_users.sql", "2_scale_down.sql")).toHaveLength(2);
  });

  test.each(["-- migrate:down", "-- +goose Down", "-- +migrate Down"])("%s in a file is refused", async (mark) => {
    await write({ "db/1.sql": `-- up\ncreate table t ();\n\n${mark}\ndrop table t;\n` });
    await expect(readMigrations(root, "db")).rejects.toMatchObject({ place: { file: "db/1.sql", line: 4 } });
  });
});

describe("Flyway's names", () => {
  test("go by version part by part, then the repeatables by description", async () => {
    const names = ["V10__d.sql", "V2__b.sql", "V2_1__c.sql", "V1.5__a.sql", "R__views.sql", "R__a_first.sql"];
    expect(await orderOf(...names, "sub/V2.10__late.sql", "V20240101120000123456789__e.sql")).toEqual([
      "V1.5__a.sql",
      "V2__b.sql",
      "V2_1__c.sql",
      "sub/V2.10__late.sql",
      "V10__d.sql",
      "V20240101120000123456789__e.sql",
      "R__a_first.sql",
      "R__views.sql",
    ]);
  });

  test("undo scripts are not applied", async () => {
    expect(await orderOf("V1__a.sql", "U1__a.sql")).toEqual(["V1__a.sql"]);
  });

  test("the newest baseline stands for what came before it", async () => {
    const names = ["V1__a.sql", "V2__b.sql", "B2__all.sql", "B1__old.sql", "V3__c.sql", "R__r.sql"];
    expect(await orderOf(...names)).toEqual(["B2__all.sql", "V3__c.sql", "R__r.sql"]);
  });

  test.each([
    ["V1__a.sql", "V1.0__b.sql", "version"],
    ["V01_2__a.sql", "z/V1_2__b.sql", "version"],
    ["R__a.sql", "z/R__a.sql", "description"],
  ])("%s and %s are twins", async (a, b, what) => {
    expect(await refusalOf("V9__x.sql", a, b)).toMatchObject({
      code: "migration-failed",
      message: `${a} and ${b} have the same ${what}`,
      place: { file: `db/${b}` },
    });
  });

  test("a stranger among them is refused, for it has no place in the order", async () => {
    expect(await refusalOf("V1__a.sql", "afterMigrate.sql")).toMatchObject({
      code: "input-missing",
      place: { file: "db/afterMigrate.sql" },
    });
  });
});

test("roles that files create are found, in blocks too", async () => {
  const sql = [
    "create role app_reader;",
    'do $$ begin if not exists (select) then create role "App Writer" login; end if; end $$;',
    "create user mapping for app_reader server s;",
    "create user last",
  ].join("\n");
  const roles = await createdRoles([{ file: "1.sql", names: [], sql }]);
  expect([...roles]).toEqual(["app_reader", "App Writer", "last"]);
});
