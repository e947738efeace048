import type { Issue } from "../github/github.js";
import { link, own } from "../reports/markdown-text.js";
import { type Drift, driftPrint, failurePrint, knownClean } from "./drift.js";
import { type IssueMarker, type IssueSubject, readMarker, subjectKey } from "./issue-marker.js";
import {
  changedComment,
  cleanBody,
  driftBody,
  driftsBody,
  driftsTitle,
  driftTitle,
  failedComment,
  failureBody,
  failureTitle,
  plainComment,
} from "./issue-text.js";
import type { NightStory } from "./story.js";

/** By which issues are found. */
export const labels = {
  drift: { name: "plan-gate:drift", color: "d4c5f9", description: "A query is no longer planned as accepted." },
  failure: { name: "plan-gate:could-not-run", color: "e4e669", description: "plan-gate's night run failed." },
} as const;

/** What people say to an issue by labels of their own. */
const keepOpen = "keep-open";
const quiet = "quiet";

/** With more drifts than this, new ones share an issue. */
const mostIssues = 10;
/** How long ago an issue may have been closed to be opened again. */
const reopenDays = 10;
/** Nights after which an issue is closed. */
const cleanNights = 2;

/** What is to be done on GitHub, in this order. */
export type IssueAction =
  | { readonly kind: "create"; readonly title: string; readonly body: string; readonly label: keyof typeof labels }
  | {
      readonly kind: "edit";
      readonly number: number;
      readonly change: Partial<Pick<Issue, "title" | "body" | "state">>;
    }
  | { readonly kind: "comment"; readonly number: number; readonly body: string };

/** An issue whose marker can be read. */
interface Marked {
  readonly issue: Issue;
  readonly marker: IssueMarker;
}

/** Something that is to be told by an issue. */
interface Matter {
  readonly subject: IssueSubject;
  readonly label: keyof typeof labels;
  readonly state: string;
  readonly title: string;
  readonly bodyOf: (marker: IssueMarker) => string;
  readonly comment: (lead: string) => string;
}

/** All issues about one subject. */
interface Known {
  /** The one that is kept up to date. */
  readonly open: Marked | undefined;
  readonly duplicates: readonly Marked[];
  readonly lastClosed: Marked | undefined;
}

/** What brings the issues to the night's state. `issues`: ours, open and closed. Done twice it changes nothing more. */
export function planIssues(story: NightStory, issues: readonly Issue[]): readonly IssueAction[] {
  const known = knownIssues(issues);
  const matters = mattersOf(story, known);
  const wanted = new Set(matters.map(({ subject }) => subjectKey(subject)));
  const calm = [...known].filter(([key]) => !wanted.has(key));
  return [
    ...[...known.values()].flatMap(closeDuplicates),
    ...matters.flatMap((matter) => tell(story, matter, known.get(subjectKey(matter.subject)))),
    ...calm.flatMap(([, { open }]) => (open && isKnownClean(story, open.marker) ? tellClean(story, open) : [])),
  ];
}

function knownIssues(issues: readonly Issue[]): ReadonlyMap<string, Known> {
  const marked = issues.flatMap((issue): Marked[] => {
    const marker = readMarker(issue.body);
    return marker ? [{ issue, marker }] : [];
  });
  const groups = Map.groupBy(marked, ({ marker }) => subjectKey(marker));
  return new Map([...groups].map(([key, group]) => [key, sortOut(group)]));
}

function sortOut(group: readonly Marked[]): Known {
  const isKept = ({ issue }: Marked) => Number(issue.labels.includes(keepOpen));
  const [open, ...duplicates] = group
    .filter(({ issue }) => issue.state === "open")
    .sort((a, b) => isKept(b) - isKept(a) || a.issue.number - b.issue.number);
  const [lastClosed] = group
    .filter(({ issue }) => issue.state === "closed")
    .sort((a, b) => closedAt(b) - closedAt(a) || b.issue.number - a.issue.number);
  return { open, duplicates, lastClosed };
}

function closedAt({ issue }: Marked): number {
  return issue.closedAt === null ? 0 : Date.parse(issue.closedAt);
}

/** Two runs that raced opened one each. */
function closeDuplicates({ open, duplicates }: Known): readonly IssueAction[] {
  if (!open) return [];
  const same = plainComment(own("The same as "), link(open.issue.url, own(`#${open.issue.number}`)), own("."));
  return duplicates.flatMap((one) => [edit(one, { state: "closed" }), ...commentOn(one, same)]);
}

/** A drift with an open issue of its own stays there; the rest share one once there are too many, until that is closed. */
function mattersOf(story: NightStory, known: ReadonlyMap<string, Known>): readonly Matter[] {
  const { drifts, failures, configs } = story;
  const shared = { about: "drifts", configs } as const;
  const hasOwn = (drift: Drift) => known.get(subjectKey(subjectOf(drift)))?.open !== undefined;
  const others = drifts.filter((drift) => !hasOwn(drift));
  const isShared = known.get(subjectKey(shared))?.open !== undefined || drifts.length > mostIssues;
  return [
    ...(isShared ? drifts.filter(hasOwn) : drifts).map((drift) => driftMatter(story, drift)),
    ...(isShared && others.length > 0 ? [driftsMatter(story, shared, others)] : []),
    ...(failures.length > 0 ? [failureMatter(story, { about: "failure", configs })] : []),
  ];
}

function subjectOf({ config, query }: Drift): IssueSubject {
  return { about: "drift", config, query };
}

function driftMatter(story: NightStory, drift: Drift): Matter {
  return {
    subject: subjectOf(drift),
    label: "drift",
    state: driftPrint([drift]),
    title: driftTitle(drift),
    bodyOf: (marker) => driftBody(story, drift, marker),
    comment: (lead) => changedComment(lead, [drift]),
  };
}

function driftsMatter(story: NightStory, subject: IssueSubject, drifts: readonly Drift[]): Matter {
  return {
    subject,
    label: "drift",
    state: driftPrint(drifts),
    title: driftsTitle(drifts),
    bodyOf: (marker) => driftsBody(story, drifts, marker),
    comment: (lead) => changedComment(lead, drifts),
  };
}

function failureMatter(story: NightStory, subject: IssueSubject): Matter {
  const { failures } = story;
  return {
    subject,
    label: "failure",
    state: failurePrint(failures),
    title: failureTitle,
    bodyOf: (marker) => failureBody(story, failures, marker),
    comment: (lead) => failedComment(lead, failures),
  };
}

function tell(story: NightStory, matter: Matter, known: Known | undefined): readonly IssueAction[] {
  const { night } = story;
  const { subject, title, bodyOf } = matter;
  const markerSince = (since: string, state = matter.state): IssueMarker => ({
    ...subject,
    state,
    clean: 0,
    night,
    since,
  });
  if (known?.open) {
    // What a failure kept from being judged has not changed because it is not seen.
    const state = isComplete(story, subject) ? matter.state : known.open.marker.state;
    return tellAgain(known.open, { ...matter, state }, bodyOf(markerSince(known.open.marker.since, state)));
  }
  const closed = known?.lastClosed;
  if (closed && isRecent(story, closed)) {
    const change = { state: "open", title, body: bodyOf(markerSince(closed.marker.since)) } as const;
    return [edit(closed, change), ...commentOn(closed, matter.comment("It is back."))];
  }
  return [{ kind: "create", title, body: bodyOf(markerSince(night)), label: matter.label }];
}

function isComplete({ failures }: NightStory, subject: IssueSubject): boolean {
  if (subject.about === "failure") return true;
  return !failures.some(({ config }) => subject.about === "drifts" || subject.config === config);
}

function isRecent({ tonight }: NightStory, closed: Marked): boolean {
  return Date.parse(tonight.at) - closedAt(closed) <= reopenDays * 86_400_000;
}

function tellAgain(open: Marked, { state, title, comment }: Matter, body: string): readonly IssueAction[] {
  const change = differing(open, { title, body });
  const isOther = open.marker.state !== state;
  return [...change, ...(isOther ? commentOn(open, comment("It has changed since it was last told.")) : [])];
}

/** What a person edited in the browser ends its lines otherwise. */
function differing(open: Marked, { title, body }: { title: string; body: string }): readonly IssueAction[] {
  const plain = (text: string) => text.replaceAll("\r\n", "\n").trimEnd();
  const change = {
    ...(open.issue.title === title ? {} : { title }),
    ...(plain(open.issue.body) === plain(body) ? {} : { body }),
  };
  return Object.keys(change).length > 0 ? [edit(open, change)] : [];
}

function isKnownClean({ tonight, failures, configs }: NightStory, marker: IssueMarker): boolean {
  switch (marker.about) {
    case "drift":
      return knownClean(tonight, marker.config, marker.query);
    case "drifts":
      return failures.length === 0 && sameConfigs(marker, configs);
    case "failure":
      return sameConfigs(marker, configs);
  }
}

/** Another workflow's nights say nothing about this one's issue. */
function sameConfigs(marker: Extract<IssueMarker, { configs: unknown }>, configs: readonly string[]): boolean {
  return JSON.stringify(marker.configs) === JSON.stringify(configs);
}

function tellClean(story: NightStory, open: Marked): readonly IssueAction[] {
  const isKept = open.issue.labels.includes(keepOpen);
  const clean = countClean(open.marker, story.night, isKept);
  const marker = { ...open.marker, clean, night: clean === open.marker.clean ? open.marker.night : story.night };
  const closes = clean >= cleanNights && !isKept;
  if (clean === open.marker.clean && !closes) return [];
  const body = cleanBody(story, marker, closes);
  if (!closes) return differing(open, { title: open.issue.title, body });
  return [
    edit(open, { body, state: "closed" }),
    ...commentOn(open, plainComment(own("Clean for two nights: closed."))),
  ];
}

/** A night counts once. Where somebody opened an issue again that was closed as clean, the count begins anew. */
function countClean({ clean, night }: IssueMarker, tonight: string, isKept: boolean): number {
  if (clean >= cleanNights) return isKept ? clean : 1;
  if (clean > 0 && night === tonight) return clean;
  return clean + 1;
}

function edit({ issue }: Marked, change: Partial<Pick<Issue, "title" | "body" | "state">>): IssueAction {
  return { kind: "edit", number: issue.number, change };
}

function commentOn({ issue }: Marked, body: string): readonly IssueAction[] {
  return issue.labels.includes(quiet) ? [] : [{ kind: "comment", number: issue.number, body }];
}
