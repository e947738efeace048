import fc from "fast-check";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { markdown } from "../../src/reports/markdown.js";
import { commentBudget } from "../../src/reports/markdown-budget.js";
import type { Verdict } from "../../src/verdict/verdict.js";
import { hostileText, hostileVerdict } from "../support/hostile-verdict.js";
import { lostIndex, outcome, verdict } from "../support/verdicts.js";

const options = { color: false, width: 80, verbose: false };

function render(told: Verdict): string {
  return markdown.render(told, options);
}

function nodesOf(text: string): readonly Nodes[] {
  const flatten = (node: Nodes): Nodes[] => [node, ...("children" in node ? node.children.flatMap(flatten) : [])];
  return flatten(fromMarkdown(text));
}

const ours = /^(?:<details><summary>[^<>]*<\/summary>|<\/details>)$/;

test("no foreign text becomes a mention, a reference, a link, an image, an emoji, a formula or HTML", () => {
  fc.assert(
    fc.property(hostileVerdict, (told) => {
      for (const node of nodesOf(render(told))) {
        expect(["link", "image", "definition", "linkReference", "imageReference", "thematicBreak"]).not.toContain(
          node.type,
        );
        if (node.type === "html") expect(node.value).toMatch(ours);
        if (node.type === "text") {
          expect(node.value).not.toMatch(/@\w|#\d|\bGH-\d|:\/\/|www\.|\$\S|:\w+:|<|[0-9a-f]{40}/i);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("every <details> and every fence that is opened is closed", () => {
  fc.assert(
    fc.property(hostileVerdict, (told) => {
      const text = render(told);
      const html = nodesOf(text).flatMap((node) => (node.type === "html" ? [node.value] : []));
      let open = 0;
      for (const value of html) {
        open += value === "</details>" ? -1 : 1;
        expect(open === 0 || open === 1).toBe(true);
      }
      expect(open).toBe(0);
      expect(text.trimEnd().split("\n").at(-1)).toMatch(/^\*\*.*\*\*$/);
    }),
  );
});

test("no invisible character gets into a comment", () => {
  fc.assert(
    fc.property(hostileVerdict, (told) => {
      expect(render(told).replaceAll("\n", "").replaceAll("⚠️", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
    }),
  );
});

test("every row of a table has as many cells as its head", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(hostileText, hostileText), { minLength: 2, maxLength: 4 }), (names) => {
      const told = verdict(names.map(([name, statement]) => lostIndex({ name, owner: statement, case: statement })));
      const rows = render(told)
        .split("\n")
        .filter((line) => /^\| (?:❌|-)/u.test(line));
      // As cmark-gfm cuts them: a backslash takes the character behind it along.
      const cells = rows.map((row) => row.replace(/\\[!-/:-@[-`{-~]/g, "").split("|").length);
      expect(new Set(cells.slice(0, names.length + 1))).toEqual(new Set([8]));
    }),
  );
});

describe("however much there is to say", () => {
  const many = (number: number) => Array.from({ length: number }, (_, index) => lostIndex({ name: `report-${index}` }));
  const long = "column_with_a_long_name ".repeat(400);

  const crowds: Readonly<Record<string, Verdict>> = {
    "100 findings": verdict(many(100)),
    "3,000 findings": verdict(many(3_000)),
    "3,000 passed plans": verdict(many(3_000).map(({ name }) => outcome("passed", name))),
    "2,000 wide names": verdict(many(2_000).map((told) => ({ ...told, name: "表".repeat(80) + told.name }))),
    "300 long problems": verdict([], {
      verdict: "error",
      problems: many(300).map(() => ({ code: "query-invalid", message: long, hint: long })),
    }),
    "long titles": verdict(
      many(200).map((told) => ({
        ...told,
        findings: told.findings.map((one) => ({ ...one, title: long, fix: long })),
      })),
    ),
    "long notes": verdict(many(5), { notes: many(300).map(() => long) }),
  };

  for (const [crowd, told] of Object.entries(crowds)) {
    test(`${crowd} fit into a comment`, () => {
      const text = render(told);
      expect(text.length).toBeLessThanOrEqual(commentBudget.utf16Units);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(commentBudget.bytes);
      expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
    });
  }

  test("what is left out is counted", () => {
    expect(render(verdict(many(3_000)))).toMatch(
      /Left out, to fit into a comment: the plans of 2,9\d\d queries, the findings of 2,9\d\d queries/,
    );
    expect(render(verdict(many(3_000).map(({ name }) => outcome("passed", name))))).toMatch(/… and \d+ more/);
  });
});

test("what fits is shown whole", () => {
  const text = render(verdict(Array.from({ length: 20 }, (_, index) => lostIndex({ name: `report-${index}` }))));
  expect(text.match(/Plans before and after/g)).toHaveLength(20);
  expect(text).not.toContain("Left out");
});
