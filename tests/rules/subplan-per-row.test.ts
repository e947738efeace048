import { describeRule } from "../support/describe-rule.js";
import { join } from "../support/joins.js";
import { actual, indexScan, plan, seqScan } from "../support/plans.js";

function perRow(loops: number, { blocks = loops * 3, cost = loops * 2 } = {}) {
  const below = indexScan("items", "items_order_idx", {
    role: "SubPlan",
    subplanName: "SubPlan 1",
    totalCost: 2,
    actual: actual(loops, { loops, sharedBlocks: blocks }),
  });
  const root = seqScan("orders", {
    totalCost: cost,
    rowsPerLoop: loops,
    details: [{ label: "Filter", text: "((SubPlan 1) > 3)" }],
    actual: actual(loops, { sharedBlocks: 80 + blocks }),
  });
  return { ...root, children: [below] };
}

const hashedText = [{ label: "Filter", text: "(NOT (ANY (id = (hashed SubPlan 1).col1)))" }];
const hashed = (measured: boolean, text = hashedText) => ({
  ...seqScan("orders", {
    totalCost: 300,
    rowsPerLoop: 5_000,
    details: text,
    ...(measured ? { actual: actual(5_000, { sharedBlocks: 130 }) } : {}),
  }),
  children: [
    seqScan("items", {
      role: "SubPlan",
      subplanName: "SubPlan 1",
      totalCost: 90,
      ...(measured ? { actual: actual(2_000, { sharedBlocks: 50 }) } : {}),
    }),
  ],
});

const joined = join(
  "Hash Join",
  seqScan("orders", { totalCost: 100, actual: actual(5_000, { sharedBlocks: 80 }) }),
  seqScan("items", { totalCost: 90, actual: actual(2_000, { sharedBlocks: 50 }) }),
  { totalCost: 300, actual: actual(5_000, { sharedBlocks: 130 }) },
);

describeRule("subplan-per-row", {
  reports: {
    "a join becomes a sub-select for each row": {
      before: joined,
      after: perRow(5_000),
      titles: ["a sub-select on public.items runs 5,000 times instead of never"],
      relation: "public.items",
    },
    "a sub-select no longer fits into a hash table": {
      before: hashed(true),
      after: perRow(5_000),
      titles: ["a sub-select on public.items runs 5,000 times instead of once"],
    },
    "neither ran": {
      before: plan(hashed(false)),
      after: plan({
        ...hashed(false, [{ label: "Filter", text: "(NOT (ANY (id = (SubPlan 1).col1)))" }]),
        totalCost: 400_000,
      }),
      titles: ["a sub-select on public.items runs 5,000 times instead of once, by the planner's estimate"],
    },
    "a query's own floor is lower": {
      before: joined,
      after: perRow(300),
      options: { minLoops: 100 },
      titles: ["a sub-select on public.items runs 300 times instead of never"],
    },
  },
  quiet: {
    "nothing changed": { before: perRow(5_000), after: perRow(5_000) },
    "it got better": { before: perRow(5_000), after: joined },
    "it grew with the data": { before: perRow(5_000), after: perRow(6_500) },
    "the runs are few": { before: joined, after: perRow(400) },
    "it does no more than the join did": { before: joined, after: perRow(600, { blocks: 20, cost: 290 }) },
    "it is hashed in both": { before: plan(hashed(false)), after: plan({ ...hashed(false), totalCost: 900 }) },
  },
});
