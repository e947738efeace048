import type { Subject } from "../explain/ask.js";
import type { AppliedStatement } from "../migrations/layout.js";
import type { Plan } from "../plan/plan.js";
import type { Finding, Outcome } from "../verdict/verdict.js";
import { adviseSearches } from "./advise-searches.js";
import type { Candidate } from "./candidate.js";
import { schemaOfMigrations } from "./migrated-schema.js";
import { proposeFixes } from "./propose.js";
import { readSchemaFacts } from "./schema-facts.js";
import type { Proof } from "./tell.js";
import type { TrialBuild } from "./trial.js";
import { alarmsOf } from "./weigh.js";

/** What is to be mended, and where it is looked up what might do it. */
export interface Search {
  readonly outcomes: readonly Outcome[];
  readonly subjects: readonly Subject[];
  readonly build: TrialBuild;
  /** Url of the base's built database, where it is still there. */
  readonly baseUrl: string | undefined;
  /** The migrations' statements; asked for what was dropped where there is no base. */
  readonly applied: readonly AppliedStatement[];
}

/** One query and case whose plan got worse. */
export interface Case {
  readonly outcome: Outcome;
  readonly subject: Subject;
  readonly after: Plan;
  proof: (Proof & { readonly left: number; readonly isCleared: boolean }) | undefined;
}

/** One candidate, and every query that it might mend. */
export interface Attempt {
  readonly candidate: Candidate;
  readonly cases: Case[];
}

/** What is to be tried, and what cannot be. */
interface Planned {
  readonly attempts: readonly Attempt[];
  readonly notes: readonly string[];
}

/** Worst first, so that the time goes where it is most needed. */
export function casesOf({ outcomes, subjects }: Search): readonly Case[] {
  const worth = ({ outcome: { before, after, findings } }: Case) => [
    findings.some(({ severity }) => severity === "error") ? 1 : 0,
    (after?.root.totalCost ?? 0) - (before?.root.totalCost ?? 0),
  ];
  return outcomes
    .flatMap((outcome): readonly Case[] => {
      const subject = subjects.find(
        ({ query, case: { name }, kind }) =>
          query.name === outcome.name && name === outcome.case && kind === outcome.plan,
      );
      const { after } = outcome;
      const isHopeful = outcome.kind === "flagged" || outcome.kind === "unbaselined";
      if (!subject || !after || !isHopeful || alarmsOf(outcome).length === 0) return [];
      return [{ outcome, subject, after, proof: undefined }];
    })
    .sort((a, b) => {
      const [[errorA = 0, riseA = 0], [errorB = 0, riseB = 0]] = [worth(a), worth(b)];
      return errorB - errorA || riseB - riseA;
    });
}

/** What is tried, in turn: each query's most promising candidate before any query's second. */
export async function attemptsFor(cases: readonly Case[], request: Search): Promise<Planned> {
  const now = await readSchemaFacts(request.build.databases.build.url);
  const earlier =
    request.baseUrl === undefined
      ? await schemaOfMigrations(now, request.applied)
      : await readSchemaFacts(request.baseUrl);
  const attempts = new Map<string, Attempt & { readonly rank: number }>();
  const notes = new Set<string>();
  for (const one of cases) {
    const { outcome, subject, after } = one;
    const alarms = alarmsOf(outcome);
    const patient = {
      sql: subject.query.sql,
      values: subject.case.values,
      ...(outcome.before ? { before: outcome.before } : {}),
      after,
      causes: alarms.flatMap(({ cause }) => cause?.statement ?? []),
      blamed: new Set(alarms.flatMap(({ relation }) => relation ?? [])),
      isMisestimated: isAbout(alarms, "rows-misestimated"),
      hasSideEffects: isAbout(alarms, "side-effects-increased"),
    };
    for (const note of await adviseSearches(outcome.name, after, now, outcome.before !== undefined)) notes.add(note);
    for (const [rank, candidate] of (await proposeFixes(patient, now, earlier)).entries()) {
      // A rewritten query is one query's alone.
      const key = candidate.query === undefined ? candidate.sql : JSON.stringify([outcome.name, candidate.sql]);
      const known = attempts.get(key);
      if (known) known.cases.push(one);
      attempts.set(key, {
        candidate: known?.candidate ?? candidate,
        cases: known?.cases ?? [one],
        rank: Math.min(rank, known?.rank ?? rank),
      });
    }
  }
  return { attempts: [...attempts.values()].sort((a, b) => a.rank - b.rank), notes: [...notes] };
}

/** Whether a rule made one of the findings, or saw the same as one. */
export function isAbout(findings: readonly Finding[], id: string): boolean {
  return findings.some(({ rule, also = [] }) => rule === id || also.some((seen) => seen.rule === id));
}
