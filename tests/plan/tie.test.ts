import type { Actual, PlanNode } from "../../src/plan/plan.js";
import { isMeasuredTie, isTieOf } from "../../src/plan/tie.js";
import { actual, indexScan, node, partition, plan, seqScan } from "../support/plans.js";

const measured = (rows: number, more: Partial<Actual> = {}) => actual(rows, { sharedBlocks: 200, ...more });
const byOne = (options: Parameters<typeof indexScan>[2] = {}) =>
  plan(indexScan("orders", "orders_a_idx", { totalCost: 100, actual: measured(1_000), ...options }));
const byOther = (options: Parameters<typeof indexScan>[2] = {}) =>
  plan(indexScan("orders", "orders_b_idx", { totalCost: 100, actual: measured(1_000), ...options }));

test("two shapes of the same cost and work are a tie, measured or not; one shape is none", () => {
  expect(isTieOf(byOne(), byOther(), 1.1)).toBe(true);
  expect(isMeasuredTie(byOne(), byOther(), 1.1)).toBe(true);
  expect(isTieOf(byOne(), byOne(), 1.1)).toBe(false);
  const planned = plan(seqScan("orders", { totalCost: 100 }));
  expect([isTieOf(byOne(), planned, 1.1), isMeasuredTie(byOne(), planned, 1.1)]).toEqual([true, false]);
});

test("the cost counts in both directions: what became much cheaper may rest on a wrong estimate", () => {
  expect(isTieOf(byOne(), byOther({ totalCost: 110 }), 1.1)).toBe(true);
  expect(isTieOf(byOne(), byOther({ totalCost: 111 }), 1.1)).toBe(false);
  expect(isTieOf(byOne(), byOther({ totalCost: 50 }), 1.1)).toBe(false);
  expect(isTieOf(byOne(), byOther({ totalCost: 50 }), 2)).toBe(true);
});

test.each([
  ["blocks", { sharedBlocks: 220 }, { sharedBlocks: 221 }],
  ["temporary blocks", { tempBlocks: 16 }, { tempBlocks: 17 }],
  ["rows thrown away", { rowsRemoved: 100 }, { rowsRemoved: 101 }],
])("more %s than a tenth and a few is no tie; less of it is", (_, within, beyond) => {
  expect(isTieOf(byOne(), byOther({ actual: measured(1_000, within) }), 1.1)).toBe(true);
  expect(isTieOf(byOne(), byOther({ actual: measured(1_000, beyond) }), 1.1)).toBe(false);
  expect(isTieOf(byOne({ actual: measured(1_000, beyond) }), byOther(), 1.1)).toBe(true);
});

test("one partition more is a tie, a second one is not, and one that was never read does not count", () => {
  const reading = (count: number, loops = 1): PlanNode =>
    node(
      "Append",
      { totalCost: 100, actual: measured(90) },
      Array.from({ length: count }, (_, at) =>
        seqScan(partition(`events_${at}`, "events"), {
          role: "Member",
          actual: actual(at < 2 ? 45 : 0, { loops: at < 2 ? 1 : loops }),
        }),
      ),
    );
  expect(isTieOf(plan(reading(2)), plan(reading(3)), 1.1)).toBe(true);
  expect(isTieOf(plan(reading(2)), plan(reading(4)), 1.1)).toBe(false);
  expect(isTieOf(plan(reading(2)), plan(reading(4, 0)), 1.1)).toBe(true);
});
