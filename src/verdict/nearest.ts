import { planShape } from "../plan/normalise.js";
import type { Outcome, Severity } from "./verdict.js";

/**
 * Of a plan's comparisons with each plan that was accepted for its case, the one that speaks best of it: what was
 * accepted once is no regression. A plan that equals an accepted one is compared with that one.
 */
export function nearestOutcome(outcomes: readonly Outcome[]): Outcome | undefined {
  const [first, ...others] = outcomes;
  if (!first || others.length === 0 || first.kind === "broken") return first;
  const nearest = others.reduce((best, one) => (isNearer(one, best) ? one : best), first);
  if (nearest.kind === "passed" && nearest.findings.length === 0) return nearest;
  const note = `${outcomes.length} plans are accepted for it: compared with the one that comes nearest`;
  return { ...nearest, notes: [...nearest.notes, note] };
}

/** Whether `outcome` says that today's plan is built as one of several accepted ones, and is no worse than it. */
export function equalsOneOfSeveral(outcomes: readonly Outcome[], { kind, before, after, findings }: Outcome): boolean {
  if (outcomes.length < 2 || kind === "broken" || !before || !after) return false;
  return planShape(before) === planShape(after) && !findings.some(({ severity }) => severity !== "info");
}

function isNearer(one: Outcome, best: Outcome): boolean {
  const [left, right] = [distance(one), distance(best)];
  const at = left.findIndex((figure, index) => figure !== right[index]);
  return at >= 0 && (left[at] ?? 0) < (right[at] ?? 0);
}

/** What counts most comes first. */
function distance({ kind, before, after, findings }: Outcome): readonly number[] {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const otherShape = before && after && planShape(before) === planShape(after) ? 0 : 1;
  const [then, now] = [before?.root.totalCost ?? 0, after?.root.totalCost ?? 0];
  return [
    count("error"),
    count("warn"),
    otherShape,
    kind === "improved" ? 1 : 0,
    count("info"),
    Math.abs(Math.log((then + 1) / (now + 1))),
  ];
}
