import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { inputNames, readInputs, refuseUnknownInputs } from "../../src/action/inputs.js";
import { secretForms } from "../../src/action/secrets.js";

const given = (values: Readonly<Record<string, string>>) => readInputs((name) => values[name] ?? "");

test("the inputs are those of action.yml", () => {
  const { inputs } = load(readFileSync("action.yml", "utf8")) as { inputs: Record<string, unknown> };
  expect([...inputNames].sort()).toEqual(Object.keys(inputs).sort());
});

test("without inputs the whole gate runs as the settings file says", () => {
  expect(given({})).toEqual({
    command: "check",
    config: [],
    githubToken: "",
    commitToken: "",
    orgToken: "",
    comment: "on-change",
    report: [],
    provider: undefined,
    postgresVersions: [],
    databaseUrl: undefined,
    shard: undefined,
    dryRun: false,
    failOnDrift: false,
  });
});

test("lists are one a line or with commas, and empty places in them are none", () => {
  const { config, report, postgresVersions } = given({
    config: "a/plan-gate.yml\n\n b/*.yml , ",
    report: "json=out/plan gate.json\nsarif=x=y.sarif",
    "postgres-version": "17, 18\n16",
  });
  expect(config).toEqual(["a/plan-gate.yml", "b/*.yml"]);
  expect(report).toEqual([
    { format: "json", file: "out/plan gate.json" },
    { format: "sarif", file: "x=y.sarif" },
  ]);
  expect(postgresVersions).toEqual(["17", "18", "16"]);
});

test.each([
  ["command", "chek"],
  ["comment", "sometimes"],
  ["provider", "docker"],
  ["postgres-version", "9.6"],
  ["report", "plan-gate.json"],
  ["dry-run", "yes"],
  ["fail-on-drift", "TRUE"],
])("the input %s is refused with what it may be", (name, value) => {
  expect(() => given({ [name]: value })).toThrow(
    expect.objectContaining({
      message: `the input \`${name}\` is \`${value}\``,
      hint: expect.stringMatching(/\w.*\.$/),
    }),
  );
});

test("a mistyped input is refused with the one that was meant", () => {
  const hinted = (hint: string) => expect.objectContaining({ hint: expect.stringContaining(hint) });
  expect(() => refuseUnknownInputs({ "INPUT_DRY-RUN": "true", INPUT_COMAND: "evaluate", PATH: "/" })).toThrow(
    hinted("Did you mean `command`?"),
  );
  expect(() => refuseUnknownInputs({ INPUT_SOMETHING: "" })).toThrow(hinted("There are command, "));
  refuseUnknownInputs(Object.fromEntries(inputNames.map((name) => [`INPUT_${name.toUpperCase()}`, ""])));
});

test.each([
  ["postgres://gate:p%40ss%2Fword@db/x", ["p%40ss%2Fword", "p@ss/word"]],
  ["postgres://gate:100%@db/x", ["100%"]],
  ["postgres://gate:a#b@db/x", ["a#b", "a%23b"]],
  ['postgres://gate:quo"te@db/x', ['quo"te', "quo%22te", 'quo\\"te']],
  ["postgres://db/x?user=gate&password=hidden%21", ["hidden!"]],
])("the password of %s is known in each form in which it may be printed", (url, forms) => {
  expect(secretForms(url)).toEqual(expect.arrayContaining([url, ...forms]));
  expect(secretForms(url)).not.toContain("");
});

test("an address without a password has no secret but itself", () => {
  expect(secretForms("postgres://gate@db/x")).toEqual(["postgres://gate@db/x"]);
  expect(secretForms("")).toEqual([]);
});
