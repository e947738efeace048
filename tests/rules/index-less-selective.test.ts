import { readTree } from "../../src/baselines/tree-text.js";
import { describeRule } from "../support/describe-rule.js";
import { actual, indexScan, node, partition, plan } from "../support/plans.js";

function byIndex(index: string, blocks: number, more: { removed?: number; cost?: number } = {}) {
  const { removed = 0, cost = blocks } = more;
  const details = [{ label: "Index Cond", text: "(orders.customer_id = 7)" }];
  const work = actual(20, { sharedBlocks: blocks, rowsRemoved: removed });
  return indexScan("orders", index, { totalCost: cost, details, rowsPerLoop: 20, actual: work });
}

const both = byIndex("orders_customer_status_idx", 5);
const indexOnly = { ...byIndex("orders_customer_status_idx", 5), operator: "Index Only Scan" };

describeRule("index-less-selective", {
  reports: {
    "the other index leaves the rest to a filter": {
      before: both,
      after: byIndex("orders_status_idx", 300, { removed: 3_000 }),
      titles: [
        "public.orders is read through `orders_status_idx` instead of `orders_customer_status_idx`: 3,020 rows instead of 20",
      ],
      relation: "public.orders",
    },
    "one of two indexes of a bitmap is gone": {
      before: readTree(
        `Bitmap Heap Scan on public.orders (cost=16..20 rows=5) (actual rows=5 loops=1 shared=12)
  BitmapAnd (cost=16..16 rows=5) (actual rows=0 loops=1 shared=7)
    Bitmap Index Scan using a_idx (cost=0..8 rows=40) (actual rows=40 loops=1 shared=4)
    Bitmap Index Scan using b_idx (cost=0..8 rows=40) (actual rows=40 loops=1 shared=3)`,
      ),
      after: byIndex("a_idx", 400),
      titles: ["public.orders is read through `a_idx` instead of `b_idx`: 400 blocks of 8 kB instead of 12"],
    },
    "neither plan was executed": {
      before: plan(indexScan("orders", "a_idx", { totalCost: 8 }), "off"),
      after: plan(indexScan("orders", "b_idx", { totalCost: 300 }), "off"),
      titles: [
        "public.orders is read through `b_idx` instead of `a_idx`: an estimated cost of 300 planner units instead of 8",
      ],
    },
  },
  quiet: {
    "it is the same index": { before: both, after: byIndex("orders_customer_status_idx", 300) },
    "the other index fits as well": { before: both, after: byIndex("orders_status_customer_idx", 6) },
    "more partitions are read, each through its own index": {
      before: indexScan(partition("events_1", "events"), "events_1_idx", {
        alias: "e",
        totalCost: 8,
        actual: actual(20, { sharedBlocks: 5 }),
      }),
      after: node("Append", { totalCost: 800, actual: actual(20, { sharedBlocks: 500 }) }, [
        indexScan(partition("events_1", "events"), "events_1_idx", {
          alias: "e",
          role: "Member",
          actual: actual(20, { sharedBlocks: 250 }),
        }),
        indexScan(partition("events_2", "events"), "events_2_idx", {
          alias: "e",
          role: "Member",
          actual: actual(0, { sharedBlocks: 250 }),
        }),
      ]),
    },
    "it reads a little more": { before: both, after: byIndex("orders_customer_idx", 14, { removed: 30 }) },
    "it reads less": { before: byIndex("orders_status_idx", 300, { removed: 3_000 }), after: both },
    "the ratio is allowed": { before: both, after: byIndex("b_idx", 300), options: { maxRatio: 60 } },
    "the table is now needed as well, of which another rule speaks": {
      before: indexOnly,
      after: byIndex("orders_status_idx", 300),
    },
    "the whole query is as good": {
      before: node("Sort", { totalCost: 1_000, actual: actual(20, { sharedBlocks: 1_000 }) }, [
        { ...byIndex("a_idx", 10), role: "Outer" },
      ]),
      after: node("Sort", { totalCost: 1_030, actual: actual(20, { sharedBlocks: 1_030 }) }, [
        { ...byIndex("b_idx", 40), role: "Outer" },
      ]),
    },
  },
});
