import type { PlanNode } from "../../src/plan/plan.js";
import { describeRule } from "../support/describe-rule.js";
import { actual, indexScan, node, partition, plan, seqScan } from "../support/plans.js";

function table(name: string, blocks: number, rows: number): PlanNode {
  return seqScan(name, {
    totalCost: blocks + rows / 100,
    rowsPerLoop: rows,
    actual: actual(rows, { sharedBlocks: blocks }),
  });
}

function joined(...children: readonly PlanNode[]): PlanNode {
  const totalCost = children.reduce((sum, child) => sum + child.totalCost, 0);
  const sharedBlocks = children.reduce((sum, child) => sum + (child.actual?.sharedBlocks ?? 0), 0);
  const [outer, inner] = children;
  const below = [
    ...(outer ? [{ ...outer, role: "Outer" as const }] : []),
    ...(inner ? [{ ...inner, role: "Inner" as const }] : []),
  ];
  return node("Hash Join", { totalCost, rowsPerLoop: 100, actual: actual(100, { sharedBlocks }) }, below);
}

const orders = table("orders", 200, 10_000);

describeRule("relation-added", {
  reports: {
    "an outer join can no longer be left out": {
      before: orders,
      after: joined(orders, table("customers", 150, 9_000)),
      titles: ["the query now reads public.customers as well: 150 blocks of 8 kB"],
      relation: "public.customers",
    },
    "the same table is read a second time": {
      before: orders,
      after: joined(orders, { ...orders, alias: "o2" }),
      titles: ["the query now reads public.orders as well: 200 blocks of 8 kB"],
    },
    "neither plan was executed": {
      before: plan(seqScan("orders", { totalCost: 300 }), "off"),
      after: plan(
        node("Hash Join", { totalCost: 700 }, [
          seqScan("orders", { totalCost: 300, role: "Outer" }),
          seqScan("customers", { totalCost: 400, role: "Inner" }),
        ]),
        "off",
      ),
      titles: ["the query now reads public.customers as well: an estimated cost of 400 planner units"],
    },
  },
  quiet: {
    "both read the same": {
      before: joined(orders, table("customers", 150, 9_000)),
      after: joined(orders, table("customers", 150, 9_000)),
    },
    "a relation is read no more": { before: joined(orders, table("customers", 150, 9_000)), after: orders },
    "a small table is looked up in": { before: orders, after: joined(orders, table("currencies", 1, 30)) },
    "the query is hardly dearer": {
      before: table("orders", 5_000, 10_000),
      after: joined(table("orders", 5_000, 10_000), table("customers", 150, 9_000)),
    },
    "the ratio is allowed": {
      before: orders,
      after: joined(orders, table("customers", 150, 9_000)),
      options: { maxRatio: 2 },
    },
    "a table was renamed": { before: orders, after: table("purchases", 400, 20_000) },
    "a partition was added": {
      before: node("Append", { totalCost: 100, actual: actual(1_000, { sharedBlocks: 100 }) }, [
        indexScan(partition("events_1", "events"), "a", {
          alias: "e",
          role: "Member",
          actual: actual(1_000, { sharedBlocks: 100 }),
        }),
      ]),
      after: node("Append", { totalCost: 200, actual: actual(2_000, { sharedBlocks: 200 }) }, [
        indexScan(partition("events_1", "events"), "a", {
          alias: "e",
          role: "Member",
          actual: actual(1_000, { sharedBlocks: 100 }),
        }),
        indexScan(partition("events_2", "events"), "b", {
          alias: "e",
          role: "Member",
          actual: actual(1_000, { sharedBlocks: 100 }),
        }),
      ]),
    },
  },
});
