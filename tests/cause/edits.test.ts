import { compareMigrations, type MigrationChange } from "../../src/cause/edits.js";

const file = (name: string, sql: string) => ({ file: `migrations/${name}.sql`, names: [name], sql });
const brief = ({ edits }: MigrationChange) =>
  edits.map(({ kind, file: path, line, sql }) => `${kind} ${path}:${line} ${sql}`);
const texts = (files: ReturnType<MigrationChange["compose"]>) => files.map(({ file: path, sql }) => [path, sql]);

const first = file("1", "CREATE TABLE a (b int);\nCREATE INDEX a_b ON a (b);\n");

test("new files are edits by statement; comments and settings are none, and follow the others of their file", async () => {
  const step = file(
    "2",
    "-- Faster.\nSET lock_timeout = 1;\nCOMMENT ON TABLE a IS 'x';\n\nDROP INDEX a_b;\nALTER TABLE a ADD c int;",
  );
  const change = await compareMigrations([first], [first, step]);
  expect(brief(change)).toEqual([
    "added migrations/2.sql:5 DROP INDEX a_b",
    "added migrations/2.sql:6 ALTER TABLE a ADD c int",
  ]);
  expect(change.onlyAdds).toBe(true);
  expect(texts(change.additions(({ index }) => index === 1))).toEqual([
    ["migrations/2.sql", "SET lock_timeout = 1;\nCOMMENT ON TABLE a IS 'x';\nALTER TABLE a ADD c int;"],
  ]);
  expect(change.additions(() => false)).toEqual([]);
  // A file stays by name, however empty: the seed may come after it.
  expect(texts(change.compose(() => false)).at(-1)).toEqual(["migrations/2.sql", ""]);
});

test("a statement in another one's place is one edit, and layout is none", async () => {
  const edited = file("1", "CREATE TABLE a\n  (b int);\nCREATE INDEX a_b ON a (b DESC);\n");
  const change = await compareMigrations([first], [edited]);
  expect(brief(change)).toEqual(["replaced migrations/1.sql:3 CREATE INDEX a_b ON a (b DESC)"]);
  expect(change.onlyAdds).toBe(false);
  expect(texts(change.compose(() => false))).toEqual([
    ["migrations/1.sql", "CREATE TABLE a\n  (b int);\nCREATE INDEX a_b ON a (b);"],
  ]);
  expect(texts(change.compose(() => true))[0]?.[1]).toContain("(b DESC)");
});

test("a statement or a file that is gone comes back where it is not left out", async () => {
  const [kept] = first.sql.split("\n");
  const change = await compareMigrations([first, file("2", "DROP INDEX a_b;")], [file("1", `${kept}\n`)]);
  expect(brief(change)).toEqual([
    "removed migrations/1.sql:1 CREATE INDEX a_b ON a (b)",
    "removed migrations/2.sql:1 DROP INDEX a_b",
  ]);
  expect(texts(change.compose(() => false)).map(([, sql]) => sql)).toEqual([
    "CREATE TABLE a (b int);\nCREATE INDEX a_b ON a (b);",
    "DROP INDEX a_b;",
  ]);
});

test("a file that only has another name is the same, and the head's order counts", async () => {
  const [one, two] = [file("2", "CREATE TABLE b ();"), file("3", "CREATE TABLE c ();")];
  const renamed = file("4", one.sql);
  const change = await compareMigrations([first, one, two], [first, two, renamed]);
  expect(change.edits).toEqual([]);
  expect(change.compose(() => true).map(({ file: path }) => path)).toEqual([
    "migrations/1.sql",
    "migrations/3.sql",
    "migrations/4.sql",
  ]);
});

test("rows behind a COPY go with it", async () => {
  const copy = file("2", "COPY a FROM stdin;\n1\n2\n\\.\nDROP INDEX a_b;");
  const change = await compareMigrations([first], [first, copy]);
  expect(texts(change.additions(() => true))).toEqual([
    ["migrations/2.sql", "COPY a FROM stdin;\n1\n2\n\\.\n\nDROP INDEX a_b;"],
  ]);
});

test("what reaches the whole server is told apart, in blocks of code too", async () => {
  const sql = [
    "ALTER ROLE app SET work_mem = '1MB'",
    "DO $$ BEGIN EXECUTE 'CREATE ROLE app'; END $$",
    "ALTER ROLE app RENAME TO api",
    "ALTER TABLE a RENAME TO role",
    "DO $$ BEGIN PERFORM 1; END $$",
  ].join(";\n");
  const { edits } = await compareMigrations([], [file("1", sql)]);
  expect(edits.map(({ nature }) => nature.kind)).toEqual(["cluster", "cluster", "cluster", "plain", "plain"]);
});
