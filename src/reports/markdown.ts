import type { BlockContent, PhrasingContent, RootContent } from "mdast";
import type { Outcome, Verdict } from "../verdict/verdict.js";
import { headline, nextStep } from "./headline.js";
import { commentBudget, firstThatFits } from "./markdown-budget.js";
import { causeText, outcomeBlock, worstTable } from "./markdown-outcome.js";
import {
  cappedSentence,
  noteSection,
  passedSection,
  placeAsCode,
  problemList,
  remarkSections,
  withMore,
} from "./markdown-sections.js";
import { list, own, paragraph, prose, strong } from "./markdown-text.js";
import { count } from "./numbers.js";
import { blames, worstFirst } from "./ranking.js";
import { gatherNotes } from "./remarks.js";
import { defineReport } from "./report.js";

/** How many of each are shown; what is left out is counted. */
interface Tier {
  /** Outcomes with their plans. */
  readonly plans: number;
  /** Outcomes with their findings. */
  readonly findings: number;
  /** Rows of the table of what got worse. */
  readonly rows: number;
  /** Entries of any other list. */
  readonly others: number;
}

/** From everything down; nobody's comment holds more than the first allows. The last, mere counts, fits whatever happened. */
const tiers: readonly Tier[] = [
  { plans: 500, findings: 500, rows: 500, others: 1_000 },
  { plans: 10, findings: 500, rows: 500, others: 200 },
  { plans: 5, findings: 25, rows: 100, others: 50 },
  { plans: 1, findings: 10, rows: 100, others: 20 },
  { plans: 0, findings: 0, rows: 100, others: 10 },
  { plans: 0, findings: 0, rows: 20, others: 3 },
  { plans: 0, findings: 0, rows: 0, others: 0 },
];

/** The report for pull requests and step summaries. */
export const markdown = defineReport({
  id: "markdown",
  summary: "For a pull request's comment or a step summary: what got worse first, plans folded away.",

  render(judged) {
    const verdict = gatherNotes(judged);
    return firstThatFits(tiers, (tier) => page(verdict, tier), commentBudget).text;
  },
});

function page(verdict: Verdict, tier: Tier): RootContent[] {
  const worst = worstFirst(verdict);
  const symbol = { pass: "✅", fail: "❌", error: "⚠️" }[verdict.verdict];
  return [
    { type: "heading", depth: 3, children: [own(`${symbol} `), ...prose(cappedSentence(headline(verdict)))] },
    ...blamed(worst, tier),
    ...summary(worst, tier),
    ...worst.slice(0, tier.findings).flatMap((outcome, index) => outcomeBlock(outcome, index < tier.plans)),
    ...problemList(verdict, tier.others, placeAsCode),
    ...remarkSections(verdict, tier.others),
    ...passedSection(verdict, tier.others),
    ...noteSection(verdict, tier.others),
    ...leftOut(worst, tier),
    paragraph(strong(...prose(cappedSentence(nextStep(verdict))))),
  ];
}

function blamed(worst: readonly Outcome[], { others }: Tier): BlockContent[] {
  const all = blames(worst);
  const items = all
    .slice(0, Math.min(others, 10))
    .map(({ cause, outcomes }): PhrasingContent[] => [
      ...causeText(cause),
      own(` made ${count(outcomes.length, "plan")} worse`),
    ]);
  return items.length > 0 ? [list(withMore(items, all.length))] : [];
}

/** One outcome needs no table: its block says it all. */
function summary(worst: readonly Outcome[], { rows, findings }: Tier): BlockContent[] {
  const shown = worst.slice(0, rows);
  if (shown.length === 0 || (worst.length === 1 && findings > 0)) return [];
  return [worstTable(shown)];
}

function leftOut(worst: readonly Outcome[], { plans, findings, rows }: Tier): BlockContent[] {
  const hidden = (shown: number, what: string) =>
    worst.length > shown ? [`the ${what} of ${count(worst.length - shown, "query", "queries")}`] : [];
  const all = [...hidden(plans, "plans"), ...hidden(findings, "findings"), ...hidden(rows, "table rows")];
  return all.length > 0 ? [paragraph(own(`Left out, to fit into a comment: ${all.join(", ")}.`))] : [];
}
