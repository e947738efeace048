import pg from "pg";
import type { Server, ServerRequest } from "../../src/database/provider.js";
import { settingsForDatabase } from "../../src/database/server-settings.js";
import { startServer } from "../../src/database/start.js";
import { serverRequest } from "./support/server-request.js";

async function answer(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: "array" })).rows[0] ?? [];
  } finally {
    await client.end();
  }
}

describe("url", () => {
  const byUrl = (change: Partial<ServerRequest>) => startServer("url", serverRequest(change));
  const withUrl = (href: string, change: (url: URL) => void) => {
    const url = new URL(href);
    change(url);
    return url.href;
  };

  let server: Server;
  let client: pg.Client;

  beforeAll(async () => {
    server = await startServer("embedded", serverRequest({ major: 16, settings: { work_mem: "5MB" } }));
    client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query("create role clerk login password 'secret'");
  }, 60_000);

  afterAll(async () => {
    await client.end();
    await server[Symbol.asyncDispose]();
  });

  test("a superuser's URL is taken as it is, and the server stays", async () => {
    const used = await byUrl({ url: server.url, major: undefined });
    expect(used).toMatchObject({ url: server.url, own: false });
    await used[Symbol.asyncDispose]();
    expect(await answer(server.url, "select 1")).toEqual([1]);
  });

  test("a URL without a database means `postgres`", async () => {
    const used = await byUrl({ url: withUrl(server.url, (url) => (url.pathname = "")), major: 16 });
    expect(used.url).toBe(server.url);
  });

  test.each<[string, (url: string) => Partial<ServerRequest>, object]>([
    [
      "a wrong password",
      (url) => ({ url: withUrl(url, (it) => (it.password = "hunter2")) }),
      { code: "database-refused", message: expect.stringMatching(/refuses the password of role `postgres`/) },
    ],
    [
      "a database that does not exist",
      (url) => ({ url: withUrl(url, (it) => (it.pathname = "/nowhere")) }),
      { code: "database-refused", message: expect.stringContaining("has no database `nowhere`") },
    ],
    [
      "a role without the superuser right",
      (url) => ({ url: withUrl(url, (it) => ([it.username, it.password] = ["clerk", "secret"])) }),
      {
        code: "database-refused",
        message: "role `clerk` of `postgres.url` is not a superuser",
        hint: expect.stringContaining('ALTER ROLE "clerk" SUPERUSER'),
      },
    ],
    [
      "a port where nobody listens",
      (url) => ({ url: withUrl(url, (it) => (it.port = "1")) }),
      { code: "database-unreachable", message: expect.stringMatching(/cannot connect to `127.0.0.1:1`.*ECONNREFUSED/) },
    ],
    [
      "a host that does not exist",
      (url) => ({ url: withUrl(url, (it) => (it.hostname = "nowhere.invalid")) }),
      { code: "database-unreachable", message: expect.stringContaining("`nowhere.invalid:") },
    ],
    [
      "another major than the wanted one",
      (url) => ({ url, major: 17 }),
      {
        code: "settings-invalid",
        message: expect.stringMatching(/runs Postgres 16\.\d+, but `postgres.version` is 17/),
      },
    ],
    [
      "settings that need a restart, all of them",
      (url) => ({
        url,
        settings: {
          shared_buffers: "64MB",
          autovacuum: "off",
          max_connections: "100",
          work_mem: "9MB",
          wal_buffers: "1MB",
        },
        userSettings: ["shared_buffers", "max_connections", "work_mem", "wal_buffers"],
      }),
      {
        code: "settings-invalid",
        message:
          "the server of `postgres.url` cannot apply settings to one database alone: `shared_buffers` (wanted 64MB, runs with 16384 × 8kB), `wal_buffers` (wanted 1MB, runs with 512 × 8kB)",
      },
    ],
    [
      "a setting that does not exist",
      (url) => ({ url, settings: { wrok_mem: "4MB" }, userSettings: ["wrok_mem"] }),
      { code: "settings-invalid", message: "the server does not know `postgres.settings.wrok_mem`" },
    ],
    ["no URL", () => ({ url: undefined }), { code: "settings-invalid" }],
    ["something that is no URL", () => ({ url: "host=localhost password=hunter2" }), { code: "settings-invalid" }],
  ])("%s is an error with a hint and without the password", async (_, change, expected) => {
    const failed = await byUrl({ major: 16, ...change(server.url) }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: "PlanGateError", hint: expect.stringMatching(/^[A-Z].*\.$/), ...expected });
    expect((failed as Error).message).not.toMatch(/hunter2|secret/);
  });

  test("settingsForDatabase names what ALTER DATABASE can set", async () => {
    const settings = {
      work_mem: "1MB",
      Random_Page_Cost: "1",
      "app.tenant": "7",
      session_preload_libraries: "",
      shared_buffers: "1MB",
      autovacuum: "off",
      log_connections: "on",
      no_such_setting: "1",
    };
    const settable = await settingsForDatabase(client, settings);
    expect(settable).toEqual(["work_mem", "Random_Page_Cost", "app.tenant", "session_preload_libraries"]);
    for (const name of settable) {
      await client.query(`alter database template1 set ${name} = '${settings[name as keyof typeof settings]}'`);
    }
    await expect(client.query("alter database template1 set log_connections = on")).rejects.toThrow();
    await client.query("alter database template1 reset all");
  });
});
