import type { BlockContent, PhrasingContent, RootContent } from "mdast";
import type { Conclusion } from "../conclusion/conclusion.js";
import type { Evaluation } from "../evaluation/evaluation.js";
import { causePlace } from "../verdict/cause.js";
import type { Cause, Finding, Outcome } from "../verdict/verdict.js";
import { evidenceFactor, evidenceText, sideNames } from "./evidence.js";
import { figuresOf } from "./figures.js";
import { fixEffect } from "./fix-text.js";
import {
  capped,
  causeProof,
  causeWords,
  figuresTable,
  fixBlocks,
  names,
  planTrees,
  symbol,
} from "./markdown-outcome.js";
import { withMore } from "./markdown-sections.js";
import { code, folded, list, own, paragraph, prose, strong, table } from "./markdown-text.js";
import { count, factor } from "./numbers.js";
import { causeSpot } from "./place.js";
import { alarming, blames, isNewAdvice, isNewCause, worstFirst } from "./ranking.js";
import { costChange } from "./remarks.js";
import { placeLink, type Site } from "./repository-link.js";

/** How much is told of what got worse. */
export interface WorstTier {
  /** Outcomes with their plans. */
  readonly plans: number;
  /** Outcomes with their findings. */
  readonly findings: number;
  /** Rows of the table of what got worse. */
  readonly rows: number;
  /** Nodes of a plan's tree. */
  readonly nodes: number;
}

/** What the blocks of one evaluation have in common. */
export interface Section {
  readonly site: Site;
  readonly config: string;
  /** Of an outcome's heading. */
  readonly depth: 4 | 5;
}

/** Above this many the table tells all of them, and the rest is folded away. */
const mostUnfolded = 3;
/** Rows of a table that stand open. */
const mostRows = 10;
/** Columns of a name in a table. */
const cellWidth = 60;

/** What got worse and nobody approved, and what did and somebody approved; worst first. */
export function worseOutcomes(
  evaluation: Evaluation,
  { decided }: Conclusion,
): { readonly open: readonly Outcome[]; readonly accepted: readonly Outcome[] } {
  const keyOf = ({ name, case: caseName, plan }: Outcome) => JSON.stringify([name, caseName, plan]);
  const taken = new Set(
    decided
      .filter(({ config, major }) => config === evaluation.config && major === evaluation.major)
      .filter(({ decision }) => decision.kind === "accepted")
      .map(({ outcome }) => keyOf(outcome)),
  );
  const all = worstFirst(evaluation.verdict);
  return {
    open: all.filter((outcome) => !taken.has(keyOf(outcome))),
    accepted: all.filter((outcome) => taken.has(keyOf(outcome))),
  };
}

/** The lines that did it, the one that did most first. */
export function culprits(worst: readonly Outcome[], most: number, { site, config }: Section): BlockContent[] {
  const all = blames(worst);
  const items = all
    .slice(0, most)
    .map(({ cause, outcomes }): PhrasingContent[] => [
      ...causeLink(cause, { site, config }),
      own(` made ${count(outcomes.length, "plan")} worse`),
    ]);
  return items.length > 0 ? [paragraph(strong(own("Who did it:"))), list(withMore(items, all.length))] : [];
}

/** Everything that got worse: in full while it is little, else a table and the rest folded away. */
export function worstBlocks(worst: readonly Outcome[], tier: WorstTier, section: Section): RootContent[] {
  const shown = worst.slice(0, tier.findings);
  if (worst.length <= mostUnfolded && tier.findings >= worst.length) {
    return shown.flatMap((outcome, index) => [
      { type: "heading" as const, depth: section.depth, children: [own(`${symbol(outcome)} `), ...names(outcome)] },
      ...openBlock(outcome, index < tier.plans ? tier.nodes : 0, section),
    ]);
  }
  const [first, rest] = [worst.slice(0, Math.min(mostRows, tier.rows)), worst.slice(mostRows, tier.rows)];
  const blocks = shown.flatMap((outcome, index) =>
    foldedBlock(outcome, symbol(outcome), index < tier.plans ? tier.nodes : 0, section),
  );
  return [
    ...(first.length > 0 ? [worstTable(first)] : []),
    ...(rest.length > 0 ? folded(`${rest.length} more`, [worstTable(rest)]) : []),
    ...(blocks.length > 0 ? folded(`One by one, with figures and plans (${shown.length})`, blocks) : []),
  ];
}

/** One outcome folded away, told in a line. */
export function foldedBlock(outcome: Outcome, mark: string, nodes: number, section: Section): RootContent[] {
  const cost = costChange(outcome);
  const line = [own(`${mark} `), ...names(outcome, cellWidth), ...(cost ? [own(`: ${cost}`)] : [])];
  return folded(line, [...told(outcome, section), ...details(outcome, nodes)]);
}

function openBlock(outcome: Outcome, nodes: number, section: Section): RootContent[] {
  const hidden = details(outcome, nodes);
  const title = outcome.after && nodes > 0 ? "Figures and plans" : "More about it";
  return [...told(outcome, section), ...(hidden.length > 0 ? folded(title, hidden) : [])];
}

/** What happened, why it matters, who did it and what to do. */
function told(outcome: Outcome, { site, config }: Section): BlockContent[] {
  const { place, owner, notes } = outcome;
  const [first, ...others] = outcome.findings;
  const where: PhrasingContent[] = [
    ...(place ? [own("Query: "), placeLink(site, config, place)] : []),
    ...(place && owner ? [own(" · ")] : []),
    ...(owner ? [own("owner "), code(owner)] : []),
    ...(place && first ? [own(" · rule "), code(first.rule)] : []),
  ];
  const items: PhrasingContent[][] = [
    ...outcome.findings.flatMap((finding) => causeItem(finding, outcome, { site, config })),
    ...(first ? [[strong(own("What to do:")), own(" "), ...prose(first.fix), ...proof(first)]] : []),
    ...(first ? changeItem(first) : []),
    ...others.map((finding) => [...prose(finding.title), ...evidence(finding)]),
    ...notes.map((note) => [own("Note: "), ...prose(note)]),
    ...(where.length > 0 ? [where] : []),
  ];
  return [
    ...(first ? [paragraph(strong(...prose(first.title)), own(". "), ...prose(first.why))] : []),
    ...(items.length > 0 ? [list(items)] : []),
    ...fixBlocks(
      outcome.findings
        .filter((finding) => isNewAdvice(finding, outcome))
        .flatMap(({ fixes = [] }) => fixes.slice(0, 1)),
    ),
  ];
}

/** What the fix that the advice names did when it was tried. */
function proof({ fixes = [] }: Finding): PhrasingContent[] {
  const [proven] = fixes;
  if (!proven) return [];
  return [own(" ("), ...prose(fixEffect(proven)), own(")")];
}

function changeItem(finding: Finding): PhrasingContent[][] {
  const { before, after } = finding;
  if (!before && !after) return [];
  const [then, now] = sideNames(finding);
  const sides = before && after ? `${then} → ${now}` : before ? then : now;
  return [[own(sides.slice(0, 1).toUpperCase() + sides.slice(1)), ...evidence(finding)]];
}

function evidence(finding: Finding): PhrasingContent[] {
  const { before, after } = finding;
  if (!before && !after) return [];
  const times = evidenceFactor(finding);
  return [
    own(": "),
    ...(before ? [code(evidenceText(before))] : []),
    ...(before && after ? [own(" → ")] : []),
    ...(after ? [code(evidenceText(after)), own(times && ` (${times})`)] : []),
  ];
}

function causeItem(
  finding: Finding,
  outcome: Outcome,
  { site, config }: Pick<Section, "site" | "config">,
): PhrasingContent[][] {
  const { cause } = finding;
  if (!cause || !isNewCause(finding, outcome)) return [];
  return [[strong(own("Who did it:")), own(" "), ...causeLink(cause, { site, config }), ...causeProof(cause)]];
}

/** Where and what it was that did it, linked to its line. */
function causeLink(cause: Cause, { site, config }: Pick<Section, "site" | "config">): PhrasingContent[] {
  const place = causePlace(cause);
  return place ? [placeLink(site, config, place), own(" "), ...causeWords(cause)] : causeWords(cause);
}

/** Why the other findings matter, what can be done about them, the figures and the plans: for those who want to know. */
function details(outcome: Outcome, nodes: number): BlockContent[] {
  const items = outcome.findings.slice(1).flatMap((finding) => furtherItem(finding, outcome));
  return [
    ...(items.length > 0 ? [paragraph(strong(own("Also found"))), list(items)] : []),
    ...figuresTable(outcome),
    ...(nodes > 0 && outcome.after ? planTrees(outcome, nodes) : []),
  ];
}

/** Why a further finding matters and what to do about it, as far as an earlier one has not said so. */
function furtherItem(finding: Finding, outcome: Outcome): PhrasingContent[][] {
  const { rule, why, fix } = finding;
  const isNewRule = outcome.findings.find((one) => one.rule === rule) === finding;
  const sentences = [...(isNewRule ? [why] : []), ...(isNewAdvice(finding, outcome) ? [fix] : [])];
  return sentences.length > 0 ? [[code(rule), own(": "), ...prose(sentences.join(" "))]] : [];
}

function worstTable(outcomes: readonly Outcome[]): BlockContent {
  const causes = outcomes.map((outcome) => outcome.findings.find((finding) => finding.cause)?.cause);
  const manyCauses = new Set(causes.map((cause) => cause && causeSpot(cause))).size > 1;
  const headings = ["query", "what happened", "cost", ...(manyCauses ? ["by"] : [])].map((text) => [own(text)]);
  const rows = outcomes.map((outcome, index) => {
    const [then, now] = [outcome.before && figuresOf(outcome.before), outcome.after && figuresOf(outcome.after)];
    const [first, ...others] = alarming(outcome);
    const cause = causes[index];
    return [
      [own(`${symbol(outcome)} `), ...names(outcome, cellWidth)],
      [...prose(capped(first?.title ?? "")), ...(others.length > 0 ? [own(` (+${others.length})`)] : [])],
      [own(factor(then?.cost ?? null, now?.cost ?? null))],
      ...(manyCauses ? [cause ? [code(causeSpot(cause), cellWidth)] : []] : []),
    ];
  });
  return table([headings, ...rows], [2]);
}
