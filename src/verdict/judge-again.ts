import type { Plan } from "../plan/plan.js";
import { type Comparing, compareSubject } from "./compare.js";
import { judgeNewPlan } from "./new-plan.js";
import type { Finding, Outcome } from "./verdict.js";

/** A rule that also looks at the plan for the values: one other plan tells nothing about what it found. */
const needsBothPlans = "generic-worse-than-custom";

/** Judges another plan of an outcome's query as the outcome was judged: by its plan before, where it has one, and the same rules. */
export function judgeAgain(comparing: Comparing, outcome: Outcome, after: Plan): Pick<Outcome, "kind" | "findings"> {
  const { name, case: caseName, plan: kind, before } = outcome;
  if (!before) {
    const remark = outcome.findings.find(({ rule }) => rule === outcome.kind);
    return remark ? { kind: outcome.kind, findings: judgeNewPlan(comparing, name, after, remark) } : outcome;
  }
  const judged = compareSubject(
    comparing,
    outcome,
    { case: caseName, kind, plan: before },
    { kind: "plan", plan: after },
  );
  return { kind: judged.kind, findings: [...judged.findings, ...outcome.findings.filter(isOfBothPlans)] };
}

/** Whether a finding compares a generic plan with the one for the values, or explains one that does. */
export function isOfBothPlans({ rule, also = [] }: Finding): boolean {
  return rule === needsBothPlans || also.some((seen) => seen.rule === needsBothPlans);
}
