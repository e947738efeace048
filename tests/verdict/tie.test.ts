import { comparePlans } from "../../src/plan/change.js";
import type { Plan } from "../../src/plan/plan.js";
import { type RuleFinding, rules } from "../../src/rules/index.js";
import { calmInTie, rulesAboutShape } from "../../src/verdict/tie.js";
import { actual, indexScan, plan, seqScan } from "../support/plans.js";

const did = actual(10, { sharedBlocks: 40 });
const byIndex = plan(indexScan("orders", "orders_pkey", { totalCost: 100, actual: did }));
const whole = plan(seqScan("orders", { totalCost: 105, actual: did }));

const found = (rule: string): RuleFinding => ({
  ...{ rule, severity: "error", why: "", relation: null, title: rule, fix: "", before: null, after: null },
});
const severities = (before: Plan, after: Plan, ...names: readonly string[]) =>
  calmInTie(
    names.map(found),
    comparePlans(before, after, () => 100_000),
    1.1,
  ).map(({ rule, severity }) => [rule, severity]);

test("in a measured tie what rules about shape found is information, and stands behind what was measured", () => {
  expect(severities(byIndex, whole, "index-scan-lost", "blocks-increased")).toEqual([
    ["blocks-increased", "error"],
    ["index-scan-lost", "info"],
  ]);
});

test("it stays an error where more was done, where nothing was measured, and where both are built alike", () => {
  const error = [["index-scan-lost", "error"]];
  const more = plan({ ...whole.root, actual: actual(10, { sharedBlocks: 400 }) });
  expect(severities(byIndex, more, "index-scan-lost")).toEqual(error);
  const { actual: _, ...planned } = whole.root;
  expect(severities(byIndex, plan(planned, "it is too dear"), "index-scan-lost")).toEqual(error);
  expect(severities(byIndex, byIndex, "index-scan-lost")).toEqual(error);
});

test("rules about shape are registered under these names", () => {
  const names = rules.map(({ id }): string => id);
  expect([...rulesAboutShape].filter((id) => !names.includes(id))).toEqual([]);
});
