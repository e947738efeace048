import { describeRule } from "../support/describe-rule.js";
import { effect } from "../support/effects.js";
import { actual, bitmapScan, indexScan, node, partition, plan, seqScan } from "../support/plans.js";

const byKey = indexScan("orders", "orders_pkey", {
  totalCost: 8,
  details: [{ label: "Index Cond", text: "(orders.id = 7)" }],
  actual: actual(1, { sharedBlocks: 4, rowsRemoved: 9 }),
});
const whole = seqScan("orders", { totalCost: 900, actual: actual(5, { sharedBlocks: 90, rowsRemoved: 99_995 }) });
const ofEvents = (number: number, more = {}) => ({
  ...indexScan(partition(`events_${number}`, "events"), `events_${number}_at_idx`, {
    ...{ alias: "events", actual: actual(3) },
    ...more,
  }),
  role: "Member" as const,
});
const twoPartitions = node("Append", { totalCost: 20, actual: actual(6) }, [ofEvents(1), ofEvents(2)]);
const deletion = {
  ...plan(node("ModifyTable", { traits: ["Delete"], actual: actual(0) }, [{ ...byKey, role: "Outer" as const }])),
  effects: [effect("events", { seqScans: 1, rowsReadBySeqScans: 100_000 })],
};

describeRule("expectation-missed", {
  reports: {
    "another way is taken than the index": {
      before: whole,
      after: whole,
      expect: { usesIndex: ["orders_pkey"] },
      titles: [
        "the index `orders_pkey` is not used, though the query's header expects it: public.orders is read whole (Seq Scan)",
      ],
      relation: "public.orders",
    },
    "there is no such index": {
      before: byKey,
      after: byKey,
      expect: { usesIndex: ["orders_code_idx"] },
      titles: ["the query's header expects the index `orders_code_idx`, and there is none of this name"],
    },
    "one of two indexes is used": {
      before: byKey,
      after: byKey,
      expect: { usesIndex: ["orders_pkey", "orders_id_idx"] },
      titles: ["the query's header expects the index `orders_id_idx`, and there is none of this name"],
    },
    "a table is read whole": {
      before: byKey,
      after: whole,
      expect: { neverReadsWhole: ["orders"] },
      titles: ["public.orders is read whole (Seq Scan), and the query's header expects that never to happen"],
      relation: "public.orders",
    },
    "a table is read whole through an index": {
      after: indexScan("orders", "orders_pkey", { actual: actual(100_000) }),
      expect: { neverReadsWhole: ["public.orders"] },
      titles: ["public.orders is read whole (Index Scan), and the query's header expects that never to happen"],
    },
    "a plan that was not measured would read a table whole": {
      after: plan(seqScan("orders"), "too dear"),
      expect: { neverReadsWhole: ["orders"] },
      titles: ["public.orders is read whole (Seq Scan), and the query's header expects that never to happen"],
    },
    "a trigger reads a table whole": {
      after: deletion,
      expect: { neverReadsWhole: ["events"] },
      titles: [
        "public.events is read whole by a trigger, a foreign key or a function, and the query's header expects that never to happen",
      ],
    },
    "there is no such table": {
      after: byKey,
      expect: { neverReadsWhole: ["order"] },
      titles: ["the query's header expects `order` never to be read whole, and there is no table of this name"],
    },
    "figures are above what is expected, in a plan that did not change": {
      before: whole,
      after: whole,
      expect: { maxBlocks: 89, maxRowsRead: 99_000, maxCost: 890, maxPartitions: 0 },
      titles: [
        "the query reads 90 blocks of 8 kB, and its header expects at most 89",
        "the query reads 100,000 rows, and its header expects at most 99,000",
        "the query has an estimated cost of 900 planner units, and its header expects at most 890",
      ],
    },
    "too many partitions are read": {
      after: twoPartitions,
      expect: { maxPartitions: 1 },
      titles: ["the query reads 2 partitions of public.events, and its header expects at most 1"],
      relation: "public.events",
    },
    "what must be measured was not": {
      after: plan(seqScan("orders", { totalCost: 5 }), "`explain.analyze` is off"),
      expect: { maxBlocks: 10, maxRowsRead: 10, maxCost: 10 },
      titles: [
        "the query's header expects that it reads at most 10 blocks of 8 kB, and the query was not run: `explain.analyze` is off",
        "the query's header expects that it reads at most 10 rows, and the query was not run: `explain.analyze` is off",
      ],
    },
  },
  quiet: {
    "the header expects nothing": { before: byKey, after: whole },
    "the index is used": { after: byKey, expect: { usesIndex: ["orders_pkey"] } },
    "the index is named with its schema": { after: byKey, expect: { usesIndex: ["public.orders_pkey"] } },
    "a bitmap uses the index": {
      after: bitmapScan("orders", "orders_pkey"),
      expect: { usesIndex: ["orders_pkey"] },
    },
    "the partitioned index is used in its partitions": {
      after: twoPartitions,
      expect: { usesIndex: ["events_at_idx"] },
    },
    "the table is looked up": { after: byKey, expect: { neverReadsWhole: ["orders"] } },
    "another table is read whole": { after: whole, expect: { neverReadsWhole: ["events"] } },
    "a Limit stops the scan early": {
      after: node("Limit", { actual: actual(5) }, [
        { ...seqScan("orders", { actual: actual(5, { rowsRemoved: 400 }) }), role: "Outer" },
      ]),
      expect: { neverReadsWhole: ["orders"] },
    },
    "the scan never ran": {
      after: node("Append", { actual: actual(0) }, [
        { ...seqScan("orders", { actual: actual(0, { loops: 0 }) }), role: "Member" },
      ]),
      expect: { neverReadsWhole: ["orders"] },
    },
    "one partition is read whole, and the table is named": {
      after: seqScan(partition("events_1", "events"), { actual: actual(20_000) }),
      expect: { neverReadsWhole: ["events"] },
    },
    "everything is just as expected": {
      after: whole,
      expect: { maxBlocks: 90, maxRowsRead: 100_000, maxCost: 900 },
    },
    "the figure is rounded up by being stored": {
      after: seqScan("orders", { actual: actual(1, { sharedBlocks: 1_010 }) }),
      expect: { maxBlocks: 1_005 },
    },
    "a partition is pruned while the query runs": {
      after: node("Append", { actual: actual(3) }, [ofEvents(1), ofEvents(2, { actual: actual(0, { loops: 0 }) })]),
      expect: { maxPartitions: 1 },
    },
  },
});
