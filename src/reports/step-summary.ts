import { leastTier, type PageTier, tellingPage } from "./comment-page.js";
import { type Budget, firstThatFits } from "./markdown-budget.js";
import type { Telling } from "./telling.js";

/** GitHub loses a whole summary that is larger than 1 MiB. */
const budget: Budget = { utf16Units: 900_000, bytes: 900_000 };

const tiers: readonly PageTier[] = [
  { evaluations: 500, plans: 2_000, nodes: 500, findings: 2_000, rows: 5_000, others: 5_000 },
  { evaluations: 200, plans: 300, nodes: 100, findings: 1_000, rows: 2_000, others: 2_000 },
  { evaluations: 100, plans: 100, nodes: 60, findings: 300, rows: 1_000, others: 500 },
  { evaluations: 50, plans: 20, nodes: 60, findings: 100, rows: 300, others: 100 },
  { evaluations: 20, plans: 0, nodes: 0, findings: 0, rows: 100, others: 20 },
  leastTier,
];

/** The same as the comment says, with every plan in full: for the run's own page, which needs no permission. */
export function renderStepSummary(telling: Telling): string {
  const page = (tier: PageTier) => tellingPage(telling, tier, { isLastResort: true });
  return firstThatFits(tiers, page, budget).text;
}
