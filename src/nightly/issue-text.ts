import type { BlockContent, PhrasingContent, RootContent } from "mdast";
import { oneLine, shorten } from "../reports/foreign-text.js";
import { commentBudget, firstThatFits } from "../reports/markdown-budget.js";
import { capped, causeText, planTrees } from "../reports/markdown-outcome.js";
import { code, folded, link, list, own, paragraph, prose, small, writeMarkdown } from "../reports/markdown-text.js";
import { count } from "../reports/numbers.js";
import { commitLink, placeLink } from "../reports/repository-link.js";
import type { Drift, DriftedCase, Failure } from "./drift.js";
import { type IssueMarker, markerLine } from "./issue-marker.js";
import { caseNames, casesTable, driftsTable, leftOut, origins, whatHappened, whatToDo } from "./issue-parts.js";
import { originText } from "./origin-text.js";
import type { NightStory } from "./story.js";

/** What is left out when a body would get too long, step by step; the last one always fits. */
const tiers = [
  { rows: 100, details: 20, trees: true },
  { rows: 100, details: 20, trees: false },
  { rows: 30, details: 5, trees: false },
  { rows: 5, details: 1, trees: false },
  { rows: 0, details: 0, trees: false },
] as const;
type Tier = (typeof tiers)[number];

/** An issue's title has 256 characters. */
const titleWidth = 200;

/** The issue's title for one drift. */
export function driftTitle({ config, query }: Drift): string {
  const where = config === "plan-gate.yml" ? "" : ` (${plain(config)})`;
  return shorten(`Plan drift: ${plain(query)}${where}`, titleWidth);
}

/** GitHub reads backquotes in titles as code; mentions and references it should not find there at all. */
function plain(text: string): string {
  return oneLine(text).replace(/[`@#<>&]/g, "");
}

/** The issue's title for drifts that are too many for an issue each. */
export function driftsTitle(drifts: readonly Drift[]): string {
  return `Plan drift: ${count(drifts.length, "query", "queries")}`;
}

export const failureTitle = "plan-gate could not run at night";

/** The body of an issue about one query. */
export function driftBody(story: NightStory, drift: Drift, marker: IssueMarker): string {
  return body(marker, ({ rows, details, trees }) => {
    const shown = drift.cases.slice(0, details);
    return [
      paragraph(code(drift.query), own(` ${whatHappened(drift)}.`)),
      paragraph(...originText(story.originOf(drift), story.site)),
      ...casesTable(drift, rows),
      ...shown.flatMap((one) => caseDetails(story, drift, one, drift.cases.length > 1, trees)),
      ...whatToDo([drift]),
      footer(story, marker),
    ];
  });
}

/** The body of the issue about many queries. */
export function driftsBody(story: NightStory, drifts: readonly Drift[], marker: IssueMarker): string {
  return body(marker, ({ rows }) => [
    paragraph(
      own(`${count(drifts.length, "query", "queries")} are no longer planned as accepted: too many for an issue each.`),
    ),
    ...origins(story, drifts),
    ...driftsTable(drifts, rows, story.configs.length > 1),
    ...(story.failures.length > 0 ? [paragraph(own("Not everything could be judged this night."))] : []),
    ...whatToDo(drifts),
    footer(story, marker),
  ]);
}

/** The body of the issue about a night run that failed. */
export function failureBody(story: NightStory, failures: readonly Failure[], marker: IssueMarker): string {
  return body(marker, ({ rows }) => [
    paragraph(own("The night run could not do all of its job. This says nothing about the plans.")),
    ...failures.slice(0, Math.max(rows, 1)).flatMap((failure) => failureBlock(story, failure, Math.max(rows, 1))),
    ...leftOut(failures.length, Math.max(rows, 1), "failure"),
    footer(story, marker),
  ]);
}

/** The body of an issue whose matter was not found this night. */
export function cleanBody(story: NightStory, marker: IssueMarker, closes: boolean): string {
  const matter: PhrasingContent[] =
    marker.about === "drift"
      ? [code(marker.query), own(" is planned as accepted")]
      : [own(marker.about === "drifts" ? "Every query is planned as accepted" : "The night run did all of its job")];
  const next = closes || marker.clean >= 2 ? "." : ". After one more such night this issue is closed.";
  const nights = marker.clean >= 2 ? " for two nights" : "";
  return body(marker, () => [paragraph(...matter, own(nights + next)), footer(story, marker)]);
}

/** A comment on a drift that changed or came back: what it is now, in a few lines. */
export function changedComment(lead: string, drifts: readonly Drift[]): string {
  const lines = drifts.map((drift) => [code(drift.query), own(` ${whatHappened(drift)}`)]);
  return comment([own(lead)], lines);
}

/** A comment on a night run that fails otherwise or again. */
export function failedComment(lead: string, failures: readonly Failure[]): string {
  const lines = failures.flatMap(({ problems }) => problems.map(({ message }) => prose(capped(message))));
  return comment([own(lead)], lines);
}

/** A comment of one sentence. */
export function plainComment(...children: PhrasingContent[]): string {
  return comment(children, []);
}

/** Lines that a comment shows. */
const mostLines = 10;

function comment(lead: readonly PhrasingContent[], lines: readonly (readonly PhrasingContent[])[]): string {
  const shown = lines.slice(0, mostLines);
  return writeMarkdown([
    paragraph(...lead),
    ...(shown.length > 0 ? [list(shown)] : []),
    ...leftOut(lines.length, mostLines, "more", "more"),
  ]);
}

function body(marker: IssueMarker, page: (tier: Tier) => readonly RootContent[]): string {
  return firstThatFits(tiers, page, commentBudget, { prefix: `${markerLine(marker)}\n` }).text;
}

function caseDetails(
  { site }: NightStory,
  { config }: Drift,
  one: DriftedCase,
  isNamed: boolean,
  withTrees: boolean,
): RootContent[] {
  const { outcome, major } = one;
  const named: PhrasingContent[] = isNamed ? [...caseNames(one), own(` on PostgreSQL ${major ?? "?"}: `)] : [];
  const items = outcome.findings.map(({ title, fix, cause }) => [
    ...prose(title),
    ...(cause ? [own(", by "), ...causeText(cause)] : []),
    own(". "),
    ...prose(fix),
  ]);
  const where = outcome.place ? [own("The query: "), placeLink(site, config, outcome.place)] : [];
  const trees = withTrees ? planTrees(outcome) : [];
  return [
    ...(named.length + where.length > 0 ? [paragraph(...named, ...where)] : []),
    ...(items.length > 0 ? [list(items)] : []),
    ...(trees.length > 0 ? folded("Plans, as accepted and of this night", trees) : []),
  ];
}

function failureBlock({ site }: NightStory, { config, major, problems }: Failure, most: number): RootContent[] {
  const items = problems
    .slice(0, most)
    .map(({ message, hint, place }) => [
      ...(place ? [placeLink(site, config, place), own(": ")] : []),
      ...prose(capped(message)),
      own(". "),
      ...prose(capped(hint)),
    ]);
  return [
    paragraph(code(config), own(major === null ? ":" : ` on PostgreSQL ${major}:`)),
    list(items),
    ...leftOut(problems.length, most, "problem"),
  ];
}

function footer({ night, site, runUrl, tonight }: NightStory, { since }: IssueMarker): BlockContent {
  return small(
    own(`First seen ${since}, state of ${night}: commit `),
    commitLink(site, tonight.commit),
    own(", "),
    link(runUrl, own("run")),
    own(". Closed after two clean nights, unless labelled "),
    code("keep-open"),
    own("; never commented on when labelled "),
    code("quiet"),
    own("."),
  );
}
