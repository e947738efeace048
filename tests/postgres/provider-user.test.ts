import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nobody } from "../../src/database/binaries.js";
import { postgresProcessesIn } from "../../src/database/processes.js";
import { testNeeding } from "./support/needing.js";
import { bundleStartAndWait, killOutright, startInOtherProcess } from "./support/other-process.js";

const rootTest = testNeeding("root, to become another user", process.getuid?.() === 0);
const user = { uid: nobody, gid: nobody };

let temporary = "";
let bundle: { readonly folder: string; readonly program: string };

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "plan-gate-test-"));
  await chmod(temporary, 0o1777);
  bundle = await bundleStartAndWait();
  await chmod(bundle.folder, 0o755);
});

afterAll(async () => {
  await rm(temporary, { recursive: true });
  await rm(bundle.folder, { recursive: true });
});

const startAsUser = (request: object) =>
  startInOtherProcess(
    bundle.program,
    request,
    { PATH: process.env["PATH"], TMPDIR: temporary, HOME: temporary, CI: process.env["CI"] },
    user,
  );

rootTest(
  "a user without root rights runs the embedded server, sweeps it, and keeps the folder private",
  async () => {
    const first = startAsUser({ provider: "embedded" });
    expect(await first.started).toMatch(/^started embedded Postgres 17/);
    await killOutright(first.child);
    const [left = ""] = await readdir(temporary);
    expect((await stat(join(temporary, left))).mode & 0o777).toBe(0o700);
    expect(await postgresProcessesIn(join(temporary, left))).not.toEqual([]);

    // The next run removes it, and cannot start: the time is too short.
    const second = startAsUser({ provider: "embedded", startTimeoutSeconds: 0.05 });
    expect(await second.started).toBe("database-unreachable: Postgres did not answer within 0.05 seconds");
    expect(await readdir(temporary)).toEqual([]);
    expect(await postgresProcessesIn(join(temporary, left))).toEqual([]);
  },
  30_000,
);

rootTest(
  "a user who may not use Docker is told that it does not answer",
  async () => {
    const { started } = startAsUser({ provider: "container", image: "plan-gate-postgres:17" });
    expect(await started).toBe("database-unreachable: cannot start a container: Docker does not answer");
  },
  30_000,
);
