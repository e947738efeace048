import type { PhrasingContent, RootContent } from "mdast";
import type { Conclusion } from "../conclusion/conclusion.js";
import { endings } from "../conclusion/ending.js";
import { headline, nextStep } from "../conclusion/headline.js";
import type { Evaluation } from "../evaluation/evaluation.js";
import type { Outcome } from "../verdict/verdict.js";
import { acceptSection } from "./comment-accept.js";
import { footer, runLink } from "./comment-footer.js";
import { labelSection, proposalSections } from "./comment-proposals.js";
import { culprits, foldedBlock, type Section, type WorstTier, worseOutcomes, worstBlocks } from "./comment-worst.js";
import {
  cappedSentence,
  noteSection,
  passedSection,
  problemList,
  remarkSections,
  withMore,
} from "./markdown-sections.js";
import { code, folded, list, own, paragraph, prose, strong } from "./markdown-text.js";
import { count } from "./numbers.js";
import { gatherNotes } from "./remarks.js";
import { placeLink } from "./repository-link.js";
import type { Telling } from "./telling.js";

/** How much is shown; what is left out is counted. */
export interface PageTier extends WorstTier {
  /** Settings files and majors that are told one by one. */
  readonly evaluations: number;
  /** Entries of any other list. */
  readonly others: number;
}

/** What a page of any size can hold: the verdict, what to do and where the rest is. */
export const leastTier: PageTier = { evaluations: 0, plans: 0, nodes: 0, findings: 0, rows: 0, others: 0 };

/** Whom the left-out parts are promised to: a step summary is the last place, a comment points to it. */
export interface PageOptions {
  readonly isLastResort: boolean;
}

/** Everything a pull request is told, the verdict first. */
export function tellingPage(telling: Telling, tier: PageTier, options: PageOptions): RootContent[] {
  const { conclusion } = telling;
  const told = conclusion.evaluations.map((evaluation) => ({
    ...evaluation,
    verdict: gatherNotes(evaluation.verdict),
  }));
  const shown = told.filter((evaluation) => told.length === 1 || hasSomething(evaluation)).slice(0, tier.evaluations);
  const rest = told.filter((evaluation) => !shown.includes(evaluation));
  const worst = shown.map((evaluation) => worseOutcomes(evaluation, conclusion));
  const sections = shown.flatMap((evaluation, index) =>
    evaluationSection(evaluation, worst[index]?.open ?? [], tier, { telling, heading: told.length > 1 }),
  );
  const howTo = acceptSection(telling);
  return [
    ...verdictLines(conclusion),
    ...sections,
    ...proposalSections(conclusion, { site: telling, most: tier.others, isExplained: howTo.length > 0 }),
    ...shown.flatMap((evaluation, index) => acceptedBlocks(evaluation, worst[index]?.accepted ?? [], tier, telling)),
    ...labelSection(conclusion),
    ...howTo,
    ...shown.flatMap((evaluation) => foldedSection(evaluation, tier, told.length > 1)),
    ...others(rest, tier),
    ...leftOut(worst.flatMap(({ open }) => open).length, rest, tier, telling, options),
    ...footer(telling),
  ];
}

function verdictLines(conclusion: Conclusion): RootContent[] {
  const { symbol } = endings[conclusion.ending];
  const words = cappedSentence(headline(conclusion));
  return [
    { type: "heading", depth: 3, children: [own(`${symbol} plan-gate: `), ...prose(words)] },
    paragraph(strong(own(mergeWords(conclusion))), own(" "), ...prose(cappedSentence(nextStep(conclusion)))),
  ];
}

/** The question that everybody comes with: may this be merged? */
function mergeWords({ ending, exitCode }: Conclusion): string {
  if (exitCode !== 0) return ending === "could not run" ? "Blocks merging until it runs." : "Blocks merging.";
  return endings[ending].exitCode === 0 ? "Does not block merging." : "Would block merging if it were enforced.";
}

function evaluationSection(
  evaluation: Evaluation,
  open: readonly Outcome[],
  tier: PageTier,
  { telling, heading }: { readonly telling: Telling; readonly heading: boolean },
): RootContent[] {
  const { config, verdict } = evaluation;
  const section: Section = { site: telling, config, depth: heading ? 5 : 4 };
  return [
    ...(heading ? [{ type: "heading" as const, depth: 4 as const, children: titleOf(evaluation) }] : []),
    ...problemList(verdict, tier.others, (place) => placeLink(telling, config, place)),
    ...(open.length > 1 || tier.findings === 0 ? culprits(open, Math.min(tier.others, 10), section) : []),
    ...worstBlocks(open, tier, section),
    ...watched(evaluation, tier),
  ];
}

/** What a pull request that adopts plan-gate wants to know: is everything in it? */
function watched({ kind, verdict }: Evaluation, { others: most }: PageTier): RootContent[] {
  const all = [...new Set(verdict.outcomes.map(({ name }) => name))];
  if (kind !== "set-up" || all.length === 0) return [];
  const items = all.slice(0, Math.min(most, 20)).map((name) => [code(name)]);
  const heading = paragraph(strong(own(`${count(all.length, "query", "queries")} will be watched:`)));
  return [heading, list(withMore(items, all.length))];
}

/** What is worse and approved stays visible. */
function acceptedBlocks(
  { config }: Evaluation,
  accepted: readonly Outcome[],
  tier: PageTier,
  telling: Telling,
): RootContent[] {
  return accepted
    .slice(0, tier.findings)
    .flatMap((outcome, index) =>
      foldedBlock(outcome, "✅", index < tier.plans ? tier.nodes : 0, { site: telling, config, depth: 4 }),
    );
}

function titleOf({ config, major }: Evaluation): PhrasingContent[] {
  return [code(config, 100), ...(major === null ? [] : [own(` · PostgreSQL ${major}`)])];
}

/** What worries nobody. */
function foldedSection(evaluation: Evaluation, { others: most }: PageTier, titled: boolean): RootContent[] {
  // The footer names the environment.
  const { environment: _, ...verdict } = evaluation.verdict;
  const sections = [...remarkSections(verdict, most), ...passedSection(verdict, most), ...noteSection(verdict, most)];
  if (!titled || sections.length === 0) return sections;
  return folded([...titleOf(evaluation), own(": everything else")], sections);
}

function hasSomething({ kind, verdict }: Evaluation): boolean {
  return (
    kind === "set-up" ||
    verdict.problems.length > 0 ||
    verdict.outcomes.some(({ kind, findings }) => kind !== "passed" || findings.length > 0)
  );
}

function others(rest: readonly Evaluation[], { others: most }: PageTier): RootContent[] {
  const quiet = rest.filter((evaluation) => !hasSomething(evaluation));
  return quiet.slice(0, most).map((evaluation) => {
    const { kind, verdict } = evaluation;
    const words =
      kind === "untouched" ? "no file that matters changed" : `${count(verdict.outcomes.length, "plan")}, none worse`;
    return paragraph(...titleOf(evaluation), own(`: ${words}`));
  });
}

function leftOut(
  worst: number,
  rest: readonly Evaluation[],
  tier: PageTier,
  telling: Telling,
  { isLastResort }: PageOptions,
): RootContent[] {
  const hidden = (shown: number, what: string) =>
    worst > shown ? [`the ${what} of ${count(worst - shown, "query", "queries")}`] : [];
  const untold = rest.filter(hasSomething).length;
  const all = [
    ...hidden(tier.plans, "plans"),
    ...hidden(tier.findings, "findings"),
    ...hidden(tier.rows, "table rows"),
    ...(untold > 0 ? [`what ${count(untold, "settings file")} or major has to tell`] : []),
  ];
  if (all.length === 0) return [];
  const [page] = isLastResort ? [] : runLink(telling);
  const where = page ? [own(" The summary of "), ...page, own(" holds more.")] : [];
  return [paragraph(own(`Left out, to fit: ${all.join(", ")}.`), ...where)];
}
