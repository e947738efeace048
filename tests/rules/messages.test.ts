import { comparePlans } from "../../src/plan/change.js";
import { roundPlan } from "../../src/plan/normalise.js";
import type { Plan } from "../../src/plan/plan.js";
import { checkChange, type RuleFinding, rules } from "../../src/rules/index.js";
import { resolveRule } from "../../src/rules/settings.js";
import { capturedMajors, capturedPlans, parse } from "../support/captured-plans.js";
import { expectReadable, expectToFit, withLongNames } from "../support/readable.js";

/** Plans of real servers, executed and not. */
function plansOf(major: number): readonly Plan[] {
  return capturedPlans(major).flatMap(({ analyzed, plain }) =>
    [analyzed, plain].flatMap((text) => {
      const parsed = parse(text);
      return parsed.kind === "plan" ? [roundPlan(parsed.plan)] : [];
    }),
  );
}

/** What the rules say where any captured plan of a major takes the place of any other; tables are large. */
function findingsOf(major: number) {
  const plans = plansOf(major);
  return plans.flatMap((before) =>
    plans.flatMap((after) => {
      const change = comparePlans(before, after, () => 1_000_000);
      const planned = checkChange(change, (id) => resolveRule(id, []));
      const asNew = checkChange({ kind: "new", after, rowsOf: () => 1_000_000 }, (id) => resolveRule(id, []));
      return [...planned, ...asNew].map((finding) => ({ finding, before, after }));
    }),
  );
}

/** One of each wording: the same sentence with other names and figures reads the same. */
function distinct<T extends { readonly finding: RuleFinding }>(found: readonly T[]): readonly T[] {
  const wording = ({ finding: { rule, title, fix } }: T) =>
    [rule, title, fix].join("\n").replace(/`[^`]*`|[\d.,]+|shop\.\w+/g, "…");
  return [...new Map(found.map((one) => [wording(one), one])).values()];
}

test.each(capturedMajors)(
  "whatever rules say of real plans of PostgreSQL %i can be read without having seen EXPLAIN",
  (major) => {
    const found = distinct(findingsOf(major));
    for (const { finding } of found) expectReadable(finding);
    expect(new Set(found.map(({ finding }) => finding.rule)).size).toBeGreaterThanOrEqual(10);
  },
);

test("whatever rules say of real plans fits into 80 columns, with names as long as PostgreSQL lets them be", () => {
  const found = distinct(findingsOf(17));
  for (const { before, after } of found) {
    const change = comparePlans(withLongNames(before), withLongNames(after), () => 1_000_000);
    expectToFit(
      checkChange(change, (id) => resolveRule(id, [])),
      change,
    );
  }
});

test.each(rules.map(({ id, why, summary, options }) => ({ id, why, summary, options })))(
  "$id is explained in whole sentences",
  ({ why, summary, options }) => {
    const sentences = [why, summary, ...Object.values(options).flatMap(({ means, because }) => [means, because])];
    for (const text of sentences) expect(text).toMatch(/\S.*\.$/);
  },
);
