import { planShape } from "../../src/plan/normalise.js";
import { nearestOutcome } from "../../src/verdict/nearest.js";
import type { Finding, Outcome } from "../../src/verdict/verdict.js";
import { indexScan, plan, seqScan } from "../support/plans.js";
import { finding, outcome } from "../support/verdicts.js";

const byIndex = plan(indexScan("orders", "orders_pkey", { totalCost: 100 }));
const whole = plan(seqScan("orders", { totalCost: 100 }));

const against = (before: Outcome["before"], kind: Outcome["kind"], ...severities: readonly Finding["severity"][]) =>
  outcome(kind, "q", {
    ...(before ? { before } : {}),
    after: whole,
    findings: severities.map((severity) => finding({ severity })),
  });

const nearest = (...outcomes: readonly Outcome[]) => {
  const [one, other] = [nearestOutcome(outcomes), nearestOutcome([...outcomes].reverse())];
  expect(one?.before).toBe(other?.before);
  return one;
};

test("an accepted plan without a finding speaks for today's, however many others speak against it", () => {
  const chosen = nearest(against(byIndex, "flagged", "error"), against(whole, "passed"));
  expect([chosen?.kind, chosen?.findings, chosen?.before]).toEqual(["passed", [], whole]);
  expect(chosen?.notes).toEqual([]);
});

test("where all speak against it the lightest is told", () => {
  expect(nearest(against(byIndex, "flagged", "error"), against(whole, "flagged", "warn", "warn"))?.before).toBe(whole);
  expect(nearest(against(byIndex, "flagged", "error"), against(whole, "flagged", "warn"))?.notes).toEqual([
    "2 plans are accepted for it: compared with the one that comes nearest",
  ]);
  const dearer = plan({ ...whole.root, totalCost: 10 });
  expect(nearest(against(dearer, "flagged", "error", "error"), against(byIndex, "flagged", "error"))?.before).toBe(
    byIndex,
  );
});

test("of those that accept it the one that is built alike is told, then the one of the nearest cost", () => {
  expect(nearest(against(byIndex, "tie"), against(whole, "passed"))?.before).toBe(whole);
  const far = plan({ ...whole.root, totalCost: 140 });
  expect(planShape(far)).toBe(planShape(whole));
  expect(nearest(against(far, "passed"), against(whole, "passed"))?.before).toBe(whole);
  const stale = plan({ ...byIndex.root, totalCost: 9_000 });
  expect(nearest(against(stale, "improved", "info"), against(byIndex, "tie"))?.kind).toBe("tie");
});

test("a single comparison, and a query that no longer plans, stay as they are", () => {
  const only = against(byIndex, "flagged", "error");
  expect(nearestOutcome([only])).toBe(only);
  const broken = against(byIndex, "broken", "error");
  expect(nearestOutcome([broken, against(whole, "broken", "error")])).toBe(broken);
  expect(nearestOutcome([])).toBeUndefined();
});
