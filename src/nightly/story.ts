import { hasDrifted } from "../history/drifted.js";
import type { HistoryEntry } from "../history/entry.js";
import type { Site } from "../reports/repository-link.js";
import { type Drift, type Failure, findDrifts, findFailures } from "./drift.js";
import { type Origin, originOf } from "./origin.js";
import { nightEntries, nightOf, type Tonight } from "./tonight.js";

/** A night as it is told: what was found, and what is known about why. */
export interface NightStory {
  readonly tonight: Tonight;
  /** Its date. */
  readonly night: string;
  /** The settings files that were judged, sorted. */
  readonly configs: readonly string[];
  readonly drifts: readonly Drift[];
  readonly failures: readonly Failure[];
  /** Plans that were compared, and those of them that are as accepted. */
  readonly compared: number;
  readonly asAccepted: number;
  readonly originOf: (drift: Drift) => Origin;
  readonly site: Site;
  /** The run's page. */
  readonly runUrl: string;
}

/** Holds a night against the history. `history` need not hold the night itself. */
export function storyOf(
  tonight: Tonight,
  history: readonly HistoryEntry[],
  place: Pick<NightStory, "runUrl"> & Pick<Site, "repository" | "serverUrl">,
): NightStory {
  const { runUrl, repository, serverUrl } = place;
  const entries = [...history.filter(({ at }) => Date.parse(at) < Date.parse(tonight.at)), ...nightEntries(tonight)];
  const outcomes = tonight.parts.flatMap(({ evaluation }) => evaluation.verdict.outcomes);
  const compared = outcomes.filter((one) => one.before !== undefined && one.kind !== "orphaned");
  const judged = compared.filter(({ kind }) => kind !== "incomparable");
  const { commit } = tonight;
  return {
    tonight,
    night: nightOf(tonight.at),
    configs: [...new Set(tonight.parts.map(({ evaluation }) => evaluation.config))].sort(),
    drifts: findDrifts(tonight),
    failures: findFailures(tonight),
    compared: judged.length,
    asAccepted: judged.filter((one) => !hasDrifted(one)).length,
    originOf: (drift) => originOf(drift, entries),
    site: { commits: { head: commit, tested: commit, base: null }, repository, serverUrl },
    runUrl,
  };
}
