import type { Comparing } from "../../src/verdict/compare.js";
import { judgeAgain } from "../../src/verdict/judge-again.js";
import { indexScan, plan, seqScan } from "../support/plans.js";
import { finding, outcome } from "../support/verdicts.js";

const comparing: Comparing = {
  ...{ against: "accepted", rulesFor: () => [], tieMaxRatio: 1.1, causeOf: () => null },
  rowsOf: () => 100_000,
};
const byIndex = plan(indexScan("orders", "i", { totalCost: 8 }));
const whole = plan(seqScan("orders", { totalCost: 4_000 }));
const rulesOf = ({ findings }: Pick<ReturnType<typeof judgeAgain>, "findings">) => findings.map(({ rule }) => rule);

test("another plan is compared with the one before: a good one has no finding, the bad one its own", () => {
  const flagged = outcome("flagged", "q", { before: byIndex, after: whole, findings: [finding()] });
  expect(judgeAgain(comparing, flagged, byIndex)).toMatchObject({ kind: "passed", findings: [] });
  const again = judgeAgain(comparing, flagged, whole);
  expect(again.kind).toBe("flagged");
  expect(rulesOf(again)).toContain("index-scan-lost");
});

test("what hangs on the plan for the values too stays found", () => {
  const both = finding({ rule: "generic-worse-than-custom" });
  const asOther = finding({ rule: "cost-increased", also: [{ rule: "generic-worse-than-custom", title: "worse" }] });
  for (const kept of [both, asOther]) {
    const flagged = outcome("flagged", "q", { plan: "generic", before: byIndex, after: whole, findings: [kept] });
    expect(judgeAgain(comparing, flagged, byIndex).findings).toEqual([kept]);
  }
});

test("a new query's other plan is looked at by itself, and stays new", () => {
  const remark = finding({ rule: "unbaselined", severity: "info" });
  const flagged = outcome("unbaselined", "q", { after: whole, findings: [finding({ rule: "red-flags" }), remark] });
  expect(judgeAgain(comparing, flagged, byIndex)).toEqual({ kind: "unbaselined", findings: [remark] });
});
