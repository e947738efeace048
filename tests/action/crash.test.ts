import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { docker, hasImage, testNeeding } from "../postgres/support/needing.js";
import type { Files } from "../support/github/types.js";
import { openPullRequest } from "../support/github/world.js";
import type { ActionRun } from "../support/runner.js";
import { dropIndex } from "./support/project.js";
import { beginStory, type Story } from "./support/story.js";

const image = "plan-gate-postgres:17";
const hasDocker = await hasImage(image);
/** A migration that lasts, so that the run is stopped well inside it. */
const slow = { "migrations/2_slow.sql": "SELECT pg_sleep(120);\n" };
const migrating = /::group::Applying migrations/;
const inContainer = {
  "plan-gate.yml": `postgres: { provider: container, image: "${image}" }\nseed: { files: [seeds/*.sql] }\n`,
};

/** A run of a pull request with a temporary folder of its own, so that what it leaves can be told from others'. */
async function stopRun({ fake, check }: Story, files: Files, stop: (number: number) => NonNullable<ActionRun["stop"]>) {
  const { number } = await openPullRequest(fake, { branch: `stop-${fake.state.pulls.size}`, files });
  const folder = await mkdtemp(join(tmpdir(), "runner-tmp-"));
  // As root, Postgres runs as somebody else, and lies where that one gets to.
  await chmod(folder, 0o755);
  const seen = new Set<string>();
  const looking = setInterval(async () => {
    for (const name of await readdir(folder)) seen.add(name);
  }, 100);
  try {
    const run = await check(number, "opened", { stop: stop(number), env: { TMPDIR: folder } });
    const left = { files: await readdir(folder), processes: await processesNaming(folder) };
    const head = await fake.pullHead(number);
    const ours = fake.state.checkRuns.filter(({ name, headSha }) => name.startsWith("plan-gate ") && headSha === head);
    return { run, left, ours, seen: [...seen] };
  } finally {
    clearInterval(looking);
    await rm(folder, { recursive: true, force: true });
  }
}

async function processesNaming(text: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("ps", ["-axww", "-o", "pid=,args="]);
  return stdout.split("\n").filter((line) => line.includes(text));
}

const nothing = { files: [], processes: [] };
const couldNotRun = {
  name: "plan-gate report",
  status: "completed",
  conclusion: "failure",
  title: expect.stringContaining("could not run"),
};

test("cancelled or killed while it migrates, a run leaves no server and no folder, and its check run says that it could not run", async () => {
  await using story = await beginStory();
  const cancelled = await stopRun(story, slow, () => ({ when: migrating, how: "cancel" }));
  expect(cancelled).toMatchObject({ run: { exitCode: 2, outputs: { "exit-code": "2" } }, left: nothing });
  expect(cancelled.ours).toMatchObject([{ ...couldNotRun, summary: expect.stringContaining("stopped by SIGINT") }]);
  expect(cancelled.run.summary).toContain("stopped by SIGINT");

  const killed = await stopRun(story, slow, () => ({ when: migrating, how: "kill" }));
  expect(killed).toMatchObject({ run: { exitCode: null, outputs: {} }, left: nothing });
  expect(killed.ours).toMatchObject([couldNotRun]);
  for (const { seen } of [cancelled, killed]) {
    expect(seen).toContainEqual(expect.stringMatching(/^plan-gate-postgres-/));
  }
  expect(story.fake.problems).toEqual([]);
}, 180_000);

testNeeding(`the Docker image ${image}`, hasDocker)(
  "cancelled or killed while a container runs, it leaves none",
  async () => {
    await using story = await beginStory();
    for (const how of ["cancel", "kill"] as const) {
      const before = await containers();
      let during: readonly string[] = [];
      const started = async () => {
        while (during.length === 0) {
          await sleep(100);
          during = (await containers()).filter((id) => !before.includes(id));
        }
        // The server in it has begun to migrate by then.
        await sleep(3_000);
      };
      const { run, left, ours } = await stopRun(story, { ...slow, ...inContainer }, () => ({ when: started(), how }));
      expect(run.exitCode).toBe(how === "kill" ? null : 2);
      expect(during).not.toEqual([]);
      expect((await containers()).filter((id) => during.includes(id))).toEqual([]);
      expect(left).toEqual(nothing);
      expect(ours).toMatchObject([couldNotRun]);
    }
    expect(story.fake.problems).toEqual([]);
  },
  120_000,
);

async function containers(): Promise<readonly string[]> {
  const listed = await docker("ps", "--all", "--quiet", "--no-trunc", "--filter", `ancestor=${image}`);
  return (listed ?? "").split("\n").filter((id) => id !== "");
}

test("killed after its check run was completed, a run leaves that as it is; killed before, the verdict stands there", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const isTold = async (seen: () => boolean) => {
    while (!seen()) await sleep(20);
  };
  fake.fail({ method: "POST", path: /\/issues\/\d+\/comments$/, kind: "hang" });
  const asked = () => fake.requests.some(({ method, path }) => method === "POST" && /\/comments$/.test(path));
  const told = await stopRun(story, dropIndex, () => ({ when: isTold(asked), how: "kill" }));
  expect(told.run.exitCode).toBeNull();
  expect(told.ours).toMatchObject([{ status: "completed", conclusion: "failure" }]);
  expect(told.ours[0]?.title).toContain("1 of 2 plans got worse");
  expect(told.ours[0]?.annotations).not.toEqual([]);

  fake.heal();
  fake.fail({ method: "PATCH", path: /\/check-runs\/\d+$/, kind: "hang", times: 1 });
  const before = fake.requests.length;
  const patching = () => fake.requests.slice(before).some(({ method }) => method === "PATCH");
  const untold = await stopRun(story, dropIndex, () => ({ when: isTold(patching), how: "kill" }));
  expect(untold.run.exitCode).toBeNull();
  expect(untold.ours).toMatchObject([{ status: "completed", conclusion: "failure" }]);
  expect(untold.ours[0]?.title).toContain("1 of 2 plans got worse");
  expect(untold.run.post.exitCode).toBe(0);
  expect(fake.problems).toEqual([]);
}, 180_000);
