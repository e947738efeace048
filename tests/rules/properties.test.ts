import fc from "fast-check";
import { comparePlans } from "../../src/plan/change.js";
import type { Identity } from "../../src/plan/identity.js";
import { roundPlan } from "../../src/plan/normalise.js";
import type { Actual, Plan, PlanNode } from "../../src/plan/plan.js";
import { checkChange } from "../../src/rules/index.js";
import { resolveRule } from "../../src/rules/settings.js";
import { groupFindings } from "../../src/verdict/group.js";
import type { Severity } from "../../src/verdict/verdict.js";
import { capturedMajors, capturedPlans, parse, regressionTestPlans } from "../support/captured-plans.js";

const captured = capturedMajors.flatMap((major) =>
  capturedPlans(major).flatMap(({ plain, analyzed }) =>
    [plain, analyzed].flatMap((text) => {
      const parsed = parse(text);
      return parsed.kind === "plan" ? [{ major, plan: roundPlan(parsed.plan) }] : [];
    }),
  ),
);
const measured = captured.filter(({ plan }) => plan.root.actual).map(({ plan }) => plan);
const rank: Readonly<Record<Severity, number>> = { info: 0, warn: 1, error: 2 };

function check(before: Plan, after: Plan, identity?: Identity) {
  const change = comparePlans(before, after, () => 100_000, identity);
  return checkChange(change, (id) => resolveRule(id, []));
}

/** `rule relation` of what is above information. */
function loud(before: Plan, after: Plan): readonly string[] {
  return check(before, after)
    .filter(({ severity }) => severity !== "info")
    .map(({ rule, relation }) => `${rule} ${relation}`);
}

function worst(before: Plan, after: Plan): number {
  return Math.max(0, ...check(before, after).map(({ severity }) => rank[severity]));
}

function mapNodes(node: PlanNode, change: (node: PlanNode) => PlanNode): PlanNode {
  const changed = change(node);
  return { ...changed, children: changed.children.map((child) => mapNodes(child, change)) };
}

function mapPlan(plan: Plan, change: (node: PlanNode) => PlanNode): Plan {
  return { ...plan, root: mapNodes(plan.root, change) };
}

function mapActual(plan: Plan, change: (actual: Actual) => Actual): Plan {
  return mapPlan(plan, (node) => (node.actual ? { ...node, actual: change(node.actual) } : node));
}

const factor = fc.constantFrom(1, 1.05, 1.3, 1.6, 2.5, 12, 150);
const anyMeasured = fc.constantFrom(...measured);

/** A plan, what became of it, and both made larger, so that floors do not hide everything. */
const change = fc
  .record({
    one: anyMeasured,
    other: anyMeasured,
    same: fc.boolean(),
    size: fc.constantFrom(1, 40),
    cost: factor,
    work: factor,
    gist: fc.boolean(),
  })
  .map(({ one, other, same, size, cost, work, gist }) => {
    const built = gist ? withGist : (plan: Plan) => plan;
    const before = built(grown(one, size, size));
    return { before, after: built(grown(same ? one : other, size * cost, size * work)) };
  });

/** The same plan, had all its indexes trees that are left to chance. */
function withGist(plan: Plan): Plan {
  return mapPlan(plan, (node) => (node.index === undefined ? node : { ...node, accessMethod: "gist" }));
}

function grown(plan: Plan, cost: number, work: number): Plan {
  const costs = mapPlan(plan, (node) => ({
    ...node,
    startupCost: node.startupCost * cost,
    totalCost: node.totalCost * cost,
  }));
  return mapActual(costs, (actual) => ({
    ...actual,
    sharedBlocks: actual.sharedBlocks * work,
    tempBlocks: actual.tempBlocks * work,
    rowsRemoved: actual.rowsRemoved * work,
  }));
}

test("a plan compared with itself gives nothing", () => {
  expect(captured.length).toBeGreaterThan(500);
  for (const { plan } of captured) expect(check(plan, plan)).toEqual([]);
});

test("the changes of these properties make most rules speak", () => {
  const heard = new Set(
    fc
      .sample(change, { numRuns: 400, seed: 7 })
      .flatMap(({ before, after }) => check(before, after).map(({ rule }) => rule)),
  );
  expect(heard.size).toBeGreaterThanOrEqual(15);
});

test("no rule warns of a change and of its reverse", () => {
  fc.assert(
    fc.property(change, ({ before, after }) => {
      const reverse = new Set(loud(after, before));
      expect(loud(before, after).filter((one) => reverse.has(one))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("renaming everything on both sides changes nothing but names", () => {
  const renamed = (name: string) => `other_${name}`;
  const rename = (plan: Plan) =>
    mapPlan(plan, (node) => ({
      ...node,
      ...(node.relation ? { relation: renameRelation(node.relation) } : {}),
      ...(node.alias === undefined ? {} : { alias: renamed(node.alias) }),
      ...(node.index === undefined ? {} : { index: renamed(node.index) }),
    }));
  const renameRelation = ({ schema, name, partitionOf }: NonNullable<PlanNode["relation"]>) => ({
    schema,
    name: renamed(name),
    ...(partitionOf ? { partitionOf: { schema: partitionOf.schema, name: renamed(partitionOf.name) } } : {}),
  });
  fc.assert(
    fc.property(change, ({ before, after }) => {
      const [plain, other] = [check(before, after), check(rename(before), rename(after))];
      expect(other.map(({ rule, severity }) => [rule, severity])).toEqual(
        plain.map(({ rule, severity }) => [rule, severity]),
      );
    }),
    { numRuns: 200 },
  );
});

test("a renamed relation, paired by what is known of it, is no change", () => {
  for (const plan of measured) {
    const relations = new Map<string, string>();
    const after = mapPlan(plan, (node) => {
      if (!node.relation || node.relation.partitionOf) return node;
      const { schema, name } = node.relation;
      relations.set(`${schema}.${name}`, `${schema}.new_${name}`);
      return { ...node, relation: { schema, name: `new_${name}` } };
    });
    const found = check(plan, after, { relations, indexes: new Map() });
    expect(found.filter(({ severity }) => severity !== "info")).toEqual([]);
  }
});

describe("the worst severity never falls while one figure rises, the others fixed:", () => {
  const rises: Readonly<Record<string, (plan: Plan, times: number) => Plan>> = {
    cost: (plan, times) =>
      mapPlan(plan, (node) => ({ ...node, startupCost: node.startupCost * times, totalCost: node.totalCost * times })),
    "shared blocks": (plan, times) =>
      mapActual(plan, (actual) => ({ ...actual, sharedBlocks: (actual.sharedBlocks + 1) * times })),
    "temporary blocks": (plan, times) =>
      mapActual(plan, (actual) => ({ ...actual, tempBlocks: (actual.tempBlocks + 1) * times })),
    "rows removed": (plan, times) =>
      mapActual(plan, (actual) => ({ ...actual, rowsRemoved: (actual.rowsRemoved + 1) * times })),
    "expected rows": (plan, times) =>
      mapPlan(plan, (node) => ({ ...node, rowsPerLoop: Math.max(1, node.rowsPerLoop) * times })),
  };
  test.each(Object.keys(rises))("%s", (figure) => {
    const raise = rises[figure] as (plan: Plan, times: number) => Plan;
    fc.assert(
      fc.property(change, factor, factor, ({ before, after }, less, more) => {
        const [low, high] = [Math.min(less, more), Math.max(less, more)];
        // An estimate that was too low gets better by rising: only plans whose estimates are all too high get worse.
        fc.pre(figure !== "expected rows" || overestimates(after));
        expect(worst(before, raise(after, high))).toBeGreaterThanOrEqual(worst(before, raise(after, low)));
      }),
      { numRuns: 200 },
    );
  });

  function overestimates({ root }: Plan): boolean {
    const all = (node: PlanNode): readonly PlanNode[] => [node, ...node.children.flatMap(all)];
    return all(root).every(
      ({ actual, rowsPerLoop }) => !actual || Math.max(1, rowsPerLoop) * actual.loops >= actual.rows,
    );
  }
});

test("plans of different majors, and plans of nothing in common, are compared without an error", () => {
  const strange = regressionTestPlans().flatMap((text) => {
    const parsed = parse(text);
    return parsed.kind === "plan" ? [parsed.plan] : [];
  });
  expect(strange.length).toBeGreaterThan(200);
  const all = [...captured.map(({ plan }) => plan), ...strange];
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.constantFrom(...all), (before, after) => {
      groupFindings(check(before, after), after);
    }),
    { numRuns: 600 },
  );
});
