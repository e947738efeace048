import type { AcceptedPlan } from "../baselines/baseline.js";
import type { Planned } from "../explain/explain.js";
import { type Change, comparePlans, type PlanChange } from "../plan/change.js";
import { planShape } from "../plan/normalise.js";
import type { Plan } from "../plan/plan.js";
import { checkChange } from "../rules/index.js";
import type { Suspect } from "../rules/rule.js";
import { type RuleSettings, resolveRule } from "../rules/settings.js";
import type { Cause, Finding, Outcome, OutcomeKind } from "./verdict.js";

/** Two plans of one query whose costs differ by less are a tie: no team would choose between them. */
const tieMaxRatio = 1.1;
/** A plan whose cost fell at least this much is worth accepting, so that the next regression is measured against it. */
const improvedMinRatio = 1.5;
const improvedMinPlannerUnits = 10;

/** Which plans come before: those that were accepted, or the base's, made in this run. */
export type Against = "accepted" | "base";

const thePlan = { accepted: "the accepted plan", base: "the base's plan" } as const;
const when = { accepted: "when accepted", base: "at the base" } as const;

/** By what plans are compared. */
export interface Comparing {
  readonly against: Against;
  /** Thresholds for a query, lowest layer first. */
  rulesFor(query: string): readonly RuleSettings[];
  rowsOf: PlanChange["rowsOf"];
  causeOf(suspect: Suspect): Cause | null;
}

/** Which subject an outcome is of. */
export type Description = Pick<Outcome, "name" | "case" | "plan" | "owner" | "place">;

/** Compares a plan with the one before, by every rule. */
export function compareSubject(
  comparing: Comparing,
  base: Description,
  { plan: before }: AcceptedPlan,
  planned: Exclude<Planned, { kind: "unknown" }>,
): Outcome {
  const change: Change =
    planned.kind === "plan"
      ? comparePlans(before, planned.plan, comparing.rowsOf)
      : { kind: "broken", before, failure: planned.failure };
  const layers = comparing.rulesFor(base.name);
  const found = checkChange(change, (id) => resolveRule(id, layers));
  const findings = found.map(({ suspect, harmless: _, ...finding }) => ({
    ...finding,
    cause: suspect ? comparing.causeOf(suspect) : null,
  }));
  const after = planned.kind === "plan" ? planned.plan : undefined;
  const kind = planned.kind === "failed" ? "broken" : kindOf(findings, before, planned.plan);
  return {
    ...base,
    kind,
    findings:
      kind === "improved" ? [improvement(comparing.against, before, planned as { plan: Plan }), ...findings] : findings,
    notes: change.kind === "planned" ? notesOn(comparing.against, change) : [],
    before,
    ...(after ? { after } : {}),
  };
}

function kindOf(findings: readonly Finding[], before: Plan, after: Plan): OutcomeKind {
  if (findings.some(({ severity }) => severity !== "info")) return "flagged";
  const [then, now] = [before.root.totalCost, after.root.totalCost];
  if (then >= now * improvedMinRatio && then - now >= improvedMinPlannerUnits) return "improved";
  if (planShape(before) === planShape(after)) return "passed";
  return Math.max(then, now) <= Math.min(then, now) * tieMaxRatio ? "tie" : "passed";
}

function improvement(against: Against, before: Plan, { plan: after }: { plan: Plan }): Finding {
  return {
    rule: "improved",
    severity: "info",
    relation: null,
    title: `the query costs less than ${thePlan[against]}`,
    why: "An outdated baseline lets the next regression pass unnoticed.",
    fix: "Run `plan-gate accept` and commit the new baseline.",
    before: { kind: "figure", value: before.root.totalCost, unit: "planner units" },
    after: { kind: "figure", value: after.root.totalCost, unit: "planner units" },
    cause: null,
  };
}

function notesOn(against: Against, { before, after, bothMeasured }: PlanChange): readonly string[] {
  const notes: string[] = [];
  if (!bothMeasured && (before.root.actual || after.root.actual)) {
    const [side, plan] = before.root.actual ? ["now", after] : [when[against], before];
    notes.push(`compared by plan alone: ${side} it was not measured (${plan.notMeasured ?? "no reason is stored"})`);
  } else if (after.notMeasured !== undefined) {
    notes.push(`compared by plan alone: ${after.notMeasured}`);
  }
  const names = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)]);
  for (const name of [...names].sort()) {
    const [then, now] = [before.settings[name] ?? "default", after.settings[name] ?? "default"];
    if (then !== now) notes.push(`${name} was ${then} and is ${now}`);
  }
  if (planShape(before) !== planShape(after)) notes.push(`the plan has another shape than ${thePlan[against]}`);
  return notes;
}
