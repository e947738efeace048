import type { Plan, PlanNode } from "../plan/plan.js";
import { accessKind, relationName, walkPlan } from "../plan/walk.js";

/** Rows that the planner expects of the same thing, under one set of statistics and another. */
export interface MovingEstimate {
  /** One relation as it is read, or several that are joined: `public.orders`, `public.orders ⋈ public.users`. */
  readonly what: string;
  /** How the relation is filtered, as EXPLAIN prints it; absent where it is not, or where several are joined. */
  readonly condition?: string;
  /** The fewest and the most rows that were expected. */
  readonly rows: { readonly min: number; readonly max: number };
}

/** Below this factor an estimate has not moved: it is what a sample is. */
const minFactor = 1.05;
/** From this factor on a relation's own estimate explains those of the joins above it. */
const telling = 1.2;

/** The estimate that moves most between plans of one query; undefined where all stay. */
export function findMoving(plans: readonly Plan[]): MovingEstimate | undefined {
  const seen = new Map<string, Seen>();
  for (const plan of plans) for (const one of estimatesOf(plan)) note(seen, one);
  const moved = [...seen.values()]
    .map((one) => ({ ...one, factor: (one.max + 1) / (one.min + 1) }))
    .filter(({ factor }) => factor >= minFactor)
    .sort((a, b) => b.factor - a.factor);
  const worst = moved.find(({ isJoin, factor }) => !isJoin && factor >= telling) ?? moved[0];
  if (!worst) return undefined;
  const { what, condition, min, max } = worst;
  return { what, ...(condition === undefined ? {} : { condition }), rows: { min, max } };
}

interface Estimate {
  /** The same in another plan of the query. */
  readonly key: string;
  readonly what: string;
  readonly condition?: string;
  readonly isJoin: boolean;
  rows: number;
}

type Seen = Omit<Estimate, "rows"> & { min: number; max: number };

function note(seen: Map<string, Seen>, { rows, ...estimate }: Estimate): void {
  const known = seen.get(estimate.key);
  if (known) [known.min, known.max] = [Math.min(known.min, rows), Math.max(known.max, rows)];
  else seen.set(estimate.key, { ...estimate, min: rows, max: rows });
}

/** Partitions count as their parent: how many of them are read may change with the plan. */
function estimatesOf({ root }: Plan): readonly Estimate[] {
  const byKey = new Map<string, Estimate>();
  for (const { node, rowsFactor, expectedLoops } of walkPlan(root)) {
    const rows = node.rowsPerLoop * rowsFactor;
    if (isJoin(node)) {
      const what = [...new Set(readBy(node).map(({ name }) => name))].sort().join(" ⋈ ");
      const key = `join ${readBy(node)
        .map(({ occurrence }) => occurrence)
        .sort()
        .join(", ")}`; // prettier-ignore
      if (!byKey.has(key)) byKey.set(key, { key, what, isJoin: true, rows });
    } else if (node.relation && accessKind(node) !== undefined) {
      const [one] = readBy(node);
      // Below a nested loop a row count is that of one look-up, which says nothing of the relation read once.
      const key = `scan ${one?.occurrence} ${expectedLoops > 1 ? "each" : "once"}`;
      const known = byKey.get(key);
      if (known && node.relation.partitionOf) known.rows += rows;
      else if (!known) {
        const condition = conditionOf(node);
        byKey.set(key, {
          ...{ key, what: one?.name ?? "", isJoin: false, rows },
          ...(condition === undefined ? {} : { condition }),
        });
      }
    }
  }
  return [...byKey.values()];
}

function isJoin({ operator }: PlanNode): boolean {
  return operator === "Nested Loop" || operator.endsWith(" Join");
}

function readBy(node: PlanNode): readonly { readonly name: string; readonly occurrence: string }[] {
  const own = node.relation
    ? [{ name: relationName(node.relation), occurrence: occurrenceOf(node.relation, node.alias) }]
    : [];
  const below = node.children.filter(({ role }) => role !== "InitPlan" && role !== "SubPlan").flatMap(readBy);
  const all = [...own, ...below];
  return all.filter((one, index) => all.findIndex(({ occurrence }) => occurrence === one.occurrence) === index);
}

/** A partition's alias is made from its parent's and a number. */
function occurrenceOf(relation: NonNullable<PlanNode["relation"]>, alias: string | undefined): string {
  const called = relation.partitionOf ? (alias ?? "").replace(/_\d+$/, "") : (alias ?? "");
  return JSON.stringify([relationName(relation), called]);
}

function conditionOf(node: PlanNode): string | undefined {
  const texts = [node, ...(node.operator === "Bitmap Heap Scan" ? node.children : [])].flatMap(({ details }) =>
    details.filter(({ label }) => label === "Index Cond" || label === "Filter").map(({ text }) => text),
  );
  return texts.length > 0 ? texts.join(" AND ") : undefined;
}
