import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoadedSettings, loadSettings, type SettingsFlags } from "../../src/config/load.js";
import { PlanGateError } from "../../src/errors.js";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "plan-gate-load-"));
});

afterEach(() => rm(cwd, { recursive: true }));

type Env = Readonly<Record<string, string>>;

async function load(given: { config?: string; flags?: SettingsFlags; env?: Env } = {}): Promise<LoadedSettings> {
  return loadSettings({ cwd, flags: {}, env: {}, ...given });
}

async function complaint(given: Parameters<typeof load>[0]): Promise<PlanGateError> {
  const error: unknown = await load(given).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof PlanGateError) return error;
  throw new Error("nothing was refused");
}

test.each(["plan-gate.yml", "plan-gate.yaml"])("%s in the working folder is found", async (file) => {
  await writeFile(join(cwd, file), "strict: true\n");
  expect(await load()).toMatchObject({ root: cwd, file, settings: { strict: true } });
});

test("two settings files side by side are refused", async () => {
  await writeFile(join(cwd, "plan-gate.yml"), "");
  await writeFile(join(cwd, "plan-gate.yaml"), "");
  const { message } = await complaint({});
  expect(message).toBe("there are two settings files: `plan-gate.yml` and `plan-gate.yaml`");
});

test("without a settings file the next step is named", async () => {
  const { code, message, hint } = await complaint({});
  expect(code).toBe("input-missing");
  expect(message).toContain(cwd);
  expect(hint).toContain("npx plan-gate init");
});

test("--config goes over PLAN_GATE_CONFIG, and its folder is what paths are relative to", async () => {
  await mkdir(join(cwd, "db"));
  await writeFile(join(cwd, "db", "gate.yml"), "queries: a\n");
  await writeFile(join(cwd, "other.yml"), "queries: b\n");
  const env = { PLAN_GATE_CONFIG: "other.yml" };
  expect(await load({ env })).toMatchObject({ root: cwd, file: "other.yml", settings: { queries: ["b"] } });
  expect(await load({ env, config: "db/gate.yml" })).toMatchObject({
    root: join(cwd, "db"),
    file: "gate.yml",
    settings: { queries: ["a"] },
  });
});

test.each([
  { given: { config: "no.yml" }, from: "--config" },
  { given: { env: { PLAN_GATE_CONFIG: "no.yml" } }, from: "PLAN_GATE_CONFIG" },
  { given: { config: "." }, from: "--config" },
])("$from that names no file is refused by its name", async ({ given, from }) => {
  const { code, message } = await complaint(given);
  expect(code).toBe("input-missing");
  expect(message).toContain(`\`${from}\` names`);
});

describe("over the file", () => {
  beforeEach(() => writeFile(join(cwd, "plan-gate.yml"), "postgres: {version: 17, provider: embedded}\n"));
  const postgresOf = async (given: Parameters<typeof load>[0]) => (await load(given)).settings.postgres;

  test("flags go over variables, and variables over the file", async () => {
    const env = { PLAN_GATE_PROVIDER: "local", PLAN_GATE_POSTGRES: "15" };
    expect(await postgresOf({})).toMatchObject({ provider: "embedded", version: 17 });
    expect(await postgresOf({ env })).toMatchObject({ provider: "local", version: 15 });
    const flags = { provider: "container", postgres: "16" };
    expect(await postgresOf({ env, flags })).toMatchObject({ provider: "container", version: 16 });
  });

  test("a variable that is empty counts as not set", async () => {
    const env = { PLAN_GATE_PROVIDER: "", PLAN_GATE_POSTGRES: "", PLAN_GATE_DATABASE_URL: "", PLAN_GATE_CONFIG: "" };
    expect(await postgresOf({ env })).toMatchObject({ provider: "embedded", version: 17 });
  });

  test("a database's URL implies the url provider", async () => {
    const [here, there] = ["postgres://localhost/a", "postgres://localhost/b"];
    expect(await postgresOf({ env: { PLAN_GATE_DATABASE_URL: here } })).toMatchObject({ provider: "url", url: here });
    const flags = { databaseUrl: there };
    const env = { PLAN_GATE_DATABASE_URL: here };
    expect(await postgresOf({ env, flags })).toMatchObject({ provider: "url", url: there });
  });

  test("a provider named outside the file stays, URL or not", async () => {
    const databaseUrl = "postgres://localhost/a";
    const flags = { databaseUrl, provider: "auto" };
    expect(await postgresOf({ flags })).toMatchObject({ provider: "auto", url: databaseUrl });
  });

  test.each([
    { given: { flags: { provider: "docker" } }, says: /^`--provider` must be one of/ },
    { given: { env: { PLAN_GATE_PROVIDER: "docker" } }, says: /^`PLAN_GATE_PROVIDER` must be one of/ },
    { given: { flags: { postgres: "9.6" } }, says: /^`--postgres` must be one of 14, 15, 16, 17, 18, not `9.6`$/ },
    { given: { env: { PLAN_GATE_POSTGRES: "x" } }, says: /^`PLAN_GATE_POSTGRES` must be one of/ },
    { given: { flags: { postgres: "" } }, says: /^`--postgres` must be one of/ },
    { given: { flags: { databaseUrl: "host:secret" } }, says: /^`--database-url` must begin with `postgres:/ },
  ])("a bad value names its flag or variable: $says", async ({ given, says }) => {
    const { code, message } = await complaint(given);
    expect(code).toBe("settings-invalid");
    expect(message).toMatch(says);
    expect(message).not.toContain("secret");
  });
});
