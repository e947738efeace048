import type { BlockContent, PhrasingContent, RootContent } from "mdast";
import { causeName, causePlace } from "../verdict/cause.js";
import type { Cause, Finding, Outcome, ProvenFix } from "../verdict/verdict.js";
import { evidenceFactor, evidenceText, sideNames } from "./evidence.js";
import { figureRows, figuresOf } from "./figures.js";
import { fixEffect, sqlBelow } from "./fix-text.js";
import { oneLine } from "./foreign-text.js";
import { code, folded, list, own, paragraph, preformatted, prose, strong, table } from "./markdown-text.js";
import { change, factor } from "./numbers.js";
import { outcomeNames } from "./outcome-line.js";
import { causeSpot, placeText } from "./place.js";
import { planLegend } from "./plan-legend.js";
import { drawPlan } from "./plan-tree.js";
import { alarming, isNewAdvice, isNewCause, worstSeverity } from "./ranking.js";
import { suspectsOf } from "./suspects.js";

/** Columns of a plan tree: what a comment shows without scrolling. */
const treeWidth = 100;
/** Nodes of a plan tree. */
const maxNodes = 60;
/** Columns of a name or statement in a table. */
const cellWidth = 60;

/** Query, case and kind of plan, as code. */
export function names(outcome: Outcome, width?: number): PhrasingContent[] {
  return outcomeNames(outcome).flatMap((name, index) => [...(index > 0 ? [own(" · ")] : []), code(name, width)]);
}

/** ❌ what blocks, ⚠️ what warns. */
export function symbol(outcome: Outcome): string {
  return worstSeverity(outcome) === "error" ? "❌" : "⚠️";
}

/** What got worse, an outcome a row. */
export function worstTable(outcomes: readonly Outcome[]): BlockContent {
  const headings = ["", "query", "what happened", "cost", "actual rows", "cause"].map((text) => [own(text)]);
  const rows = outcomes.map((outcome) => {
    const [then, now] = [outcome.before && figuresOf(outcome.before), outcome.after && figuresOf(outcome.after)];
    const times = factor(then?.cost ?? null, now?.cost ?? null);
    const [first, ...others] = alarming(outcome);
    const cause = outcome.findings.find((finding) => finding.cause)?.cause;
    return [
      [own(symbol(outcome))],
      names(outcome, cellWidth),
      [...prose(capped(first?.title ?? "")), ...(others.length > 0 ? [own(` (+${others.length})`)] : [])],
      [own(`${change(then?.cost ?? null, now?.cost ?? null)}${times && ` (${times})`}`)],
      [own(change(then?.rowsActual ?? null, now?.rowsActual ?? null))],
      cause ? [code(causeSpot(cause), cellWidth)] : [],
    ];
  });
  return table([headings, ...rows], [3, 4]);
}

/** Cells are for scanning; the whole title stands below. */
export function capped(text: string): string {
  const all = oneLine(text).split(" ");
  const kept = all.slice(0, 25);
  return kept.join(" ") + (kept.length < all.length ? " …" : "");
}

/** Everything about one outcome: its findings with what to do, the figures, and the plans folded away. */
export function outcomeBlock(outcome: Outcome, withPlans: boolean): RootContent[] {
  const { place, owner, notes } = outcome;
  const where: PhrasingContent[] = [
    ...(place ? [code(placeText(place))] : []),
    ...(place && owner ? [own(" · ")] : []),
    ...(owner ? [own("owner "), code(owner)] : []),
  ];
  return [
    { type: "heading", depth: 4, children: [own(`${symbol(outcome)} `), ...names(outcome)] },
    ...(where.length > 0 ? [paragraph(...where)] : []),
    ...outcome.findings.flatMap((finding) => findingBlock(finding, outcome)),
    ...notes.map((note) => paragraph(own("Note: "), ...prose(note))),
    ...figuresTable(outcome),
    ...(withPlans && outcome.after ? plans(outcome) : []),
  ];
}

function findingBlock(finding: Finding, outcome: Outcome): BlockContent[] {
  const { severity, title, rule, why, fix, before, after, cause, also, fixes } = finding;
  const times = evidenceFactor(finding);
  const [then, now] = sideNames(finding);
  const isNew = isNewAdvice(finding, outcome);
  const items: PhrasingContent[][] = [
    ...(before ? [[own(`${then}: `), code(evidenceText(before))]] : []),
    ...(after ? [[own(`${now}: `), code(evidenceText(after)), own(times && ` (${times})`)]] : []),
    [own("why: "), ...prose(why)],
    ...(cause && isNewCause(finding, outcome) ? [[own("cause: "), ...causeText(cause), ...causeProof(cause)]] : []),
    ...(also ?? []).map((one) => [own("also: "), ...prose(one.title), own(" ("), code(one.rule), own(")")]),
    [strong(own("next:")), own(" "), ...prose(isNew ? fix : "The same as above.")],
    ...((isNew && fixes) || []).map((proven) => triedItem(proven)),
  ];
  return [
    paragraph(strong(own(`${severity}:`)), own(" "), ...prose(title), own(" ("), code(rule), own(")")),
    list(items),
    ...fixBlocks((isNew && fixes) || []),
  ];
}

/** A fix that was proven: what it is, and what it does. */
function triedItem(proven: ProvenFix): PhrasingContent[] {
  return [own("tried: "), ...prose(proven.title), own(": "), ...prose(fixEffect(proven))];
}

/** The SQL of fixes that is too long for the advice, to be copied. */
export function fixBlocks(fixes: readonly ProvenFix[]): BlockContent[] {
  return fixes.map(sqlBelow).flatMap((lines) => (lines.length > 0 ? [preformatted(lines)] : []));
}

/** What did it: a statement as code, our own words as words. */
export function causeWords(cause: Cause): PhrasingContent[] {
  return cause.statement === "" ? [own(causeName(cause))] : [code(causeName(cause))];
}

/** How it is known who did it; or what was tried in vain. */
export function causeProof({ kind, tried = "" }: Cause): PhrasingContent[] {
  if (tried === "") return [];
  return kind === "unknown" ? [own("; tried: "), ...prose(tried)] : [own(" ("), ...prose(tried), own(")")];
}

/** Where and what the statement is that did it. */
export function causeText(cause: Cause): PhrasingContent[] {
  const place = causePlace(cause);
  return [...(place ? [code(placeText(place)), own(" ")] : []), ...causeWords(cause)];
}

/** What both plans cost and did. */
export function figuresTable({ before, after }: Outcome): BlockContent[] {
  if (!after) return [];
  const rows = figureRows(before, after);
  const lines = before
    ? [["", "before", "after", ""], ...rows.map((row) => [row.label, row.before, row.after, row.factor])]
    : [["", "now"], ...rows.map((row) => [row.label, row.after])];
  return [
    table(
      lines.map((line) => line.map((text) => [own(text)])),
      [1, 2, 3],
    ),
  ];
}

function plans(outcome: Outcome): RootContent[] {
  const trees = planTrees(outcome);
  return trees.length > 0 ? folded(outcome.before ? "Plans before and after" : "The plan", trees) : [];
}

/** The plans that an outcome has, as trees with what its findings are about marked, and how to read them. */
export function planTrees(outcome: Outcome, most = maxNodes): BlockContent[] {
  const suspects = suspectsOf(outcome);
  const size = { width: treeWidth, maxNodes: most };
  const sides = [
    { title: "before", plan: outcome.before, evidence: suspects.before },
    { title: "after", plan: outcome.after, evidence: suspects.after },
  ];
  const trees = sides.flatMap(({ title, plan, evidence }) => {
    if (!plan) return [];
    const unmeasured = plan.notMeasured ? [`  not executed: ${oneLine(plan.notMeasured)}`] : [];
    return [preformatted([...drawPlan(title, plan, evidence, size), ...unmeasured])];
  });
  return trees.length > 0 ? [...trees, paragraph(own(planLegend))] : [];
}
