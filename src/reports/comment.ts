import { commentId, commentMarker, markerLine } from "./comment-marker.js";
import { leastTier, type PageTier, tellingPage } from "./comment-page.js";
import { commentBudget, firstThatFits } from "./markdown-budget.js";
import type { Telling } from "./telling.js";

/** From everything down. */
const tiers: readonly PageTier[] = [
  { evaluations: 100, plans: 500, nodes: 60, findings: 500, rows: 500, others: 1_000 },
  { evaluations: 100, plans: 10, nodes: 60, findings: 100, rows: 500, others: 200 },
  { evaluations: 50, plans: 5, nodes: 30, findings: 25, rows: 100, others: 50 },
  { evaluations: 20, plans: 1, nodes: 20, findings: 10, rows: 100, others: 20 },
  { evaluations: 10, plans: 0, nodes: 0, findings: 0, rows: 50, others: 10 },
  { evaluations: 3, plans: 0, nodes: 0, findings: 0, rows: 20, others: 3 },
  leastTier,
];

/** A comment, ready to be sent. */
export interface RenderedComment {
  /** What our comment on the same settings files begins with. */
  readonly marker: string;
  readonly body: string;
  /** The same in fewer words, for when GitHub refuses the first as too long. */
  readonly smallerBody: string;
}

/** What a pull request is told in its one comment. The same telling gives the same bytes. */
export function renderComment(telling: Telling): RenderedComment {
  const { conclusion, commits, run, record } = telling;
  const id = commentId(conclusion);
  const first = markerLine(id, { head: commits.head, ...run, run: run.id, digest: conclusion.digest, record });
  const page = (tier: PageTier) => tellingPage(telling, tier, { isLastResort: false });
  const prefix = `${first}\n\n`;
  const { text, tier } = firstThatFits(tiers, page, commentBudget, { prefix });
  // Of a few plans the next tiers leave nothing out.
  const less = { utf16Units: text.length - 1, bytes: commentBudget.bytes };
  const smaller = firstThatFits(tiers, page, less, { prefix, from: tier + 1 });
  return { marker: commentMarker(id), body: text, smallerBody: smaller.text };
}
