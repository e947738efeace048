import { type ComparedPlan, findChanceBlocks, withChance } from "./chance.js";
import type { Expected } from "./expectations.js";
import { type Identity, lostIndexes, sameNames } from "./identity.js";
import { pairOccurrences } from "./pairing.js";
import type { Plan, Relation } from "./plan.js";
import { type Access, gatherReads, type Read, type ReadPair, readAccesses } from "./reads.js";

export type { Access, Read, ReadPair } from "./reads.js";

/** The same node's read in both plans; partitions one by one. */
export interface AccessPair {
  readonly before: Access;
  readonly after: Access;
}

/** Two plans of one query and case, their reads paired. */
export interface PlanChange {
  readonly kind: "planned";
  readonly before: ComparedPlan;
  readonly after: ComparedPlan;
  /** False where a side has no actual rows: then both are compared by their estimates alone. */
  readonly bothMeasured: boolean;
  readonly accesses: readonly AccessPair[];
  /** Occurrences that both plans read, partitions folded into their parent. */
  readonly reads: readonly ReadPair[];
  /** Occurrences that only the plan after reads. */
  readonly readsAdded: readonly Read[];
  /** Occurrences that only the plan before reads. */
  readonly readsGone: readonly Read[];
  /** Of a generic plan: the plans for the values, where these were made too. */
  readonly custom?: { readonly before: Plan; readonly after: Plan };
  /** Rows of a relation in today's database; undefined where it is not known. */
  rowsOf(relation: Relation): number | undefined;
  /** What the query's header says must be true of the plan after; absent where it says nothing. */
  readonly expected?: Expected;
  /** Indexes through which a relation was read and is not any more; renamed and rebuilt ones are not lost. */
  indexesLost(pair: ReadPair): readonly string[];
}

/** Why PostgreSQL would not plan a query. */
export interface PlanFailure {
  /** PostgreSQL's own words. */
  readonly message: string;
  readonly sqlState: string;
  readonly hint?: string;
  /** 1-based line of the query's file at which PostgreSQL points. */
  readonly line?: number;
}

/** A query that had an accepted plan and has none now. */
export interface BrokenChange {
  readonly kind: "broken";
  readonly before: Plan;
  readonly failure: PlanFailure;
}

/** A plan with nothing before it to compare with. */
export interface NewPlan {
  readonly kind: "new";
  readonly after: Plan;
  readonly expected?: Expected;
  rowsOf: PlanChange["rowsOf"];
}

/** What the rules judge: one query and case, before and after. */
export type Change = PlanChange | BrokenChange | NewPlan;

/** Pairs what two plans of one query read. `identity` says what was renamed in between, where that is known. */
export function comparePlans(
  before: Plan,
  after: Plan,
  rowsOf: PlanChange["rowsOf"],
  identity: Identity = sameNames,
): PlanChange {
  const bothMeasured = before.root.actual !== undefined && after.root.actual !== undefined;
  const [then, now] = [readAccesses(before, bothMeasured), readAccesses(after, bothMeasured)];
  const accesses = pairOccurrences(then, now, identity);
  const chance = findChanceBlocks(accesses);
  const [readsThen, readsNow] = [gatherReads(then, chance), gatherReads(now, chance)];
  const reads = pairOccurrences(readsThen, readsNow, identity);
  const paired = new Set(reads.flatMap((pair) => [pair.before, pair.after]));
  return {
    kind: "planned",
    before: withChance(before, then, chance),
    after: withChance(after, now, chance),
    bothMeasured,
    accesses,
    reads,
    readsAdded: readsNow.filter((read) => !paired.has(read)),
    readsGone: readsThen.filter((read) => !paired.has(read)),
    rowsOf,
    indexesLost: (pair) => lostIndexes(pair, identity),
  };
}
