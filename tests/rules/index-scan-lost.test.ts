import { describeRule } from "../support/describe-rule.js";
import { actual, bitmapScan, indexScan, node, partition, seqScan } from "../support/plans.js";

const byIndex = indexScan("orders", "orders_customer_id_idx", { totalCost: 8 });
const whole = seqScan("orders", { totalCost: 2_000 });

function nestedLoop(outerRows: number, inner: ReturnType<typeof seqScan>) {
  const outer = seqScan("tenants", { role: "Outer", rowsPerLoop: outerRows, totalCost: 10 });
  return node("Nested Loop", { totalCost: 10 + outerRows * inner.totalCost }, [outer, { ...inner, role: "Inner" }]);
}

function limit(rows: number, child: ReturnType<typeof seqScan>) {
  const share = child.operator === "Sort" ? 1 : rows / child.rowsPerLoop;
  return node("Limit", { rowsPerLoop: rows, totalCost: child.totalCost * share }, [{ ...child, role: "Outer" }]);
}

function append(...children: readonly ReturnType<typeof seqScan>[]) {
  const totalCost = children.reduce((sum, child) => sum + child.totalCost, 0);
  return node(
    "Append",
    { totalCost },
    children.map((child) => ({ ...child, role: "Member" as const })),
  );
}

const january = partition("events_2026_01", "events");
const february = partition("events_2026_02", "events");

describeRule("index-scan-lost", {
  reports: {
    "an index scan is now a sequential one": {
      before: byIndex,
      after: whole,
      titles: ["public.orders is read whole instead of through `orders_customer_id_idx`"],
      relation: "public.orders",
    },
    "a bitmap scan is now a sequential one": {
      before: bitmapScan("orders", "orders_status_idx", { totalCost: 40 }),
      after: whole,
      titles: ["public.orders is read whole instead of through `orders_status_idx`"],
    },
    "only one side of a self-join lost its index": {
      before: node("Hash Join", { totalCost: 16 }, [
        indexScan("users", "users_pkey", { alias: "u", role: "Outer", totalCost: 8 }),
        indexScan("users", "users_manager_idx", { alias: "m", role: "Inner", totalCost: 8 }),
      ]),
      after: node("Hash Join", { totalCost: 908 }, [
        indexScan("users", "users_pkey", { alias: "u", role: "Outer", totalCost: 8 }),
        seqScan("users", { alias: "m", role: "Inner", totalCost: 900 }),
      ]),
      titles: ["public.users is read whole instead of through `users_manager_idx`"],
    },
    "each partition lost its index, as one finding about their parent": {
      before: append(
        indexScan(january, "events_2026_01_pkey", { alias: "e", totalCost: 8 }),
        indexScan(february, "events_2026_02_pkey", { alias: "e", totalCost: 8 }),
      ),
      after: append(
        seqScan(january, { alias: "e", totalCost: 500 }),
        seqScan(february, { alias: "e", totalCost: 700 }),
      ),
      titles: ["public.events is read whole (2 partitions) instead of through `events_2026_02_pkey`"],
      relation: "public.events",
    },
    "the inner side of a nested loop is read whole in each loop": {
      before: nestedLoop(1_000, byIndex),
      after: nestedLoop(1_000, whole),
      titles: ["public.orders is read whole instead of through `orders_customer_id_idx`"],
    },
    "an ordered index scan that a Limit cut short became a whole read": {
      before: limit(10, indexScan("orders", "orders_created_idx", { totalCost: 9_000, rowsPerLoop: 100_000 })),
      after: limit(
        10,
        node("Sort", { totalCost: 5_000, rowsPerLoop: 100_000 }, [
          { ...seqScan("orders", { totalCost: 4_000, rowsPerLoop: 100_000 }), role: "Outer" },
        ]),
      ),
      titles: ["public.orders is read whole instead of through `orders_created_idx`"],
    },
    "a renamed relation lost it": {
      before: indexScan("orders", "orders_pkey", { alias: "o", totalCost: 8 }),
      after: seqScan("purchases", { alias: "o", totalCost: 900 }),
      titles: ["public.purchases is read whole instead of through `orders_pkey`"],
    },
    "another relation is read in a cheaper way for it, as information": {
      before: node("Nested Loop", { totalCost: 1_000 }, [{ ...byIndex, role: "Outer" }]),
      after: node("Hash Join", { totalCost: 1_050 }, [{ ...whole, totalCost: 900, role: "Outer" }]),
      titles: ["public.orders is read whole instead of through `orders_customer_id_idx`"],
      severity: "info",
    },
    "a little more data makes the planner read it whole, at about the same work, as information": {
      before: node("Sort", { totalCost: 3_000, actual: actual(9_000, { sharedBlocks: 400 }) }, [
        {
          ...bitmapScan("orders", "orders_status_idx", {
            totalCost: 700,
            actual: actual(9_000, { sharedBlocks: 400 }),
          }),
          role: "Outer",
        },
      ]),
      after: node("Sort", { totalCost: 3_150, actual: actual(9_500, { sharedBlocks: 640 }) }, [
        { ...whole, totalCost: 800, role: "Outer", actual: actual(9_500, { sharedBlocks: 640, rowsRemoved: 2_000 }) },
      ]),
      titles: ["public.orders is read whole instead of through `orders_status_idx`"],
      severity: "info",
    },
    "the estimates say it is as good, and the blocks touched say otherwise": {
      before: node("Nested Loop", { totalCost: 1_000, actual: actual(1, { sharedBlocks: 40 }) }, [
        { ...byIndex, role: "Outer", actual: actual(1) },
      ]),
      after: node("Hash Join", { totalCost: 900, actual: actual(1, { sharedBlocks: 4_000 }) }, [
        { ...whole, totalCost: 800, role: "Outer", actual: actual(1) },
      ]),
      titles: ["public.orders is read whole instead of through `orders_customer_id_idx`"],
    },
  },
  quiet: {
    "both plans use the index": { before: byIndex, after: byIndex },
    "another index took over": { before: byIndex, after: indexScan("orders", "orders_other_idx", { totalCost: 9 }) },
    "both plans read the table whole": { before: whole, after: whole },
    "the sequential scan became an index scan": { before: whole, after: byIndex },
    "the table is small": { before: byIndex, after: whole, tableRows: 999 },
    "minRows is above the table": { before: byIndex, after: whole, options: { minRows: 200_000 } },
    "reading it whole once costs less than the loops did": {
      before: nestedLoop(1_000, byIndex),
      after: node("Hash Join", {}, [
        seqScan("tenants", { role: "Outer", rowsPerLoop: 1_000 }),
        node("Hash", { role: "Inner" }, [{ ...whole, role: "Outer" }]),
      ]),
    },
    "the loops that were really run made the index dearer, though fewer were expected": {
      before: {
        ...nestedLoop(1, { ...byIndex, actual: actual(5_000, { loops: 5_000 }) }),
        actual: actual(5_000),
      },
      after: node("Hash Join", { actual: actual(1) }, [
        seqScan("tenants", { role: "Outer", actual: actual(5_000) }),
        node("Hash", { role: "Inner", actual: actual(1) }, [{ ...whole, role: "Outer", actual: actual(1) }]),
      ]),
    },
    "the two ways to read it are a tie": {
      before: indexScan("orders", "orders_status_idx", { totalCost: 1_900 }),
      after: whole,
    },
    "another schema's table of the same name is read whole in both": {
      before: node("Append", {}, [
        indexScan("archive.orders", "orders_pkey", { alias: "orders", role: "Member" }),
        seqScan("public.orders", { role: "Member", totalCost: 2_000 }),
      ]),
      after: node("Append", {}, [
        indexScan("archive.orders", "orders_pkey", { alias: "orders", role: "Member" }),
        seqScan("public.orders", { role: "Member", totalCost: 2_000 }),
      ]),
    },
    "a new, empty partition is read whole": {
      before: append(indexScan(january, "a", { alias: "e", totalCost: 8 })),
      after: append(
        indexScan(january, "a", { alias: "e", totalCost: 8 }),
        seqScan(february, { alias: "e", totalCost: 0 }),
      ),
    },
  },
});
