import type { PlanChange } from "../plan/change.js";
import { type HiddenWork, hiddenWork, nothing, type OwnWork, ownWork } from "../plan/effects.js";
import { relationName, walkPlan } from "../plan/walk.js";
import { definePlanRule, type Observation } from "./rule.js";
import { orNone, times } from "./words.js";

interface Options {
  readonly minIncreaseIndexBlocks: number;
  readonly maxIndexBlocksPerRow: number;
  readonly maxRatio: number;
  readonly minIncreaseRows: number;
  readonly maxRowsPerRow: number;
  readonly minTableRows: number;
}

/** Reports tables that triggers, foreign keys or functions of a query read or write much more of than they did. */
export const sideEffectsIncreased = definePlanRule({
  id: "side-effects-increased",
  summary: "Triggers, foreign keys or functions of the query read or write clearly more rows than they did.",
  why: "PostgreSQL runs these with every call of the query and shows none of it in the plan: a delete may wait for a whole table to be read, and its plan still is one index look-up.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 2,
      minimum: 1,
      means: "Quiet while a table's rows are at most this many times what they were.",
      because: "data that grows makes triggers read more, too.",
    },
    minIncreaseRows: {
      default: 1_000,
      minimum: 0,
      integer: true,
      means: "Quiet while fewer rows more than this are read or written.",
      because: "a thousand rows take less than a millisecond.",
    },
    maxRowsPerRow: {
      default: 10,
      minimum: 0,
      means: "Quiet while no more rows than this come on top for each row that the query itself reads or writes.",
      because: "a new foreign key looks one row up for each row, and an audit trigger writes one: that was asked for.",
    },
    minIncreaseIndexBlocks: {
      default: 50,
      minimum: 0,
      integer: true,
      means: "Quiet while fewer blocks more than this are read of a table's indexes.",
      because: "some fifty blocks are an index of ten thousand rows, read from its start to its end.",
    },
    maxIndexBlocksPerRow: {
      default: 5,
      minimum: 0,
      means: "Quiet while no more index blocks than this come on top for each row that is read or written.",
      because: "one more index is three or four blocks for each row: that was asked for.",
    },
    minTableRows: {
      default: 1_000,
      minimum: 0,
      integer: true,
      means: "Reading a table with fewer rows than this whole counts as one row.",
      because: "reading a small table whole is as good as an index.",
    },
  },

  check(change, options) {
    const [before, after] = [hiddenWork(change.before), hiddenWork(change.after)];
    // What was not counted then cannot have grown.
    if (!before || !after || (change.before.deferredFailed !== undefined && !change.after.deferredFailed)) return [];
    const pairs = pairTables(change, before, after);
    const read = readings(change, pairs, options);
    const searched = searches(change, pairs, options).filter(
      (one) => !read.some((other) => other.relation === one.relation),
    );
    return [...read, ...searched, ...writings(change, pairs, options)];
  },
});

interface Pair {
  readonly then: HiddenWork | undefined;
  readonly now: HiddenWork;
  /** What the nodes of the two plans did themselves: what moved out of the plan into a function is no new work. */
  readonly shownThen: OwnWork;
  readonly shownNow: OwnWork;
}

/** By name; of what is left over a lone table on both sides is the same one, renamed. */
function pairTables(change: PlanChange, before: readonly HiddenWork[], after: readonly HiddenWork[]): readonly Pair[] {
  const [shownBefore, shownAfter] = [ownWork(change.before.root), ownWork(change.after.root)];
  const twin = ({ relation }: HiddenWork, others: readonly HiddenWork[]) =>
    others.find((other) => relationName(other.relation) === relationName(relation));
  const gone = before.filter((then) => !twin(then, after));
  const added = after.filter((now) => !twin(now, before));
  const renamed = gone.length === 1 && added.length === 1 ? gone[0] : undefined;
  return after.map((now) => {
    const then = twin(now, before) ?? (added.includes(now) ? renamed : undefined);
    const shownThen = shownBefore.get(relationName((then ?? now).relation)) ?? nothing;
    return { now, then, shownThen, shownNow: shownAfter.get(relationName(now.relation)) ?? nothing };
  });
}

function readings(change: PlanChange, pairs: readonly Pair[], options: Options): readonly Observation[] {
  const handled = rowsHandled(change);
  return pairs.flatMap(({ then, now, shownThen, shownNow }) => {
    const isSmall = (change.rowsOf(now.relation) ?? Number.POSITIVE_INFINITY) < options.minTableRows;
    const weight = (work: HiddenWork | undefined) => {
      if (!work) return 0;
      return isSmall ? work.seqScans + work.readByIndexScans : readRows(work);
    };
    const shown = ({ sequential, indexed }: OwnWork) => sequential + indexed;
    const moved = Math.max(0, shown(shownThen) - shown(shownNow));
    if (!grew(weight(then) + moved, weight(now), handled, options)) return [];
    const table = relationName(now.relation);
    const [rowsBefore, rows] = [readRows(then), readRows(now)];
    const whole = now.readBySeqScans >= now.readByIndexScans;
    const title = `triggers, foreign keys or functions of the query read ${
      whole
        ? `${table} without an index ${times(now.seqScans)}: ${count(rows)} rows`
        : `${count(rows)} rows of ${table}`
    } instead of ${orNone(rowsBefore)}`;
    const fix = whole
      ? `Give ${table} an index on the columns by which they look its rows up: those of a foreign key that references a table of this query, or what a trigger or function filters by.`
      : `Look at the triggers and foreign keys of the tables that the query writes, and at the functions it calls: which of them reads ${table}?`;
    return [observation(table, title, fix, rowsBefore, rows, "rows read")];
  });
}

/** An index whose first column a look-up does not know is read as a whole, and no row of it counts as read. */
function searches(change: PlanChange, pairs: readonly Pair[], options: Options): readonly Observation[] {
  const handled = rowsHandled(change);
  return pairs.flatMap(({ then, now }) => {
    const [before, after] = [then?.indexBlocks ?? 0, now.indexBlocks];
    const floors = { minIncreaseRows: options.minIncreaseIndexBlocks, maxRowsPerRow: options.maxIndexBlocksPerRow };
    if (!then || !grew(before, after, handled, { ...options, ...floors })) return [];
    const table = relationName(now.relation);
    const title = `triggers, foreign keys or functions of the query search whole indexes of ${table}: ${count(after)} blocks of 8 kB instead of ${orNone(before)}`;
    const fix = `Give ${table} an index that begins with the columns by which they look its rows up: those of a foreign key that references a table of this query, or what a trigger or function filters by.`;
    return [observation(table, title, fix, before, after, "index blocks")];
  });
}

function writings(change: PlanChange, pairs: readonly Pair[], options: Options): readonly Observation[] {
  const handled = rowsOfNodes(change);
  return pairs.flatMap(({ then, now, shownThen, shownNow }) => {
    const [before, after] = [then?.written ?? 0, now.written];
    const moved = Math.max(0, shownThen.written - shownNow.written);
    if (!grew(before + moved, after, handled, options)) return [];
    const table = relationName(now.relation);
    const title = `triggers, foreign keys or functions of the query write ${count(after)} rows of ${table} instead of ${orNone(before)}`;
    const fix = `Look at the triggers and cascading foreign keys around ${table}: can they write only the rows that this query is about?`;
    return [observation(table, title, fix, before, after, "rows written")];
  });
}

function grew(then: number, now: number, handled: number, options: Options): boolean {
  const more = now - then;
  return now > then * options.maxRatio && more >= options.minIncreaseRows && more > options.maxRowsPerRow * handled;
}

/** Rows of the query's own nodes, and all that were written: each may ask a constraint. */
function rowsHandled(change: PlanChange): number {
  const written = (change.after.effects ?? []).reduce((sum, one) => sum + one.inserted + one.updated + one.deleted, 0);
  return rowsOfNodes(change) + written;
}

/** The most rows that one node of the new plan returned or threw away; at least one. */
function rowsOfNodes({ after }: PlanChange): number {
  return walkPlan(after.root).reduce(
    (most, { node: { actual } }) => Math.max(most, (actual?.rows ?? 0) + (actual?.rowsRemoved ?? 0)),
    1,
  );
}

function readRows(work: HiddenWork | undefined): number {
  return work ? work.readBySeqScans + work.readByIndexScans : 0;
}

function observation(
  relation: string,
  title: string,
  fix: string,
  before: number,
  after: number,
  unit: string,
): Observation {
  return {
    relation,
    title,
    fix,
    before: { kind: "figure", value: before, unit },
    after: { kind: "figure", value: after, unit },
  };
}

function count(rows: number): string {
  return Number(rows.toPrecision(3)).toLocaleString("en-US");
}
