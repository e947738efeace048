import type { Conclusion } from "../conclusion/conclusion.js";
import { endings } from "../conclusion/ending.js";
import type { Place } from "../errors.js";
import type { Evaluation, Proposal } from "../evaluation/evaluation.js";
import { causePlace } from "../verdict/cause.js";
import type { Finding, Outcome } from "../verdict/verdict.js";
import { worseOutcomes } from "./comment-worst.js";
import { evidenceText } from "./evidence.js";
import { shorten } from "./foreign-text.js";
import { count } from "./numbers.js";
import { outcomeNames } from "./outcome-line.js";
import { alarming, worstSeverity } from "./ranking.js";
import { repositoryPath } from "./repository-link.js";

/** A remark on a line of the pull request's files. Plain text, without control characters. */
export interface Annotation {
  /** Relative to the repository's top. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly level: "failure" | "warning" | "notice";
  /** At most 255 characters. */
  readonly title: string;
  /** At most 64 KB. */
  readonly message: string;
}

/** Two requests' worth. What is beyond is counted in the last one. */
const most = 100;
/** Of a title, whose columns are two UTF-16 units at most. */
const titleWidth = 120;
const lineWidth = 300;
/** Queries that one annotation names: keeps a message far below 64 KB, whatever script its words are in. */
const mostQueries = 8;

/** One thing to say about a line, before what else is said about the same line is added. */
interface Remark {
  readonly path: string;
  readonly line: number;
  readonly level: Annotation["level"];
  readonly title: string;
  readonly lines: readonly string[];
}

/** What to remark on which line: the statement that did it, else the query, else the settings file. Worst first. */
export function annotationsOf(conclusion: Conclusion): readonly Annotation[] {
  const remarks = conclusion.evaluations.flatMap((evaluation) => [
    ...worseOutcomes(evaluation, conclusion).open.flatMap((outcome) => outcomeRemarks(outcome, evaluation)),
    ...evaluation.verdict.problems.map(({ message, hint, place }) => ({
      ...position(evaluation.config, place),
      level: "failure" as const,
      title: message,
      lines: [`${message}. ${hint}`],
    })),
  ]);
  const proposed = [
    ...conclusion.refused.map((proposal) => proposalRemark(proposal, "failure", conclusion)),
    ...conclusion.waiting.map((proposal) => proposalRemark(proposal, "warning", conclusion)),
  ];
  const all = gathered([...remarks, ...proposed]).map((annotation) => lenient(annotation, conclusion));
  const [shown, left] = [all.slice(0, most), all.slice(most)];
  const last = shown.at(-1);
  if (!last || left.length === 0) return shown;
  const message = `${last.message}\n${count(left.length, "more annotation")} left out: the run's summary has them.`;
  return [...shown.slice(0, -1), { ...last, message }];
}

/** A finding's own line; several findings of one query on one line are one remark. */
function outcomeRemarks(outcome: Outcome, { config }: Evaluation): readonly Remark[] {
  const byPlace = new Map<string, { readonly at: { path: string; line: number }; readonly findings: Finding[] }>();
  for (const finding of alarming(outcome)) {
    const at = position(config, (finding.cause && causePlace(finding.cause)) ?? outcome.place);
    const key = JSON.stringify(at);
    byPlace.set(key, { at, findings: [...(byPlace.get(key)?.findings ?? []), finding] });
  }
  return [...byPlace.values()].map(({ at, findings }) => ({
    ...at,
    level: worstSeverity({ ...outcome, findings }) === "error" ? "failure" : "warning",
    title: `${outcomeNames(outcome).join(" · ")}: ${findings[0]?.title ?? ""}`,
    lines: findings.flatMap(findingLines.bind(null, outcome)),
  }));
}

function findingLines(outcome: Outcome, { title, before, after, fix }: Finding): readonly string[] {
  const [then, now] = [before && evidenceText(before), after && evidenceText(after)];
  const change = then && now ? ` (${then} → ${now})` : "";
  return [`${outcomeNames(outcome).join(" · ")}: ${title}${change}`, `    ${fix}`];
}

function proposalRemark(
  { query, files, what, next }: Proposal,
  level: Annotation["level"],
  { evaluations }: Conclusion,
): Remark {
  const there = files.find(({ blob }) => blob !== null);
  const config = evaluations[0]?.config ?? "plan-gate.yml";
  const at = there ? position(".", { file: there.path, line: 1 }) : position(config, undefined);
  const title = `${query === null ? "" : `${query}: `}${what}`;
  return { ...at, level, title, lines: [title, ...(next ? [`    ${next}`] : [])] };
}

function position(config: string, place: Place | undefined): { readonly path: string; readonly line: number } {
  const path = place && repositoryPath(config, place.file);
  if (path === undefined) return { path: repositoryPath(".", config) ?? "plan-gate.yml", line: 1 };
  return { path, line: Math.max(1, Math.trunc(place?.line ?? 1)) };
}

/** One annotation a line: a dropped index that made forty plans worse is one thing to read, not forty. */
function gathered(remarks: readonly Remark[]): readonly Annotation[] {
  const byLine = new Map<string, Remark[]>();
  for (const remark of remarks) {
    const key = JSON.stringify([remark.path, remark.line]);
    byLine.set(key, [...(byLine.get(key) ?? []), remark]);
  }
  return [...byLine.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const level = same.some((each) => each.level === "failure") ? "failure" : first.level;
    const title = same.length === 1 ? first.title : `${first.title} (and ${same.length - 1} more)`;
    return [{ path: first.path, line: first.line, level, title: shorten(title, titleWidth), message: messageOf(same) }];
  });
}

function messageOf(remarks: readonly Remark[]): string {
  const lines = remarks.slice(0, mostQueries).flatMap((remark) => remark.lines.slice(0, 6));
  const more = remarks.length > mostQueries ? [`… and ${remarks.length - mostQueries} more`] : [];
  const shown = [...lines, ...more].map((line) => (line.startsWith("    ") ? "    " : "") + shorten(line, lineWidth));
  return shown.join("\n");
}

/** Where nothing is enforced nothing is marked as a failure but what plan-gate could not do. */
function lenient(annotation: Annotation, { enforced, ending }: Conclusion): Annotation {
  if (enforced || endings[ending].exitCode === 2 || annotation.level !== "failure") return annotation;
  return { ...annotation, level: "warning" };
}
