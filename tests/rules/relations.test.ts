import { comparePlans } from "../../src/plan/change.js";
import { checkChange } from "../../src/rules/index.js";
import { type RuleSettings, resolveRule } from "../../src/rules/settings.js";
import { indexScan, node, plan, seqScan } from "../support/plans.js";

const before = node("Append", {}, [indexScan("orders", "orders_pkey"), indexScan("audit_log", "audit_pkey")]);
const after = node("Append", { totalCost: 2_000 }, [
  seqScan("orders", { totalCost: 900 }),
  seqScan("audit_log", { totalCost: 900 }),
]);
const change = comparePlans(plan(before), plan(after), () => 5_000);

/** `relation severity` of what index-scan-lost finds under these layers. */
function found(...layers: readonly RuleSettings[]): readonly string[] {
  const resolve = (id: string) =>
    id === "index-scan-lost" ? resolveRule(id, layers) : { severity: "off" as const, options: {} };
  return checkChange(change, resolve)
    .map(({ relation, severity }) => `${relation} ${severity}`)
    .sort();
}

test("without settings for a relation every finding is as the rule has it", () => {
  expect(found()).toEqual(["public.audit_log error", "public.orders error"]);
});

test("a severity for one relation leaves the others alone", () => {
  expect(found({ "index-scan-lost": { relations: { "public.audit_log": { severity: "off" } } } })).toEqual([
    "public.orders error",
  ]);
  expect(
    found({ "index-scan-lost": { severity: "off", relations: { "public.orders": { severity: "warn" } } } }),
  ).toEqual(["public.orders warn"]);
});

test("a threshold for one relation goes over the rule's own, and takes the rest from it", () => {
  const own = { severity: "warn", minRows: 1, relations: { "public.audit_log": { minRows: 10_000 } } } as const;
  expect(found({ "index-scan-lost": own })).toEqual(["public.orders warn"]);
  const looser = { ...own, minRows: 10_000, relations: { "public.audit_log": { minRows: 1 } } };
  expect(found({ "index-scan-lost": looser })).toEqual(["public.audit_log warn"]);
});

test("a later layer's rule does not undo an earlier layer's relation, but its relation does", () => {
  const file = { "index-scan-lost": { relations: { "public.audit_log": { severity: "off" } } } } as const;
  expect(found(file, { "index-scan-lost": { severity: "warn" } })).toEqual(["public.orders warn"]);
  const header = { "index-scan-lost": { relations: { "public.audit_log": { severity: "warn" } } } } as const;
  expect(found(file, header)).toEqual(["public.audit_log warn", "public.orders error"]);
});
