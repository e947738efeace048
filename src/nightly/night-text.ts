import type { RootContent } from "mdast";
import type { Issue } from "../github/github.js";
import { capped } from "../reports/markdown-outcome.js";
import { code, link, list, own, paragraph, prose, strong, writeMarkdown } from "../reports/markdown-text.js";
import { count } from "../reports/numbers.js";
import type { Drift, Failure } from "./drift.js";
import { originText } from "./origin-text.js";
import type { NightStory } from "./story.js";

/** Lines of each list. */
const most = 100;

/** The night for the step summary: one line that says it all, what drifted and since when, what failed, which issues tell it. */
export function renderNight(story: NightStory, issues: readonly Issue[]): string {
  const { drifts, failures } = story;
  return writeMarkdown([
    paragraph(strong(own(headline(story)))),
    ...lines(drifts, (drift) => driftLine(story, drift), "query", "queries"),
    ...lines(failures.flatMap(eachProblem), problemLine, "problem"),
    ...(issues.length > 0
      ? [paragraph(own("Issues: "), ...issues.slice(0, most).flatMap((issue) => [issueLink(issue), own(" ")]))]
      : []),
  ]);
}

/** The night in one line of our own words. */
function headline({ drifts, failures, compared, asAccepted }: NightStory): string {
  const plans = `${asAccepted} of ${count(compared, "plan")} as accepted`;
  const drifted = drifts.length > 0 ? `, ${count(drifts.length, "query drifts", "queries drift")}` : "";
  const failed = failures.length > 0 ? `; ${count(failures.length, "part")} of the night could not run` : "";
  return `plan-gate at night: ${plans}${drifted}${failed}`;
}

function driftLine(story: NightStory, drift: Drift) {
  const [{ outcome }] = drift.cases;
  const title = outcome.findings[0]?.title ?? "another plan";
  return [
    code(drift.query),
    own(": "),
    ...prose(capped(title)),
    own(". "),
    ...originText(story.originOf(drift), story.site),
  ];
}

function eachProblem({ config, major, problems }: Failure) {
  return problems.map((problem) => ({ config, major, ...problem }));
}

function problemLine({ config, major, message, hint }: ReturnType<typeof eachProblem>[number]) {
  const where = [code(config), own(major === null ? ": " : ` on PostgreSQL ${major}: `)];
  return [...where, ...prose(capped(message)), own(". "), ...prose(capped(hint))];
}

function lines<T>(
  items: readonly T[],
  render: (item: T) => Parameters<typeof list>[0][number],
  noun: string,
  plural?: string,
): RootContent[] {
  if (items.length === 0) return [];
  const left = items.length - most;
  return [
    list(items.slice(0, most).map(render)),
    ...(left > 0 ? [paragraph(own(`And ${count(left, noun, plural)}, not shown here.`))] : []),
  ];
}

function issueLink({ url, number }: Issue) {
  return link(url, own(`#${number}`));
}
