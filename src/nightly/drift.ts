import { createHash } from "node:crypto";
import type { Problem } from "../errors.js";
import { hasDrifted } from "../history/drifted.js";
import { shapePrint } from "../history/entries-of.js";
import type { Outcome } from "../verdict/verdict.js";
import type { NightEvaluation, Tonight } from "./tonight.js";

/** One case of a query that is no longer planned as accepted, on one major. */
export interface DriftedCase {
  readonly major: number | null;
  readonly outcome: Outcome;
}

/** A query that is no longer planned as accepted: what one issue is about. */
export interface Drift {
  readonly config: string;
  readonly query: string;
  /** By major, then as the verdict sorts them. */
  readonly cases: readonly [DriftedCase, ...DriftedCase[]];
}

/** A part of the night of which nothing, or not all, could be judged. */
export interface Failure {
  readonly config: string;
  readonly major: number | null;
  readonly problems: readonly Problem[];
}

/** Sorted by settings file and query. */
export function findDrifts({ parts }: Tonight): readonly Drift[] {
  const found = new Map<string, { config: string; query: string; cases: [DriftedCase, ...DriftedCase[]] }>();
  for (const { evaluation } of parts) {
    const { config, major, verdict } = evaluation;
    for (const outcome of verdict.outcomes.filter(hasDrifted)) {
      const key = JSON.stringify([config, outcome.name]);
      const one = { major, outcome };
      const drift = found.get(key);
      if (drift) drift.cases.push(one);
      else found.set(key, { config, query: outcome.name, cases: [one] });
    }
  }
  const drifts = [...found.values()].sort((a, b) => compare(a.config, b.config) || compare(a.query, b.query));
  for (const { cases } of drifts) cases.sort((a, b) => (a.major ?? 0) - (b.major ?? 0));
  return drifts;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** In the night's order. */
export function findFailures({ parts }: Tonight): readonly Failure[] {
  return parts
    .map(({ evaluation: { config, major, verdict } }) => ({ config, major, problems: verdict.problems }))
    .filter(({ problems }) => problems.length > 0);
}

/** What is known of a query that has not drifted tonight: "unknown" is neither clean nor the opposite. */
export function knownClean({ parts }: Tonight, config: string, query: string): boolean {
  const ofConfig = parts.filter(({ evaluation }) => evaluation.config === config);
  return ofConfig.length > 0 && ofConfig.every((part) => isCleanIn(part, query));
}

function isCleanIn({ evaluation: { verdict } }: NightEvaluation, query: string): boolean {
  const outcomes = verdict.outcomes.filter(({ name }) => name === query);
  // A query that nobody watches any more has no plan that could drift.
  if (outcomes.length === 0) return verdict.problems.length === 0;
  return outcomes.every((outcome) => {
    const unjudged = outcome.kind === "incomparable" || (outcome.kind === "broken" && outcome.before === undefined);
    return !unjudged && !hasDrifted(outcome);
  });
}

/** Equal for equal drifts: which plans they are, and nothing of what these cost. */
export function driftPrint(drifts: readonly Drift[]): string {
  const states = drifts.map(({ config, query, cases }) => [
    config,
    query,
    cases.map(({ major, outcome }) => {
      const { kind, case: name, plan, after, findings } = outcome;
      // Figures in a title come and go with every sample of the statistics.
      const what = after ? shapePrint(after) : findings.map(({ rule }) => rule).join();
      return [major, name, plan, kind, what];
    }),
  ]);
  return print(states);
}

/** Equal for equal failures. */
export function failurePrint(failures: readonly Failure[]): string {
  return print(
    failures.map(({ config, major, problems }) => [config, major, problems.map(({ code, place }) => [code, place])]),
  );
}

function print(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
