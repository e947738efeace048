import type { PlanNode } from "../../src/plan/plan.js";
import { describeRule } from "../support/describe-rule.js";
import { actual, node, partition, plan, seqScan } from "../support/plans.js";

/** A read of so many partitions of `events`, of so many blocks each. */
function events(partitions: number, blocks: number, more: { ran?: number; rows?: number } = {}): PlanNode {
  const { ran = partitions, rows = 100 } = more;
  const members = Array.from({ length: partitions }, (_, index) =>
    seqScan(partition(`events_${index}`, "events"), {
      alias: "e",
      role: "Member",
      totalCost: blocks,
      rowsPerLoop: rows,
      actual: index < ran ? actual(rows, { sharedBlocks: blocks }) : actual(0, { loops: 0 }),
    }),
  );
  const totalCost = blocks * ran;
  return node("Append", { totalCost, actual: actual(rows * ran, { sharedBlocks: blocks * ran }) }, members);
}

function onlyPlanned(partitions: number): PlanNode {
  const members = Array.from({ length: partitions }, (_, index) =>
    seqScan(partition(`events_${index}`, "events"), { alias: "e", role: "Member", totalCost: 50 }),
  );
  return node("Append", { totalCost: 50 * partitions }, members);
}

describeRule("partitions-not-pruned", {
  reports: {
    "one partition was read and now all are": {
      before: events(1, 50),
      after: events(12, 50),
      titles: ["12 partitions of public.events are read instead of 1"],
      relation: "public.events",
    },
    "they were pruned while running, and are not any more": {
      before: events(12, 50, { ran: 2 }),
      after: events(12, 50),
      titles: ["12 partitions of public.events are read instead of 2"],
    },
    "neither plan was executed": {
      before: plan(onlyPlanned(1), "off"),
      after: plan(onlyPlanned(6), "off"),
      titles: ["6 partitions of public.events are read instead of 1"],
    },
  },
  quiet: {
    "the same are read": { before: events(6, 50), after: events(6, 50) },
    "fewer are read": { before: events(6, 50), after: events(1, 50) },
    "a partition with data was added": { before: events(6, 50), after: events(7, 50) },
    "a partition was split in two": { before: events(1, 50), after: events(2, 25, { rows: 50 }) },
    "the ratio is allowed": { before: events(2, 50), after: events(4, 50), options: { maxRatio: 2 } },
    "those that are added are empty": { before: events(1, 50), after: events(12, 50), tableRows: 0 },
    "no partitioned table is read": { before: seqScan("orders"), after: seqScan("orders", { totalCost: 900 }) },
  },
});
