import type { NewPlan } from "../plan/change.js";
import type { Plan } from "../plan/plan.js";
import { checkChange } from "../rules/index.js";
import { resolveRule } from "../rules/settings.js";
import type { Comparing } from "./compare.js";
import type { Finding, Severity } from "./verdict.js";

/** What can be said of a plan that nothing is compared with, after `remark`, which says so itself; worst first. */
export function judgeNewPlan(comparing: Comparing, query: string, after: Plan, remark: Finding): readonly Finding[] {
  const expected = comparing.expectedOf?.(query);
  const change: NewPlan = { kind: "new", after, rowsOf: comparing.rowsOf, ...(expected ? { expected } : {}) };
  const layers = comparing.rulesFor(query);
  const found = checkChange(change, (id) => resolveRule(id, layers));
  const findings = found.map(({ suspect: _, harmless: __, ...finding }): Finding => ({ ...finding, cause: null }));
  return [remark, ...findings].sort((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
}

const severityOrder: Readonly<Record<Severity, number>> = { error: 0, warn: 1, info: 2 };
