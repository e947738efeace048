import { endings } from "../conclusion/ending.js";
import { headline } from "../conclusion/headline.js";
import { leastTier, type PageTier, tellingPage } from "./comment-page.js";
import { shorten } from "./foreign-text.js";
import { commentBudget, firstThatFits } from "./markdown-budget.js";
import type { Telling } from "./telling.js";

const tiers: readonly PageTier[] = [
  { evaluations: 50, plans: 10, nodes: 60, findings: 100, rows: 500, others: 200 },
  { evaluations: 20, plans: 1, nodes: 20, findings: 10, rows: 100, others: 20 },
  { evaluations: 10, plans: 0, nodes: 0, findings: 0, rows: 20, others: 3 },
  leastTier,
];

/** Of a title: a column is two UTF-16 units at most, and GitHub takes 255. */
const titleWidth = 120;

/** The title and the summary of the check run `plan-gate report`. */
export function checkText(telling: Telling): { readonly title: string; readonly summary: string } {
  const { conclusion } = telling;
  const page = (tier: PageTier) => tellingPage(telling, tier, { isLastResort: false });
  return {
    title: shorten(`${endings[conclusion.ending].symbol} ${headline(conclusion)}`.replaceAll("`", ""), titleWidth),
    // A check run's summary may hold 65,535: a comment's budget keeps clear of that as well.
    summary: firstThatFits(tiers, page, commentBudget).text,
  };
}
