import fc from "fast-check";
import type { DecisionFile } from "../../src/decisions/decision-file.js";
import { type HistoryLine, type LogEntry, logOf } from "../../src/decisions/log.js";
import { renderLog } from "../../src/decisions/render-log.js";
import { HistoryEntry } from "../../src/history/entry.js";
import { displayWidth } from "../../src/reports/foreign-text.js";
import { hostileText } from "../support/hostile-verdict.js";

function file(pullRequest: number, more: Partial<DecisionFile["plans"][number]> = {}): DecisionFile {
  return {
    pullRequest,
    plans: [
      {
        decision: "accepted",
        by: "anna",
        config: "plan-gate.yml",
        major: 17,
        query: "reports/day",
        case: "hot",
        plan: "custom",
        why: "it costs 10 times as much",
        rules: ["cost-increased"],
        cause: { file: "migrations/0012.sql", line: 7, statement: "DROP INDEX a;" },
        before: null,
        after: null,
        evidence: [],
        baseline: "baselines/pg17/reports/day.yml",
        ...more,
      },
    ],
    changes: [],
  };
}

function line(at: string, more: Partial<HistoryLine> = {}): HistoryLine {
  const decision = {
    query: "reports/day",
    case: "hot",
    decision: "accepted",
    by: "anna",
    why: "it costs more",
  } as const;
  return { at, pullRequest: 12, decisions: [decision], ...more };
}

test("a decision that file and history both have is there once, in the file's words, at the history's newest time", () => {
  const log = logOf([file(12)], [line("2026-11-20T10:00:00Z"), line("2026-11-21T10:00:00Z")]);
  expect(log).toEqual([
    {
      at: "2026-11-21T10:00:00Z",
      pr: 12,
      query: "reports/day",
      case: "hot",
      decision: "accepted",
      by: "anna",
      why: "it costs 10 times as much, by migrations/0012.sql:7",
    },
  ]);
});

test("what only one of them has is kept; a file's other decisions are of the pull request's newest time", () => {
  const changed: DecisionFile = {
    ...file(12),
    changes: [{ decision: "accepted", by: "anna", kind: "policy", query: null, what: "changes `rules`", files: [] }],
  };
  const blocked = line("2026-11-22T10:00:00Z", {
    pullRequest: undefined,
    decisions: [{ query: "a", decision: "blocked", why: "worse" }],
  });
  const log = logOf([changed, file(9), file(10)], [line("2026-11-21T10:00:00Z"), blocked]);
  expect(log.map(({ at, pr, query, decision }) => [at, pr, query, decision])).toEqual([
    ["2026-11-22T10:00:00Z", null, "a", "blocked"],
    ["2026-11-21T10:00:00Z", 12, null, "accepted"],
    ["2026-11-21T10:00:00Z", 12, "reports/day", "accepted"],
    [null, 10, "reports/day", "accepted"],
    [null, 9, "reports/day", "accepted"],
  ]);
});

test("lines of the history are read as they are", () => {
  const entry = HistoryEntry.parse({
    version: 1,
    at: "2026-11-21T10:00:00Z",
    kind: "pull-request",
    commit: "a".repeat(40),
    pullRequest: 12,
    config: "plan-gate.yml",
    major: 17,
    tool: "0.1.0",
    ending: "pass",
    outcomes: [],
    decisions: [{ query: "a", decision: "needs evidence", why: "new" }],
  });
  expect(logOf([], [entry])).toEqual([
    { at: "2026-11-21T10:00:00Z", pr: 12, query: "a", case: null, decision: "needs evidence", by: null, why: "new" },
  ]);
});

test("the log reads well in 80 columns", () => {
  const changes: DecisionFile["changes"] = [
    {
      decision: "blocked",
      by: null,
      kind: "policy",
      query: null,
      what: "changes `rules`, `strict`, `approval` in `plan-gate.yml`, which is more than fits into a line of 80 columns",
      files: ["plan-gate.yml"],
    },
  ];
  const log = logOf([file(12), { ...file(7, { case: null }), changes }], [line("2026-11-21T10:00:00Z")]);
  expect(renderLog(log)).toBe(`2026-11-21  #12  accepted by anna  reports/day · hot
    it costs 10 times as much, by migrations/0012.sql:7
            #7   blocked  (all queries)
    changes \`rules\`, \`strict\`, \`approval\` in \`plan-gate.yml\`, which is more
    than fits into a line of 80 columns
            #7   accepted by anna  reports/day
    it costs 10 times as much, by migrations/0012.sql:7

3 decisions: 2 accepted, 1 blocked
`);
});

test("an empty log says so", () => {
  expect(renderLog([])).toBe("Nothing was decided yet.\n");
});

const entry: fc.Arbitrary<LogEntry> = fc.record({
  at: fc.option(fc.constantFrom("2026-11-21T10:00:00Z", "2026-11-20T10:00:00+02:00", "soon")),
  pr: fc.option(fc.constantFrom(1, 12, 12_345)),
  query: fc.option(hostileText),
  case: fc.option(hostileText),
  decision: fc.constantFrom("accepted", "needs evidence", "blocked"),
  by: fc.option(hostileText),
  why: hostileText,
});

test("no line is wider than asked for, or anything but visible text, whatever is in it", () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 5 }), fc.constantFrom(60, 80, 200), (entries, columns) => {
      for (const each of renderLog(entries, columns).split("\n")) {
        expect(displayWidth(each)).toBeLessThanOrEqual(columns);
        expect(each).not.toMatch(/[\p{Cc}\p{Cf}]|^::/u);
      }
    }),
  );
});

test("the order of files and of history lines does not matter", () => {
  const files = [file(1), file(2), file(3, { decision: "blocked", by: null })];
  const lines = [
    line("2026-11-20T10:00:00Z"),
    line("2026-11-22T10:00:00Z"),
    line("2026-11-21T10:00:00Z", { pullRequest: 2 }),
  ];
  fc.assert(
    fc.property(
      fc.shuffledSubarray(files, { minLength: 3 }),
      fc.shuffledSubarray(lines, { minLength: 3 }),
      (some, others) => {
        expect(logOf(some, others)).toEqual(logOf(files, lines));
      },
    ),
  );
});
