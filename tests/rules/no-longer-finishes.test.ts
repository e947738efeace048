import { failedWhenExecuted, tooDear, tookTooLong } from "../../src/plan/not-measured.js";
import { describeRule } from "../support/describe-rule.js";
import { actual, plan, seqScan } from "../support/plans.js";

const ran = (totalCost = 900) => seqScan("orders", { totalCost, actual: actual(100, { sharedBlocks: 90 }) });
const unmeasured = (reason: string, totalCost = 900) => plan(seqScan("orders", { totalCost }), reason);

describeRule("no-longer-finishes", {
  reports: {
    "it ran, and now takes too long at the same cost": {
      before: ran(),
      after: unmeasured(tookTooLong(30)),
      titles: ["the query no longer finishes in time: it took longer than 30 s"],
    },
    "it ran, and now is too dear to be run": {
      before: ran(),
      after: unmeasured(tooDear(1_000_000), 5_000_000),
      titles: ["the query's estimated cost has become too high to run it here: 5,000,000 planner units instead of 900"],
    },
    "it ran, and now fails": {
      before: ran(),
      after: unmeasured(failedWhenExecuted("division by zero")),
      titles: ["the query fails when it runs: division by zero"],
    },
    "a column that it leaves out must now have a value": {
      before: ran(),
      after: unmeasured(
        failedWhenExecuted('null value in column "state" of relation "orders" violates not-null constraint'),
      ),
      titles: [
        'the query fails when it runs: null value in column "state" of relation "orders" violates not-null constraint',
      ],
    },
  },
  quiet: {
    "it still runs": { before: ran(), after: ran(50_000) },
    "it runs again": { before: unmeasured(tookTooLong(30)), after: ran() },
    "it took too long before": { before: unmeasured(tookTooLong(30)), after: unmeasured(tookTooLong(30)) },
    "growth alone makes it too dear": { before: ran(990_000), after: unmeasured(tooDear(1_000_000), 1_010_000) },
    "this query may become dearer": {
      before: ran(900_000),
      after: unmeasured(tooDear(1_000_000), 1_100_000),
      options: { minCostRatio: 2 },
    },
    "nothing is executed any more": { before: ran(), after: unmeasured("`explain.analyze` is off") },
    "the case's values meet a row of a larger seed": {
      before: ran(),
      after: unmeasured(failedWhenExecuted('duplicate key value violates unique constraint "orders_pkey"')),
    },
  },
});
