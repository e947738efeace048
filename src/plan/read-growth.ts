import type { PlanChange } from "./change.js";
import type { Read, ReadPair } from "./reads.js";
import { growthOf, readWork } from "./work.js";

/** By how much more a rule lets a relation be read. */
export interface ReadLimits {
  /** Of blocks or rows; where a plan was not executed, of the planner's cost of reading the relation. */
  readonly maxRatio: number;
  readonly minIncreaseBlocks: number;
  readonly minIncreaseRows: number;
  /** Where the planner expects no more work than before, fewer blocks more than this may be chance. */
  readonly minUnexpectedBlocks?: number;
}

/** What grew, in its own unit. */
export interface ReadGrowth {
  readonly unit: "blocks" | "rows" | "planner units";
  readonly before: number;
  readonly after: number;
}

/** Two plans of which one does at most this many times the work of the other are as good as each other. */
const tieRatio = 1.1;
const defaultUnexpectedBlocks = 100;
const minIncreaseUnits = 10;
/** A row in planner units, as cpu_tuple_cost has it; a block is one. */
const unitsPerRow = 0.01;

/** Whether the query as a whole is worse, so that reading one relation more is no trade for reading another one less. */
export function isWorseAsWhole(change: PlanChange): boolean {
  return growthOf(change) > tieRatio;
}

/**
 * How much more of a relation is read, where that makes the query as a whole worse; undefined where it does not.
 * Measured figures count where there are any: expected ones are asked only whether they agree.
 */
export function readGrowth(pair: ReadPair, change: PlanChange, limits: ReadLimits): ReadGrowth | undefined {
  if (!isWorseAsWhole(change)) return undefined;
  const { before, after } = pair;
  if (!change.bothMeasured || !before.work || !after.work) return costGrowth(pair, limits);
  const expected = change.after.root.totalCost > change.before.root.totalCost * tieRatio;
  const { minIncreaseBlocks, minUnexpectedBlocks = defaultUnexpectedBlocks } = limits;
  const minBlocks = expected ? minIncreaseBlocks : Math.max(minIncreaseBlocks, minUnexpectedBlocks);
  const grown: ReadGrowth[] = [];
  if (isMore(before.work.blocks, after.work.blocks, limits.maxRatio, minBlocks))
    grown.push({ unit: "blocks", before: before.work.blocks, after: after.work.blocks });
  if (isMore(before.work.rowsRead, after.work.rowsRead, limits.maxRatio, limits.minIncreaseRows))
    grown.push({ unit: "rows", before: before.work.rowsRead, after: after.work.rowsRead });
  return grown.filter((growth) => isFeltByQuery(change, growth)).sort((a, b) => timesMore(b) - timesMore(a))[0];
}

function costGrowth({ before, after }: ReadPair, { maxRatio }: ReadLimits): ReadGrowth | undefined {
  if (!isMore(before.wholeCost, after.wholeCost, maxRatio, minIncreaseUnits)) return undefined;
  return { unit: "planner units", before: before.wholeCost, after: after.wholeCost };
}

/** More than the ratio allows and by the floor at least. */
export function isMore(before: number, after: number, maxRatio: number, minIncrease: number): boolean {
  return after > before * maxRatio && after - before >= minIncrease;
}

/** Whether at least half of what this read does more remains in the query's sum: else another read does less for it. */
function isFeltByQuery({ before, after }: PlanChange, growth: ReadGrowth): boolean {
  const [then, now] = [readWork(before), readWork(after)];
  if (!then || !now) return true;
  const units = (growth.after - growth.before) * (growth.unit === "rows" ? unitsPerRow : 1);
  return now.units - then.units >= units / 2;
}

/** Both counted as one at least. */
function timesMore({ before, after }: Pick<ReadGrowth, "before" | "after">): number {
  return Math.max(1, after) / Math.max(1, before);
}

/** "1,870 blocks of 8 kB instead of 21". */
export function tellGrowth({ unit, before, after }: ReadGrowth): string {
  const instead = `instead of ${before === 0 ? "none" : tellFigure(before)}`;
  switch (unit) {
    case "blocks":
      return `${tellFigure(after)} blocks of 8 kB ${instead}`;
    case "rows":
      return `${tellFigure(after)} rows ${instead}`;
    case "planner units":
      return `an estimated cost of ${tellFigure(after)} planner units ${instead}`;
  }
}

/** With three digits and separators. */
export function tellFigure(figure: number): string {
  return Number(figure.toPrecision(3)).toLocaleString("en-US");
}

/** How a read gets at its rows, by the node that costs most of it. */
export function accessOf({ node }: Read): "index only" | "index" | "sequential" | "other" {
  switch (node.operator) {
    case "Index Only Scan":
      return "index only";
    case "Index Scan":
    case "Bitmap Heap Scan":
      return "index";
    case "Seq Scan":
      return "sequential";
    default:
      return "other";
  }
}
