import fc from "fast-check";
import type { Decided } from "../../src/conclusion/conclusion.js";
import { GitHubError } from "../../src/github/github.js";
import { appendHistory, recentHistory } from "../../src/history/append.js";
import { hasDrifted } from "../../src/history/drifted.js";
import { entriesOf } from "../../src/history/entries-of.js";
import { type HistoryEntry, readHistory, writeHistory } from "../../src/history/entry.js";
import { nightEntries } from "../../src/nightly/tonight.js";
import type { Outcome } from "../../src/verdict/verdict.js";
import { asAccepted, byIndex, commit, part, tonight, whole, worse } from "../nightly/support/nights.js";
import { lostIndex, outcome, stories } from "../support/verdicts.js";

const run = {
  at: "2026-11-02T02:17:00.000Z",
  kind: "push",
  commit: commit("a"),
  pullRequest: null,
  tool: "1.2.3",
} as const;
const [first] = nightEntries(tonight(1, [part([asAccepted("a"), worse("b")])])) as readonly [HistoryEntry];

describe("an entry", () => {
  test("says what each query came to, its figures and its shape", () => {
    expect(first).toMatchObject({
      version: 1,
      at: "2026-11-01T02:17:00.000Z",
      kind: "nightly",
      commit: commit("a"),
      config: "plan-gate.yml",
      major: 17,
      server: "17.10",
      locale: "C.UTF-8",
      ending: "drift",
    });
    expect(first.outcomes).toEqual([
      { query: "a", outcome: "passed", cost: 8.44, rows: 1, blocks: 3, shape: expect.stringMatching(/^[0-9a-f]{12}$/) },
      expect.objectContaining({ query: "b", outcome: "flagged", cost: 2_350, drifted: true }),
    ]);
  });

  test("takes less than 200 bytes a query", () => {
    const outcomes = Array.from({ length: 1_000 }, (_, index) =>
      lostIndex({ name: `recent-orders-of-tenant-${index}`, case: "hot tenant", plan: "generic" }),
    );
    const text = writeHistory(nightEntries(tonight(1, [part(outcomes)])));
    expect(Buffer.byteLength(text) / 1_000).toBeLessThan(200);
    expect(text.indexOf("\n")).toBe(text.length - 1);
  });

  test("of a run names its ending and, with its own settings file, what was decided and by whom", () => {
    const evaluations = [part([worse("q")]).evaluation, part([worse("q")], { config: "b.yml" }).evaluation];
    const decided: Decided[] = [
      { config: "b.yml", major: 17, outcome: worse("q"), decision: { kind: "accepted", by: "anna" } },
      { config: "plan-gate.yml", major: 17, outcome: worse("q", { case: "hot" }), decision: { kind: "blocked" } },
    ];
    const entries = entriesOf({ ...run, pullRequest: 7 }, { evaluations, decided, ending: "worse" });
    const why = "public.orders is read whole: Index Scan became Seq Scan";
    expect(entries).toMatchObject([
      {
        config: "plan-gate.yml",
        pullRequest: 7,
        ending: "worse",
        decisions: [{ case: "hot", decision: "blocked", why }],
      },
      { config: "b.yml", ending: "worse", decisions: [{ query: "q", decision: "accepted", by: "anna", why }] },
    ]);
  });

  test("of a pull request leaves out what passed", () => {
    const evaluations = [part([asAccepted("a"), worse("b")]).evaluation];
    const [entry] = entriesOf(
      { ...run, kind: "pull-request", pullRequest: 7 },
      { evaluations, decided: [], ending: "worse" },
    );
    expect(entry?.outcomes.map(({ query }) => query)).toEqual(["b"]);
  });
});

test.each<[string, Outcome, boolean]>([
  ["a worse plan", worse("q"), true],
  ["a better plan", outcome("improved", "q", { before: whole(), after: byIndex() }), true],
  ["no plan any more", outcome("broken", "q", { before: whole() }), true],
  ["never a plan", outcome("broken", "q"), false],
  ["another plan that is not worse", outcome("passed", "q", { before: whole(10), after: byIndex(9) }), true],
  ["another cost of the same plan", outcome("passed", "q", { before: whole(10), after: whole(9) }), false],
  ["a tie", outcome("tie", "q", { before: whole(10), after: byIndex(10) }), false],
  ["nothing accepted", outcome("unbaselined", "q", { after: whole() }), false],
  ["a baseline without a query", outcome("orphaned", "q", { before: whole() }), false],
  ["another environment", outcome("incomparable", "q", { before: whole(), after: byIndex() }), false],
])("%s: is it drift?", (_, one, expected) => {
  expect(hasDrifted(one)).toBe(expected);
});

describe("a history", () => {
  const entries = Object.values(stories).flatMap((verdict, index) =>
    nightEntries(tonight(index + 1, [part(verdict.outcomes, { problems: verdict.problems })])),
  );

  test("is read as it was written, oldest first", () => {
    expect(readHistory(writeHistory(entries.toReversed()))).toEqual({ entries, later: 0, broken: 0 });
  });

  test("counts the lines of a later version and the broken ones, and reads the others", () => {
    const line = writeHistory([first]);
    const text = `${line}{"version":2,"at":"?"}\n\n${line.slice(0, 40)}\n"hello"\n{"version":1}\nnull\n${line}`;
    expect(readHistory(text)).toEqual({ entries: [first, first], later: 1, broken: 4 });
  });

  test("leaves out keys that it does not know", () => {
    const text = JSON.stringify({ ...first, weather: "rain" });
    expect(readHistory(text).entries).toEqual([first]);
  });

  test("is read whatever it holds", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json(), fc.constant(writeHistory([first])))), (lines) => {
        const { entries: read, later, broken } = readHistory(lines.join("\n"));
        expect(read.length + later + broken).toBeLessThanOrEqual(lines.join("\n").split("\n").length);
      }),
    );
  });
});

/** A branch of files, or one that GitHub refuses. */
function branch(refusal?: GitHubError) {
  const files = new Map<string, string>();
  const fail = () => {
    if (refusal) throw refusal;
  };
  return {
    files,
    async appendToFile(append: { branch: string; path: string; lines: string; message: string }) {
      fail();
      const path = `${append.branch}:${append.path}`;
      files.set(path, (files.get(path) ?? "") + append.lines);
    },
    async readFile(name: string, path: string) {
      fail();
      return files.get(`${name}:${path}`);
    },
  };
}

/** What is told and kept aside. */
function listener() {
  const told: string[] = [];
  const kept: string[] = [];
  return {
    told,
    kept,
    tell: (line: string) => void told.push(line),
    keep: async (lines: string) => {
      kept.push(lines);
      return "/tmp/history.jsonl";
    },
  };
}

describe("appending", () => {
  const december = { ...first, at: "2026-12-01T02:17:00.000Z" };

  test("goes to the file of each entry's month, and is read back over the turn of a month", async () => {
    const [github, { told, kept, ...ears }] = [branch(), listener()];
    const entries = [first, december];
    expect(await appendHistory(github, { entries, ...ears })).toEqual({ kind: "appended" });
    await appendHistory(github, { entries: [december], ...ears });
    expect([...github.files.keys()]).toEqual([
      "plan-gate-history:history/2026-11.jsonl",
      "plan-gate-history:history/2026-12.jsonl",
    ]);
    expect(await recentHistory(github, december.at, ears.tell)).toEqual([first, december, december]);
    expect(await recentHistory(github, "2027-01-01T00:00:00.000Z", ears.tell)).toEqual([december, december]);
    expect([...told, ...kept]).toEqual([]);
  });

  test.each([
    {
      refusal: new GitHubError("Resource not accessible by integration", 403, "contents=write"),
      says: "permissions: contents: write",
    },
    { refusal: new GitHubError("Not Found", 404), says: "permissions: contents: write" },
    { refusal: new GitHubError("no answer within 60 s", 0), says: "no answer within 60 s" },
  ])("that GitHub refuses keeps the lines for an artifact and says so: $refusal.message", async ({ refusal, says }) => {
    const { told, kept, ...ears } = listener();
    const appended = await appendHistory(branch(refusal), { entries: [first], ...ears });
    expect(appended).toMatchObject({ kind: "kept", file: "/tmp/history.jsonl" });
    expect(kept).toEqual([writeHistory([first])]);
    expect(told).toEqual([expect.stringContaining(says)]);
    expect(told[0]).toContain("/tmp/history.jsonl");
  });

  test("a bug is no refusal", async () => {
    const github = { appendToFile: () => Promise.reject(new TypeError("x is undefined")) };
    await expect(appendHistory(github, { entries: [first], ...listener() })).rejects.toThrow(TypeError);
  });

  test("a history that cannot be read is an empty one, and the log says so", async () => {
    const { told, tell } = listener();
    expect(await recentHistory(branch(new GitHubError("Not Found", 404)), first.at, tell)).toEqual([]);
    expect(told).toEqual([expect.stringContaining("the history could not be read")]);
  });

  test("lines that cannot be read are told", async () => {
    const [github, { told, tell }] = [branch(), listener()];
    await github.appendToFile({
      branch: "plan-gate-history",
      path: "history/2026-11.jsonl",
      lines: `{"version":9}\noops\n${writeHistory([first])}`,
      message: "",
    });
    expect(await recentHistory(github, first.at, tell)).toEqual([first]);
    expect(told).toHaveLength(2);
  });
});
