import type { Ending } from "../conclusion/ending.js";
import type { Circumstance, Evaluation } from "../evaluation/evaluation.js";
import { hasDrifted } from "../history/drifted.js";
import { entryOf } from "../history/entries-of.js";
import type { HistoryEntry } from "../history/entry.js";

/** One settings file on one major, judged against the stored baselines. */
export interface NightEvaluation extends Circumstance {
  readonly evaluation: Evaluation;
}

/** Everything that one night found out. */
export interface Tonight {
  /** ISO 8601, in UTC. */
  readonly at: string;
  /** Full SHA of the default branch's head. */
  readonly commit: string;
  /** plan-gate's version. */
  readonly tool: string;
  readonly parts: readonly NightEvaluation[];
}

/** The night's date: two runs on one day are one night. */
export function nightOf(at: string): string {
  return at.slice(0, 10);
}

/** What one part of a night ends as. Nothing is blocked at night: worse than accepted is drift as well. */
function nightEnding({ verdict }: Evaluation): Ending {
  const { outcomes, problems } = verdict;
  if (problems.length > 0) return "could not run";
  if (outcomes.some(hasDrifted)) return "drift";
  if (outcomes.some(({ kind }) => kind === "unbaselined" || kind === "incomparable")) return "needs evidence";
  return outcomes.some(({ kind }) => kind === "tie") ? "tie" : "pass";
}

/** The night as lines of the history. */
export function nightEntries({ at, commit, tool, parts }: Tonight): readonly HistoryEntry[] {
  return parts.map(({ evaluation, server, scale }) => {
    const run = { at, kind: "nightly", commit, pullRequest: null, tool } as const;
    return entryOf(run, evaluation, { ending: nightEnding(evaluation), decisions: [], server, scale });
  });
}
