import fc from "fast-check";
import { conclude } from "../../src/conclusion/conclude.js";
import { type DecisionFile, decisionPath, readDecisions, writeDecisions } from "../../src/decisions/decision-file.js";
import { decisionsOf } from "../../src/decisions/decisions-of.js";
import { PlanGateError } from "../../src/errors.js";
import { evaluation, hostileSet, proposal } from "../evaluation/sets.js";
import { finding, lostIndex, outcome, verdict } from "../support/verdicts.js";

const lost = lostIndex();
const worsePlan = proposal({ query: lost.name });
const removal = proposal({
  kind: "removal",
  query: "audit",
  what: "removes the query",
  files: [{ path: "queries/audit.sql", blob: null }],
});
const policy = proposal({
  kind: "policy",
  query: null,
  what: "changes `rules`",
  files: [{ path: "plan-gate.yml", blob: "b".repeat(40) }],
});

const conclusion = conclude({
  evaluations: [
    evaluation({
      verdict: verdict([
        outcome("unbaselined", "new"),
        outcome("flagged", "other", { case: "hot", findings: [finding(), finding({ rule: "a-rule" })] }),
        outcome("passed", "quiet"),
        lost,
      ]),
      proposals: [worsePlan, removal, policy],
    }),
    evaluation({ config: "billing/plan-gate.yml", baselines: "billing/baselines" }),
  ],
  approved: { by: "anna", files: [worsePlan, policy].flatMap(({ files }) => files) },
  label: { kind: "in force", by: "anna", at: "2026-11-21T10:00:00Z" },
});

test("a pull request's decisions are one file: what was accepted, blocked and left open, by whom and why", () => {
  const [placed, ...others] = decisionsOf(conclusion, 12);
  expect(others).toEqual([]);
  expect(placed?.path).toBe("baselines/decisions/pr-12.yml");
  expect(writeDecisions(placed?.decisions ?? { pullRequest: 1, plans: [], changes: [] })).toBe(
    `# What was decided about query plans in one pull request. Written by plan-gate; \`plan-gate log\` shows it.
changes:
  - by: anna
    decision: accepted
    files:
      - plan-gate.yml
    kind: policy
    query: null
    what: changes \`rules\`
  - by: null
    decision: blocked
    files:
      - queries/audit.sql
    kind: removal
    query: audit
    what: removes the query
format: 1
plans:
  - after: null
    baseline: baselines/pg17/new.yml
    before: null
    by: null
    case: null
    cause: null
    config: plan-gate.yml
    decision: needs evidence
    evidence: []
    major: 17
    plan: custom
    query: new
    rules: []
    why: unbaselined
  - after: null
    baseline: baselines/pg17/other.yml
    before: null
    by: null
    case: hot
    cause: null
    config: plan-gate.yml
    decision: blocked
    evidence: []
    major: 17
    plan: custom
    query: other
    rules:
      - a-rule
      - cost-increased
    why: the query's estimated cost is 10 times what it was
  - after:
      cost: 6843.1
      rowsActual: 20
      rowsEstimated: 20
      sharedBlocks: 2874
      tempBlocks: 0
    baseline: baselines/pg17/recent-orders-of-tenant.yml
    before:
      cost: 24.6
      rowsActual: 20
      rowsEstimated: 20
      sharedBlocks: 23
      tempBlocks: 0
    by: anna
    case: hot tenant
    cause:
      file: migrations/V012__tidy.sql
      line: 7
      statement: DROP INDEX orders_tenant_created_idx;
    config: plan-gate.yml
    decision: accepted
    evidence:
      - after:
          how: Seq Scan
          rowsActual: 41900
          rowsEstimated: 41200
          sharedBlocks: 2871
        before:
          how: Index Scan using orders_tenant_created_idx
          rowsActual: 20
          rowsEstimated: 41200
          sharedBlocks: 23
        of:
          - public.orders (o)
        what: read
    major: 17
    plan: custom
    query: recent-orders-of-tenant
    rules:
      - cost-increased
      - index-scan-lost
    why: public.orders is read whole instead of through \`orders_tenant_created_idx\`
pullRequest: 12
`,
  );
});

test("nothing decided is no file", () => {
  const quiet = conclude({ evaluations: [evaluation()], label: { kind: "absent" } });
  expect(decisionsOf(quiet, 12)).toEqual([]);
});

test("settings files with folders of their own get files of their own, with paths from the repository's top", () => {
  const both = conclude({
    evaluations: [
      evaluation({ verdict: verdict([lost]) }),
      evaluation({ config: "billing/plan-gate.yml", baselines: "billing/baselines/", verdict: verdict([lost]) }),
    ],
    label: { kind: "absent" },
  });
  const placed = decisionsOf(both, 3);
  expect(placed.map(({ path }) => path)).toEqual([
    "baselines/decisions/pr-3.yml",
    "billing/baselines/decisions/pr-3.yml",
  ]);
  expect(placed[1]?.decisions.plans[0]).toMatchObject({
    cause: { file: "billing/migrations/V012__tidy.sql" },
    baseline: "billing/baselines/pg17/recent-orders-of-tenant.yml",
  });
});

test("a baseline that can never count is a decision of its own; one that waits is told by its plans", () => {
  const lie = proposal({ query: "a", counts: "never", what: "lies" });
  const refused = conclude({ evaluations: [evaluation({ proposals: [lie, worsePlan] })], label: { kind: "absent" } });
  expect(decisionsOf(refused, 3)[0]?.decisions.changes).toEqual([
    { decision: "blocked", by: null, kind: "baseline", query: "a", what: "lies", files: ["baselines/pg17/orders.yml"] },
  ]);
});

test("whatever queries and files are called, decisions come back as they were, and in any order give the same bytes", () => {
  fc.assert(
    fc.property(hostileSet, fc.integer({ min: 1, max: 99_999 }), ({ evaluations }, pullRequest) => {
      const drawn = conclude({ evaluations, label: { kind: "absent" } });
      for (const { path, decisions } of decisionsOf(drawn, pullRequest)) {
        const text = writeDecisions(decisions);
        const read = readDecisions(text, path);
        expect(path).toBe(decisionPath("baselines", pullRequest));
        expect(read.plans).toHaveLength(decisions.plans.length);
        expect(read.plans).toEqual(expect.arrayContaining([...decisions.plans]));
        expect(read.changes).toEqual(expect.arrayContaining([...decisions.changes]));
        const reversed = {
          ...decisions,
          plans: [...decisions.plans].reverse(),
          changes: [...decisions.changes].reverse(),
        };
        expect(writeDecisions(reversed)).toBe(text);
        expect(writeDecisions(read)).toBe(text);
      }
    }),
  );
});

const empty: DecisionFile = { pullRequest: 1, plans: [], changes: [] };

test.each([
  ["another format", writeDecisions(empty).replace("format: 1", "format: 2"), /must be 1/],
  ["an unknown key", `${writeDecisions(empty)}extra: 1\n`, /extra/],
  ["no pull request", "format: 1\nplans: []\nchanges: []\n", /pullRequest/],
  ["an unknown decision", writeDecisions(empty).replace("plans: []", "plans: [{decision: waved-through}]"), /decision/],
  ["no YAML", "plans: [", /broken YAML/],
])("a file with %s is refused in words, with its place", (_, text, message) => {
  expect(() => readDecisions(text, "baselines/decisions/pr-1.yml")).toThrow(
    expect.objectContaining({
      name: PlanGateError.name,
      code: "baseline-invalid",
      message: expect.stringMatching(message),
      place: expect.objectContaining({ file: "baselines/decisions/pr-1.yml" }),
    }),
  );
});
