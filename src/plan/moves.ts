import { comparePlans } from "./change.js";
import { type Join, pairJoins } from "./joins.js";
import { shownOccurrence } from "./occurrences.js";
import type { Plan } from "./plan.js";
import type { Read } from "./reads.js";
import { relationName } from "./walk.js";

/** One side of a move. */
export interface Moved {
  /** "Index Scan using orders_pkey", "Seq Scan, 12 partitions", "Hash Join". */
  readonly how: string;
  /** Rows expected in as many loops as there were. */
  readonly rowsEstimated: number;
  /** Rows returned in all loops; null where the plan was not executed. */
  readonly rowsActual: number | null;
  /** Shared blocks hit or read, for a join with all below it; null where the plan was not executed. */
  readonly sharedBlocks: number | null;
}

/** A relation that is read otherwise than before, or relations that are joined otherwise. */
export interface Move {
  readonly what: "read" | "join";
  /** What is read or joined, sorted: "public.orders", "public.orders (o)". */
  readonly of: readonly string[];
  /** Null where it was not done before. */
  readonly before: Moved | null;
  /** Null where it is not done any more. */
  readonly after: Moved | null;
}

/** A side that did as much as the other one, within this, and in the same way, has not moved. */
const sameWithin = 1.1;

/** The paired evidence for whoever decides about two plans of one query: scans, join flips, estimates, blocks. */
export function movesBetween(before: Plan, after: Plan): readonly Move[] {
  const change = comparePlans(before, after, () => undefined);
  const { pairs, added } = pairJoins(change);
  const all: readonly Move[] = [
    ...change.reads.map((pair) => moveOf("read", namesOf(pair.after), readSide(pair.before), readSide(pair.after))),
    ...change.readsAdded.map((read) => moveOf("read", namesOf(read), null, readSide(read))),
    ...change.readsGone.map((read) => moveOf("read", namesOf(read), readSide(read), null)),
    ...pairs.map((pair) => moveOf("join", joined(pair.after), joinSide(pair.before), joinSide(pair.after))),
    ...added.map((join) => moveOf("join", joined(join), null, joinSide(join))),
  ];
  return all.filter(hasMoved);
}

function moveOf(what: Move["what"], of: readonly string[], before: Moved | null, after: Moved | null): Move {
  return { what, of, before, after };
}

function hasMoved({ before, after }: Move): boolean {
  if (!before || !after || before.how !== after.how) return true;
  const figures = ["rowsEstimated", "rowsActual", "sharedBlocks"] as const;
  return figures.some((figure) => differ(before[figure], after[figure]));
}

function differ(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a !== b;
  return Math.max(a, b) > Math.min(a, b) * sameWithin;
}

function namesOf({ relation, alias }: Read): readonly string[] {
  return [shownOccurrence(`${relationName(relation)} ${alias}`)];
}

function readSide({ node, indexes, partitions, accesses, work }: Read): Moved {
  const through = indexes.length === 0 ? "" : ` using ${indexes.join(", ")}`;
  const of = partitions > 1 ? `, ${partitions} partitions` : "";
  const expected = accesses.reduce(
    (sum, { node: { rowsPerLoop, actual }, rowsFactor }) => sum + rowsPerLoop * rowsFactor * (actual?.loops ?? 1),
    0,
  );
  return {
    how: `${node.operator}${through}${of}`,
    rowsEstimated: rounded(expected),
    rowsActual: work ? rounded(work.rows) : null,
    sharedBlocks: work ? work.blocks : null,
  };
}

function joined({ outer, inner }: Join): readonly string[] {
  return [...new Set([...outer, ...inner])].sort().map(shownOccurrence);
}

function joinSide({ node, method, outer }: Join): Moved {
  const { rowsPerLoop, actual } = node;
  return {
    how: `${method}, from ${outer.map(shownOccurrence).join(", ")}`,
    rowsEstimated: rounded(rowsPerLoop * (actual?.loops ?? 1)),
    rowsActual: actual ? rounded(actual.rows) : null,
    sharedBlocks: actual ? actual.sharedBlocks : null,
  };
}

/** To 3 digits, as plans are stored. */
function rounded(rows: number): number {
  return Number(rows.toPrecision(3));
}
