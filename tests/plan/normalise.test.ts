import fc from "fast-check";
import { planShape, planStructure, redactLiterals, roundPlan } from "../../src/plan/normalise.js";
import type { PlanNode } from "../../src/plan/plan.js";
import { actual, indexScan, node, plan, seqScan } from "../support/plans.js";

const none = new Set<string>();

function costing(totalCost: number): PlanNode {
  return node("Result", { totalCost });
}

describe("roundPlan", () => {
  test.each([
    [0.2857, 0.286],
    [12.3456, 12.3],
    [999, 999],
    [1_234_567, 1_230_000],
    [0, 0],
  ])("keeps three digits: %d", (cost, rounded) => {
    expect(roundPlan(plan(costing(cost))).root.totalCost).toBe(rounded);
  });

  test("rounds estimates, actual rows and blocks, of children too", () => {
    const measured = actual(98_765, {
      loops: 4_321,
      rowsSlack: 2160.5,
      rowsRemoved: 12_345,
      sharedBlocks: 1_999,
      tempBlocks: 7,
    });
    const child = seqScan("orders", { startupCost: 0.1234, rowsPerLoop: 55_555, actual: measured });
    const [rounded] = roundPlan(plan(node("Sort", {}, [child]))).root.children;
    expect(rounded).toMatchObject({
      startupCost: 0.123,
      rowsPerLoop: 55_600,
      actual: { loops: 4_320, rows: 98_800, rowsSlack: 2_160, rowsRemoved: 12_300, sharedBlocks: 2_000, tempBlocks: 7 },
    });
  });

  test("changes nothing the second time", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (cost) => {
        const once = roundPlan(plan(costing(cost)));
        expect(roundPlan(once)).toEqual(once);
        expect(Math.abs(once.root.totalCost - cost)).toBeLessThanOrEqual(cost * 0.005 + Number.MIN_VALUE);
      }),
    );
  });
});

describe("redactLiterals", () => {
  test("redacts conditions on every level, and leaves counts and names as they are", () => {
    const details = [
      { label: "Filter", text: "(x = 'mine'::text) AND (y = 'theirs'::text)" },
      { label: "Workers Planned", text: "2" },
      { label: "Target Tables", text: "public.o'brien, public.t 5" },
    ];
    const redacted = redactLiterals(plan(node("Sort", {}, [node("Result", { details })])), new Set(["mine"]));
    expect(redacted.root.children[0]?.details.map(({ text }) => text)).toEqual([
      "(x = 'mine'::text) AND (y = '?'::text)",
      "2",
      "public.o'brien, public.t 5",
    ]);
  });
});

describe("planShape and planStructure", () => {
  const filtered = (text: string) => plan(seqScan("orders", { details: [{ label: "Filter", text }] }));

  test("figures are part of neither, conditions of the structure alone", () => {
    const [one, other] = [filtered("(a = 1)"), filtered("(a = 2)")];
    expect(planShape(one)).toBe(planShape(other));
    expect(planStructure(one)).not.toBe(planStructure(other));
    const dearer = plan({ ...one.root, totalCost: 99, rowsPerLoop: 5, actual: actual(3) });
    expect(planStructure(dearer)).toBe(planStructure(one));
  });

  test.each([
    ["another index", indexScan("orders", "a"), indexScan("orders", "b")],
    ["another schema", seqScan("orders"), seqScan("archive.orders")],
    ["another alias", seqScan("orders", { alias: "a" }), seqScan("orders", { alias: "b" })],
    ["another trait", node("Sort"), node("Sort", { traits: ["Disabled"] })],
    [
      "children the other way round",
      node("Hash Join", {}, [seqScan("a"), seqScan("b")]),
      node("Hash Join", {}, [seqScan("b"), seqScan("a")]),
    ],
    ["a child one level deeper", node("A", {}, [node("B", {}, [node("C")])]), node("A", {}, [node("B"), node("C")])],
  ])("%s is another shape", (_, one, other) => {
    expect(planShape(plan(one))).not.toBe(planShape(plan(other)));
  });

  test("their length grows with the number of nodes, however deep these are", () => {
    let deep = seqScan('"quoted"');
    for (let level = 0; level < 500; level++)
      deep = node("Sort", { details: [{ label: "Sort Key", text: '"a\\"' }] }, [deep]);
    expect(planStructure(plan(deep)).length).toBeLessThan(100_000);
    expect(redactLiterals(roundPlan(plan(deep)), none).root.operator).toBe("Sort");
  });
});
