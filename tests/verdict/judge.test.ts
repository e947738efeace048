import type { Baseline } from "../../src/baselines/baseline.js";
import type { Subject } from "../../src/explain/ask.js";
import type { Planned } from "../../src/explain/explain.js";
import type { PlanNode } from "../../src/plan/plan.js";
import { judge, judgeSubject, type Matter } from "../../src/verdict/judge.js";
import type { Environment } from "../../src/verdict/verdict.js";
import { actual, indexScan, plan, seqScan } from "../support/plans.js";

const environment: Environment = { major: 17, locale: "C", settings: {}, configured: {} };
const byIndex = indexScan("orders", "orders_pkey", { totalCost: 100, actual: actual(1, { sharedBlocks: 4 }) });
const whole = seqScan("orders", { totalCost: 900, actual: actual(1, { sharedBlocks: 90 }) });

function subject(name: string, caseName: string | null = null): Subject {
  const one = { name: caseName, values: [] };
  const query = {
    name,
    file: "queries/q.sql",
    line: 3,
    sql: "SELECT 1",
    sqlLine: 4,
    writes: false,
    cases: [one],
    plans: ["custom" as const],
    rules: {},
  };
  return { query, case: one, kind: "custom" };
}

function baseline(
  query: string,
  root: PlanNode,
  more: Partial<Environment> = {},
  caseName: string | null = null,
): Baseline {
  return {
    query,
    environment: { ...environment, ...more },
    plans: [{ case: caseName, kind: "custom", plan: plan(root) }],
  };
}

const planned = (root: PlanNode): Planned => ({ kind: "plan", plan: plan(root) });
const failed: Planned = {
  kind: "failed",
  failure: { message: "column o.x does not exist", sqlState: "42703", line: 9 },
};

function judged(
  answers: readonly (readonly [Subject, Planned])[],
  baselines: readonly Baseline[],
  more: Partial<Matter> = {},
) {
  return judge(matterOf(answers, baselines, more), false);
}

function matterOf(
  answers: readonly (readonly [Subject, Planned])[],
  baselines: readonly Baseline[],
  more: Partial<Matter> = {},
): Matter {
  return {
    subjects: answers.map(([one]) => one),
    planned: new Map(answers),
    baselines: new Map(baselines.map((one) => [one.query, one])),
    elsewhere: new Map(),
    environment,
    rulesFor: () => [],
    strict: false,
    against: "accepted",
    rowsOf: () => 100_000,
    tieMaxRatio: 1.1,
    causeOf: () => null,
    ...more,
  };
}

test.each([
  ["passed", byIndex, byIndex],
  ["flagged", byIndex, whole],
  ["improved", whole, byIndex],
  ["tie", { ...whole, totalCost: 105 }, byIndex],
] as const)("an accepted plan and today's make it %s", (kind, before, after) => {
  const { outcomes, problems } = judged([[subject("q"), planned(after)]], [baseline("q", before)]);
  expect(problems).toEqual([]);
  expect(outcomes).toHaveLength(1);
  expect(outcomes[0]).toMatchObject({ kind, name: "q", case: null, place: { file: "queries/q.sql", line: 3 } });
});

test("a finding carries the cause of what it suspects, and what other rules saw of it", () => {
  const cause = { kind: "migration" as const, file: "migrations/V2.sql", line: 1, statement: "DROP INDEX orders_pkey" };
  const { outcomes } = judged([[subject("q"), planned(whole)]], [baseline("q", byIndex)], {
    causeOf: ({ kind, name }) => (kind === "index" && name === "orders_pkey" ? cause : null),
  });
  expect(outcomes[0]?.findings).toMatchObject([
    {
      rule: "index-scan-lost",
      severity: "error",
      also: [{ rule: "cost-increased", title: "the query's estimated cost is 9 times what it was" }],
    },
  ]);
  expect(outcomes[0]?.findings[0]?.cause).toEqual(cause);
});

test("a generic plan is also held against the plan for the values, of the same query and case", () => {
  const custom = subject("q");
  const generic = { ...custom, kind: "generic" as const };
  const accepted = baseline("q", byIndex);
  const both = {
    ...accepted,
    plans: [...accepted.plans, { case: null, kind: "generic" as const, plan: plan(byIndex) }],
  };
  const loops = { ...whole, actual: actual(1, { sharedBlocks: 2_000 }) };
  const rules = (answers: Parameters<typeof judged>[0]) =>
    judged(answers, [both]).outcomes.flatMap(({ plan: kind, findings }) =>
      findings.flatMap(({ rule, also = [] }) => [rule, ...also.map((one) => one.rule)].map((id) => `${kind} ${id}`)),
    );
  const alone = rules([
    [custom, planned(byIndex)],
    [generic, planned(loops)],
  ]);
  expect(alone).toContain("generic generic-worse-than-custom");
  const together = rules([
    [custom, planned(loops)],
    [generic, planned(loops)],
  ]);
  expect(together).not.toContain("generic generic-worse-than-custom");
});

test("a query's own rules go over the settings file's", () => {
  const rulesFor = () => [
    { "cost-increased": { severity: "warn" as const } },
    { "cost-increased": { maxRatio: 20 }, "index-scan-lost": { severity: "off" as const } },
  ];
  const { outcomes } = judged([[subject("q"), planned(whole)]], [baseline("q", byIndex)], { rulesFor });
  expect(outcomes[0]).toMatchObject({ kind: "passed", findings: [] });
});

test.each([
  ["unbaselined", [], {}, "nobody has accepted a plan of it yet"],
  ["incomparable", [baseline("q", byIndex, { locale: "en_US.utf8" })], {}, "locale en_US.utf8 → C"],
  [
    "incomparable",
    [baseline("q", byIndex, { settings: { random_page_cost: "1.1" } })],
    {},
    "random_page_cost 1.1 → default",
  ],
  ["incomparable", [], { elsewhere: new Map([["q", [16]]]) }, "PostgreSQL 16 → 17"],
] as const)("what cannot be compared is %s, shown, and blocks only the strict", (kind, baselines, more, words) => {
  for (const [strict, severity] of [
    [false, "info"],
    [true, "error"],
  ] as const) {
    const { outcomes } = judged([[subject("q"), planned(whole)]], baselines, { ...more, strict });
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({ kind, findings: [{ rule: kind, severity }] });
    expect(outcomes[0]?.findings[0]?.title).toContain(words);
  }
});

test("what the settings file configures is judged, not excused as another environment", () => {
  const before = baseline("q", byIndex, { configured: { work_mem: "64MB" }, settings: { work_mem: "64MB" } });
  const { outcomes } = judged([[subject("q"), planned(whole)]], [before], {
    environment: { ...environment, configured: { work_mem: "64kB" } },
  });
  expect(outcomes[0]?.kind).toBe("flagged");
});

test("a query that no longer plans is broken: an error where it was accepted, else a problem of ours to name", () => {
  const accepted = judged([[subject("q"), failed]], [baseline("q", byIndex)]);
  expect(accepted.problems).toEqual([]);
  expect(accepted.outcomes[0]).toMatchObject({
    kind: "broken",
    findings: [{ rule: "query-broken", severity: "error" }],
  });

  const fresh = judged([[subject("q"), failed]], []);
  expect(fresh.outcomes[0]).toMatchObject({ kind: "broken", findings: [] });
  expect(fresh.problems).toMatchObject([{ code: "query-invalid", place: { file: "queries/q.sql", line: 9 } }]);
});

test("a baseline without its query, or a case without its values, is orphaned, and its plan is not compared", () => {
  const other = baseline("q", byIndex, {}, "other case");
  const both = { ...other, plans: [...other.plans, ...baseline("q", byIndex, {}, "old case").plans] };
  const { outcomes } = judged([[subject("q"), planned(byIndex)]], [baseline("gone", byIndex), both]);
  expect(outcomes.map(({ name, case: one, kind }) => [name, one, kind])).toEqual([
    ["gone", null, "orphaned"],
    ["q", null, "unbaselined"],
    ["q", "old case", "orphaned"],
    ["q", "other case", "orphaned"],
  ]);
});

test("a query's only case is compared with the only accepted one, whatever the two are called", () => {
  const { outcomes } = judged([[subject("q"), planned(whole)]], [baseline("q", byIndex, {}, "old case")]);
  expect(outcomes.map(({ case: one, kind }) => [one, kind])).toEqual([[null, "flagged"]]);
});

test("while a query's file cannot be read nobody knows which baselines are orphans", () => {
  const matter = {
    subjects: [],
    planned: new Map(),
    baselines: new Map([["gone", baseline("gone", byIndex)]]),
    elsewhere: new Map(),
    environment,
    rulesFor: () => [],
    strict: true,
    against: "accepted" as const,
    rowsOf: () => 1,
    tieMaxRatio: 1.1,
    causeOf: () => null,
  };
  expect(judge(matter, true).outcomes).toEqual([]);
  expect(judge(matter, false).outcomes).toHaveLength(1);
});

test("what could not be found out is a problem, and no outcome", () => {
  const problem = { code: "explain-failed" as const, message: "it took longer than 30 s", hint: "Raise it." };
  const { outcomes, problems } = judged([[subject("q"), { kind: "unknown", problem }]], [baseline("q", byIndex)]);
  expect(outcomes).toEqual([]);
  expect(problems).toEqual([problem]);
});

test("a side that was not measured is compared by plan alone, and that is said", () => {
  const unmeasured: Planned = {
    kind: "plan",
    plan: plan(indexScan("orders", "orders_pkey", { totalCost: 100 }), "it is too dear"),
  };
  const { outcomes } = judged([[subject("q"), unmeasured]], [baseline("q", byIndex)]);
  expect(outcomes[0]).toMatchObject({
    kind: "passed",
    notes: ["compared by estimates alone: now the query was not run (it is too dear)"],
  });
});

test("outcomes are sorted by query, case and kind of plan", () => {
  const { outcomes } = judged(
    [
      [subject("b"), planned(whole)],
      [subject("a", "y"), planned(whole)],
      [subject("a", "x"), planned(whole)],
    ],
    [],
  );
  expect(outcomes.map(({ name, case: one }) => [name, one])).toEqual([
    ["a", "x"],
    ["a", "y"],
    ["b", null],
  ]);
});

describe("several accepted plans of one case", () => {
  const either = { ...baseline("q", byIndex), plans: [byIndex, whole].map((root) => accept(root)) };
  function accept(root: PlanNode) {
    return { case: null, kind: "custom" as const, plan: plan(root) };
  }

  test.each([
    ["one of them", byIndex],
    ["the other", whole],
  ])("today's plan may be %s, and is told to be one of several", (_, root) => {
    const matter = { ...matterOf([[subject("q"), planned(root)]], [either]) };
    const { outcome, isAcceptedAlternative } = judgeSubject(matter, matter.subjects[0] as Subject);
    expect([outcome?.kind, outcome?.before?.root.operator, isAcceptedAlternative]).toEqual([
      "passed",
      root.operator,
      true,
    ]);
  });

  test("a third one that is worse than all of them is flagged, once", () => {
    const worse = { ...whole, totalCost: 9_000, actual: actual(1, { sharedBlocks: 9_000 }) };
    const { outcomes } = judged([[subject("q"), planned(worse)]], [either]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["flagged"]);
  });

  test("a case that is gone is one orphan, however many plans it had", () => {
    const gone = { ...either, plans: either.plans.map((one) => ({ ...one, case: "gone" })) };
    const subjects = ["one", "two"].map((name) => [subject("q", name), planned(byIndex)] as const);
    const { outcomes } = judged(subjects, [gone]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["orphaned", "unbaselined", "unbaselined"]);
  });
});

const names = { hasTable: () => true, tableOfIndex: () => undefined, partitionedIndex: () => undefined };
const atMost = (maxBlocks: number) => ({ expectedOf: () => ({ expectations: [{ maxBlocks }], names }) });
const manyRemoved = seqScan("orders", {
  details: [{ label: "Filter", text: "(orders.code = 'c1')" }],
  actual: actual(1, { rowsRemoved: 99_999 }),
});

test("a new query has red flags as warnings, after nothing and before the remark; small tables have none", () => {
  const flagged = judged([[subject("new"), planned(manyRemoved)]], []);
  expect(
    flagged.outcomes.map(({ kind, findings }) => [kind, findings.map(({ rule, severity }) => [rule, severity])]),
  ).toEqual([
    [
      "unbaselined",
      [
        ["red-flags", "warn"],
        ["unbaselined", "info"],
      ],
    ],
  ]);
  const small = judged([[subject("new"), planned(manyRemoved)]], [], { rowsOf: () => 500 });
  expect(small.outcomes[0]?.findings.map(({ rule }) => rule)).toEqual(["unbaselined"]);
});

test("a query that is compared has no red flags", () => {
  const { outcomes } = judged([[subject("old"), planned(manyRemoved)]], [baseline("old", manyRemoved)]);
  expect(outcomes.map(({ kind, findings }) => [kind, findings])).toEqual([["passed", []]]);
});

test("an expectation counts for a new plan, for one that did not change, and for one of another environment", () => {
  const errors = (baselines: readonly Baseline[], blocks: number) => {
    const { outcomes } = judged([[subject("q"), planned(whole)]], baselines, atMost(blocks));
    return outcomes.map(({ kind, findings }) => [
      kind,
      findings.filter(({ severity }) => severity === "error").map(({ rule }) => rule),
    ]);
  };
  expect(errors([], 89)).toEqual([["unbaselined", ["expectation-missed"]]]);
  expect(errors([baseline("q", whole)], 89)).toEqual([["flagged", ["expectation-missed"]]]);
  expect(errors([baseline("q", whole, { locale: "de_DE" })], 89)).toEqual([["incomparable", ["expectation-missed"]]]);
  expect(errors([], 90)).toEqual([["unbaselined", []]]);
  expect(errors([baseline("q", whole)], 90)).toEqual([["passed", []]]);
  expect(errors([baseline("q", whole, { locale: "de_DE" })], 90)).toEqual([["incomparable", []]]);
});
