import { readFile } from "node:fs/promises";
import pg from "pg";
import { applyFiles } from "../../src/migrations/apply.js";
import type { MigrationFile } from "../../src/migrations/layout.js";
import { connectionTo, startThrowawayServer, type ThrowawayServer, testedMajors } from "./support/throwaway-server.js";

const asFiles = (texts: readonly string[]): readonly MigrationFile[] =>
  texts.map((sql, index) => ({ file: `m/${index + 1}.sql`, names: [], sql }));

describe.each(testedMajors)("on Postgres %i", (major) => {
  let server: ThrowawayServer;
  let admin: pg.Client;
  let owner: pg.Client;

  const apply = (...texts: readonly string[]) => applyFiles(owner, asFiles(texts), { progress: () => {} });
  const refusal = (...texts: readonly string[]) =>
    apply(...texts).then(
      () => undefined,
      (error: unknown) => error,
    );
  const rows = async (sql: string) => (await owner.query({ text: sql, rowMode: "array" })).rows as unknown[][];

  beforeAll(async () => {
    server = await startThrowawayServer(major);
    const first = new pg.Client({ connectionString: server.url });
    await first.connect();
    await first.query("CREATE ROLE owner LOGIN CREATEDB CREATEROLE PASSWORD 'owner'");
    await first.query("CREATE DATABASE app OWNER owner");
    await first.end();
    admin = new pg.Client({ connectionString: connectionTo(server.url, { database: "app" }) });
    await admin.connect();
  }, 60_000);

  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  beforeEach(async () => {
    // As in a new database from 15 on.
    await admin.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner");
    owner = new pg.Client({
      connectionString: connectionTo(server.url, { database: "app", user: "owner", password: "owner" }),
    });
    await owner.connect();
  });

  afterEach(() => owner.end());

  test("bodies, quotes and UTF-8 arrive as they are written", async () => {
    const routine =
      "create function f(a int) returns int language sql begin atomic select case when a > 0 then 1; else 2 end; end;".replace(
        "1; else",
        "1 else",
      );
    const applied = await apply(
      `\uFEFF-- tidy\r\ncreate table t (a text);\r\n${routine}\r\ninsert into t values ('Grüße; 😀'), ($x$;'$x$);\r\n`,
      "",
      "-- nothing here\n",
    );
    expect(applied.map(({ file, line }) => [file, line])).toEqual([
      ["m/1.sql", 2],
      ["m/1.sql", 3],
      ["m/1.sql", 4],
    ]);
    expect(await rows("select a, f(1) from t")).toEqual([
      ["Grüße; 😀", 1],
      [";'", 1],
    ]);
  });

  test("pg_dump's output is applied, and its empty search path ends with it", async () => {
    const dump = await readFile("tests/fixtures/migrations/pg-dump.sql", "utf8");
    await apply(dump, "create table later (id int);");
    expect(await rows("select id, body from notes order by id")).toEqual([
      ["1", "COPY public.notes (id, body) FROM stdin;"],
      ["2", "it's; $$ unclosed ( \"quotes /* and comments"],
      ["3", "\\."],
      ["4", null],
      ["5", "Grüße 😀 \\restrict"],
    ]);
    expect(await rows("select relnamespace::regnamespace::text from pg_class where relname = 'later'")).toEqual([
      ["public"],
    ]);
  });

  test("a role and a session's settings do not reach the next file", async () => {
    await apply(
      `create role r${major}; grant r${major} to owner; grant all on schema public to r${major};`,
      `set role r${major}; set work_mem = '7MB'; set session characteristics as transaction read only;`,
      "create table mine (a int);",
    );
    expect(
      await rows("select tableowner, current_setting('work_mem') from pg_tables where tablename = 'mine'"),
    ).toEqual([["owner", "4MB"]]);
  });

  test("rows of a COPY come with CRLF too", async () => {
    await apply(
      "create table t (a int, b text);\r\ncopy t from stdin;\r\n1\tselect 1;\r\n2\t\\N\r\n\\.\r\nselect 1;\r\n",
    );
    expect(await rows("select * from t order by a")).toEqual([
      [1, "select 1;"],
      [2, null],
    ]);
  });

  test("what cannot run in a transaction runs outside of one", async () => {
    await apply(
      "create table t (a int);\ncreate index concurrently i on t (a);\nreindex table concurrently t;\nvacuum t;",
      "create procedure p() language plpgsql as $$ begin insert into t values (1); commit; end $$;",
      "do $$ begin insert into t values (2); commit; end $$;",
      "drop index concurrently i;",
    );
    expect(await rows("select a from t")).toEqual([[2]]);
  });

  test("a file's own transactions are kept", async () => {
    await apply(
      "create table t (a int);",
      "begin;\ninsert into t values (1);\nrollback;\nbegin;\ninsert into t values (2);\ncommit;",
    );
    expect(await rows("select a from t")).toEqual([[2]]);
  });

  test("a file without transactions of its own is one, savepoints and deferred constraints included", async () => {
    await apply(
      "create table a (id int primary key); create table b (id int references a deferrable initially deferred);",
      "insert into b values (1); savepoint s; insert into a values (7); rollback to s; insert into a values (1);",
    );
    expect(await rows("select id from a")).toEqual([[1]]);
    expect(await refusal("insert into a values (2);\ninsert into b values (3);\nselect 1;")).toMatchObject({
      message: expect.stringContaining("violates foreign key constraint"),
      place: { file: "m/1.sql", line: 3 },
    });
    await owner.query("rollback");
    expect(await rows("select id from a")).toEqual([[1]]);
  });

  test("a transaction left open is an error that names its BEGIN", async () => {
    const text = "create table t (a int);\n\n-- now\nbegin;\ninsert into t values (1);\n";
    expect(await refusal(text)).toMatchObject({
      code: "migration-failed",
      message: "the transaction that begins here is open at the file's end",
      place: { file: "m/1.sql", line: 4 },
    });
  });

  test.each<[string, string, number, RegExp]>([
    [
      "in a long statement, where PostgreSQL points",
      "-- x\ncreate table t (a int,\n  b int,\n  c missing);",
      4,
      /"missing" does not exist in `create table t \(a int,`/,
    ],
    ["after characters of four bytes", "select '😀😀😀😀😀😀😀😀'\n, nope\n, 1\n;", 2, /"nope" does not exist/],
    [
      "without a position, where the statement begins",
      "create table t (a int primary key);\n\n-- two\ninsert into t\nvalues (1), (1);",
      4,
      /duplicate key.*\(Key \(a\)=\(1\) already exists\.\)/,
    ],
    ["in a block, on the block's line", "-- x\ndo $$\nbegin\n  raise exception 'no';\nend $$;", 4, /^no in `do \$\$`/],
    [
      "in a row of a COPY, on that row",
      'create table "my t" (a int);\ncopy "my t"\n  (a) from stdin;\n1\n2\nx\n\\.\n',
      6,
      /invalid input syntax for type integer: "x"/,
    ],
    [
      "in a row of a second COPY",
      "create table t (a int);\ncopy t from stdin;\n1\n\\.\n-- more\ncopy t from stdin csv;\n2\n3,4\n\\.\n",
      8,
      /extra data after last expected column/,
    ],
  ])("a failure %s", async (_, text, line, message) => {
    expect(await refusal("select 1;", text)).toMatchObject({
      name: "PlanGateError",
      code: "migration-failed",
      message: expect.stringMatching(message),
      place: { file: "m/2.sql", line },
    });
  });

  test("nothing of a failed file is left", async () => {
    await refusal("create table t (a int);\nselect 1/0;");
    await owner.query("rollback");
    expect(await rows("select to_regclass('t')")).toEqual([[null]]);
  });

  test("a syntax error that PostgreSQL 18 would not make is told by the server", async () => {
    const text = "create table t (a int);\ninsert into t values (1)\n  returning old.a;";
    const failed = await refusal(text);
    if (major === 18) expect(failed).toBeUndefined();
    else expect(failed).toMatchObject({ place: { file: "m/1.sql", line: 3 } });
  });

  test("a trusted extension is the owner's to create, another one comes from the settings", async () => {
    await apply("create extension pg_trgm;");
    expect(await refusal("-- x\ncreate extension pg_stat_statements;")).toMatchObject({
      message: expect.stringContaining("permission denied to create extension"),
      hint: "List the extension in `postgres.extensions`: the superuser then creates it first.",
      place: { line: 2 },
    });
    await owner.query("rollback");
    expect(await refusal("create extension no_such_thing;")).toMatchObject({
      hint: expect.stringContaining("postgres.image"),
    });
  });

  test.each([
    ["alter system set work_mem = '4MB';", /postgres\.superuser/],
    ["set session_replication_role = replica;", /postgres\.superuser/],
    ["copy pg_class to '/tmp/x';", /postgres\.superuser/],
    ["grant select on pg_class to nobody_here;", /Create the role/],
    ["select no_column from pg_class;", /look at the order/],
    ["create table t (a int); create table t (a int);", /has made it already/],
    ["select lenght('x');", /No function matches/],
    ["create type e as enum ('a'); ", undefined],
    ["create procedure p() language plpgsql as 'begin commit; end'; call p();", /begin the file with `COMMIT;`/],
  ])("%s comes with advice", async (text, hint) => {
    const failed = await refusal(text);
    if (hint) expect(failed).toMatchObject({ hint: expect.stringMatching(hint) });
    else expect(failed).toBeUndefined();
  });

  test("the advice to begin with COMMIT helps", async () => {
    await apply(
      "create type e as enum ('a');",
      "commit;\nalter type e add value 'b';\ncreate table t (a e default 'b');\n" +
        "create procedure p() language plpgsql as 'begin commit; end';\ncall p();",
    );
    expect(await rows("select enum_range(null::e)::text")).toEqual([["{a,b}"]]);
  });

  test("a session that the server ends is no bug of ours", async () => {
    const {
      rows: [mine],
    } = await owner.query("select pg_backend_pid() as pid");
    const failing = refusal("select 1;\n\nselect pg_sleep(20);");
    const sleeps =
      "select 1 from pg_stat_activity where pid = $1 and query like '%pg_sleep%' and wait_event = 'PgSleep'";
    while ((await admin.query(sleeps, [mine.pid])).rows.length === 0);
    owner.on("error", () => undefined);
    await admin.query("select pg_terminate_backend($1)", [mine.pid]);
    expect(await failing).toMatchObject({ name: "PlanGateError", place: { file: "m/1.sql", line: 3 } });
  });

  test("what a query sends to standard output is passed over", async () => {
    await apply("create table t (a int); insert into t values (1);", "copy t to stdout; select * from t;");
    expect(await rows("select count(*)::int from t")).toEqual([[1]]);
  });
});
