import { movesBetween } from "../../src/plan/moves.js";
import type { PlanNode } from "../../src/plan/plan.js";
import { actual, indexScan, node, plan, seqScan } from "../support/plans.js";

function joinOf(operator: string, outer: PlanNode, inner: PlanNode): PlanNode {
  return node(operator, { rowsPerLoop: 30, actual: actual(3_000, { sharedBlocks: 90 }) }, [
    { ...outer, role: "Outer" },
    { ...inner, role: "Inner" },
  ]);
}

const orders = indexScan("orders", "orders_pkey", { rowsPerLoop: 10, actual: actual(10, { sharedBlocks: 4 }) });
const items = seqScan("items", { rowsPerLoop: 500, actual: actual(500, { sharedBlocks: 40 }) });

test("a plan has not moved from itself", () => {
  expect(movesBetween(plan(joinOf("Hash Join", orders, items)), plan(joinOf("Hash Join", orders, items)))).toEqual([]);
});

test("a join that flips is told with both ways, what was expected and what came", () => {
  const moves = movesBetween(plan(joinOf("Nested Loop", orders, items)), plan(joinOf("Hash Join", items, orders)));
  const figures = { rowsEstimated: 30, rowsActual: 3_000, sharedBlocks: 90 };
  expect(moves).toEqual([
    {
      what: "join",
      of: ["public.items", "public.orders"],
      before: { how: "Nested Loop, from public.orders", ...figures },
      after: { how: "Hash Join, from public.items", ...figures },
    },
  ]);
});

test("a relation that only one plan reads has one side", () => {
  const [gone] = movesBetween(plan(joinOf("Hash Join", orders, items)), plan(orders));
  expect(gone).toMatchObject({ what: "read", of: ["public.items"], before: { how: "Seq Scan" }, after: null });
});

test("the same way of reading is told where it now reads more, and not where it reads a tenth more", () => {
  const reading = (blocks: number) => plan(seqScan("items", { actual: actual(500, { sharedBlocks: blocks }) }));
  expect(movesBetween(reading(100), reading(110))).toEqual([]);
  expect(movesBetween(reading(100), reading(111))).toMatchObject([
    { before: { sharedBlocks: 100 }, after: { sharedBlocks: 111 } },
  ]);
});

test("what was not executed has no actual rows", () => {
  const [move] = movesBetween(plan(seqScan("items", {})), plan(indexScan("items", "items_pkey", {})));
  expect(move?.after).toMatchObject({ how: "Index Scan using items_pkey", rowsActual: null, sharedBlocks: null });
});
