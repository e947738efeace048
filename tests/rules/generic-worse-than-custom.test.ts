import { describeRule } from "../support/describe-rule.js";
import { actual, indexScan, seqScan } from "../support/plans.js";

const few = indexScan("jobs", "jobs_state_idx", { totalCost: 40, actual: actual(10, { sharedBlocks: 30 }) });
const whole = seqScan("jobs", { totalCost: 900, actual: actual(10, { sharedBlocks: 800 }) });
const planned = (totalCost: number) => indexScan("jobs", "jobs_state_idx", { totalCost });

describeRule("generic-worse-than-custom", {
  reports: {
    "the generic plan alone got worse": {
      before: few,
      after: whole,
      custom: { before: few, after: few },
      titles: ["the query's plan for all values (generic plan) does 27 times the work of the plan for these values"],
    },
    "neither ran": {
      before: planned(40),
      after: planned(4_000),
      custom: { before: planned(40), after: planned(40) },
      titles: ["the query's plan for all values (generic plan) does 100 times the work of the plan for these values"],
    },
    "a query's own ratio is lower": {
      before: planned(40),
      after: planned(120),
      custom: { before: planned(40), after: planned(40) },
      options: { maxRatio: 2 },
      titles: ["the query's plan for all values (generic plan) does 3 times the work of the plan for these values"],
    },
  },
  quiet: {
    "there is no custom plan to compare with": { before: few, after: whole },
    "the custom plan got worse as well": { before: few, after: whole, custom: { before: few, after: whole } },
    "the custom plan got better": { before: whole, after: whole, custom: { before: whole, after: few } },
    "it was as far apart before": { before: whole, after: whole, custom: { before: few, after: few } },
    "it got better": { before: whole, after: few, custom: { before: few, after: few } },
  },
});
