import { describeRule } from "../support/describe-rule.js";
import { join } from "../support/joins.js";
import { actual, indexScan, node, plan, seqScan } from "../support/plans.js";

function loop(outerRows: number, { expected = outerRows, blocks = outerRows * 3, cost = outerRows } = {}) {
  const outer = seqScan("orders", {
    totalCost: 100,
    rowsPerLoop: expected,
    actual: actual(outerRows, { sharedBlocks: 80 }),
  });
  const inner = indexScan("items", "items_pkey", {
    totalCost: 0.5,
    actual: actual(outerRows, { loops: outerRows, sharedBlocks: blocks }),
  });
  return join("Nested Loop", outer, inner, {
    totalCost: cost,
    actual: actual(outerRows, { sharedBlocks: 80 + blocks }),
  });
}

const hashed = join(
  "Hash Join",
  seqScan("orders", { totalCost: 100, actual: actual(5_000, { sharedBlocks: 80 }) }),
  seqScan("items", { totalCost: 100, actual: actual(5_000, { sharedBlocks: 80 }) }),
  { totalCost: 300, actual: actual(5_000, { sharedBlocks: 160 }) },
);

describeRule("nested-loop-large", {
  reports: {
    "a hash join becomes a loop over thousands of rows that the planner did not expect": {
      before: hashed,
      after: loop(5_000, { expected: 5, cost: 110 }),
      titles: ["a nested loop searches public.items 5,000 times instead of never"],
      relation: "public.items",
    },
    "the outer side of a loop grows tenfold": {
      before: loop(400),
      after: loop(4_000),
      titles: ["a nested loop searches public.items 4,000 times instead of 400 times"],
    },
    "neither ran": {
      before: plan(join("Nested Loop", seqScan("orders", { rowsPerLoop: 10 }), seqScan("items"), { totalCost: 100 })),
      after: plan(
        join("Nested Loop", seqScan("orders", { rowsPerLoop: 9_000 }), seqScan("items"), { totalCost: 9_000 }),
      ),
      titles: ["a nested loop searches public.items 9,000 times instead of 10 times, by the planner's estimate"],
    },
    "a query's own floor is lower": {
      before: loop(10),
      after: loop(300),
      options: { minLoops: 100 },
      titles: ["a nested loop searches public.items 300 times instead of 10 times"],
    },
  },
  quiet: {
    "the query reads one more table": {
      before: seqScan("orders", { totalCost: 100, actual: actual(5_000) }),
      after: loop(5_000),
    },
    "nothing changed": { before: loop(5_000), after: loop(5_000) },
    "the loop is gone": { before: loop(5_000), after: hashed },
    "the loop grew with the data": { before: loop(5_000), after: loop(6_000) },
    "the loop does no more than the hash join did": { before: hashed, after: loop(1_500, { blocks: 100, cost: 250 }) },
    "the loops are few": { before: loop(10), after: loop(900) },
    "Memoize answers most of them": {
      before: hashed,
      after: join(
        "Nested Loop",
        seqScan("orders", { totalCost: 100, actual: actual(5_000, { sharedBlocks: 80 }) }),
        node("Memoize", { actual: actual(5_000, { loops: 5_000, sharedBlocks: 900 }) }, [
          indexScan("items", "items_pkey", { role: "Outer", actual: actual(100, { loops: 100, sharedBlocks: 900 }) }),
        ]),
        { totalCost: 900, actual: actual(5_000, { sharedBlocks: 980 }) },
      ),
    },
  },
});
