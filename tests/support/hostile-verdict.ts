import fc from "fast-check";
import type { PlanNode } from "../../src/plan/plan.js";
import type {
  Evidence,
  Finding,
  Outcome,
  OutcomeKind,
  ProvenFix,
  Severity,
  Verdict,
} from "../../src/verdict/verdict.js";
import { actual, node, plan } from "./plans.js";
import { verdict } from "./verdicts.js";

const attacks = [
  "\u001b[31mred\u001b[0m",
  "\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007",
  "\u009b2J",
  "line\r\nbreak\u2028and\u0085more",
  "\u202egnp.exe\u2066",
  "zero\u200bwidth\ufeff",
  "</details></summary>",
  "<img src=x onerror=alert(1)>",
  "<!-- plan-gate -->",
  "``` ```` `",
  "~~~",
  "| a | b |",
  "\\| \\",
  "@octocat please",
  "(@org/team)",
  "fixes #1 and GH-2 and owner/repo#3",
  "see https://evil.example or www.evil.example",
  "[a](javascript:alert(1)) ![b](c)",
  "$x$ :tada: **bold** _it_",
  "0123456789abcdef0123456789abcdef01234567",
  "::set-output name=x::y",
  "##[error]no",
  "# heading",
  "- item",
  "> [!NOTE]",
  "表テーブル名前",
  "👩‍👩‍👧‍👦©",
  "x".repeat(400),
  "",
  " ",
];

/** Text as nobody should send it. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(fc.constantFrom(...attacks), fc.string({ unit: "binary", maxLength: 12 }), fc.lorem({ maxCount: 3 })),
    {
      maxLength: 3,
    },
  )
  .map((parts) => parts.join(" "));

const amount = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1e12, noNaN: true }), fc.nat(10_000));

const planNode: fc.Arbitrary<PlanNode> = fc.letrec<{ node: PlanNode }>((tie) => ({
  node: fc
    .record({
      operator: fc.constantFrom("Seq Scan", "Index Scan", "Hash Join", "CTE Scan"),
      name: hostileText,
      alias: hostileText,
      index: hostileText,
      cost: amount,
      rows: amount,
      real: fc.option(amount),
      children: fc.oneof({ depthSize: "small" }, fc.constant([]), fc.array(tie("node"), { maxLength: 2 })),
    })
    .map(({ operator, name, alias, index, cost, rows, real, children }) => ({
      ...node(operator, { alias, index, subplanName: `CTE ${name}`, totalCost: cost, rowsPerLoop: rows }, children),
      relation: { schema: "public", name },
      ...(real === null ? {} : { actual: actual(real, { sharedBlocks: real }) }),
    })),
})).node;

const evidence: fc.Arbitrary<Evidence | null> = fc.oneof(
  fc.constant(null),
  planNode.map((found) => ({ kind: "node" as const, node: found })),
  amount.map((value) => ({ kind: "figure" as const, value, unit: "planner units" })),
  hostileText.map((text) => ({ kind: "text" as const, text })),
);

const mended = fc.record({ without: amount, with: amount });

const provenFix: fc.Arbitrary<ProvenFix> = fc.record(
  {
    kind: fc.constantFrom("index", "statistics", "target", "query"),
    title: hostileText,
    sql: hostileText,
    cost: mended,
    blocks: mended,
    sizeBytes: fc.nat(),
    helps: fc.array(hostileText, { maxLength: 1 }),
    hurts: fc.array(hostileText, { maxLength: 1 }),
  },
  { requiredKeys: ["kind", "title", "sql", "cost", "helps", "hurts"] },
);

const finding: fc.Arbitrary<Finding> = fc.record({
  fixes: fc.array(provenFix, { maxLength: 1 }),
  also: fc.array(fc.record({ rule: hostileText, title: hostileText }), { maxLength: 1 }),
  rule: hostileText,
  severity: fc.constantFrom<Severity>("error", "warn", "info"),
  relation: fc.option(hostileText),
  title: hostileText,
  why: hostileText,
  fix: hostileText,
  before: evidence,
  after: evidence,
  cause: fc.option(
    fc.record({ kind: fc.constant("migration" as const), file: hostileText, line: fc.nat(), statement: hostileText }),
  ),
});

const kinds: readonly OutcomeKind[] = [
  ...(["passed", "flagged", "improved", "tie", "drift", "unbaselined", "orphaned", "incomparable", "broken"] as const),
];

const outcome: fc.Arbitrary<Outcome> = fc.record(
  {
    kind: fc.constantFrom(...kinds),
    name: hostileText,
    case: fc.option(hostileText),
    plan: fc.constantFrom("custom", "generic"),
    owner: hostileText,
    place: fc.record({ file: hostileText, line: fc.nat() }),
    findings: fc.array(finding, { maxLength: 2 }),
    notes: fc.array(hostileText, { maxLength: 2 }),
    before: planNode.map((root) => plan(root)),
    after: fc.tuple(planNode, hostileText).map(([root, why]) => plan(root, why)),
  },
  { requiredKeys: ["kind", "name", "case", "plan", "findings", "notes"] },
);

/** A verdict every text of which is hostile. */
export const hostileVerdict: fc.Arbitrary<Verdict> = fc
  .record({
    outcomes: fc.array(outcome, { maxLength: 8 }),
    word: fc.constantFrom<Verdict["verdict"]>("pass", "fail", "error"),
    notes: fc.array(hostileText, { maxLength: 2 }),
    problems: fc.array(
      fc.record({
        code: fc.constant("query-invalid" as const),
        message: hostileText,
        hint: hostileText,
        place: fc.record({ file: hostileText, line: fc.nat() }),
      }),
      { maxLength: 2 },
    ),
    locale: hostileText,
  })
  .map(({ outcomes, word, notes, problems, locale }) =>
    verdict(outcomes, {
      verdict: word,
      notes,
      problems,
      environment: { major: 17, locale, settings: {}, configured: {} },
    }),
  );
