import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { parseSettings, type SeedSettings } from "../../src/config/settings.js";
import { readSeed, runSeed } from "../../src/seed/seed.js";
import { startThrowawayServer, type ThrowawayServer } from "../postgres/support/throwaway-server.js";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plan-gate-scale-"));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function seed(settings: SeedSettings, url: string): Promise<void> {
  await runSeed(await readSeed(root, settings), {
    cwd: root,
    env: { PATH: process.env["PATH"], PLAN_GATE_SEED_SCALE: "77" },
    url,
    signal: new AbortController().signal,
    progress: () => {},
    sessionSettings: { synchronize_seqscans: "off" },
  });
}

const ofFile = (text: string) => parseSettings(text, "plan-gate.yml").seed as SeedSettings;

test.each([
  ["seed: { command: c }", "1"],
  ["seed: { command: c, scale: 10 }", "10"],
  ["seed: { command: c, scale: 0.25 }", "0.25"],
  ["seed: { command: c, scale: 1e6 }", "1000000"],
  ["seed: { command: c, scale: 0.001 }", "0.001"],
])("a command is told the scale: %s", async (settings, scale) => {
  const { after: _, ...given } = ofFile(settings);
  const command = 'false || printf %s "$PLAN_GATE_SEED_SCALE" > scale';
  await seed({ ...given, command }, "postgres://u:p@127.0.0.1:1/d");
  expect(await readFile(join(root, "scale"), "utf8")).toBe(scale);
});

test("a failing command's exit code is its own, and the hint runs it under the same scale", async () => {
  await expect(seed({ command: "exit 3", scale: 4 }, "postgres://u:p@127.0.0.1:1/d")).rejects.toMatchObject({
    message: "`seed.command` ended with 3: it printed nothing",
    hint: expect.stringContaining("export PLAN_GATE_SEED_SCALE=4; exit 3"),
  });
});

test.each(["0", "-1", "many", "1000001"])("a scale of %s is refused", (scale) => {
  expect(() => ofFile(`seed: { command: c, scale: ${scale} }`)).toThrow(
    expect.objectContaining({ code: "settings-invalid", message: expect.stringContaining("`seed.scale`") }),
  );
});

describe("on Postgres 17", () => {
  let server: ThrowawayServer;

  beforeAll(async () => {
    server = await startThrowawayServer(17);
  }, 60_000);

  afterAll(() => server.stop());

  test("SQL files make as many rows as the scale asks for, and no other session knows of it", async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      await client.query("create table loans (id int)");
      await writeFile(
        join(root, "seed.sql"),
        `RESET ALL;
        INSERT INTO loans SELECT generate_series(1, (40 * current_setting('plan_gate.seed_scale')::numeric)::int);`,
      );
      const rows = async () => (await client.query("select count(*)::int as n from loans")).rows[0].n;
      await seed({ files: ["seed.sql"] }, server.url);
      expect(await rows()).toBe(40);
      await seed({ files: ["seed.sql"], scale: 2.5 }, server.url);
      expect(await rows()).toBe(140);
      const { rows: known } = await client.query("select current_setting('plan_gate.seed_scale', true) as scale");
      expect(known).toEqual([{ scale: null }]);
    } finally {
      await client.end();
    }
  });
});
