import { judgeStability } from "../../src/calibration/stability.js";
import type { Plan } from "../../src/plan/plan.js";
import { actual, indexScan, node, partition, plan, seqScan } from "../support/plans.js";

const filter = [{ label: "Filter", text: "(status = 'open'::text)" }];
const byIndex = (totalCost: number, rowsPerLoop = 10): Plan =>
  plan(
    indexScan("orders", "orders_status_idx", {
      ...{ totalCost, rowsPerLoop },
      details: [{ label: "Index Cond", text: "(status = 'open'::text)" }],
    }),
  );
const whole = (totalCost: number, rowsPerLoop = 400): Plan =>
  plan(seqScan("orders", { totalCost, rowsPerLoop, details: filter }));

test("one plan whose cost moves little is stable, and its estimates are not told", () => {
  const measured = plan({ ...byIndex(100).root, actual: actual(10) });
  expect(judgeStability(measured, [byIndex(140, 14), byIndex(100)], 1.1)).toEqual({
    kind: "stable",
    variants: [{ plan: measured, runs: 2, cost: { min: 100, max: 140 }, isChecked: true }],
  });
});

test("one plan whose cost moves far is moving, with the estimate that does it; a few units are no move", () => {
  const { kind, moving } = judgeStability(byIndex(100), [byIndex(151, 60)], 1.1);
  expect([kind, moving]).toEqual([
    "moving",
    { what: "public.orders", condition: "(status = 'open'::text)", rows: { min: 10, max: 60 } },
  ]);
  expect(judgeStability(byIndex(4), [byIndex(13)], 1.1).kind).toBe("stable");
});

test("two plans alternate, the more frequent first, and it is said which one check makes", () => {
  const { kind, variants, moving } = judgeStability(byIndex(100), [whole(180), whole(190), byIndex(110)], 1.1);
  expect(kind).toBe("alternating");
  expect(variants.map(({ runs, cost, isChecked }) => [runs, cost.min, cost.max, isChecked])).toEqual([
    [2, 180, 190, false],
    [1, 100, 110, true],
  ]);
  expect(moving?.rows).toEqual({ min: 10, max: 400 });
});

test("a plan that only check makes is a variant of no run", () => {
  const { kind, variants } = judgeStability(byIndex(100), [whole(300), whole(300)], 1.1);
  expect([kind, variants.map(({ runs }) => runs)]).toEqual(["alternating", [2, 0]]);
});

test.each([
  [105, 1.1, "tie"],
  [111, 1.1, "alternating"],
  [111, 1.2, "tie"],
])("two plans of cost 100 and %d are within %d a %s", (cost, ratio, kind) => {
  expect(judgeStability(byIndex(100), [whole(cost)], ratio).kind).toBe(kind);
});

test("where only a join's estimate moves the join is told; a relation's own goes before it", () => {
  const joined = (cost: number, rows: number, orders = 50) =>
    plan(
      node("Hash Join", { totalCost: cost, rowsPerLoop: rows }, [
        seqScan("orders", { role: "Outer", totalCost: 40, rowsPerLoop: orders }),
        node("Hash", { role: "Inner", rowsPerLoop: 7 }, [seqScan("users", { role: "Outer", rowsPerLoop: 7 })]),
      ]),
    );
  expect(judgeStability(joined(100, 5), [joined(200, 900)], 1.1).moving).toEqual({
    what: "public.orders ⋈ public.users",
    rows: { min: 5, max: 900 },
  });
  expect(judgeStability(joined(100, 5), [joined(200, 900, 75)], 1.1).moving).toEqual({
    what: "public.orders",
    rows: { min: 50, max: 75 },
  });
});

test("partitions count as their parent, however many of them are read", () => {
  const reading = (cost: number, ...rows: readonly number[]) =>
    plan(
      node(
        "Append",
        { totalCost: cost },
        rows.map((rowsPerLoop, at) =>
          seqScan(partition(`events_${at}`, "events"), { role: "Member", rowsPerLoop, alias: `events_${at}` }),
        ),
      ),
    );
  expect(judgeStability(reading(100, 50), [reading(200, 40, 60)], 1.1).moving).toEqual({
    what: "public.events",
    rows: { min: 50, max: 100 },
  });
});
