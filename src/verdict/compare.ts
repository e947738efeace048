import type { AcceptedPlan } from "../baselines/baseline.js";
import type { Planned } from "../explain/explain.js";
import { type Change, comparePlans, type PlanChange } from "../plan/change.js";
import type { Expected } from "../plan/expectations.js";
import type { Identity } from "../plan/identity.js";
import { planShape } from "../plan/normalise.js";
import type { Plan } from "../plan/plan.js";
import { isTieOf } from "../plan/tie.js";
import { checkChange } from "../rules/index.js";
import type { Suspect } from "../rules/rule.js";
import { type RuleSettings, resolveRule } from "../rules/settings.js";
import { effectNotes } from "./effect-notes.js";
import { groupFindings } from "./group.js";
import { calmInTie } from "./tie.js";
import type { Cause, Finding, Outcome, OutcomeKind } from "./verdict.js";

/** A plan whose cost fell at least this much is worth accepting, so that the next regression is measured against it. */
const improvedMinRatio = 1.5;
const improvedMinPlannerUnits = 10;

/** Which plans come before: those that were accepted, or the base's, made in this run. */
export type Against = "accepted" | "base";

const thePlan = { accepted: "the accepted plan", base: "the base's plan" } as const;
const when = { accepted: "when it was accepted", base: "on the base" } as const;

/** By what plans are compared. */
export interface Comparing {
  readonly against: Against;
  /** Thresholds for a query, lowest layer first. */
  rulesFor(query: string): readonly RuleSettings[];
  rowsOf: PlanChange["rowsOf"];
  /** Two plans of one query that differ by less, in cost and in measured work, are a tie. */
  readonly tieMaxRatio: number;
  causeOf(suspect: Suspect): Cause | null;
  /** What was renamed since the plans before; absent where that is not known. */
  readonly identity?: Identity;
  /** What must be true of a query's plans whatever was accepted; absent where plans are only compared. */
  expectedOf?(query: string): Expected | undefined;
}

/** Which subject an outcome is of. */
export type Description = Pick<Outcome, "name" | "case" | "plan" | "owner" | "place">;

/** Compares a plan with the one before, by every rule; `custom` are the plans for the values, beside a generic one. */
export function compareSubject(
  comparing: Comparing,
  base: Description,
  { plan: before }: AcceptedPlan,
  planned: Exclude<Planned, { kind: "unknown" }>,
  custom?: PlanChange["custom"],
): Outcome {
  const expected = comparing.expectedOf?.(base.name);
  const change: Change =
    planned.kind === "plan"
      ? {
          ...comparePlans(before, planned.plan, comparing.rowsOf, comparing.identity),
          ...(custom ? { custom } : {}),
          ...(expected ? { expected } : {}),
        }
      : { kind: "broken", before, failure: planned.failure };
  const layers = comparing.rulesFor(base.name);
  const after = planned.kind === "plan" ? planned.plan : undefined;
  const calm = calmInTie(
    checkChange(change, (id) => resolveRule(id, layers)),
    change,
    comparing.tieMaxRatio,
  );
  const findings = groupFindings(calm, after).map(({ suspect, harmless: _, ...finding }) => ({
    ...finding,
    cause: suspect ? comparing.causeOf(suspect) : null,
  }));
  const kind = planned.kind === "failed" ? "broken" : kindOf(findings, before, planned.plan, comparing);
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

function kindOf(
  findings: readonly Finding[],
  before: Plan,
  after: Plan,
  { tieMaxRatio }: Pick<Comparing, "tieMaxRatio">,
): OutcomeKind {
  if (findings.some(({ severity }) => severity !== "info")) return "flagged";
  const [then, now] = [before.root.totalCost, after.root.totalCost];
  if (then >= now * improvedMinRatio && then - now >= improvedMinPlannerUnits) return "improved";
  return isTieOf(before, after, tieMaxRatio) ? "tie" : "passed";
}

function improvement(against: Against, before: Plan, { plan: after }: { plan: Plan }): Finding {
  return {
    rule: "improved",
    severity: "info",
    relation: null,
    title: `the query's estimated cost is clearly below that of ${thePlan[against]}`,
    why: "As long as the old plan is the accepted one, the next regression is measured against its higher cost, and may pass unnoticed.",
    fix: "Run `plan-gate accept` and commit the file that it writes.",
    before: { kind: "figure", value: before.root.totalCost, unit: "planner units" },
    after: { kind: "figure", value: after.root.totalCost, unit: "planner units" },
    cause: null,
  };
}

function notesOn(against: Against, change: PlanChange): readonly string[] {
  const { before, after, bothMeasured } = change;
  const notes: string[] = [];
  if (!bothMeasured && (before.root.actual || after.root.actual)) {
    const [side, plan] = before.root.actual ? ["now", after] : [when[against], before];
    notes.push(
      `compared by estimates alone: ${side} the query was not run (${plan.notMeasured ?? "no reason is stored"})`,
    );
  } else if (after.notMeasured !== undefined) {
    notes.push(`compared by estimates alone, the query was not run: ${after.notMeasured}`);
  }
  notes.push(...effectNotes(change, when[against]));
  const names = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)]);
  for (const name of [...names].sort()) {
    const [then, now] = [before.settings[name] ?? "default", after.settings[name] ?? "default"];
    if (then !== now) notes.push(`\`${name}\` was ${then} and is ${now}`);
  }
  if (planShape(before) !== planShape(after)) notes.push(`the plan is made of other steps than ${thePlan[against]}`);
  return notes;
}
