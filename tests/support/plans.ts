import type { Actual, Plan, PlanNode, Relation } from "../../src/plan/plan.js";

/** What a test may say about a node; the rest has a value that does no harm. */
export type NodeOptions = Partial<Omit<PlanNode, "operator" | "children" | "relation">>;

/** One operator with its children. */
export function node(operator: string, options: NodeOptions = {}, children: readonly PlanNode[] = []): PlanNode {
  return { operator, traits: [], details: [], startupCost: 0, totalCost: 1, rowsPerLoop: 1, ...options, children };
}

/** "orders" is `public.orders`, "archive.orders" is what it says. */
function relation(name: string): Relation {
  const [schema, bare] = name.includes(".") ? name.split(".") : ["public", name];
  return { schema: schema ?? "public", name: bare ?? name };
}

/** A partition of `parent`. */
export function partition(name: string, parent: string): Relation {
  return { ...relation(name), partitionOf: relation(parent) };
}

/** A sequential scan. */
export function seqScan(of: string | Relation, options: NodeOptions = {}): PlanNode {
  return scan("Seq Scan", of, options);
}

/** An index scan. */
export function indexScan(of: string | Relation, index: string, options: NodeOptions = {}): PlanNode {
  return scan("Index Scan", of, { index, ...options });
}

/** A bitmap heap scan over one bitmap index scan. */
export function bitmapScan(of: string | Relation, index: string, options: NodeOptions = {}): PlanNode {
  const below = node("Bitmap Index Scan", { index, role: "Outer", totalCost: 4 });
  return { ...scan("Bitmap Heap Scan", of, options), children: [below] };
}

function scan(operator: string, of: string | Relation, options: NodeOptions): PlanNode {
  const read = typeof of === "string" ? relation(of) : of;
  return { ...node(operator, { alias: read.name, ...options }), relation: read };
}

/** What a node did: `rows` in all `loops` together. */
export function actual(rows: number, more: Partial<Actual> = {}): Actual {
  return { loops: 1, rows, rowsSlack: 0, rowsRemoved: 0, sharedBlocks: 0, tempBlocks: 0, ...more };
}

/** A plan that was executed, or was not for the reason given. */
export function plan(root: PlanNode, notMeasured?: string): Plan {
  return { root, settings: {}, ...(notMeasured === undefined ? {} : { notMeasured }) };
}
