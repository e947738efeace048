import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "../../src/config/load.js";
import { openBuild } from "../../src/measure.js";

const minute = 60_000;

/** A build of one query, whose answer takes about three seconds. */
async function openSlow() {
  const root = await mkdtemp(join(tmpdir(), "plan-gate-time-"));
  await mkdir(join(root, "queries"));
  await mkdir(join(root, "migrations"));
  await writeFile(join(root, "plan-gate.yml"), "postgres: { provider: embedded }\nexplain: { timeoutSeconds: 20 }\n");
  await writeFile(join(root, "migrations/001.sql"), "CREATE TABLE t (id integer);\n");
  await writeFile(join(root, "queries/slow.sql"), "SELECT 1 FROM pg_sleep(3);\n");
  const build = await openBuild({
    loaded: await loadSettings({ cwd: root, flags: {}, env: {} }),
    wanted: [],
    selectsName: () => true,
    env: process.env,
    signal: new AbortController().signal,
    progress: { phase() {}, detail() {} },
    clock: () => performance.now(),
  });
  return {
    build,
    async [Symbol.asyncDispose]() {
      await build[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true });
    },
  };
}

test(
  "what there is no time left for is unknown, and not slow, however long `explain.timeoutSeconds` is",
  async () => {
    await using slow = await openSlow();
    const { subjects, planned } = slow.build.measurement;
    expect([...planned.values()]).toMatchObject([{ kind: "plan", plan: { root: { actual: { rows: 1 } } } }]);
    const asked = async (secondsLeft: () => number) => {
      const began = performance.now();
      const [answer] = (await slow.build.explain(subjects, { secondsLeft })).values();
      return { answer, seconds: (performance.now() - began) / 1_000 };
    };
    const enough = await asked(() => 15);
    expect(enough.answer).toMatchObject({ kind: "plan", plan: { root: { actual: { rows: 1 } } } });
    const began = performance.now();
    const short = await asked(() => 1 - (performance.now() - began) / 1_000);
    expect(short.answer).toMatchObject({
      kind: "unknown",
      problem: { message: expect.stringContaining("longer than") },
    });
    expect(short.seconds).toBeLessThan(2.9);
    const none = await asked(() => 0);
    expect(none.answer).toMatchObject({ kind: "unknown", problem: { hint: expect.stringContaining("budgetSeconds") } });
  },
  minute,
);
