import pg from "pg";
import { runSeedFiles, type SeedFile } from "../../src/seed/files.js";
import { runSeed } from "../../src/seed/seed.js";
import { advanceSequences, refreshMaterializedViews, settle } from "../../src/seed/settle.js";
import { connectionTo, startThrowawayServer, type ThrowawayServer, testedMajors } from "./support/throwaway-server.js";

describe.each(testedMajors)("on Postgres %i", (major) => {
  let server: ThrowawayServer;
  let client: pg.Client;

  const seed = (...files: readonly (readonly [file: string, text: string])[]) =>
    runSeedFiles(
      client,
      files.map(([file, text]): SeedFile => ({ file, text })),
      () => {},
    );
  const rows = async (sql: string) => (await client.query({ text: sql, rowMode: "array" })).rows as unknown[][];
  const refusal = (file: string, text: string) =>
    seed([file, text]).then(
      () => undefined,
      (error: unknown) => error,
    );

  beforeAll(async () => {
    server = await startThrowawayServer(major);
    client = new pg.Client({ connectionString: server.url });
    await client.connect();
  }, 60_000);

  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  afterEach(() =>
    client.query('drop schema public cascade; create schema public; drop schema if exists "Odd.Schema" cascade'),
  );

  test("a CSV goes into the table of its name, with the columns of its first line", async () => {
    await client.query(`create table "Odd.Table" (id int, "Full, Name" text, note text default 'none', "Say ""hi""" int);
      create schema "Odd.Schema"; create table "Odd.Schema".t (a int); create table "2024_sales" (a int);
      create table orders (a int, b text)`);
    await seed(
      ["s/01_Odd.Table.csv", '"Full, Name",id,"Say ""hi"""\r\n"Grüße; ""😀""",1,\r\n"two\r\nlines",2,3\r\n'],
      ["s/Odd.Schema.t.csv", "a\n7\n"],
      ["s/2024_sales.csv", "a\n8\n"],
      ["s/010-public.orders.csv", 'b,a\n,1\n"",2'],
    );
    expect(await rows('select id, "Full, Name", note, "Say ""hi""" from "Odd.Table" order by id')).toEqual([
      [1, 'Grüße; "😀"', "none", null],
      [2, "two\r\nlines", "none", 3],
    ]);
    expect(await rows('select a from "2024_sales"')).toEqual([[8]]);
    expect(await rows("select a, b from orders order by a")).toEqual([
      [1, null],
      [2, ""],
    ]);
  });

  test.each<[string, string, string, RegExp, number]>([
    [
      "a value of the wrong type",
      "orders.csv",
      'a,b\n1,"x\ny"\nz,2\n',
      /invalid input syntax for type integer: "z" when filling orders/,
      4,
    ],
    ["a row that is too long", "orders.csv", "a,b\n1,2,3\n", /extra data/, 2],
    ["a column that is not there", "orders.csv", "a,c\n1,2\n", /column "c" of relation "orders" does not exist/, 1],
    ["a table that is not there", "01_Orders.csv", "a\n1\n", /there is no table `Orders`/, 1],
    ["an empty file", "orders.csv", "", /names no columns/, 1],
  ])("%s in a CSV is an error with file and line", async (_, file, text, message, line) => {
    await client.query("create table orders (a int, b text)");
    expect(await refusal(`s/${file}`, text)).toMatchObject({
      name: "PlanGateError",
      code: "seed-failed",
      message: expect.stringMatching(message),
      place: { file: `s/${file}`, line },
    });
  });

  test("a failing SQL seed is the seed's failure", async () => {
    expect(await refusal("s/1.sql", "-- rows\n\ninsert into nowhere values (1);")).toMatchObject({
      code: "seed-failed",
      place: { file: "s/1.sql", line: 3 },
    });
    await client.query("rollback");
  });

  test("a command seeds over the environment's connection", async () => {
    await client.query("create table orders (a int)");
    const script = `import pg from 'pg'; const c = new pg.Client({connectionString: process.env.DATABASE_URL});
      await c.connect(); await c.query('insert into orders values (5)'); await c.end();`;
    await runSeed(
      { kind: "command", command: `"${process.execPath}" --input-type=module -e "${script}"` },
      {
        cwd: process.cwd(),
        env: { PATH: process.env["PATH"] },
        url: connectionTo(server.url, {}),
        signal: new AbortController().signal,
        progress: () => {},
        sessionSettings: {},
      },
    );
    expect(await rows("select a from orders")).toEqual([[5]]);
  });

  describe("materialized views", () => {
    test("are refreshed after those that they read, through views and functions", async () => {
      await client.query(`create table t (a int);
        create materialized view z1 as select a from t;
        create view v1 as select a + 1 as a from z1;
        create view v2 as select a + 1 as a from v1;
        create materialized view y2 as select a from v2;
        create materialized view a3 as select y2.a from y2 join z1 on true with no data;
        create function known() returns setof int language sql begin atomic select a from a3; end;
        create materialized view b4 as select k as a from known() k with no data;
        create function unknown() returns setof int language sql as 'select a + 10 from public.b4';
        create materialized view "A.5" as select u as a from unknown() u with no data;
        create view late as select 0 as a; create materialized view first as select a from late;
        create materialized view "Z""6" as select a from t;
        create or replace view late as select a * 100 as a from "Z""6";
        insert into t values (1)`);
      await refreshMaterializedViews(client);
      const counts = await rows(`select (select a from z1), (select a from y2), (select a from a3), (select a from b4),
        (select a from "A.5"), (select a from first)`);
      expect(counts).toEqual([[1, 3, 3, 3, 13, 100]]);
    });

    test("rules that call each other do not go round for ever", async () => {
      await client.query(`create table a (x int); create table b (x int);
        create rule r1 as on insert to a do also update b set x = 1;
        create rule r2 as on insert to b do also update a set x = 1;
        create materialized view m as select a.x from a, b`);
      await refreshMaterializedViews(client);
      expect(await rows("select count(*)::int from m")).toEqual([[0]]);
    });

    test("one that fails on the data is an error that names it", async () => {
      await client.query(
        `create table t (a int); create materialized view "M" as select 1 / a as q from t; insert into t values (0)`,
      );
      await expect(settle(client)).rejects.toMatchObject({
        code: "seed-failed",
        message: 'cannot refresh the materialized view public."M": division by zero',
      });
    });
  });

  describe("sequences", () => {
    const next = async (sequence: string) => (await rows(`select nextval('${sequence}')::text`))[0]?.[0];

    test("go on behind what the seed wrote, whichever kind they are", async () => {
      await client.query(`create table a (id serial, big bigserial); insert into a values (41, 5000000000);
        create table b (id int generated always as identity); insert into b overriding system value values (7), (3);
        create sequence plain_seq; create table c (id int default nextval('plain_seq')); insert into c values (9);
        create table "D.d" ("Id" serial); insert into "D.d" values (12);
        create table e (id numeric default 0, n serial); create sequence e_seq owned by e.id; insert into e values (5.5, 1);
        create domain key as int; create sequence f_seq; create table f (id key default nextval('f_seq')); insert into f values (6)`);
      await advanceSequences(client);
      const values = [];
      for (const name of ["a_id_seq", "a_big_seq", "b_id_seq", "plain_seq", '"D.d_Id_seq"', "e_seq", "f_seq"])
        values.push(await next(name));
      expect(values).toEqual(["42", "5000000001", "8", "10", "13", "6", "7"]);
    });

    test("are never moved back, and stay where a table is empty", async () => {
      await client.query(`create table a (id serial); create table b (id int generated by default as identity (start with 1000));
        insert into b values (5); create table c (id serial); insert into c values (1); select setval('c_id_seq', 50);
        create table d (id serial); insert into d default values`);
      await advanceSequences(client);
      expect([await next("a_id_seq"), await next("b_id_seq"), await next("c_id_seq"), await next("d_id_seq")]).toEqual([
        "1",
        "1000",
        "51",
        "2",
      ]);
    });

    test("count down where they do, in steps, and stop at their bounds", async () => {
      await client.query(`create table a (id int generated by default as identity (increment by -1));
        insert into a values (-8), (-3);
        create table b (id int generated by default as identity (increment by 10)); insert into b values (21);
        create table c (id smallserial); insert into c values (32767);
        create table d (id bigint); create sequence d_seq maxvalue 100 owned by d.id; insert into d values (500)`);
      await advanceSequences(client);
      expect([await next("a_id_seq"), await next("b_id_seq"), await next("d_seq")]).toEqual(["-9", "31", "1"]);
      await expect(next("c_id_seq")).rejects.toThrow("reached maximum value");
    });

    test("of partitioned and inherited tables see all rows", async () => {
      await client.query(`create table p (id serial, k int) partition by list (k); create table p1 partition of p for values in (1);
        insert into p values (30, 1); create table parent (id serial); create table child () inherits (parent);
        insert into child values (40)`);
      if (major >= 17)
        await client.query(`create table q (id int generated by default as identity, k int) partition by list (k);
          create table q1 partition of q for values in (1); insert into q values (50, 1)`);
      await advanceSequences(client);
      expect([await next("p_id_seq"), await next("parent_id_seq")]).toEqual(["31", "41"]);
      if (major >= 17) expect(await next("q_id_seq")).toBe("51");
    });
  });
});
