import { describeRule } from "../support/describe-rule.js";
import { plan, seqScan } from "../support/plans.js";

function costs(totalCost: number, settings: Readonly<Record<string, string>> = {}) {
  return { ...plan(seqScan("orders", { totalCost })), settings };
}

const title =
  "the query's estimated cost is now above `jit_above_cost` (100,000 planner units): PostgreSQL compiles it each time it runs";

describeRule("jit-threshold", {
  reports: {
    "the cost crosses the threshold": {
      before: costs(60_000),
      after: costs(130_000),
      titles: [title],
      severity: "warn",
    },
    "the threshold is lowered below the cost": {
      before: costs(5_000),
      after: costs(5_000, { jit_above_cost: "1000" }),
      titles: [
        "the query's estimated cost is now above `jit_above_cost` (1,000 planner units): PostgreSQL compiles it each time it runs",
      ],
      severity: "warn",
    },
    "this team's threshold is another": {
      before: costs(3_000),
      after: costs(9_000),
      options: { jitAboveCostPlannerUnits: 5_000 },
      titles: [
        "the query's estimated cost is now above `jit_above_cost` (5,000 planner units): PostgreSQL compiles it each time it runs",
      ],
      severity: "warn",
    },
  },
  quiet: {
    "both stay below": { before: costs(10_000), after: costs(90_000) },
    "both are above": { before: costs(110_000), after: costs(300_000) },
    "it falls below": { before: costs(130_000), after: costs(60_000) },
    "growth alone crosses it": { before: costs(97_000), after: costs(102_000) },
    "jit is off": { before: costs(60_000, { jit: "off" }), after: costs(130_000, { jit: "off" }) },
    "nothing is compiled at any cost": {
      before: costs(60_000, { jit_above_cost: "-1" }),
      after: costs(130_000, { jit_above_cost: "-1" }),
    },
  },
});
