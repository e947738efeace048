import { describeRule } from "../support/describe-rule.js";
import { join, sort } from "../support/joins.js";
import { actual, indexScan, node, seqScan } from "../support/plans.js";

const ordered = node("Limit", { totalCost: 5, rowsPerLoop: 10, actual: actual(10, { sharedBlocks: 12 }) }, [
  indexScan("orders", "orders_created_idx", {
    role: "Outer",
    totalCost: 900,
    rowsPerLoop: 5_000,
    actual: actual(10, { sharedBlocks: 12 }),
  }),
]);

function sorted(rows: number, cost: number, blocks = 80) {
  const scan = seqScan("orders", {
    totalCost: cost,
    rowsPerLoop: rows,
    actual: actual(rows, { sharedBlocks: blocks }),
  });
  const top = sort("created_at DESC", scan, { actual: actual(10, { sharedBlocks: blocks }) });
  return node("Limit", { totalCost: cost, rowsPerLoop: 10, actual: actual(10, { sharedBlocks: blocks }) }, [
    { ...top, role: "Outer" },
  ]);
}

describeRule("sort-added", {
  reports: {
    "an index no longer delivers the order": {
      before: ordered,
      after: sorted(5_000, 300),
      titles: ["5,000 rows are sorted by `created_at DESC` for the result instead of none"],
    },
    "far more rows are sorted than before": {
      before: sorted(600, 60, 10),
      after: sorted(5_000, 300),
      titles: ["5,000 rows are sorted by `created_at DESC` for the result instead of 600"],
    },
    "a merge join wants its input sorted": {
      before: join("Hash Join", seqScan("orders"), seqScan("items"), { totalCost: 100 }),
      after: join(
        "Merge Join",
        sort("id", seqScan("orders", { rowsPerLoop: 9_000 })),
        indexScan("items", "items_pkey"),
        {
          totalCost: 900,
        },
      ),
      titles: ["9,000 rows are sorted by `id` for a merge join instead of none"],
    },
    "a query's own floor is lower": {
      before: ordered,
      after: sorted(200, 30),
      options: { minRows: 100 },
      titles: ["200 rows are sorted by `created_at DESC` for the result instead of none"],
    },
  },
  quiet: {
    "the same order is sorted for with a table more": {
      before: sort("total", seqScan("orders", { rowsPerLoop: 900 }), { totalCost: 100 }),
      after: sort("total", join("Nested Loop", seqScan("orders"), seqScan("tags"), { rowsPerLoop: 900 }), {
        totalCost: 900,
      }),
    },
    "nothing changed": { before: sorted(5_000, 300), after: sorted(5_000, 300) },
    "the sort is gone": { before: sorted(5_000, 300), after: ordered },
    "the rows are few": { before: ordered, after: sorted(400, 40) },
    "the sort grew with the data": { before: sorted(5_000, 300), after: sorted(6_000, 400, 100) },
    "it replaces something as dear": {
      before: indexScan("orders", "orders_created_idx", {
        totalCost: 900,
        actual: actual(5_000, { sharedBlocks: 900 }),
      }),
      after: sort(
        "created_at DESC",
        seqScan("orders", { totalCost: 250, rowsPerLoop: 5_000, actual: actual(5_000, { sharedBlocks: 80 }) }),
        { totalCost: 600 },
      ),
    },
  },
});
