import pg from "pg";
import { connectionTo, startThrowawayServer, type ThrowawayServer } from "../postgres/support/throwaway-server.js";
import { acceptedLibrary, dropIndex, library, makeProject, type Project, withEnv } from "./support/library.js";
import { checked, outcomes, planGate } from "./support/plan-gate.js";

const minute = 60_000;
let server: ThrowawayServer;

beforeAll(async () => {
  // Autovacuum as on a server that somebody uses.
  server = await startThrowawayServer(17, { autovacuum: "on", autovacuum_naptime: "1" });
}, minute);
afterAll(() => server.stop());

const onServer = ({ where }: Project) => withEnv(where, { PLAN_GATE_DATABASE_URL: server.url });

async function query(sql: string, database = "postgres"): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: connectionTo(server.url, { database }) });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** Databases and roles of the server, with what was set for them and what they may. */
const everything = () =>
  query(
    `SELECT 'database' AS kind, datname::text AS name, concat(datacl, (SELECT string_agg(setconfig::text, ',') FROM pg_db_role_setting WHERE setdatabase = d.oid)) AS has FROM pg_database d
     UNION ALL SELECT 'role', rolname, concat((SELECT string_agg(m.roleid::regrole::text, ',' ORDER BY 1) FROM pg_auth_members m WHERE m.member = r.oid), rolconfig) FROM pg_roles r
     UNION ALL SELECT 'tablespace', spcname, '' FROM pg_tablespace ORDER BY 1, 2`,
  );

const withoutTimings = (json: string) => json.slice(0, json.indexOf('"timings"'));

test(
  "a server of the user's gives the verdict that an embedded one gives, for good plans and worse ones",
  async () => {
    await using project = await makeProject(await acceptedLibrary());
    for (const code of [0, 1]) {
      const [embedded, url] = [await checked(project.where), await checked(onServer(project))];
      expect([embedded.code, url.code]).toEqual([code, code]);
      expect(withoutTimings(url.json)).toBe(withoutTimings(embedded.json));
      await project.put({ "migrations/003_tidy.sql": dropIndex });
    }
  },
  minute,
);

test(
  "databases and roles of a run are gone afterwards, the migrations' roles are listed, and nothing else is touched",
  async () => {
    await query("CREATE DATABASE shop");
    await query("CREATE TABLE customers AS SELECT 1 AS id", "shop");
    await query("CREATE ROLE reader; GRANT pg_monitor TO reader; ALTER DATABASE shop SET work_mem = '8MB'");
    const before = await everything();
    await using project = await makeProject({
      ...library,
      "migrations/003_roles.sql": `CREATE ROLE librarian LOGIN;
CREATE ROLE visitor;
GRANT librarian TO visitor;
GRANT SELECT ON books TO visitor;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO visitor;
ALTER ROLE librarian SET work_mem = '16MB';
GRANT SELECT ON loans TO reader;
CREATE SCHEMA desk;
GRANT ALL ON SCHEMA desk TO librarian;
`,
    });
    expect((await planGate(onServer(project), "accept")).code).toBe(0);
    const { code, report } = await checked(onServer(project));
    expect(code).toBe(0);
    expect(report.notes).toEqual([
      "role `librarian` was made by a migration and dropped afterwards",
      "role `visitor` was made by a migration and dropped afterwards",
    ]);
    expect(await everything()).toEqual(before);
    expect(await query("SELECT id FROM customers", "shop")).toEqual([{ id: 1 }]);
  },
  minute,
);

test(
  "a role that a migration makes only where it is missing is the server's own where it is there",
  async () => {
    await query("CREATE ROLE clerk");
    await using project = await makeProject({
      ...library,
      "migrations/003_roles.sql":
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clerk') THEN CREATE ROLE clerk; END IF; END $$;\n",
    });
    expect((await planGate(onServer(project), "accept")).code).toBe(0);
    expect(await query("SELECT 1 AS there FROM pg_roles WHERE rolname = 'clerk'")).toEqual([{ there: 1 }]);
  },
  minute,
);

test(
  "a setting that needs a restart is an error that names it",
  async () => {
    await using project = await makeProject({
      ...library,
      "plan-gate.yml": "postgres: { settings: { shared_buffers: 64MB, random_page_cost: 1.1 } }\n",
    });
    const { code, report } = await checked(onServer(project));
    expect(code).toBe(2);
    expect(report.problems).toMatchObject([
      {
        code: "settings-invalid",
        message: expect.stringMatching(/`shared_buffers`/),
        hint: expect.stringMatching(/restart/),
      },
    ]);
    expect(report.problems[0]?.message).not.toContain("random_page_cost");
  },
  minute,
);

test(
  "a server that plans under other settings of its own is another environment",
  async () => {
    const other = await startThrowawayServer(17, { random_page_cost: "1.1" });
    try {
      await using project = await makeProject(await acceptedLibrary());
      const { code, report } = await checked(project.where, "--database-url", other.url);
      expect([code, new Set(Object.values(outcomes(report)))]).toEqual([2, new Set(["incomparable"])]);
      expect(report.queries[0]?.findings[0]?.title).toContain("random_page_cost default → 1.1");
    } finally {
      await other.stop();
    }
  },
  minute,
);

test(
  "runs at the same time on one server give what each gives alone",
  async () => {
    await using project = await makeProject(await acceptedLibrary());
    await using other = await makeProject({ ...(await acceptedLibrary()), "migrations/003_tidy.sql": dropIndex });
    const alone = [await checked(onServer(project)), await checked(onServer(other))];
    const together = await Promise.all([checked(onServer(project)), checked(onServer(other))]);
    expect(together.map(({ code }) => code)).toEqual([0, 1]);
    expect(together.map(({ json }) => withoutTimings(json))).toEqual(alone.map(({ json }) => withoutTimings(json)));
    expect(await query("SELECT datname FROM pg_database WHERE datname LIKE 'plan_gate%'")).toEqual([]);
  },
  minute,
);

/** Waits as long as the server has a database of this name. */
const waitWhileThereIs = (name: string) => `DO $$ BEGIN
  WHILE EXISTS (SELECT FROM pg_database WHERE datname = '${name}') LOOP PERFORM pg_sleep(0.05); END LOOP;
END $$;
`;

test(
  "a run that begins in the middle of another one, and ends before it, leaves that one's databases alone",
  async () => {
    await using project = await makeProject(await acceptedLibrary());
    await using waiting = await makeProject({
      ...(await acceptedLibrary()),
      "migrations/003_wait.sql": waitWhileThereIs("middle"),
    });
    await query("CREATE DATABASE middle");
    const builds = async () => (await query("SELECT 1 FROM pg_database WHERE datname ~ '^plan_gate_.*_build$'")).length;
    const first = checked(onServer(waiting));
    try {
      for (const since = Date.now(); (await builds()) === 0 && Date.now() - since < minute / 3; )
        await new Promise((later) => setTimeout(later, 50));
      expect(await builds()).toBe(1);
      const second = await checked(onServer(project));
      expect([second.code, second.report.problems]).toEqual([0, []]);
      expect(await builds()).toBe(1);
    } finally {
      await query("DROP DATABASE middle");
    }
    const { code, report } = await first;
    expect([code, report.problems]).toEqual([0, []]);
  },
  minute,
);
