import type { HistoryEntry, OutcomeEntry } from "../history/entry.js";
import { environmentDifferences } from "../verdict/environment.js";
import type { Environment } from "../verdict/verdict.js";
import type { Drift } from "./drift.js";

/** What changed between the last run in which a query was planned as accepted and the first in which it was not. */
export type Origin =
  /** The repository did; `also` is what else differed. */
  | { readonly kind: "commits"; readonly from: string; readonly to: string; readonly also: readonly string[] }
  /** Nothing in the repository did. `differences` is empty where the history shows none. */
  | {
      readonly kind: "surroundings";
      readonly commit: string;
      /** When it was last planned as accepted, ISO 8601. */
      readonly since: string;
      readonly differences: readonly string[];
    }
  /** The history does not reach back to a run in which it was planned as accepted. */
  | { readonly kind: "unknown" };

/** Looks a drift up in the history, of which `entries` must hold tonight's. Runs in which it was not judged are passed over. */
export function originOf({ config, query, cases }: Drift, entries: readonly HistoryEntry[]): Origin {
  const [{ major }] = cases;
  const judged = entries
    .filter((entry) => entry.kind !== "pull-request" && entry.config === config && entry.major === major)
    .filter(({ outcomes }) => outcomes.some((one) => isJudged(one, query)))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const lastClean = judged.findLastIndex(({ outcomes }) => outcomes.every((one) => !hasDriftedOf(one, query)));
  const [clean, drifted] = [judged[lastClean], judged[lastClean + 1]];
  if (!clean || !drifted) return { kind: "unknown" };
  return between(clean, drifted);
}

/** What changed from one entry to a later one of the same settings file and major. */
function between(before: HistoryEntry, after: HistoryEntry): Origin {
  const differences = surroundings(before, after);
  if (before.commit !== after.commit) {
    return { kind: "commits", from: before.commit, to: after.commit, also: differences };
  }
  return {
    kind: "surroundings",
    commit: after.commit,
    since: before.at,
    differences: [...differences, ...dataDifferences(before, after)],
  };
}

function isJudged({ query, outcome }: OutcomeEntry, wanted: string): boolean {
  return query === wanted && outcome !== "incomparable" && outcome !== "unbaselined" && outcome !== "orphaned";
}

function hasDriftedOf({ query, drifted }: OutcomeEntry, wanted: string): boolean {
  return query === wanted && drifted === true;
}

function surroundings(before: HistoryEntry, after: HistoryEntry): readonly string[] {
  return [
    ...changed("PostgreSQL", before.server, after.server),
    ...environmentDifferences(environmentOf(before, after), environmentOf(after, before)),
    ...changed("the seed's scale", String(before.scale ?? 1), String(after.scale ?? 1)),
    ...changed("plan-gate", before.tool, after.tool),
  ];
}

function changed(what: string, before: string | undefined, after: string | undefined): readonly string[] {
  const isKnown = before !== undefined && after !== undefined;
  return isKnown && before !== after ? [`${what} ${before} → ${after}`] : [];
}

/** What one of the two does not say counts as equal. */
function environmentOf(entry: HistoryEntry, other: HistoryEntry): Environment {
  return {
    major: entry.major ?? other.major ?? 0,
    locale: entry.locale ?? other.locale ?? "",
    settings: entry.settings ?? other.settings ?? {},
    configured: {},
  };
}

/** A commit seeds alike each time, unless its seed asks a clock, chance or the network. */
function dataDifferences(before: HistoryEntry, after: HistoryEntry): readonly string[] {
  const rowsBefore = new Map(before.outcomes.map((one) => [keyOf(one), one.rows]));
  const pairs = after.outcomes.flatMap((one) => {
    const then = rowsBefore.get(keyOf(one));
    return then === undefined || one.rows === undefined ? [] : [{ then, now: one.rows }];
  });
  const other = pairs.filter(({ then, now }) => then !== now).length;
  return other > 0 ? [`the seed: ${other} of ${pairs.length} plans returned another number of rows`] : [];
}

function keyOf({ query, case: name, plan }: OutcomeEntry): string {
  return JSON.stringify([query, name ?? null, plan ?? null]);
}
