import fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { readMarker } from "../../src/nightly/issue-marker.js";
import { planIssues } from "../../src/nightly/plan-issues.js";
import type { NightEvaluation } from "../../src/nightly/tonight.js";
import { nightEntries } from "../../src/nightly/tonight.js";
import type { Outcome } from "../../src/verdict/verdict.js";
import { finding, lostIndex, outcome } from "../support/verdicts.js";
import { asAccepted, byIndex, commit, part, story, tonight, whole, worse } from "./support/nights.js";

function issueOf(parts: readonly NightEvaluation[], history: Parameters<typeof story>[1] = []) {
  const [action] = planIssues(story(tonight(2, parts, { commit: commit("b") }), history), []);
  if (action?.kind !== "create") throw new Error("no issue was opened");
  return action;
}

/** As GitHub would show it; our own HTML alone is let through. */
function html(markdown: string): string {
  const [, ...lines] = markdown.split("\n");
  return micromark(lines.join("\n"), {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  });
}

test("an issue says what, since when and by what, and what to do", () => {
  const before = nightEntries(tonight(1, [part([asAccepted("recent-orders-of-tenant", { case: "hot tenant" })])]));
  const { title, body } = issueOf([part([lostIndex(), asAccepted("other")])], before);
  expect(title).toBe("Plan drift: recent-orders-of-tenant");
  expect(body).toContain("`recent-orders-of-tenant` is planned worse than accepted.");
  expect(body).toContain(
    `It began with the commits [\`aaaaaaa...bbbbbbb\`](https://github.com/acme/shop/compare/${commit("a")}...${commit("b")}).`,
  );
  expect(body).toMatch(/\| `hot tenant` \| 17 \| public.orders is read whole.*24\.6 → 6,840 \(×278\) \|/);
  expect(body).toContain("[`queries/orders.sql:12`](https://github.com/acme/shop/blob/bbbb");
  expect(body).toContain("`npx plan-gate accept recent-orders-of-tenant --postgres 17`");
  expect(body).toContain("First seen 2026-11-02, state of 2026-11-02");
});

test("an issue about surroundings says that nothing in the repository changed", () => {
  const before = nightEntries(tonight(1, [part([asAccepted("q")], { server: "17.9" })], { commit: commit("b") }));
  const { body } = issueOf([part([worse("q")])], before);
  expect(body).toContain("Nothing in the repository changed when it began");
  expect(body).toContain("what changed is PostgreSQL 17.9 → 17.10.");
});

test("a settings file that is not the usual one is named in title and command", () => {
  const { title, body } = issueOf([part([worse("q")], { config: "services/my shop/plan-gate.yml" })]);
  expect(title).toBe("Plan drift: q (services/my shop/plan-gate.yml)");
  expect(body).toContain("npx plan-gate accept q --config 'services/my shop/plan-gate.yml' --postgres 17");
});

test("an issue for many names each, with one origin told once", () => {
  const names = Array.from({ length: 11 }, (_, index) => `q${index}`);
  const before = nightEntries(tonight(1, [part(names.map((name) => asAccepted(name)))]));
  const { body } = issueOf([part(names.map((name) => worse(name)))], before);
  for (const name of names) expect(body).toContain(`| \`${name}\` `);
  expect(body.match(/It began with the commits/g)).toHaveLength(1);
});

test("a failed night names part, place, what and what next", () => {
  const problems = [
    { code: "migration-failed", message: "syntax error at `x`", hint: "Mend it.", place: { file: "m/1.sql", line: 3 } },
  ] as const;
  const { title, body } = issueOf([part([], { problems })]);
  expect(title).toBe("plan-gate could not run at night");
  expect(body).toContain("`plan-gate.yml` on PostgreSQL 17:");
  expect(body).toMatch(/\[`m\/1.sql:3`\]\(.*\): syntax error at `x`\. Mend it\./);
});

test("however much there is to say, a body fits", () => {
  const long = "x".repeat(2_000);
  const findings = Array.from({ length: 10 }, () => finding({ title: `${long} ${long}`, fix: long }));
  const cases = Array.from({ length: 400 }, (_, index) => worse("q", { case: `case ${index} ${long}`, findings }));
  const many = Array.from({ length: 3_000 }, (_, index) => worse(`query-${index}-${long}`, { findings }));
  const problems = Array.from({ length: 500 }, () => ({ code: "query-invalid", message: long, hint: long }) as const);
  for (const { body } of [issueOf([part(cases)]), issueOf([part(many)]), issueOf([part([], { problems })])]) {
    expect(body.length).toBeLessThanOrEqual(60_000);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_000);
    expect(body.match(/<details>/g)?.length).toBe(body.match(/<\/details>/g)?.length);
  }
});

const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "@acme/team",
    "#12",
    "--> <b>x</b>",
    "</details>",
    "```\n# big",
    "a|b\\|c",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "https://evil.example/",
    "\u202eabc",
    "\u001b[31mred",
    "0123456789abcdef0123456789abcdef01234567",
  ),
);

test("whatever names, titles and hints hold: no markup, no mention, and the first line can be read back", () => {
  const any = fc.record({ name: nasty, config: nasty, title: nasty, fix: nasty, file: nasty, case: nasty });
  fc.assert(
    fc.property(any, fc.boolean(), (text, many) => {
      const outcomes = Array.from({ length: many ? 11 : 1 }, (_, index): Outcome => {
        const findings = [finding({ title: text.title, fix: text.fix })];
        const place = { file: text.file, line: 1 };
        const name = `${text.name}${index}`;
        return outcome("flagged", name, { case: text.case, before: byIndex(), after: whole(), findings, place });
      });
      const problems = [
        { code: "query-invalid", message: text.title, hint: text.fix, place: { file: text.file } },
      ] as const;
      const told = story(tonight(2, [part(outcomes, { config: text.config, problems })]));
      for (const action of planIssues(told, [])) {
        if (action.kind !== "create") throw new Error("only new issues were expected");
        const marker = readMarker(action.body);
        expect(marker).toMatchObject(marker?.about === "drift" ? { query: `${text.name}0` } : { clean: 0 });
        expect(action.title).not.toMatch(/[@#`<>\n]/);
        const shown = html(action.body).replace(/<code>[\s\S]*?<\/code>/g, "");
        expect(shown).not.toMatch(/<(script|b|img|h1|iframe)\b|href="(?!https:\/\/github\.com\/)/);
        expect(shown.replace(/<[^>]*>/g, "")).not.toMatch(/@\w|[^&]#\d|\u202e/);
        expect(action.body).not.toContain("\u001b");
        expect(shown.match(/<details>/g)?.length).toBe(shown.match(/<\/details>/g)?.length);
      }
    }),
    { numRuns: 150 },
  );
});
