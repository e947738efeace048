import type { PhrasingContent, RootContent } from "mdast";
import type { Candidate } from "../evaluation/evaluation.js";
import { commentBudget, firstThatFits } from "../reports/markdown-budget.js";
import { code, list, own, paragraph, small, strong } from "../reports/markdown-text.js";
import { count } from "../reports/numbers.js";
import { commitLink } from "../reports/repository-link.js";
import type { Drift } from "./drift.js";
import { driftsTable, origins } from "./issue-parts.js";
import type { NightStory } from "./story.js";

/** The title of the pull request, and the headline of its commit. */
export function refreshTitle({ drifts }: NightStory): string {
  const queries = count(drifts.filter(canBeAccepted).length, "query", "queries");
  return `Accept today's plans of ${queries} that drifted`;
}

/** A query that cannot be planned any more has no plan to accept. */
function canBeAccepted({ cases }: Drift): boolean {
  return cases.some(({ outcome }) => outcome.after !== undefined);
}

/** What moved, why as far as it is known, and what a reviewer is asked. */
export function refreshBody(
  story: NightStory,
  candidates: readonly Candidate[],
  botCommits: "run" | "wait" | "never",
): string {
  const drifts = story.drifts.filter(canBeAccepted);
  const left = story.drifts.filter((drift) => !canBeAccepted(drift));
  const page = (rows: number): RootContent[] => [
    paragraph(
      own("On the default branch these queries are no longer planned as accepted. Merging accepts the plans of "),
      commitLink(story.site, story.tonight.commit),
      own(": look first at what got worse, since it is measured from here on."),
    ),
    ...driftsTable(drifts, rows, story.configs.length > 1),
    ...origins(story, drifts),
    ...(left.length > 0
      ? [paragraph(own("Not among them, since they can no longer be planned:")), names(left, rows)]
      : []),
    ...workflows(botCommits),
    small(
      own(`${count(candidates.length, "file")}, written by `),
      code("plan-gate refresh"),
      own(". This branch is plan-gate's own: baselines committed to it are replaced when plans move again."),
    ),
  ];
  return firstThatFits([200, 30, 5, 0], page, commentBudget).text;
}

function names(drifts: readonly Drift[], rows: number) {
  const shown = drifts.slice(0, Math.max(rows, 1)).map(({ query }): PhrasingContent[] => [code(query)]);
  const left = drifts.length - shown.length;
  return list(left > 0 ? [...shown, [own(`and ${left} more`)]] : shown);
}

function workflows(botCommits: "run" | "wait" | "never"): RootContent[] {
  switch (botCommits) {
    case "run":
      return [];
    case "wait":
      return [
        paragraph(
          strong(own("Checks wait for a click:")),
          own(" a bot opened this, so somebody has to approve its workflow runs."),
        ),
      ];
    case "never":
      return [
        paragraph(
          strong(own("No check starts by itself:")),
          own(" a bot opened this. Close and reopen the pull request to start them."),
        ),
      ];
  }
}
