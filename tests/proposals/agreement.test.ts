import type { Plan } from "../../src/plan/plan.js";
import { agrees } from "../../src/proposals/agreement.js";
import { effect } from "../support/effects.js";
import { actual, indexScan, node, plan } from "../support/plans.js";
import { outcome } from "../support/verdicts.js";

/** A delete that reads so many rows of another table on the way; undefined: that was not counted. */
function deletion(rows: number | undefined, more: Partial<Plan> = {}): Plan {
  const root = node("ModifyTable", { traits: ["Delete"], actual: actual(0) }, [
    { ...indexScan("orders", "orders_pkey", { actual: actual(1) }), role: "Outer" },
  ]);
  const effects = rows === undefined ? {} : { effects: [effect("items", { seqScans: 1, rowsReadBySeqScans: rows })] };
  return { ...plan(root), ...effects, ...more };
}

const agree = (before: Plan, after: Plan) => agrees(outcome("passed", "delete-order", { before, after, findings: [] }));

test("a baseline that states what triggers and foreign keys do agrees, a little more or less included", () => {
  expect(agree(deletion(5_000), deletion(5_000))).toBe(true);
  expect(agree(deletion(5_900), deletion(5_000))).toBe(true);
  expect(agree(deletion(undefined), deletion(undefined))).toBe(true);
});

test("one that leaves room for more, or says nothing of it, does not", () => {
  expect(agree(deletion(50_000), deletion(5_000))).toBe(false);
  expect(agree(deletion(undefined), deletion(5_000))).toBe(false);
  expect(agree(deletion(5_000, { deferredFailed: "it fails" }), deletion(5_000))).toBe(false);
});
