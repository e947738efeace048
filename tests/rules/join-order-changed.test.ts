import { describeRule } from "../support/describe-rule.js";
import { join } from "../support/joins.js";
import { seqScan } from "../support/plans.js";

const [a, b, c] = [seqScan("a"), seqScan("b"), seqScan("c")];
const aFirst = (totalCost: number) => join("Hash Join", join("Hash Join", a, b), c, { totalCost });
const cFirst = (totalCost: number) => join("Hash Join", join("Hash Join", c, b), a, { totalCost });

describeRule("join-order-changed", {
  reports: {
    "others are joined first and it costs more, as information": {
      before: aFirst(100),
      after: cFirst(200),
      titles: ["tables are joined in another order: public.c with public.b first, instead of public.a with public.b"],
      severity: "info",
    },
  },
  quiet: {
    "the order is the same and it costs more": { before: aFirst(100), after: aFirst(200) },
    "it costs the same": { before: aFirst(100), after: cFirst(105) },
    "it got cheaper": { before: aFirst(200), after: cFirst(100) },
    "only the sides changed places": {
      before: join("Hash Join", a, b, { totalCost: 100 }),
      after: join("Hash Join", b, a, { totalCost: 200 }),
    },
    "this query may cost more": { before: aFirst(100), after: cFirst(200), options: { maxRatio: 3 } },
  },
});
