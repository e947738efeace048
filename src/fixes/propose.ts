import { readEstimates } from "../plan/estimates.js";
import { literalsOf } from "../plan/normalise.js";
import type { Plan } from "../plan/plan.js";
import { relationName, walkPlan } from "../plan/walk.js";
import { trigramsFor } from "./advise-searches.js";
import type { Candidate } from "./candidate.js";
import { readOccurrences } from "./conditions.js";
import type { Occurrence } from "./occurrence.js";
import { proposeConstraints } from "./propose-constraints.js";
import { proposeContainment } from "./propose-containment.js";
import { proposeCovering } from "./propose-covering.js";
import { proposeDefinitions, type Restored } from "./propose-definitions.js";
import { proposeEither } from "./propose-either.js";
import { proposeForeignKeys } from "./propose-foreign-keys.js";
import { proposeIndexes } from "./propose-indexes.js";
import { proposeNotIn } from "./propose-not-in.js";
import { proposeRestored } from "./propose-restored.js";
import { proposeRewrites } from "./propose-rewrites.js";
import { proposeSettings } from "./propose-settings.js";
import { proposeStatistics } from "./propose-statistics.js";
import type { SchemaFacts } from "./schema-facts.js";

/** Each costs a copy of the database and what is built in it. */
const mostCandidates = 8;
/** Tables with fewer rows are read whole whatever indexes they have. */
const minRows = 200;
/** An estimate that is off by more than this is worth mending before anything else. */
const wildTimesOff = 10;

/** A query whose plan wants mending. */
export interface Patient {
  readonly sql: string;
  /** The case's values: constants of the plan that come from them change from call to call. */
  readonly values: readonly (string | null)[];
  readonly before?: Plan;
  readonly after: Plan;
  /** The statements that findings name as their cause. */
  readonly causes: readonly string[];
  /** `schema.name` of the relations that findings blame. */
  readonly blamed: ReadonlySet<string>;
  /** Whether a finding is about the planner's row counts. */
  readonly isMisestimated: boolean;
  /** Whether a finding is about what triggers, foreign keys or functions do, which the plan does not show. */
  readonly hasSideEffects: boolean;
}

/** What might mend a plan, the most promising first. Looks at plans and catalogs alone: nothing is tried here. */
export async function proposeFixes(
  patient: Patient,
  now: SchemaFacts,
  earlier: SchemaFacts | undefined,
): Promise<readonly Candidate[]> {
  const { sql, values, before, after, blamed, isMisestimated, hasSideEffects } = patient;
  const written = new Set([...literalsOf(sql)].filter((literal) => !values.includes(literal)));
  const occurrences = await readOccurrences(after);
  const plans = { ...(before ? { before } : {}), after };
  const restored = earlier ? proposeRestored(earlier, now, plans, blamed) : [];
  const statistics = await proposeStatistics(now, after);
  const rewrites = [...(await proposeRewrites(sql, now, occurrences)), ...(await proposeNotIn(sql, now, occurrences))];
  // A new query was not there before: what the change did elsewhere is no reason to undo it.
  const undone = earlier && before ? undoneBy(patient, earlier, now) : { named: [], others: [] };
  const trigrams = trigramsFor(before !== undefined, now);
  const covering = await proposeCovering(now, sql, before, after);
  const [first = [], ...others] = byWorth(occurrences, blamed).map((occurrence) => {
    const table = now.table(occurrence.relation);
    if (!table || table.rows < minRows) return [];
    return [
      ...proposeContainment(occurrence, table, { written }, trigrams),
      ...proposeIndexes(occurrence, table, { written }),
      ...proposeEither(occurrence, table, { written }),
    ];
  });
  const wild = isMisestimated || readEstimates(after).some(({ timesOff }) => timesOff >= wildTimesOff);
  const inOrder = [
    ...undone.named.slice(0, 2),
    ...restored.slice(0, 2),
    ...undone.others.slice(0, 2),
    ...(hasSideEffects ? proposeForeignKeys(now, blamed).slice(0, 2) : []),
    ...rewrites.slice(0, 2),
    ...(isMisestimated ? statistics.slice(0, 3) : []),
    ...covering.slice(0, 1),
    ...first.slice(0, 3),
    ...(wild ? statistics.slice(0, 2) : []),
    ...others.flatMap((some) => some.slice(0, 1)),
    ...first.slice(3),
    ...restored.slice(2),
    ...undone.named.slice(2),
    ...undone.others.slice(2),
    ...rewrites.slice(2),
    ...covering.slice(1),
    ...statistics,
  ];
  return inOrder
    .filter(({ sql: own }, at) => inOrder.findIndex((other) => other.sql === own) === at)
    .slice(0, mostCandidates);
}

/** What else the change did: first what a finding's cause names, then what belongs to a table that is read. */
function undoneBy(
  { sql, before, after, blamed, causes }: Patient,
  earlier: SchemaFacts,
  now: SchemaFacts,
): { readonly named: readonly Candidate[]; readonly others: readonly Candidate[] } {
  const read = new Set([...blamed, ...[before, after].flatMap((plan) => (plan ? relationsOf(plan) : []))]);
  const texts = causes.join(" ");
  const isIn = ({ name }: Restored, text: string) => text.toLowerCase().includes(name.toLowerCase());
  const all = [
    ...proposeDefinitions(earlier, now),
    ...proposeSettings(earlier, now),
    ...proposeConstraints(earlier, now),
  ].filter(({ relation }) => relation === undefined || read.has(relation));
  const rank = (one: Restored) => (isIn(one, texts) ? 0 : isIn(one, sql) || one.relation !== undefined ? 1 : 2);
  const sorted = all.map((one) => ({ rank: rank(one), one })).sort((a, b) => a.rank - b.rank);
  const candidates = (wanted: (rank: number) => boolean) =>
    sorted.filter((entry) => wanted(entry.rank)).map(({ one }) => one.candidate);
  return { named: candidates((value) => value === 0), others: candidates((value) => value > 0) };
}

function relationsOf({ root }: Plan): readonly string[] {
  return walkPlan(root).flatMap(({ node: { relation } }) => (relation ? [relationName(relation)] : []));
}

/** Blamed relations first; then those whose reading is expected to cost most. */
function byWorth(occurrences: readonly Occurrence[], blamed: ReadonlySet<string>): readonly Occurrence[] {
  const worth = (occurrence: Occurrence) => ({
    occurrence,
    isBlamed: blamed.has(relationName(occurrence.relation)),
    cost: occurrence.visits.reduce(
      (sum, { node, expectedLoops, expectedShare }) => sum + node.totalCost * expectedLoops * expectedShare,
      0,
    ),
  });
  return occurrences
    .map(worth)
    .sort((a, b) => Number(b.isBlamed) - Number(a.isBlamed) || b.cost - a.cost)
    .map(({ occurrence }) => occurrence);
}
