import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { startThrowawayServer, type ThrowawayServer } from "../postgres/support/throwaway-server.js";
import { library, makeProject, type Project, withEnv } from "./support/library.js";
import { planGate, type Run, type StartedRun, startPlanGate } from "./support/plan-gate.js";

const minute = 60_000;

/** A phase that lasts, and what standard error has said when it has begun. */
interface Phase {
  readonly files: Readonly<Record<string, string>>;
  readonly begunAfter: string;
}

const role = { "migrations/000_role.sql": "CREATE ROLE librarian;\n" };
const phases: Readonly<Record<string, Phase>> = {
  migrate: { files: { "migrations/003_slow.sql": "SELECT pg_sleep(60);\n" }, begunAfter: "- Starting Postgres" },
  seed: { files: { "seeds/slow.sql": "SELECT pg_sleep(60);\n" }, begunAfter: "- Applying migrations" },
  freeze: {
    files: {
      "migrations/003_slow.sql": "CREATE MATERIALIZED VIEW slow AS SELECT pg_sleep(60)::text AS nap WITH NO DATA;\n",
    },
    begunAfter: "- Seeding",
  },
  explain: { files: { "queries/slow.sql": "SELECT pg_sleep(60);\n" }, begunAfter: "- Vacuuming" },
};

/** Waits until the run is well inside the phase. */
async function reach({ says }: StartedRun, { begunAfter }: Phase): Promise<void> {
  await says(begunAfter);
  await sleep(200);
}

/** Sends a signal; the run must end soon, by itself. */
async function stopped({ child, ended }: StartedRun, signal: NodeJS.Signals): Promise<Run> {
  const since = performance.now();
  child.kill(signal);
  const run = await ended;
  expect(performance.now() - since).toBeLessThan(6_000);
  return run;
}

async function processesNaming(text: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("ps", ["-axww", "-o", "pid=,args="]);
  return stdout.split("\n").filter((line) => line.includes(text));
}

async function expectNothingLeft({ temporary }: Project): Promise<void> {
  expect(await readdir(temporary)).toEqual([]);
  expect(await processesNaming(temporary)).toEqual([]);
}

async function untilFolder({ temporary }: Project): Promise<void> {
  while ((await readdir(temporary)).length === 0) await sleep(5);
}

describe("embedded", () => {
  test(
    "SIGINT while Postgres starts leaves nothing",
    async () => {
      await using project = await makeProject();
      const run = startPlanGate(project.where, "check");
      await untilFolder(project);
      expect((await stopped(run, "SIGINT")).code).toBe(130);
      await expectNothingLeft(project);
    },
    minute,
  );

  test.each(Object.entries(phases))(
    "SIGINT in phase %s leaves nothing, and is no verdict",
    async (_, phase) => {
      await using project = await makeProject({ ...library, ...phase.files });
      const run = startPlanGate(project.where, "check");
      await reach(run, phase);
      const { code, stdout, stderr } = await stopped(run, "SIGINT");
      expect(code).toBe(130);
      expect(stdout + stderr).toContain("stopped by SIGINT");
      expect(stdout + stderr).not.toMatch(/^\s+at |a bug of its own/m);
      await expectNothingLeft(project);
    },
    minute,
  );

  test(
    "SIGTERM ends accept before it writes anything",
    async () => {
      await using project = await makeProject({ ...library, ...phases["explain"]?.files });
      const run = startPlanGate(project.where, "accept");
      await reach(run, phases["explain"] as Phase);
      const { code, stdout, stderr } = await stopped(run, "SIGTERM");
      expect([code, stdout]).toEqual([143, ""]);
      expect(stderr).toContain("stopped by SIGTERM");
      expect(await readdir(project.root)).not.toContain("baselines");
      await expectNothingLeft(project);
    },
    minute,
  );

  test(
    "a Ctrl-C that npm passes on a second time still leaves nothing",
    async () => {
      await using project = await makeProject({ ...library, ...phases["seed"]?.files });
      const run = startPlanGate(project.where, "check");
      await reach(run, phases["seed"] as Phase);
      run.child.kill("SIGINT");
      await sleep(20);
      expect((await stopped(run, "SIGINT")).code).toBe(130);
      await expectNothingLeft(project);
    },
    minute,
  );

  test(
    "what SIGKILL leaves, in whatever phase, the next run removes",
    async () => {
      await using project = await makeProject();
      const starting = startPlanGate(project.where, "check");
      await untilFolder(project);
      await killOutright(starting);
      for (const phase of Object.values(phases)) {
        await using slow = await makeProject({ ...library, ...phase.files });
        const run = startPlanGate({ ...project.where, cwd: slow.root }, "check");
        await reach(run, phase);
        await killOutright(run);
        // Each run removes what the one before it left.
        expect(await readdir(project.temporary)).toHaveLength(1);
      }
      expect((await planGate(project.where, "accept")).code).toBe(0);
      await expectNothingLeft(project);
    },
    2 * minute,
  );
});

async function killOutright({ child, ended }: StartedRun): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}

describe("a migration command that hangs", () => {
  test.each([
    ["with its children", "sleep 98761 & sleep 98762"],
    ["though it ignores SIGTERM", "trap '' TERM; sleep 98763 & sleep 98764"],
  ])(
    "is ended %s",
    async (_, command) => {
      await using project = await makeProject({
        ...library,
        "plan-gate.yml": `postgres: { provider: embedded }\nmigrations: { command: "${command}" }\n`,
      });
      const run = startPlanGate(project.where, "check");
      await reach(run, phases["migrate"] as Phase);
      expect(await processesNaming("sleep 9876")).not.toEqual([]);
      expect((await stopped(run, "SIGINT")).code).toBe(130);
      expect(await processesNaming("sleep 9876")).toEqual([]);
      await expectNothingLeft(project);
    },
    minute,
  );
});

describe("url", () => {
  let server: ThrowawayServer;
  beforeAll(async () => {
    server = await startThrowawayServer(17);
  }, minute);
  afterAll(() => server.stop());

  const onServer = ({ where }: Project) => withEnv(where, { PLAN_GATE_DATABASE_URL: server.url });

  async function ownObjects(): Promise<readonly string[]> {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      const { rows } = await client.query(
        `SELECT datname AS name FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')
         UNION ALL SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'
         UNION ALL SELECT 'session of ' || datname FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL
         ORDER BY 1`,
      );
      return rows.map(({ name }) => String(name));
    } finally {
      await client.end();
    }
  }

  test(
    "SIGINT while the server does not answer ends at once",
    async () => {
      const silent = createServer((socket) => socket.resume().on("error", () => {}));
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      const { port } = silent.address() as { port: number };
      await using project = await makeProject();
      const connected = once(silent, "connection");
      const run = startPlanGate(
        project.where,
        "check",
        "--database-url",
        `postgres://postgres@127.0.0.1:${port}/postgres`,
      );
      await connected;
      expect((await stopped(run, "SIGINT")).code).toBe(130);
      await new Promise((resolve) => silent.close(resolve));
    },
    minute,
  );

  test.each(Object.entries(phases))(
    "SIGINT in phase %s leaves no database, role or session",
    async (_, phase) => {
      await using project = await makeProject({ ...library, ...role, ...phase.files });
      const run = startPlanGate(onServer(project), "check");
      await reach(run, phase);
      expect((await ownObjects()).length).toBeGreaterThan(2);
      expect((await stopped(run, "SIGINT")).code).toBe(130);
      expect(await ownObjects()).toEqual([]);
    },
    minute,
  );

  test.each(Object.entries(phases))(
    "what SIGKILL leaves in phase %s the next run drops, a migration's role too",
    async (_, phase) => {
      await using project = await makeProject({ ...library, ...role, ...phase.files });
      const run = startPlanGate(onServer(project), "check");
      await reach(run, phase);
      await killOutright(run);
      expect((await ownObjects()).length).toBeGreaterThan(2);
      await project.remove(...Object.keys(phase.files));
      expect(await planGate(onServer(project), "accept")).toMatchObject({ code: 0 });
      expect(await ownObjects()).toEqual([]);
    },
    minute,
  );

  test(
    "a migration that fails leaves no role of an earlier one",
    async () => {
      await using project = await makeProject({
        ...library,
        ...role,
        "migrations/003_wrong.sql": "DROP TABLE nothing;\n",
      });
      expect((await planGate(onServer(project), "check")).code).toBe(2);
      expect(await ownObjects()).toEqual([]);
    },
    minute,
  );
});
