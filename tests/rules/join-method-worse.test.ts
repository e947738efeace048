import { describeRule } from "../support/describe-rule.js";
import { join } from "../support/joins.js";
import { actual, indexScan, plan, seqScan } from "../support/plans.js";

function hashed(cost = 300, blocks = 150) {
  const orders = seqScan("orders", { totalCost: 200, actual: actual(5_000, { sharedBlocks: 100 }) });
  const items = seqScan("items", { totalCost: 80, actual: actual(2_000, { sharedBlocks: 50 }) });
  return join("Hash Join", orders, items, { totalCost: cost, actual: actual(5_000, { sharedBlocks: blocks }) });
}

function looped(cost: number, blocks: number) {
  const orders = seqScan("orders", { totalCost: 200, actual: actual(5_000, { sharedBlocks: 100 }) });
  const items = indexScan("items", "items_pkey", {
    totalCost: 0.3,
    actual: actual(5_000, { loops: 5_000, sharedBlocks: blocks - 100 }),
  });
  return join("Nested Loop", orders, items, { totalCost: cost, actual: actual(5_000, { sharedBlocks: blocks }) });
}

const title = "public.orders is joined with public.items by Nested Loop instead of Hash Join";

describeRule("join-method-worse", {
  reports: {
    "a hash join becomes a nested loop that does more": {
      before: hashed(),
      after: looped(900, 15_100),
      titles: [title],
    },
    "the planner expects less and far more is done": { before: hashed(), after: looped(40, 15_100), titles: [title] },
    "neither ran and the cost rose": {
      before: plan(join("Hash Join", seqScan("orders"), seqScan("items"), { totalCost: 300 })),
      after: plan(join("Nested Loop", seqScan("orders"), seqScan("items"), { totalCost: 900 })),
      titles: [title],
    },
    "the sides change places as well": {
      before: join("Hash Join", seqScan("items"), seqScan("orders"), { totalCost: 300 }),
      after: join("Merge Join", seqScan("orders"), seqScan("items"), { totalCost: 900 }),
      titles: ["public.orders is joined with public.items by Merge Join instead of Hash Join"],
    },
    "only the expected cost rose, as information": {
      before: hashed(300, 15_000),
      after: looped(900, 15_100),
      titles: [title],
      severity: "info",
    },
    "a query's own ratio is lower": {
      before: hashed(1_000, 1_000),
      after: looped(1_150, 1_150),
      options: { maxRatio: 1.05 },
      titles: [title],
    },
  },
  quiet: {
    "nothing changed": { before: hashed(), after: hashed() },
    "it got better": { before: looped(900, 15_100), after: hashed() },
    "the two do about the same": { before: hashed(300, 15_000), after: looped(310, 15_100) },
    "the method is the same and the cost rose": { before: hashed(300), after: hashed(900, 900) },
    "only blocks in the cache and no cost speak against it": { before: hashed(300, 150), after: looped(200, 300) },
    "other relations are joined": {
      before: hashed(),
      after: join("Nested Loop", seqScan("a"), seqScan("b"), {
        totalCost: 900,
        actual: actual(1, { sharedBlocks: 9_000 }),
      }),
    },
    "the floor is higher for this query": {
      before: hashed(),
      after: looped(900, 15_100),
      options: { minIncreasePlannerUnits: 100_000 },
    },
  },
});
