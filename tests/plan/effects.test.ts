import { foldPartitions, hiddenWork, type TableEffect, tellingEffects } from "../../src/plan/effects.js";
import { roundPlan } from "../../src/plan/normalise.js";
import { effect } from "../support/effects.js";
import { actual, indexScan, node, partition, plan, seqScan } from "../support/plans.js";

const read = (rows: number, more: Partial<TableEffect> = {}) => effect("orders", { rowsReadBySeqScans: rows, ...more });

test("partitions count as the table above them, and effects are sorted by name", () => {
  const rootOf = (schema: string, name: string) =>
    name.startsWith("events_") ? { schema, name: "events" } : undefined;
  const effects = [
    effect("users", { updated: 1 }),
    effect("events_1", { seqScans: 1, rowsReadBySeqScans: 40 }),
    effect("events_2", { seqScans: 1, rowsReadBySeqScans: 2, deleted: 3 }),
  ];
  expect(foldPartitions(effects, rootOf)).toEqual([
    effect("events", { seqScans: 2, rowsReadBySeqScans: 42, deleted: 3 }),
    effect("users", { updated: 1 }),
  ]);
});

test("what the plan's own nodes read tells nothing more; one row more does", () => {
  const scan = seqScan("orders", { actual: actual(40, { rowsRemoved: 60 }) });
  expect(tellingEffects(scan, [read(100)])).toEqual([]);
  expect(tellingEffects(scan, [read(101)])).toEqual([read(101)]);
  expect(tellingEffects(scan, [effect("users", { rowsReadBySeqScans: 1 })])).toHaveLength(1);
});

test("rows read through an index do not hide rows that are read whole, and the other way round", () => {
  const byIndex = indexScan("orders", "orders_pkey", { actual: actual(100) });
  expect(tellingEffects(byIndex, [read(50)])).toEqual([read(50)]);
  const byIndexToo = effect("orders", { rowsReadByIndexScans: 100 });
  expect(tellingEffects(byIndex, [byIndexToo])).toEqual([]);
  expect(tellingEffects(seqScan("orders", { actual: actual(100) }), [byIndexToo])).toEqual([byIndexToo]);
});

test("rows of many loops may be off by their rounding, and tell nothing by that", () => {
  const inner = seqScan("orders", { actual: actual(1_000, { loops: 1_000, rowsSlack: 500 }) });
  expect(tellingEffects(inner, [read(1_500)])).toEqual([]);
  expect(tellingEffects(inner, [read(3_000)])).toHaveLength(1);
});

test("whatever is written is told", () => {
  expect(tellingEffects(seqScan("orders"), [effect("orders", { inserted: 1 })])).toHaveLength(1);
});

const deletes = node("ModifyTable", { traits: ["Delete"], actual: actual(0) }, [
  { ...indexScan("orders", "orders_pkey", { actual: actual(5) }), role: "Outer" },
]);
const ofOrders = { ...deletes, relation: { schema: "public", name: "orders" } };

test("hidden work is what was done beyond the plan's nodes", () => {
  const effects = [
    effect("items", { seqScans: 5, rowsReadBySeqScans: 5_000, deleted: 9 }),
    effect("orders", { rowsReadByIndexScans: 5, deleted: 5 }),
  ];
  expect(hiddenWork({ ...plan(ofOrders), effects })).toEqual([
    {
      relation: { schema: "public", name: "items" },
      ...{ seqScans: 5, readBySeqScans: 5_000, readByIndexScans: 0, indexBlocks: 0, written: 9 },
    },
    {
      relation: { schema: "public", name: "orders" },
      ...{ seqScans: 0, readBySeqScans: 0, readByIndexScans: 0, indexBlocks: 0, written: 0 },
    },
  ]);
});

test("it is unknown where it was not counted: of writes without effects, and of plans that did not run", () => {
  expect(hiddenWork(plan(ofOrders))).toBeUndefined();
  expect(hiddenWork(plan(seqScan("orders")))).toBeUndefined();
  expect(hiddenWork(plan(seqScan("orders", { actual: actual(5) })))).toEqual([]);
});

test("effects are rounded as plans are, and a partition of the plan is its parent's", () => {
  const scan = seqScan(partition("events_1", "events"), { actual: actual(123_456) });
  const effects = [effect("events", { rowsReadBySeqScans: 123_456 })];
  expect(tellingEffects(scan, effects)).toEqual([]);
  const rounded = roundPlan({ ...plan(scan), effects });
  expect(rounded.effects).toEqual([effect("events", { rowsReadBySeqScans: 123_000 })]);
  expect(roundPlan(rounded)).toEqual(rounded);
  expect(hiddenWork(rounded)?.[0]?.readBySeqScans).toBe(0);
});
