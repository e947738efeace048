import fc from "fast-check";
import { type RuleFinding, rules } from "../../src/rules/index.js";
import { groupFindings } from "../../src/verdict/group.js";
import type { Severity } from "../../src/verdict/verdict.js";
import { actual, node, plan, seqScan } from "../support/plans.js";

function finding(rule: string, relation: string | null, severity: Severity = "error", blocks?: number): RuleFinding {
  const evidence =
    blocks === undefined
      ? null
      : { kind: "node" as const, node: seqScan("t", { actual: actual(1, { sharedBlocks: blocks }) }) };
  return { rule, relation, severity, title: `${rule} of ${relation}`, why: "", fix: "", before: null, after: evidence };
}

const after = plan(node("Append", { actual: actual(1, { sharedBlocks: 1_000 }) }));

/** `rule relation severity`, then the rules that it took up. */
function grouped(...found: readonly RuleFinding[]): readonly string[] {
  return groupFindings(found, after).map(({ rule, relation, severity, also = [] }) =>
    [`${rule} ${relation} ${severity}`, ...also.map((one) => one.rule)].join(" + "),
  );
}

test("a lost index explains the sort, the cost and the blocks", () => {
  const symptoms = [
    finding("cost-increased", "public.orders"),
    finding("blocks-increased", null),
    finding("sort-added", null),
  ];
  expect(grouped(...symptoms, finding("index-scan-lost", "public.orders"))).toEqual([
    "index-scan-lost public.orders error + sort-added + blocks-increased + cost-increased",
  ]);
});

test("two relations that are each read worse are two causes, and the one of more blocks comes first", () => {
  const [small, large] = [
    finding("index-scan-lost", "public.orders", "error", 100),
    finding("index-scan-lost", "public.items", "error", 800),
  ];
  expect(grouped(small, large, finding("cost-increased", "public.orders"))).toEqual([
    "index-scan-lost public.items error",
    "index-scan-lost public.orders error + cost-increased",
  ]);
});

test("a symptom about a relation that nothing else is about goes to the cause with the largest share", () => {
  expect(
    grouped(
      finding("index-scan-lost", "public.orders", "error", 100),
      finding("partitions-not-pruned", "public.items", "error", 800),
      finding("rows-misestimated", "public.tags"),
    ),
  ).toEqual(["partitions-not-pruned public.items error + rows-misestimated", "index-scan-lost public.orders error"]);
});

test("of what is about one relation, the rule that comes nearest to the cause speaks, whatever it shows", () => {
  expect(
    grouped(
      finding("index-less-selective", "public.orders", "error", 900),
      finding("fence-added", "public.orders", "error", 10),
    ),
  ).toEqual(["fence-added public.orders error + index-less-selective"]);
  expect(grouped(finding("read-more", "public.orders", "error", 900), finding("no-longer-finishes", null))).toEqual([
    "no-longer-finishes null error + read-more",
  ]);
});

test("the group is as severe as its worst member", () => {
  expect(
    grouped(finding("index-scan-lost", "public.orders", "warn"), finding("cost-increased", "public.orders")),
  ).toEqual(["index-scan-lost public.orders error + cost-increased"]);
});

test("what is only information leads nothing that is loud, and is not lost", () => {
  expect(
    grouped(
      finding("index-scan-lost", "public.orders", "info"),
      finding("index-scan-lost", "public.tags", "info"),
      finding("cost-increased", "public.orders"),
    ),
  ).toEqual(["cost-increased public.orders error + index-scan-lost", "index-scan-lost public.tags info"]);
});

test("a single finding stays as it is, and none stays none", () => {
  const only = finding("spilled", null);
  expect(groupFindings([only], after)).toEqual([only]);
  expect(groupFindings([], undefined)).toEqual([]);
});

test("broken expectations are told by themselves, first, and in the order in which they are written", () => {
  expect(
    grouped(
      finding("index-scan-lost", "public.orders", "error", 900),
      finding("expectation-missed", null),
      finding("expectation-missed", "public.orders", "error", 500),
    ),
  ).toEqual([
    "expectation-missed null error",
    "expectation-missed public.orders error",
    "index-scan-lost public.orders error",
  ]);
});

test("the suspect of a symptom is kept where its leader has none", () => {
  const suspect = { kind: "index", name: "orders_pkey" } as const;
  const [first] = groupFindings([finding("sort-added", null), { ...finding("cost-increased", null), suspect }], after);
  expect(first).toMatchObject({ rule: "sort-added", suspect });
});

test("whatever rules find, nothing is lost and the worst severity stays", () => {
  const some = fc.record({
    rule: fc.constantFrom(...rules.map(({ id }) => id)),
    relation: fc.constantFrom(null, "public.a", "public.b"),
    severity: fc.constantFrom<Severity>("error", "warn", "info"),
    blocks: fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 12 }), (made) => {
      const found = made.map(({ rule, relation, severity, blocks }) => finding(rule, relation, severity, blocks));
      const groups = groupFindings(found, after);
      const titles = groups.flatMap(({ title, also = [] }) => [title, ...also.map((one) => one.title)]);
      expect([...titles].sort()).toEqual(found.map(({ title }) => title).sort());
      for (const severity of ["error", "warn"] as const) {
        const has = (some: readonly { readonly severity: Severity }[]) => some.some((one) => one.severity === severity);
        if (severity === "error") expect(has(groups)).toBe(has(found));
        else if (has(found)) expect(groups.some((one) => one.severity !== "info")).toBe(true);
      }
    }),
  );
});
