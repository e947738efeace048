import { GitHubError, type Issue } from "../../src/github/github.js";
import { readHistory } from "../../src/history/entry.js";
import type { NightEvaluation } from "../../src/nightly/tonight.js";
import { type NightTelling, tellNight } from "../../src/nightly.js";
import { asAccepted, commit, part, worse } from "./support/nights.js";

/** A repository's issues and history; `refuse` names what its token may not do. */
function repository(refuse: readonly (keyof NightTelling["github"])[] = []) {
  const issues: Issue[] = [];
  const comments: { number: number; body: string }[] = [];
  const files = new Map<string, string>();
  const madeLabels: string[] = [];
  let now = "";
  const may = (what: keyof NightTelling["github"]) => {
    if (refuse.includes(what)) throw new GitHubError("Resource not accessible by integration", 403, "issues=write");
  };
  const github: NightTelling["github"] = {
    repository: "acme/shop",
    serverUrl: "https://github.com",
    async ownIssues(label) {
      may("ownIssues");
      return issues.filter(({ labels }) => labels.includes(label)).toReversed();
    },
    async createIssue({ title, body, labels }) {
      may("createIssue");
      const number = issues.length + 1;
      const url = `https://github.com/acme/shop/issues/${number}`;
      const issue = { number, title, body, labels, state: "open", closedAt: null, url } as const;
      issues.push(issue);
      return issue;
    },
    async updateIssue(number, change) {
      may("updateIssue");
      const old = issues[number - 1] as Issue;
      const closedAt = change.state === "closed" ? now : change.state === "open" ? null : old.closedAt;
      const issue = { ...old, ...change, closedAt };
      issues[number - 1] = issue;
      return issue;
    },
    async createComment(number, body) {
      may("createComment");
      comments.push({ number, body });
      return { id: comments.length, url: "", body };
    },
    async createLabel({ name }) {
      if (madeLabels.includes(name)) throw new GitHubError("already_exists", 422);
      madeLabels.push(name);
    },
    async appendToFile({ path, lines }) {
      may("appendToFile");
      files.set(path, (files.get(path) ?? "") + lines);
    },
    readFile: async (_, path) => files.get(path),
  };
  const told: string[] = [];
  return {
    issues,
    comments,
    files,
    madeLabels,
    told,
    async night(day: number, evaluations: readonly NightEvaluation[], more: Partial<NightTelling> = {}) {
      now = new Date(Date.UTC(2026, 10, day, 2, 17)).toISOString();
      const tonight = { at: now, commit: commit("a"), tool: "1.2.3", parts: evaluations };
      return tellNight(tonight, {
        github,
        runUrl: "https://github.com/acme/shop/actions/runs/77",
        failOnDrift: false,
        keep: async () => "/tmp/history.jsonl",
        tell: (line) => void told.push(line),
        ...more,
      });
    },
  };
}

const failed = part([], {
  major: 16,
  problems: [{ code: "migration-failed", message: "boom", hint: "Mend the migration." }],
});

test("a drift runs from its issue over what moved it to the close", async () => {
  const acme = repository();
  const clean = await acme.night(1, [part([asAccepted("q")])]);
  expect([clean.exitCode, clean.issues, acme.issues]).toEqual([0, [], []]);

  const drifted = await acme.night(2, [part([worse("q")], { server: "17.11" })]);
  expect(drifted.exitCode).toBe(0);
  expect(acme.issues).toMatchObject([{ number: 1, labels: ["plan-gate:drift"], state: "open" }]);
  expect(acme.issues[0]?.body).toContain("what changed is PostgreSQL 17.10 → 17.11.");
  expect(acme.madeLabels).toEqual(["plan-gate:drift"]);
  expect(drifted.summary).toContain("0 of 1 plan as accepted, 1 query drifts");
  expect(drifted.summary).toContain("](https://github.com/acme/shop/issues/1)");

  await acme.night(3, [part([asAccepted("q")])]);
  await acme.night(4, [part([asAccepted("q")])]);
  expect(acme.issues).toMatchObject([{ state: "closed" }]);
  expect(acme.comments).toHaveLength(1);
  const { entries } = readHistory(acme.files.get("history/2026-11.jsonl") ?? "");
  expect(entries.map(({ ending }) => ending)).toEqual(["pass", "drift", "pass", "pass"]);
  expect(acme.told).toEqual([]);
});

test.each([
  [[part([asAccepted("q")])], true, 0],
  [[part([worse("q")])], false, 0],
  [[part([worse("q")])], true, 1],
  [[part([worse("q")]), failed], true, 2],
  [[failed], false, 2],
])(
  "the exit code says whether it drifted, where that is to fail, and whether it could run (%#)",
  async (parts, failOnDrift, exitCode) => {
    expect(await repository().night(1, parts, { failOnDrift })).toMatchObject({ exitCode });
  },
);

test("a night that could not run says so in the summary and in an issue of its own kind", async () => {
  const acme = repository();
  const { summary } = await acme.night(1, [part([worse("q")]), failed]);
  expect(summary).toContain("1 part of the night could not run");
  expect(summary).toContain("`plan-gate.yml` on PostgreSQL 16: boom. Mend the migration.");
  expect(acme.issues.map(({ labels }) => labels)).toEqual([["plan-gate:drift"], ["plan-gate:could-not-run"]]);
});

test.each(["ownIssues", "createIssue", "appendToFile"] as const)(
  "without the permission for `%s` the night ends as it would, and the log names the permission",
  async (what) => {
    const acme = repository([what]);
    expect(await acme.night(1, [part([worse("q")])], { failOnDrift: true })).toMatchObject({ exitCode: 1 });
    expect(acme.told).toEqual([expect.stringContaining("permissions: issues: write")]);
  },
);

test("one refused issue keeps no other from being told", async () => {
  const acme = repository(["createComment"]);
  await acme.night(1, [part([worse("a"), worse("b")])]);
  await acme.night(2, [part([worse("a", { case: "x" }), worse("b", { case: "x" })])]);
  expect(acme.issues.map(({ body }) => body.includes("`x`"))).toEqual([true, true]);
  expect(acme.told).toHaveLength(2);
});
