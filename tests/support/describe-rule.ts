import { type Change, comparePlans } from "../../src/plan/change.js";
import type { Expectations, KnownNames } from "../../src/plan/expectations.js";
import type { Plan, PlanNode } from "../../src/plan/plan.js";
import { checkChange } from "../../src/rules/index.js";
import { resolveRule } from "../../src/rules/settings.js";
import { plan } from "./plans.js";
import { expectReadable } from "./readable.js";

/** Two plans, and what the rule should make of them. */
export interface RuleExample {
  /** Absent where the query is new. */
  readonly before?: PlanNode | Plan;
  readonly after: PlanNode | Plan;
  /** Rows of every relation in today's database. */
  readonly tableRows?: number;
  readonly options?: Readonly<Record<string, number>>;
  /** Expected titles; only where the rule should report. */
  readonly titles?: readonly string[];
  /** Expected `relation` of the first finding. */
  readonly relation?: string;
  /** What the query's header expects. */
  readonly expect?: Expectations;
  readonly severity?: "error" | "warn" | "info";
  /** Of a generic plan: those for the values. */
  readonly custom?: { readonly before: PlanNode; readonly after: PlanNode };
}

/** What the rule of this id says about a change, under these options. */
function findingsOf(id: string, change: Change, options: Readonly<Record<string, number>> = {}) {
  const layers = [{ [id]: options }];
  return checkChange(change, (rule) => (rule === id ? resolveRule(id, layers) : { severity: "off", options: {} }));
}

/** The table `orders` with its key, and a partitioned one. */
const names: KnownNames = {
  hasTable: (name) => /^(public\.)?(orders|events|events_1)$/.test(name),
  tableOfIndex: (name) => (/^(public\.)?orders_pkey$/.test(name) ? { schema: "public", name: "orders" } : undefined),
  partitionedIndex: (_, name) => /^(events)_\d+(_.*)$/.exec(name)?.slice(1).join(""),
};

function changeOf({ before, after, tableRows = 100_000, custom, expect: expectations }: RuleExample): Change {
  const expected = expectations ? { expected: { expectations: [expectations], names } } : {};
  const whole = (side: PlanNode | Plan) => ("root" in side ? side : plan(side));
  if (!before) return { kind: "new", after: whole(after), rowsOf: () => tableRows, ...expected };
  const change = { ...comparePlans(whole(before), whole(after), () => tableRows), ...expected };
  return custom ? { ...change, custom: { before: plan(custom.before), after: plan(custom.after) } } : change;
}

/** Tests a rule in both directions: what it must report, and where it must stay quiet. */
export function describeRule(
  id: string,
  examples: {
    readonly reports: Readonly<Record<string, RuleExample>>;
    readonly quiet: Readonly<Record<string, RuleExample>>;
  },
): void {
  describe(id, () => {
    test.each(Object.entries(examples.reports))("reports when %s", (_, example) => {
      const found = findingsOf(id, changeOf(example), example.options);
      expect(found.map(({ title }) => title)).toEqual(example.titles);
      expect(found[0]?.severity).toBe(example.severity ?? "error");
      if (example.relation !== undefined) expect(found[0]?.relation).toBe(example.relation);
      for (const finding of found) expectReadable(finding);
    });
    test.each(Object.entries(examples.quiet))("stays quiet when %s", (_, example) => {
      expect(findingsOf(id, changeOf(example), example.options)).toEqual([]);
    });
  });
}
