import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findInstalledPostgres } from "../../src/database/installed-binaries.js";
import { ownTag } from "../../src/database/leftovers.js";
import { postgresProcessesIn } from "../../src/database/processes.js";
import { type Server, type ServerRequest, supportedMajors } from "../../src/database/provider.js";
import { type ProviderId, providerIds, providers } from "../../src/database/providers/index.js";
import { startServer } from "../../src/database/start.js";
import { docker, hasImage, testNeeding } from "./support/needing.js";
import { serverRequest } from "./support/server-request.js";

/** One provider with one server that it is to start. */
interface Case {
  readonly provider: Exclude<ProviderId, "url">;
  readonly request: Partial<ServerRequest>;
}

const installed = await findInstalledPostgres(undefined, process.env);
const imageOf = (major: number) => `plan-gate-postgres:${major}`;
const containerTest = new Map(
  await Promise.all(
    supportedMajors.map(
      async (major) => [major, testNeeding(`Docker with ${imageOf(major)}`, await hasImage(imageOf(major)))] as const,
    ),
  ),
);
const dockerTest = testNeeding("Docker", (await docker("version")) !== undefined);
const localTest = testNeeding("an installed Postgres", installed !== undefined);

const embeddedCase = (major: number): Case => ({ provider: "embedded", request: { major } });
const containerCase = (major: number): Case => ({ provider: "container", request: { major, image: imageOf(major) } });
const localCase: Case = { provider: "local", request: { major: installed?.major } };

/** Each case with the `test` that may run it: where Docker is missing there, not here. */
const cases: readonly (readonly [string, typeof test, Case])[] = [
  ...supportedMajors.map((major) => [`embedded ${major}`, test, embeddedCase(major)] as const),
  ...supportedMajors.map(
    (major) => [`container ${major}`, containerTest.get(major) ?? test, containerCase(major)] as const,
  ),
  ["local", localTest, localCase],
];

let temporary = "";

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "plan-gate-test-"));
  // As /tmp is: a server that root starts runs as another user.
  await chmod(temporary, 0o1777);
});

afterAll(async () => {
  await rm(temporary, { recursive: true });
});

const request = (change: Partial<ServerRequest>) =>
  serverRequest({ ...change, env: { ...process.env, TMPDIR: temporary } });

const start = ({ provider, request: change }: Case, more: Partial<ServerRequest> = {}) =>
  startServer(provider, request({ ...change, ...more }));

async function answer(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: "array" })).rows[0] ?? [];
  } finally {
    await client.end();
  }
}

async function containersLeft(): Promise<string | undefined> {
  return docker("ps", "--all", "--quiet", "--filter", `label=plan-gate.owner=${await ownTag()}`);
}

async function expectNothingLeft(): Promise<void> {
  expect(await readdir(temporary)).toEqual([]);
  expect((await containersLeft()) ?? "").toBe("");
}

describe("the contract", () => {
  for (const [name, testOrSkip, one] of cases) {
    testOrSkip(
      `${name} starts the wanted major with the wanted settings and is gone afterwards`,
      async () => {
        const settings = { work_mem: "7MB", random_page_cost: "1.25", jit: "off" };
        let server: Server | undefined;
        let homes: string[] = [];
        try {
          server = await start(one, { settings });
          homes = (await readdir(temporary)).map((folder) => join(temporary, folder));
          expect(server.own).toBe(true);
          expect(new URL(server.url)).toMatchObject({
            protocol: "postgres:",
            hostname: "127.0.0.1",
            username: "postgres",
          });
          expect(server.description).not.toMatch(new URL(server.url).port);
          expect(
            await answer(
              server.url,
              `select current_setting('server_version_num')::int / 10000, current_setting('work_mem'),
                 current_setting('random_page_cost'), current_setting('fsync'), current_setting('server_encoding'),
                 (select rolsuper from pg_roles where rolname = current_user),
                 (select datcollate from pg_database where datname = 'template0'), current_setting('lc_messages')`,
            ),
          ).toEqual([one.request.major, "7MB", "1.25", "off", "UTF8", true, "C", "C"]);
          for (const home of homes) expect(await postgresProcessesIn(home)).not.toEqual([]);
        } finally {
          await server?.[Symbol.asyncDispose]();
        }
        await expect(answer(server.url, "select 1")).rejects.toThrow();
        for (const home of homes) expect(await postgresProcessesIn(home)).toEqual([]);
        await expectNothingLeft();
      },
      60_000,
    );
  }

  test.each([
    ["embedded", embeddedCase(17)],
    ["local", localCase],
  ])("%s refuses another password than its own", async (_, one) => {
    await using server = await start(one.provider === "local" && !installed ? embeddedCase(17) : one);
    const wrong = server.url.replace(/:[0-9a-f]+@/, ":wrong@");
    await expect(answer(wrong, "select 1")).rejects.toThrow("password authentication failed");
  });

  containerTest.get(17)?.(
    "container listens on loopback only",
    async () => {
      await using server = await start(containerCase(17));
      const id = (await containersLeft()) ?? "";
      expect(await docker("port", id)).toBe(`5432/tcp -> 127.0.0.1:${new URL(server.url).port}`);
    },
    60_000,
  );
});

describe("an abort half-way leaves nothing", () => {
  const abort = async (one: Case, afterMs: number) => {
    const interrupt = new AbortController();
    const starting = start(one, { signal: interrupt.signal });
    const outcome = starting.then(
      async (server) => {
        // Quick enough to be there already: then it ends as always.
        await server[Symbol.asyncDispose]();
        return "started";
      },
      (error: { code?: string }) => error.code,
    );
    await sleep(afterMs);
    interrupt.abort();
    expect(afterMs > 0 ? ["interrupted", "started"] : ["interrupted"]).toContain(await outcome);
    await expectNothingLeft();
  };

  test.each([0, 60, 200, 400])("embedded after %i ms", async (afterMs) => abort(embeddedCase(17), afterMs), 30_000);
  for (const afterMs of [0, 100, 400, 900]) {
    containerTest.get(17)?.(`container after ${afterMs} ms`, async () => abort(containerCase(17), afterMs), 30_000);
  }
});

describe("auto", () => {
  const choose = async (change: Partial<ServerRequest>) => {
    const said: string[] = [];
    await using server = await startServer(
      "auto",
      serverRequest({ ...change, progress: (message) => said.push(message) }),
    );
    // Tests beside this one kill servers, and whoever starts next removes what is left of them.
    return { said: said.filter((message) => !message.endsWith("left behind")), description: server.description };
  };

  dockerTest(
    "goes on when the image is missing, and says why",
    async () => {
      const image = "localhost:1/plan-gate-no-such-image:17";
      const { said, description } = await choose({ major: 17, image, env: { ...process.env, PATH: "" } });
      expect(description).toMatch(/^embedded Postgres 17\.\d+$/);
      expect(said).toEqual([
        "auto: container, since Docker answers",
        `pulling the image ${image}`,
        expect.stringMatching(
          /^auto: embedded, since the image `localhost:1\/plan-gate-no-such-image:17` is not here and cannot be pulled: .* and no Postgres 17 is installed$/,
        ),
      ]);
    },
    60_000,
  );

  test("plans on the default major where none is named, whatever happens to be installed", async () => {
    const { description } = await choose({ major: undefined });
    expect(description).toMatch(/\b17\b/);
  }, 120_000);

  test("takes the URL where one is set", async () => {
    await using server = await startServer("embedded", serverRequest());
    const { said, description } = await choose({ url: server.url });
    expect(said).toEqual(["auto: url, since `postgres.url` is set"]);
    expect(description).toMatch(/^Postgres 17\.\d+ of `postgres.url`$/);
  });

  test("tries the providers in the order of the registry", () => {
    expect(providerIds).toEqual(["url", "container", "local", "embedded"]);
    for (const id of providerIds) expect(providers[id].id).toBe(id);
  });
});
