import type { Plan, PlanNode, Relation } from "./plan.js";
import { accessKind, relationName, walkPlan } from "./walk.js";

/**
 * What one statement did to one table, its own nodes, triggers, foreign keys and functions together. Totals of the
 * whole statement, from the server's own counters: EXPLAIN shows nothing of what triggers and functions do.
 */
export interface TableEffect {
  /** A partition counts as the topmost table above it. */
  readonly relation: Pick<Relation, "schema" | "name">;
  /** How often it was read whole, or from its start on. */
  readonly seqScans: number;
  readonly rowsReadBySeqScans: number;
  /** Look-ups in its indexes, those that need no row of the table included. */
  readonly indexScans: number;
  /** Its rows, or entries of its indexes where these are more: an index-only scan reads no row. */
  readonly rowsReadByIndexScans: number;
  /** Blocks of its indexes that were asked for: a look-up that cannot use an index's first column reads all of it. */
  readonly indexBlocks: number;
  /** Rows. */
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** The figures of an effect, without the table. */
export const effectFigures = [
  ...(["seqScans", "rowsReadBySeqScans", "indexScans", "rowsReadByIndexScans", "indexBlocks"] as const),
  ...(["inserted", "updated", "deleted"] as const),
] as const;

/** Adds up the effects on partitions, as those on the table above them; sorted by name. */
export function foldPartitions(
  effects: readonly TableEffect[],
  rootOf: (schema: string, name: string) => TableEffect["relation"] | undefined,
): readonly TableEffect[] {
  const folded = new Map<string, TableEffect>();
  for (const effect of effects) {
    const { schema, name } = effect.relation;
    const root = rootOf(schema, name) ?? { schema, name };
    const relation = { schema: oneLine(root.schema), name: oneLine(root.name) };
    const known = folded.get(relationName(relation));
    folded.set(relationName(relation), known ? sum(known, effect) : { ...effect, relation });
  }
  return [...folded].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, effect]) => effect);
}

/** As plans have names: a stored effect has one line. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ");
}

function sum(a: TableEffect, b: TableEffect): TableEffect {
  const figures = effectFigures.map((figure) => [figure, a[figure] + b[figure]]);
  return { relation: a.relation, ...Object.fromEntries(figures) } as TableEffect;
}

/** Whether a statement may change rows by itself: then its effects are always told, if only as an empty list. */
export function changesRows(root: PlanNode): boolean {
  return walkPlan(root).some(({ node }) => node.operator === "ModifyTable");
}

/** Those effects that say more than the plan's own nodes do: rows written, and rows read beyond the nodes'. */
export function tellingEffects(root: PlanNode, effects: readonly TableEffect[]): readonly TableEffect[] {
  const own = ownWork(root);
  return effects.map(withoutFewIndexBlocks).filter((effect) => {
    const { inserted, updated, deleted, relation } = effect;
    if (inserted + updated + deleted > 0) return true;
    const { sequential, indexed } = own.get(relationName(relation)) ?? nothing;
    return effect.rowsReadBySeqScans > sequential || effect.rowsReadByIndexScans > indexed;
  });
}

/** So few blocks planning a function's statement takes, or a look-up or two: they tell nothing. */
const fewIndexBlocks = 10;

function withoutFewIndexBlocks(effect: TableEffect): TableEffect {
  return effect.indexBlocks < fewIndexBlocks ? { ...effect, indexBlocks: 0 } : effect;
}

/** What was done to a table beyond what the plan's nodes show. */
export interface HiddenWork {
  readonly relation: TableEffect["relation"];
  readonly seqScans: number;
  /** Rows. */
  readonly readBySeqScans: number;
  readonly readByIndexScans: number;
  /** At least so many. */
  readonly indexBlocks: number;
  readonly written: number;
}

/** Figures are stored with three digits: what differs by less may be the same. */
const rounding = 1.01;

/** The hidden work of a measured plan by table; undefined where it was not counted. */
export function hiddenWork(plan: Plan): readonly HiddenWork[] | undefined {
  const { root, effects } = plan;
  if (!root.actual) return undefined;
  if (!effects) return changesRows(root) ? undefined : [];
  const own = ownWork(root);
  const beyond = (total: number, shown: number) => (total > shown * rounding ? total - shown : 0);
  return effects.map(({ relation, seqScans, rowsReadBySeqScans, rowsReadByIndexScans, indexBlocks, ...effect }) => {
    const { scans, sequential, indexed, blocks, written } = own.get(relationName(relation)) ?? nothing;
    return {
      relation,
      seqScans: beyond(seqScans, scans),
      readBySeqScans: beyond(rowsReadBySeqScans, sequential),
      readByIndexScans: beyond(rowsReadByIndexScans, indexed),
      indexBlocks: beyond(indexBlocks, blocks),
      written: beyond(effect.inserted + effect.updated + effect.deleted, written),
    };
  });
}

/** The most that a plan's own nodes can have done to a table. */
export interface OwnWork {
  scans: number;
  /** Rows. */
  sequential: number;
  indexed: number;
  /** Shared blocks of its nodes, the table's own included. */
  blocks: number;
  written: number;
}

export const nothing: OwnWork = { scans: 0, sequential: 0, indexed: 0, blocks: 0, written: 0 };

/** By `schema.name`, partitions as the table above them. */
export function ownWork(root: PlanNode): ReadonlyMap<string, OwnWork> {
  const work = new Map<string, OwnWork>();
  for (const { node } of walkPlan(root)) {
    if (!node.relation) continue;
    const own = { ...(work.get(relationName(node.relation)) ?? nothing) };
    work.set(relationName(node.relation), own);
    own.blocks += node.actual?.sharedBlocks ?? 0;
    if (node.operator === "ModifyTable") {
      // A row that moves to another partition is deleted there and inserted here.
      own.written += 2 * node.children.reduce((rows, { actual }) => rows + (actual?.rows ?? 0), 0);
      continue;
    }
    const { rows = 0, rowsSlack = 0, rowsRemoved = 0, loops = 0 } = node.actual ?? {};
    // Rows removed are rounded per loop just as rows are.
    const read = rows + rowsRemoved + 3 * rowsSlack;
    const kind = accessKind(node);
    if (kind !== "index") {
      own.scans += loops;
      own.sequential += read;
    }
    if (kind !== "sequential") own.indexed += Math.max(read, entriesBelow(node));
  }
  return work;
}

/** Index entries that a bitmap is made of: some of them may stand for the same row, or for one that is thrown away. */
function entriesBelow({ operator, children }: PlanNode): number {
  if (!operator.startsWith("Bitmap")) return 0;
  return children.reduce((sum, child) => {
    const { rows = 0, rowsSlack = 0 } = child.actual ?? {};
    return sum + rows + 3 * rowsSlack + entriesBelow(child);
  }, 0);
}
