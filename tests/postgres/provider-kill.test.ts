import type { ChildProcess } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { postgresProcessesIn } from "../../src/database/processes.js";
import type { ServerRequest } from "../../src/database/provider.js";
import { providers } from "../../src/database/providers/index.js";
import { docker, hasImage, testNeeding } from "./support/needing.js";
import { bundleStartAndWait, killOutright, startInOtherProcess } from "./support/other-process.js";
import { serverRequest } from "./support/server-request.js";

const image = "plan-gate-postgres:17";
const containerTest = testNeeding(`Docker with ${image}`, await hasImage(image));

let temporary = "";
let bundle: { readonly folder: string; readonly program: string };

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "plan-gate-test-"));
  await chmod(temporary, 0o1777);
  bundle = await bundleStartAndWait();
});

afterAll(async () => {
  await rm(temporary, { recursive: true });
  await rm(bundle.folder, { recursive: true });
});

const request = (change: Partial<ServerRequest> = {}) =>
  serverRequest({ ...change, env: { ...process.env, TMPDIR: temporary } });

const startOther = (change: object) =>
  startInOtherProcess(bundle.program, change, { ...process.env, TMPDIR: temporary });

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`never seen: ${what}`);
    await sleep(2);
  }
}

const homes = async () => (await readdir(temporary)).map((name) => join(temporary, name));
const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );
const anyHome = async (holds: (home: string) => Promise<boolean>) => {
  const [home] = await homes();
  return home !== undefined && (await holds(home));
};

/** What shows that the other process has come this far. */
const phases: readonly (readonly [string, () => Promise<boolean>])[] = [
  ["its folder exists", () => anyHome(async () => true)],
  ["initdb has begun", () => anyHome((home) => exists(join(home, "data", "PG_VERSION")))],
  ["initdb fills the catalogs", () => anyHome((home) => exists(join(home, "data", "base", "1", "pg_filenode.map")))],
  ["the server has begun to start", () => anyHome((home) => exists(join(home, "data", "postmaster.opts")))],
];

describe("SIGKILL leaves a server, and the next run removes it", () => {
  const killedWhen = async (reached: (started: Promise<string>) => Promise<void>) => {
    const { child, started } = startOther({ provider: "embedded" });
    await reached(started).finally(() => killOutright(child));
    const left = await homes();
    expect(left).toHaveLength(1);
    await providers.embedded.sweep(request());
    expect(await homes()).toEqual([]);
    for (const home of left) expect(await postgresProcessesIn(home)).toEqual([]);
  };

  test.each(phases)("embedded, killed when %s", async (what, holds) => killedWhen(() => until(what, holds)), 60_000);

  test("embedded, killed while the server runs, which goes on without its owner", async () => {
    await killedWhen(async (started) => {
      await started;
      const [home = ""] = await homes();
      expect(await postgresProcessesIn(home)).not.toEqual([]);
    });
  }, 60_000);

  test("a server whose owner lives is left alone", async () => {
    const { child, started } = startOther({ provider: "embedded" });
    try {
      await started;
      await providers.embedded.sweep(request());
      const [home = ""] = await homes();
      expect((await postgresProcessesIn(home)).length).toBeGreaterThan(1);
    } finally {
      await killOutright(child);
      await providers.embedded.sweep(request());
    }
    expect(await homes()).toEqual([]);
  }, 60_000);
});

describe("SIGKILL leaves a container, and the next run removes it", () => {
  const ownedBy = async ({ pid }: ChildProcess) =>
    ((await docker("ps", "--all", "--format", '{{.ID}} {{.Label "plan-gate.owner"}}')) ?? "")
      .split("\n")
      .filter((line) => line.includes(`-${pid}-`));

  const killedWhen = async (reached: (child: ChildProcess, started: Promise<string>) => Promise<void>) => {
    const { child, started } = startOther({ provider: "container", image });
    await reached(child, started).finally(() => killOutright(child));
    expect(await ownedBy(child)).toHaveLength(1);
    await providers.container.sweep(request());
    expect(await ownedBy(child)).toEqual([]);
  };

  containerTest(
    "killed as soon as the container exists",
    async () => killedWhen((child) => until("a container", async () => (await ownedBy(child)).length > 0)),
    60_000,
  );

  containerTest(
    "killed while the server runs; a container whose owner lives is left alone",
    async () => {
      await killedWhen(async (child, started) => {
        await started;
        await providers.container.sweep(request());
        expect(await ownedBy(child)).toHaveLength(1);
      });
    },
    60_000,
  );
});
