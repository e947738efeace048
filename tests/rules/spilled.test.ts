import { describeRule } from "../support/describe-rule.js";
import { sort } from "../support/joins.js";
import { actual, plan, seqScan } from "../support/plans.js";

function sorted(tempBlocks: number, rows = 5_000, workMem?: string) {
  const scan = seqScan("orders", { totalCost: 100, actual: actual(rows, { sharedBlocks: 80 }) });
  const root = sort("total", scan, { totalCost: 300, actual: actual(rows, { sharedBlocks: 80, tempBlocks }) });
  return { ...plan(root), settings: workMem === undefined ? {} : { work_mem: workMem } };
}

describeRule("spilled", {
  reports: {
    "a sort no longer fits into less memory": {
      before: sorted(0),
      after: sorted(800, 5_000, "64kB"),
      titles: [
        "a sort no longer fits into memory (`work_mem`): 800 temporary blocks of 8 kB are written or read instead of none",
      ],
    },
    "it spills as before, and far more": {
      before: sorted(100),
      after: sorted(300),
      titles: [
        "a sort no longer fits into memory (`work_mem`): 300 temporary blocks of 8 kB are written or read instead of 100",
      ],
    },
    "many more rows are sorted": {
      before: sorted(0),
      after: sorted(800, 9_000),
      titles: [
        "a sort no longer fits into memory (`work_mem`): 800 temporary blocks of 8 kB are written or read instead of none",
      ],
    },
    "the rows became wider": {
      before: sorted(0),
      after: sorted(800),
      titles: [
        "a sort no longer fits into memory (`work_mem`): 800 temporary blocks of 8 kB are written or read instead of none",
      ],
    },
    "a few per cent more rows go over the edge, as information": {
      before: sorted(0),
      after: sorted(800, 5_200),
      titles: [
        "a sort no longer fits into memory (`work_mem`): 800 temporary blocks of 8 kB are written or read instead of none",
      ],
      severity: "info",
    },
    "a few more rows, and less memory as well": {
      before: sorted(0),
      after: sorted(800, 5_200, "64kB"),
      titles: [
        "a sort no longer fits into memory (`work_mem`): 800 temporary blocks of 8 kB are written or read instead of none",
      ],
    },
  },
  quiet: {
    "nothing spills": { before: sorted(0), after: sorted(0) },
    "it spills as much as before": { before: sorted(800), after: sorted(810) },
    "it no longer spills": { before: sorted(800), after: sorted(0) },
    "the blocks are few": { before: sorted(0), after: sorted(20) },
    "a side was not measured": { before: plan(seqScan("orders")), after: sorted(800) },
  },
});
