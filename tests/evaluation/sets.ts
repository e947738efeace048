import fc from "fast-check";
import { baselinePath, writeBaseline } from "../../src/baselines/baseline.js";
import type { ApprovalSettings } from "../../src/config/settings.js";
import type { Candidate, Commits, Evaluation, EvaluationSet, Part, Proposal } from "../../src/evaluation/evaluation.js";
import { sortOutcomes } from "../../src/evaluation/join.js";
import { byConfigAndMajor } from "../../src/evaluation/order.js";
import type { Plan, PlanNode } from "../../src/plan/plan.js";
import type { Cause, CauseKind, Evidence, Finding, Outcome, ProvenFix, Verdict } from "../../src/verdict/verdict.js";
import { hostileText } from "../support/hostile-verdict.js";
import { indexScan, plan } from "../support/plans.js";
import { lostIndex, verdict } from "../support/verdicts.js";

export const approval: ApprovalSettings = {
  mode: "label",
  label: "plan-gate:approve",
  minimumRole: "write",
  authorMayApprove: true,
  baselines: "author",
};

export const commits: Commits = { head: "a".repeat(40), tested: "b".repeat(40), base: "c".repeat(40) };

/** A judged settings file of nothing, or of what `more` says. */
export function evaluation(more: Partial<Evaluation> = {}): Evaluation {
  return {
    config: "plan-gate.yml",
    major: 17,
    kind: "judged",
    enforce: true,
    approval,
    baselines: "baselines",
    verdict: verdict([]),
    proposals: [],
    candidates: [],
    ...more,
  };
}

/** A set of these evaluations. */
export function setOf(evaluations: readonly Evaluation[], more: Partial<EvaluationSet> = {}): EvaluationSet {
  return { version: 1, tool: "0.1.0", commits, key: "d".repeat(64), evaluations, ...more };
}

/** What `accept` would write for a query that is read by its primary key. */
export function candidate(query: string, { cost = 8.3, major = 17, folder = "baselines" } = {}): Candidate {
  const text = writeBaseline({
    query,
    environment: { major, locale: "C", settings: {}, configured: {} },
    plans: [{ case: null, kind: "custom", plan: plan(indexScan("orders", "orders_pkey", { totalCost: cost })) }],
  });
  return { query, path: baselinePath(folder, major, query), text };
}

/** A baseline that a pull request proposes. */
export function proposal(more: Partial<Proposal> = {}): Proposal {
  return {
    kind: "baseline",
    query: "orders",
    files: [{ path: "baselines/pg17/orders.yml", blob: "e".repeat(40) }],
    counts: "once approved",
    what: "accepts a worse plan: 12 → 4,600 planner units",
    next: "Put the label on.",
    ...more,
  };
}

/** One of everything. */
export const everything: EvaluationSet = setOf(
  [
    evaluation({
      major: null,
      kind: "untouched",
      verdict: verdict([], { environment: { major: 17, locale: "C", settings: {}, configured: {} } }),
    }),
    evaluation({
      approval: { ...approval, approvers: ["dba-anna", "acme/database"] },
      verdict: verdict([lostIndex()], { verdict: "fail", exitCode: 1, notes: ["a note"] }),
      proposals: [proposal(), proposal({ kind: "removal", files: [{ path: "queries/a.sql", blob: null }] })],
      candidates: [candidate("orders"), candidate("reports/day")],
    }),
    evaluation({ config: "services/billing/plan-gate.yml", baselines: "services/billing/baselines" }),
  ],
  { part: { job: { index: 2, of: 4 }, shard: { index: 1, of: 2 } } },
);

/** As EXPLAIN's parser leaves a name: on one line. */
const name = hostileText.map((text) => text.replace(/[\s\p{Cc}]+/gu, " "));
const figure = fc.oneof(
  fc.nat(1_000_000),
  fc.double({ min: 0, max: 1e12, noNaN: true }).map((n) => Number(n.toPrecision(3)) + 0),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const node: fc.Arbitrary<PlanNode> = fc.letrec<{ node: PlanNode }>((tie) => ({
  node: fc
    .record({
      operator: fc.constantFrom("Seq Scan", "Nested Loop", "Append", "Custom Scan (Columnar)"),
      traits: fc.subarray(["Parallel", "Left", "Inner Unique"]),
      relation: maybe(fc.record({ schema: name, name })),
      index: maybe(name),
      source: maybe(name),
      details: fc.array(fc.record({ label: fc.constantFrom("Filter", "Index Cond"), text: name }), { maxLength: 2 }),
      startupCost: figure,
      totalCost: figure,
      rowsPerLoop: figure,
      children: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie("node"), { maxLength: 2 })),
    })
    .map((drawn) => tidy(drawn)),
})).node;

/** Leaves out what is undefined; relations have the alias that EXPLAIN always prints, and children the role. */
function tidy({ children, ...drawn }: { readonly children: readonly PlanNode[] } & object): PlanNode {
  const given = Object.fromEntries(
    Object.entries(drawn).filter(([, value]) => value !== undefined),
  ) as unknown as PlanNode;
  const aliased = given.relation ? { alias: given.relation.name } : {};
  return { ...given, ...aliased, children: children.map((child) => ({ ...child, role: "Member" as const })) };
}

const planOf: fc.Arbitrary<Plan> = fc
  .record({
    root: node,
    settings: fc.dictionary(fc.constantFrom("work_mem", "jit", "a"), hostileText),
    why: maybe(hostileText),
  })
  .map(({ root, settings, why }) => ({
    root,
    settings: { ...settings },
    ...(why === undefined ? {} : { notMeasured: why }),
  }));

function nodesOf(root: PlanNode): readonly PlanNode[] {
  return [root, ...root.children.flatMap(nodesOf)];
}

/** Nodes of these plans mostly, as rules choose them. */
function evidenceOf(plans: readonly Plan[]): fc.Arbitrary<Evidence | null> {
  const nodes = plans.flatMap(({ root }) => nodesOf(root));
  return fc.oneof(
    fc.constant(null),
    (nodes.length > 0 ? fc.constantFrom(...nodes) : node).map((one) => ({ kind: "node" as const, node: one })),
    node.map((one) => ({ kind: "node" as const, node: one })),
    figure.map((value) => ({ kind: "figure" as const, value, unit: "planner units" })),
    hostileText.map((text) => ({ kind: "text" as const, text })),
  );
}

const place = fc
  .record({
    file: fc.constantFrom("queries/a.sql", "../queries/b.sql", "a b"),
    line: maybe(fc.integer({ min: 1, max: 9_999 })),
  })
  .map(({ file, line }) => ({ file, ...(line === undefined ? {} : { line }) }));

const cause: fc.Arbitrary<Cause> = fc
  .record({
    kind: fc.constantFrom<CauseKind>("migration", "query", "seed", "settings", "session", "interaction", "unknown"),
    place: maybe(place),
    statement: hostileText,
    tried: maybe(hostileText),
  })
  .map(({ kind, place: at, statement, tried }) => ({
    kind,
    ...at,
    statement,
    ...(tried === undefined ? {} : { tried }),
  }));

const mended = fc.record({ without: figure, with: figure });

const fix: fc.Arbitrary<ProvenFix> = fc
  .record({
    kind: fc.constantFrom<ProvenFix["kind"]>("index", "statistics", "target", "query"),
    title: hostileText,
    sql: hostileText,
    cost: mended,
    blocks: maybe(mended),
    sizeBytes: maybe(fc.nat()),
    helps: fc.array(hostileText, { maxLength: 2 }),
    hurts: fc.array(hostileText, { maxLength: 2 }),
  })
  .map(({ blocks, sizeBytes, ...rest }) => ({
    ...rest,
    ...(blocks ? { blocks } : {}),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  }));

function findingOf(plans: readonly Plan[]): fc.Arbitrary<Finding> {
  return fc
    .record({
      rule: fc.constantFrom("cost-increased", "unbaselined"),
      severity: fc.constantFrom("error", "warn", "info"),
      relation: fc.option(hostileText),
      title: hostileText,
      why: hostileText,
      fix: hostileText,
      before: evidenceOf(plans),
      after: evidenceOf(plans),
      cause: fc.option(cause),
      also: maybe(fc.array(fc.record({ rule: fc.constant("blocks-increased"), title: hostileText }), { maxLength: 2 })),
      fixes: maybe(fc.array(fix, { maxLength: 2 })),
    })
    .map(({ also, fixes, ...finding }) => ({ ...finding, ...(also ? { also } : {}), ...(fixes ? { fixes } : {}) }));
}

const outcome: fc.Arbitrary<Outcome> = fc
  .record({ before: maybe(planOf), after: maybe(planOf) })
  .chain(({ before, after }) =>
    fc
      .record({
        kind: fc.constantFrom<Outcome["kind"]>(
          "passed",
          "flagged",
          "improved",
          "tie",
          "drift",
          "unbaselined",
          "orphaned",
          "broken",
        ),
        name: hostileText,
        case: fc.option(hostileText),
        plan: fc.constantFrom<Outcome["plan"]>("custom", "generic"),
        owner: maybe(hostileText),
        place: maybe(place),
        findings: fc.array(findingOf([before, after].flatMap((one) => one ?? [])), { maxLength: 2 }),
        notes: fc.array(hostileText, { maxLength: 2 }),
      })
      .map(({ owner, place: at, ...rest }) => ({
        ...rest,
        ...(owner === undefined ? {} : { owner }),
        ...(at === undefined ? {} : { place: at }),
        ...(before ? { before } : {}),
        ...(after ? { after } : {}),
      })),
  );

const verdictOf: fc.Arbitrary<Verdict> = fc
  .record({
    outcomes: fc.array(outcome, { maxLength: 4 }),
    word: fc.constantFrom<Verdict["verdict"]>("pass", "fail", "error"),
    notes: fc.array(hostileText, { maxLength: 2 }),
    message: hostileText,
    locale: hostileText.map((text) => text.slice(0, 300)),
  })
  .map(({ outcomes, word, notes, message, locale }) =>
    verdict(sortOutcomes(outcomes), {
      verdict: word,
      exitCode: ({ pass: 0, fail: 1, error: 2 } as const)[word],
      notes,
      problems: [{ code: "query-invalid", message, hint: message, place: { file: "queries/a.sql", line: 3 } }],
      environment: { major: 17, locale, settings: { random_page_cost: "1.1" }, configured: { work_mem: message } },
    }),
  );

const evaluationOf: fc.Arbitrary<Evaluation> = fc
  .record({
    config: fc.constantFrom("plan-gate.yml", "services/billing/plan-gate.yml", ".github/plan gate.yml"),
    major: fc.option(fc.constantFrom(16, 17)),
    kind: fc.constantFrom<Evaluation["kind"]>("judged", "set-up", "untouched"),
    enforce: fc.boolean(),
    verdict: verdictOf,
    proposals: fc.array(
      fc.record({ query: fc.option(hostileText), what: hostileText, next: hostileText }).map((more) => proposal(more)),
      { maxLength: 2 },
    ),
    queries: fc.uniqueArray(fc.constantFrom("orders", "a/b", "c.d_e-f"), { maxLength: 3 }),
  })
  .map(({ queries, ...drawn }) => ({
    ...evaluation(drawn),
    candidates: drawn.major === null ? [] : queries.map((query) => candidate(query, { major: drawn.major ?? 0 })),
  }));

const part: fc.Arbitrary<Part | undefined> = maybe(
  fc.record({ job: fc.option(fc.constant({ index: 1, of: 3 })), shard: fc.option(fc.constant({ index: 2, of: 2 })) }),
);

/** Sets every text of which is hostile, and which are otherwise as we make them. */
export const hostileSet: fc.Arbitrary<EvaluationSet> = fc
  .record({
    evaluations: fc.uniqueArray(evaluationOf, { maxLength: 3, selector: ({ config, major }) => `${config} ${major}` }),
    base: fc.option(fc.constant("f".repeat(40))),
    part,
  })
  .map(({ evaluations, base, part: share }) =>
    setOf([...evaluations].sort(byConfigAndMajor), {
      commits: { ...commits, base },
      ...(share ? { part: share } : {}),
    }),
  );
