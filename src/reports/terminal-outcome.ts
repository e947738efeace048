import type { Finding, Outcome } from "../verdict/verdict.js";
import { evidenceFactor, evidenceText, sideNames } from "./evidence.js";
import { figureRows } from "./figures.js";
import { fixEffect, sqlWithin } from "./fix-text.js";
import { displayWidth, oneLine, wrap } from "./foreign-text.js";
import { outcomeNames } from "./outcome-line.js";
import type { Paint } from "./paint.js";
import { causeStory, placeText } from "./place.js";
import { drawPlan, suspectMark } from "./plan-tree.js";
import { isNewAdvice, isNewCause } from "./ranking.js";
import { suspectsOf } from "./suspects.js";
import { outcomeMark } from "./terminal-table.js";

/** How an outcome is told in full. */
export interface Telling {
  /** Columns. */
  readonly width: number;
  readonly paint: Paint;
  readonly withPlans: boolean;
  readonly maxNodes: number;
}

/** Everything about one outcome: its findings with what to do, the figures, and both plans. */
export function tellOutcome(outcome: Outcome, telling: Telling): readonly string[] {
  const { width, paint } = telling;
  const [mark, style] = outcomeMark(outcome);
  const names = wrap(outcomeNames(outcome).join(" · "), width - 2);
  const where = [outcome.place && placeText(outcome.place), outcome.owner && `owner ${outcome.owner}`];
  return [
    ...indent(names, `${paint(style, mark)} `, "  ").map((line) => paint("bold", line)),
    ...indent(wrap(where.filter(Boolean).join(" · "), width - 2), "  ").map((line) => paint("dim", line)),
    ...outcome.findings.flatMap((finding) => ["", ...tellFinding(finding, outcome, telling)]),
    ...(outcome.notes.length > 0 ? [""] : []),
    ...outcome.notes.flatMap((note) => indent(wrap(note, width - 8), "  note: ", "        ")),
    ...figuresTable(outcome),
    ...(telling.withPlans && outcome.after ? plans(outcome, telling) : []),
  ];
}

function tellFinding(finding: Finding, outcome: Outcome, { width, paint }: Telling): readonly string[] {
  const { title, why, fix, cause, rule, severity, also, fixes } = finding;
  const [then, now] = sideNames(finding);
  const isNew = isNewAdvice(finding, outcome);
  const style = severity === "error" ? "red" : severity === "warn" ? "yellow" : "cyan";
  const said = (label: string, text: string) =>
    indent(wrap(text, width - 12), `    ${paint("dim", label.padEnd(8))}`, " ".repeat(12));
  const factorText = evidenceFactor(finding);
  return [
    ...indent(wrap(`${severity}: ${title} (${rule})`, width - 2), "  ").map((line) => paint(style, line)),
    ...(finding.before ? said(then, evidenceText(finding.before)) : []),
    ...(finding.after ? said(now, `${evidenceText(finding.after)}${factorText && ` (${factorText})`}`) : []),
    ...said("why", why),
    ...said("cause", cause && isNewCause(finding, outcome) ? causeStory(cause) : ""),
    ...(also ?? []).flatMap((one) => said("also", `${one.title} (${one.rule})`)),
    ...said("next", isNew ? fix : "The same as above."),
    ...((isNew && fixes) || []).flatMap((proven) => [
      ...said("tried", `${proven.title}: ${fixEffect(proven)}`),
      ...sqlWithin(proven, width - 12).map((line) => `${" ".repeat(12)}${line}`.trimEnd()),
    ]),
  ];
}

function figuresTable({ before, after }: Outcome): readonly string[] {
  if (!after) return [];
  const rows = figureRows(before, after);
  const heading = before ? { before: "before", after: "after" } : { before: "", after: "now" };
  const all = [{ label: "", ...heading, factor: "" }, ...rows];
  const widest = (key: "label" | "before" | "after") => Math.max(...all.map((row) => displayWidth(row[key])));
  const [label, left, right] = [widest("label"), widest("before"), widest("after")];
  const lines = all.map((row) =>
    `  ${row.label.padEnd(label)}  ${row.before.padStart(left)}  ${row.after.padStart(right)}  ${row.factor}`.trimEnd(),
  );
  return ["", ...lines];
}

function plans(outcome: Outcome, { width, maxNodes, paint }: Telling): readonly string[] {
  const suspects = suspectsOf(outcome);
  const size = { width, maxNodes };
  const sides = [
    { title: "plan before", plan: outcome.before, evidence: suspects.before },
    { title: "plan after", plan: outcome.after, evidence: suspects.after },
  ];
  return sides.flatMap(({ title, plan, evidence }) => {
    if (!plan) return [];
    const unmeasured = plan.notMeasured ? [`  not executed: ${oneLine(plan.notMeasured)}`] : [];
    const [heading = "", ...lines] = drawPlan(title, plan, evidence, size);
    return [
      "",
      paint("dim", heading),
      ...lines.map((line) => (line.startsWith(suspectMark) ? paint("red", line) : line)),
      ...unmeasured.flatMap((line) => indent(wrap(line, width - 2), "  ")),
    ];
  });
}

/** Puts `first` before the first line and `others` before the rest. */
export function indent(lines: readonly string[], first: string, others = first): string[] {
  return lines.map((line, index) => (index === 0 ? first : others) + line);
}
