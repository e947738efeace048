import type { PhrasingContent, RootContent } from "mdast";
import type { Place } from "../errors.js";
import type { Outcome, Verdict } from "../verdict/verdict.js";
import { names } from "./markdown-outcome.js";
import { code, folded, list, own, paragraph, prose, strong } from "./markdown-text.js";
import { count } from "./numbers.js";
import { placeText } from "./place.js";
import { costChange, remarks, sharedNotes } from "./remarks.js";

/** How a place in the user's files is shown: as code, or as a link where it is known to which commit. */
export type ShowPlace = (place: Place) => PhrasingContent;

/** A place as nothing but its name. */
export function placeAsCode(place: Place): PhrasingContent {
  return code(placeText(place));
}

/** What the gate could not do, with what to do about it. */
export function problemList({ problems: all }: Verdict, most: number, show: ShowPlace): RootContent[] {
  const items = all
    .slice(0, most)
    .map(({ message, hint, place }): PhrasingContent[] => [
      ...(place ? [show(place), own(": ")] : []),
      ...prose(message),
      own(". "),
      ...prose(hint),
    ]);
  if (all.length === 0) return [];
  const heading = paragraph(strong(own(`${count(all.length, "problem")}:`)));
  return [heading, list(withMore(items, all.length))];
}

/** What worries nobody, folded away, a kind of outcome each. */
export function remarkSections(verdict: Verdict, most: number): RootContent[] {
  return remarks(verdict).flatMap(({ heading, advice, outcomes }) => {
    const items = outcomes.slice(0, most).map(remark);
    const content = [list(withMore(items, outcomes.length)), ...(advice ? [paragraph(...prose(advice))] : [])];
    return folded(heading, content);
  });
}

function remark(outcome: Outcome): PhrasingContent[] {
  const cost = costChange(outcome);
  const said = [...outcome.findings.map(({ title }) => title), ...outcome.notes];
  const parts = [...(cost ? [[own(cost)]] : []), ...said.map(prose)];
  return [...names(outcome), ...parts.flatMap((part, index) => [own(index === 0 ? ": " : "; "), ...part])];
}

/** What was compared and is no worse, folded away. */
export function passedSection({ outcomes }: Verdict, most: number): RootContent[] {
  const all = outcomes.filter(({ kind, findings }) => kind === "passed" && findings.length === 0);
  if (all.length === 0) return [];
  const items = all.slice(0, most).map((outcome) => [...names(outcome), own(`: ${costChange(outcome)}`)]);
  return folded(`${count(all.length, "plan")} passed`, [list(withMore(items, all.length))]);
}

/** What is said about the run as a whole, folded away. */
export function noteSection(verdict: Verdict, most: number): RootContent[] {
  const { environment } = verdict;
  const shared = sharedNotes(verdict).map(({ note, outcomes }): PhrasingContent[] => [
    ...prose(note),
    own(` (${count(outcomes.length, "plan")})`),
  ]);
  const all: PhrasingContent[][] = [
    ...verdict.notes.map(prose),
    ...shared,
    ...(environment ? [[own(`PostgreSQL ${environment.major}, locale `), code(environment.locale)]] : []),
  ];
  return all.length > 0 ? folded("Notes", [list(withMore(all.slice(0, most), all.length))]) : [];
}

/** The items, and how many more there are. */
export function withMore(items: readonly PhrasingContent[][], total: number): readonly PhrasingContent[][] {
  const more = total - items.length;
  return more > 0 ? [...items, [own(items.length > 0 ? `… and ${more} more` : `${more}, not listed here`)]] : items;
}

/** The same words, bounded in length, for what stands in every tier: by words, and inside one only where it is monstrous. */
export function cappedSentence(text: string): string {
  const all = text.split(/\s+/).map((word) => (word.length > 200 ? `${word.slice(0, 200)}…` : word));
  return all.length > 60 ? `${all.slice(0, 60).join(" ")} …` : all.join(" ");
}
