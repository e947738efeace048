import { readTree, writeTree } from "../../src/baselines/tree-text.js";
import { comparePlans } from "../../src/plan/change.js";
import { planStructure, redactLiterals, roundPlan } from "../../src/plan/normalise.js";
import type { Plan } from "../../src/plan/plan.js";
import { checkChange } from "../../src/rules/index.js";
import { resolveRule } from "../../src/rules/settings.js";
import { capturedMajors, capturedPlans, readPlan, regressionTestPlans } from "../support/captured-plans.js";

const everyCapture = capturedMajors.flatMap(capturedPlans);
const texts = [...everyCapture.flatMap(({ plain, analyzed }) => [plain, analyzed]), ...regressionTestPlans()];
const plans = texts.map((text) => roundPlan(redactLiterals(readPlan(text), new Set())));

/** Every rule at its strictest: no floor keeps it quiet. */
function findings(before: Plan, after: Plan) {
  return checkChange(
    comparePlans(before, after, () => 1_000_000),
    (id) => resolveRule(id, []),
  );
}

test("a stored plan is read as it was written", () => {
  for (const plan of plans) {
    const text = writeTree(plan.root);
    expect(readTree(text)).toEqual(plan.root);
    expect(writeTree(readTree(text))).toBe(text);
  }
});

test("rounding and redacting a stored plan changes nothing", () => {
  for (const plan of plans) {
    expect(roundPlan(plan)).toEqual(plan);
    expect(redactLiterals(plan, new Set())).toEqual(plan);
  }
});

test("no rule finds anything in a plan beside itself", () => {
  for (const plan of plans) expect(findings(plan, plan)).toEqual([]);
});

test("every plan can be looked at by itself, and raises a handful of flags at most", () => {
  for (const after of plans) {
    const flags = checkChange({ kind: "new", after, rowsOf: () => 1_000_000 }, (id) => resolveRule(id, []));
    expect(flags.length).toBeLessThanOrEqual(3);
    expect(flags.every(({ rule, title, fix }) => rule === "red-flags" && title !== "" && fix !== "")).toBe(true);
  }
});

test("plans of different majors can be compared", () => {
  const byName = Map.groupBy(everyCapture, ({ name }) => name);
  for (const sameStatement of byName.values()) {
    const [first, ...others] = sameStatement.map(({ analyzed }) => roundPlan(readPlan(analyzed)));
    for (const other of others) {
      if (first) expect(findings(first, other).every(({ title, fix }) => title !== "" && fix !== "")).toBe(true);
    }
  }
});

test("2,500 plans are parsed and normalised in less than five seconds on a loaded machine", () => {
  const many = Array.from({ length: 2_500 }, (_, n) => texts[n % texts.length] ?? "");
  const started = process.cpuUsage();
  for (const text of many) planStructure(roundPlan(redactLiterals(readPlan(text), new Set(["1", "a"]))));
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(5);
});
