// Writes docs/settings.md and schema/plan-gate.schema.json from the settings' own schema; with --check, fails where
// one of them says something else.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { build } from "esbuild";

const bundle = await build({
  entryPoints: ["src/config/reference.ts"],
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
});
const { settingsJsonSchema, settingsOptions, ruleReference } = await import(
  `data:text/javascript,${encodeURIComponent(bundle.outputFiles[0].text)}`
);

const intro = `# Settings

\`plan-gate.yml\` lies at the top of the project; \`plan-gate init\` writes one with every option in it. An unknown key or
a wrong value is an error that names the line. Every key may be left out. Paths are relative to the file; only
\`baselines\` is written to.

An editor completes and checks the file with the JSON Schema of the package, here for the YAML language server:

\`\`\`yaml
# yaml-language-server: $schema=node_modules/plan-gate/schema/plan-gate.schema.json
\`\`\`

A flag goes over its variable, and both go over the file:

| flag | variable | what it sets |
| --- | --- | --- |
| \`--config\` | \`PLAN_GATE_CONFIG\` | the settings file, relative to the working folder |
| \`--provider\` | \`PLAN_GATE_PROVIDER\` | \`postgres.provider\` |
| \`--postgres\` | \`PLAN_GATE_POSTGRES\` | \`postgres.version\` |
| \`--database-url\` | \`PLAN_GATE_DATABASE_URL\` | \`postgres.url\`, and \`postgres.provider: url\` unless a flag or variable names another |

This page is written from the schema by \`npm run docs\`.
`;

const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (value) => `\`${JSON.stringify(value)}\``;
const isEmpty = (value) => typeof value === "object" && Object.keys(value).length === 0;
const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");

function optionRow({ name, type, default: value, example, description }) {
  const shown = value === undefined ? "none" : isEmpty(value) ? "empty" : code(value);
  const like = example === undefined ? "" : ` For example ${code(example)}.`;
  return [`\`${name}\``, type, shown, `${description}${like}`];
}

function ruleSection({ id, summary, why, defaultSeverity, options }) {
  const rows = Object.entries(options).map(([name, { default: value, minimum, integer, means, because }]) => [
    `\`${name}\``,
    `${integer ? "whole number" : "number"}, at least ${minimum}`,
    code(value),
    `${means} Default ${value}: ${because}`,
  ]);
  const severity = [
    "`severity`",
    "`error`, `warn`, `info`, `off`",
    code(defaultSeverity),
    "How much a finding matters: `error` fails the check.",
  ];
  return `### \`${id}\`\n\n${summary} ${why}\n\n${table(["option", "type", "default", "what"], [severity, ...rows])}\n`;
}

const relationsNote = `Every rule also takes \`relations\`: another severity, or other thresholds, for findings about single tables. It goes over
what is set for the rule, in the settings file and in the query's header alike; partitions count as their parent:

\`\`\`yaml
rules:
  cost-increased:
    severity: warn
    relations:
      public.audit_log: off
      public.orders: { severity: error, maxRatio: 1.2 }
\`\`\``;

const head = ["option", "type", "default", "what"];
const options = settingsOptions();
const single = options.filter(({ name, options: inner }) => inner.length === 0 && name !== "rules");
const sections = options.filter(({ options: inner }) => inner.length > 0);
const rules = options.find(({ name }) => name === "rules");
const page = [
  intro,
  `## At the top\n\n${table(head, single.map(optionRow))}\n`,
  ...sections.map(
    ({ name, description, options: inner }) =>
      `## \`${name}\`\n\n${description}\n\n${table(head, inner.map(optionRow))}\n`,
  ),
  `## \`rules\`\n\n${rules.description} A severity alone is short for its mapping: \`cost-increased: warn\`.\n\n${relationsNote}\n`,
  ...ruleReference().map(ruleSection),
].join("\n");

const files = {
  "docs/settings.md": page,
  "schema/plan-gate.schema.json": `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`,
};

for (const [file, text] of Object.entries(files)) {
  if (process.argv.includes("--check")) {
    if ((await readFile(file, "utf8").catch(() => "")) === text) continue;
    console.error(`${file} is out of date: run \`npm run docs\`.`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
