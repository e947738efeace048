import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type Option, ruleReference, settingsJsonSchema, settingsOptions } from "../../src/config/reference.js";
import { parseSettings } from "../../src/config/settings.js";
import { readYaml } from "../../src/config/yaml.js";
import { providers } from "../../src/database/providers/index.js";

const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  settingsJsonSchema(),
);

function withPath(option: Option, above = ""): { path: string; option: Option }[] {
  const path = `${above}${option.name}`;
  return [{ path, option }, ...option.options.flatMap((inner) => withPath(inner, `${path}.`))];
}

test.each(settingsOptions().flatMap((option) => withPath(option)))(
  "$path is described in full sentences",
  ({ option }) => {
    expect(option.description).toMatch(/^[A-Z].*\.$/);
    expect(option.type).not.toBe("undefined");
  },
);

test("every option is there, in the order of the page", () => {
  const paths = settingsOptions().flatMap((option) => withPath(option).map(({ path }) => path));
  const postgres = "version provider url image locale settings extensions initScripts startTimeoutSeconds superuser";
  const explain = "analyze timeoutSeconds maxAnalyzeCost session role";
  expect(paths).toEqual([
    ...["postgres", ...postgres.split(" ").map((name) => `postgres.${name}`)],
    ...["migrations", "migrations.dir", "migrations.command"],
    ...["seed", "seed.files", "seed.command", "seed.scale", "seed.after"],
    ...["queries", "baselines"],
    ...["explain", ...explain.split(" ").map((name) => `explain.${name}`)],
    ...["rules", "investigate", "investigate.causes", "investigate.fixes", "investigate.budgetSeconds"],
    ...["tieMaxRatio", "strict", "enforce", "watch"],
    ...["approval", "approval.mode", "approval.label", "approval.minimumRole", "approval.approvers"],
    ...["approval.authorMayApprove", "approval.baselines"],
  ]);
});

test("every provider can be named in the settings", () => {
  for (const id of Object.keys(providers))
    expect(parseSettings(`postgres: {provider: ${id}}`, "f").postgres.provider).toBe(id);
});

test("every default is a value that the schema takes, and means what leaving the key out means", () => {
  const sections = settingsOptions().filter(({ options }) => options.length > 0);
  for (const { name, options } of sections) {
    for (const { name: key, default: value } of options) {
      if (value === undefined) continue;
      const set = { [name]: { [key]: value } };
      expect({ set, ok: validate(set), errors: validate.errors }).toMatchObject({ ok: true });
    }
  }
});

test("the repository's own settings fit the JSON Schema and the zod schema", async () => {
  const text = await readFile("plan-gate.yml", "utf8");
  expect({ ok: validate(readYaml(text, { file: "plan-gate.yml" }).value), errors: validate.errors }).toMatchObject({
    ok: true,
  });
  expect(parseSettings(text, "plan-gate.yml").migrations).toEqual({ dir: "migrations" });
});

test.each([
  { migrations: {} },
  { migrations: { dir: "a", command: "b" } },
  { postgres: { verison: 17 } },
  { postgres: { version: 13 } },
  { rules: { "index-scan-lost": "warning" } },
  { queries: [] },
])("the JSON Schema refuses %j as zod does", (value) => {
  expect(validate(value)).toBe(false);
  expect(() => parseSettings(JSON.stringify(value), "f")).toThrow();
});

test("the page and the schema in the repository are what the script would write", async () => {
  const run = promisify(execFile)(process.execPath, ["scripts/write-reference.mjs", "--check"]);
  await expect(run).resolves.toMatchObject({ stderr: "" });
});

test("the page has every rule and every threshold", async () => {
  const page = await readFile("docs/settings.md", "utf8");
  for (const { id, options } of ruleReference()) {
    expect(page).toContain(`### \`${id}\``);
    for (const name of Object.keys(options)) expect(page).toContain(`| \`${name}\` |`);
  }
});
