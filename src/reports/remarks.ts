import type { Outcome, OutcomeKind, Verdict } from "../verdict/verdict.js";
import { figuresOf } from "./figures.js";
import { change, count, factor } from "./numbers.js";
import { alarming } from "./ranking.js";

/** Outcomes of one kind that are worth a word and worry nobody. */
export interface Remarks {
  readonly kind: OutcomeKind;
  /** "2 plans have no baseline yet". */
  readonly heading: string;
  /** What to do about it; empty where nothing is to be done. */
  readonly advice: string;
  readonly outcomes: readonly Outcome[];
}

const headings: Readonly<Partial<Record<OutcomeKind, (number: number) => readonly [heading: string, advice: string]>>> =
  {
    broken: (n) => [
      `PostgreSQL refuses ${count(n, "query", "queries")}`,
      "Correct the query, or remove it together with its baseline.",
    ],
    improved: (n) => [
      `${count(n, "plan")} got better`,
      "Run `plan-gate accept` to keep the better plans: else the next regression hides behind the old figures.",
    ],
    unbaselined: (n) => [
      n === 1 ? "1 plan has no baseline yet" : `${count(n, "plan")} have no baseline yet`,
      "Run `plan-gate accept` to store what is to be compared with.",
    ],
    incomparable: (n) => [
      n === 1 ? "1 baseline is from another environment" : `${count(n, "baseline")} are from another environment`,
      "Run `plan-gate accept` to store the plans of this one.",
    ],
    orphaned: (n) => [
      n === 1 ? "1 baseline has no query any more" : `${count(n, "baseline")} have no query any more`,
      "Delete the baseline, or bring the query back.",
    ],
    drift: (n) => [
      `${count(n, "plan")} moved, but not by this change`,
      "Nothing to do here; `plan-gate accept` on the main branch stores the plans of now.",
    ],
    tie: (n) => [`${count(n, "plan")} changed into another one that is as good`, "Nothing to do."],
    passed: (n) => [`${count(n, "plan")} passed with a remark`, ""],
  };

/** What is to be said of outcomes without an `error` or `warn`, grouped by kind. */
export function remarks({ outcomes }: Verdict): readonly Remarks[] {
  const calm = outcomes.filter((outcome) => alarming(outcome).length === 0 && !isSilent(outcome));
  return Object.entries(headings).flatMap(([kind, words]) => {
    const some = calm.filter((outcome) => outcome.kind === kind);
    const [heading, advice] = words(some.length);
    return some.length > 0 ? [{ kind: kind as OutcomeKind, heading, advice, outcomes: some }] : [];
  });
}

function isSilent({ kind, findings }: Outcome): boolean {
  return kind === "passed" && findings.length === 0;
}

/** "cost 2,350 → 8.44 (÷278)"; empty where there is no plan on either side. */
export function costChange({ before, after }: Outcome): string {
  if (!before && !after) return "";
  const [then, now] = [before ? figuresOf(before).cost : null, after ? figuresOf(after).cost : null];
  const times = factor(then, now);
  return `cost ${change(then, now)}${times && ` (${times})`}`;
}

/** A note on more outcomes than this, and on most of them, is about the run: a reader wants it once. */
const maxRepeats = 5;

/** The same verdict, with what is noted on most outcomes as a note on the whole. */
export function gatherNotes(verdict: Verdict): Verdict {
  const repeats = new Map<string, number>();
  for (const note of verdict.outcomes.flatMap(({ notes }) => notes)) repeats.set(note, (repeats.get(note) ?? 0) + 1);
  const common = [...repeats].filter(([, number]) => number > Math.max(maxRepeats, verdict.outcomes.length / 2));
  const told = new Set(common.map(([note]) => note));
  return {
    ...verdict,
    outcomes: verdict.outcomes.map((each) => ({ ...each, notes: each.notes.filter((note) => !told.has(note)) })),
    notes: [...verdict.notes, ...common.map(([note, number]) => `${note} (${count(number, "plan")})`)],
  };
}

/** A remark that several outcomes share. */
export interface SharedNote {
  readonly note: string;
  readonly outcomes: readonly Outcome[];
}

/** What passed silently except for notes, by note: many plans are often compared with the same reservation. */
export function sharedNotes({ outcomes }: Verdict): readonly SharedNote[] {
  const notes = new Map<string, Outcome[]>();
  for (const outcome of outcomes.filter(isSilent)) {
    for (const note of outcome.notes) notes.set(note, [...(notes.get(note) ?? []), outcome]);
  }
  return [...notes].map(([note, some]) => ({ note, outcomes: some }));
}
