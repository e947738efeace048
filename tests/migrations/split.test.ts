import { readFile } from "node:fs/promises";
import { splitStatements } from "../../src/migrations/split.js";

const split = (sql: string) => splitStatements(sql, "m/1.sql", "migration-failed");
const linesOf = async (sql: string) => (await split(sql)).map(({ line, sql: text }) => [line, text.split("\n")[0]]);

/** The failure that a text is refused with. */
const refusal = (sql: string) =>
  split(sql).then(
    () => undefined,
    (error: unknown) => error,
  );

test("a statement's line is that of its first word, not of the comments above it", async () => {
  const sql = "-- tidy\n\n/* two\n /* nested; */ lines */ drop table a;\n-- next;\n\n  drop table b; drop table c;\n";
  expect(await linesOf(sql)).toEqual([
    [4, "drop table a"],
    [7, "drop table b"],
    [7, "drop table c"],
  ]);
});

test.each([
  ["an empty file", ""],
  ["white space", " \r\n\t\n"],
  ["comments", "-- nothing\n/* here; */\n"],
  ["semicolons", ";;\n;\n"],
  ["a byte order mark", "\uFEFF"],
])("%s holds no statement", async (_, sql) => {
  expect(await split(sql)).toEqual([]);
});

test("a byte order mark and CRLF leave text and lines as they are", async () => {
  const statements = await split("\uFEFF-- first\r\nselect 1;\r\nselect\r\n  2;\r\n");
  expect(statements.map(({ line, sql }) => [line, sql])).toEqual([
    [2, "select 1"],
    [3, "select\r\n  2"],
  ]);
});

test("semicolons in quotes, bodies and parentheses end nothing", async () => {
  const bodies = [
    "select 'a;''b;', E'it\\'s;', \"odd;\"\"name;\" from t",
    "do $body$ begin; $$ ; $$ end; $body$",
    "create function f() returns int language sql begin atomic select case when true then 1 else 2 end; select 2; end",
    "create rule r as on insert to t do also (select 1; select 2)",
    "select $1$2, a$b$ from t",
    "select 'Grüße; 😀'",
  ];
  const sql = bodies.map((body, index) => `-- ${index};\n${body};`).join("\n");
  const statements = await split(sql.replace("select $1$2, a$b$ from t", "select 1 as a$b$"));
  expect(statements.map(({ sql: text }) => text)).toEqual(bodies.with(4, "select 1 as a$b$"));
  expect(statements.map(({ line }) => line)).toEqual([2, 4, 6, 8, 10, 12]);
});

test("rows of a COPY are kept apart, even where they look like SQL", async () => {
  const sql = [
    "create table t (a text); copy t\n  from stdin; -- rows follow",
    "copy t from stdin;",
    "insert into t values ('x'); \\. not the end",
    "\\.",
    "copy u from stdin with (format csv);",
    "\\.  ",
    "select 1;",
  ].join("\r\n");
  const statements = await split(sql);
  expect(statements.map(({ line, copy }) => [line, copy])).toEqual([
    [1, undefined],
    [1, { line: 3, text: "copy t from stdin;\r\ninsert into t values ('x'); \\. not the end\r\n" }],
    [6, { line: 7, text: "" }],
    [8, undefined],
  ]);
});

test("what looks like a COPY in a comment or a body has no rows", async () => {
  const inside = "\ncopy t from stdin;\n";
  const statements = await split(`/*${inside}*/ select 1; do $$${inside}$$; select '${inside}'; copy t from '/x';`);
  expect(statements.map(({ copy }) => copy)).toEqual([undefined, undefined, undefined, undefined]);
});

test("rows without an end run to the file's end", async () => {
  const [copy] = await split("copy t from stdin;\n1\n2\n");
  expect(copy?.copy).toEqual({ line: 2, text: "1\n2\n" });
});

test("SQL after a COPY on its line is refused, for psql would read it after the rows", async () => {
  expect(await refusal("select 1;\ncopy t from stdin; select 1;\n1\n\\.\n")).toMatchObject({
    code: "migration-failed",
    place: { file: "m/1.sql", line: 2 },
  });
});

test("pg_dump's output splits, with psql's \\restrict passed over", async () => {
  const text = await readFile("tests/fixtures/migrations/pg-dump.sql", "utf8");
  const statements = await split(text);
  const lines = text.split("\n");
  for (const { sql, line } of statements) expect(lines[line - 1]).toContain(sql.split("\n")[0]);
  expect(statements).toHaveLength(17);
  const [copy] = statements.filter((statement) => statement.copy);
  expect(copy?.copy?.text.split("\n")).toHaveLength(6);
});

test.each([
  ["\\connect app", "select 1;\n\\connect app\nselect 2;", 2],
  ["\\i", "-- all\n\n\\i other.sql\n", 3],
  ["\\set", "\\set name 'it''s'\nselect :name;", 1],
  ["\\gexec", "select 1;\nselect 'select 1'\n\\gexec\n", 3],
  ["\\copy", "select 1;\r\n\\copy t from 'x.csv' csv\r\n", 2],
])("%s is refused as a command of psql", async (command, sql, line) => {
  expect(await refusal(sql)).toMatchObject({
    code: "migration-failed",
    message: `\`${command.split(" ")[0]}\` is a command of psql, not SQL`,
    place: { file: "m/1.sql", line },
  });
});

test.each([
  ["a wrong word", "select 1;\n\n-- now\ncreate tabel t (\n  a int\n);", /syntax error at or near "tabel"/, 4],
  ["a wrong word in the middle", "create table t (\n  a int,,\n  b int\n);", /at or near ","/, 2],
  ["a wrong word after characters of four bytes", "select '😀😀😀😀😀😀'\n, from\nwhere;", /at or near "from"/, 2],
  ["an open quote", "select 1;\nselect 'a;\nselect 2;\n", /unterminated quoted string/, 2],
  ["an open parenthesis", "select 1;\ncreate table t (a int;\nselect 2;", /at or near ";"/, 2],
  ["an open comment", "select 1;\n/* here\nselect 2;", /unterminated/, 2],
])("%s is refused with its line", async (_, sql, message, line) => {
  expect(await refusal(sql)).toMatchObject({
    message: expect.stringMatching(message),
    place: { file: "m/1.sql", line },
  });
});

test("another tool's placeholders are told from a slip", async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how Flyway writes them.
  const sql = "create schema ${schema};";
  expect(await refusal(sql)).toMatchObject({ hint: expect.stringContaining("Placeholders are not replaced") });
});

describe("in a file of several parts", () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, at) => `-- row ${at}\ninsert into t values (${at}, 'ü; ${"x".repeat(60)}');\n`);

  test("lines stay right, after rows of a COPY too", async () => {
    const text = `${rows(4_000).join("")}copy t from stdin;\n1\tselect;\n\\.\n${rows(4_000).join("")}`;
    const lines = text.split("\n");
    const statements = await split(text);
    expect(statements).toHaveLength(8_001);
    const wrong = statements.filter(({ sql, line }) => !lines[line - 1]?.startsWith(sql.split("\n")[0] ?? "?"));
    expect(wrong).toEqual([]);
  });

  test("a syntax error has its line, wherever it is", async () => {
    for (const at of [0, 2_500, 7_999]) {
      const text = rows(8_000).with(at, "insert into t values (1,\n 2,, 3);\n").join("");
      expect(await refusal(text)).toMatchObject({ place: { line: at * 2 + 2 } });
    }
  });

  test("a single statement of megabytes is left to the server", async () => {
    const values = Array.from({ length: 60_000 }, (_, at) => `(${at}, 'it''s; ${at}')`).join(",\n");
    const statements = await split(`select 1;\n-- data\ninsert into t values\n${values};\nselect 2;`);
    expect(statements.map(({ line, sql }) => [line, sql.length])).toEqual([
      [1, 8],
      [3, "insert into t values\n".length + values.length],
      [60_004, 8],
    ]);
  });
});

test.each([
  ["create index concurrently i on t (a)", true],
  ["create unique index concurrently if not exists i on t (a)", true],
  ["create index i on t (a)", false],
  ["drop index concurrently i", true],
  ["drop index i", false],
  ["reindex index concurrently i", true],
  ["reindex (concurrently, verbose) table t", true],
  ["reindex table t", false],
  ["reindex schema public", true],
  ["vacuum t", true],
  ["analyze t", false],
  ["cluster", true],
  ["cluster t using i", false],
  ["create database d", true],
  ["alter system set work_mem = '4MB'", true],
  ["alter table t detach partition p concurrently", true],
  ["alter table t detach partition p", false],
  ["discard all", true],
  ["discard plans", false],
  ["do $$ begin insert into t values (1); commit; end $$", true],
  ["do $$ begin\n -- first\n commit; end $$", true],
  ["do $$ begin insert into t values ('commit; rollback'); end $$", false],
])("%s runs outside a transaction: %s", async (sql, outside) => {
  const [statement] = await split(sql);
  expect(statement?.outsideTransaction).toBe(outside);
});

test.each([
  ["begin", true],
  ["start transaction isolation level serializable", true],
  ["commit", true],
  ["rollback", true],
  ["savepoint s", false],
  ["rollback to s", false],
  ["release s", false],
  ["set transaction read only", false],
])("%s begins or ends a transaction: %s", async (sql, controls) => {
  const [statement] = await split(sql);
  expect(statement?.controlsTransaction).toBe(controls);
});
