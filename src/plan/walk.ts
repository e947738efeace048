import type { PlanNode, Relation } from "./plan.js";

/** A node and what its place in the plan says about how it is run. */
export interface Visit {
  readonly node: PlanNode;
  /** How often the planner expects it to be started. A lower bound below Memoize, which answers repeats itself. */
  readonly expectedLoops: number;
  /** The share of its rows the planner expects its parents to ask for: below 1 under a Limit. */
  readonly expectedShare: number;
  /**
   * True where its parents may stop before it has returned all its rows, so that actual rows below the
   * estimate say nothing: below a Limit, the inner side of a semi, anti or unique join, a merge join's inputs.
   */
  readonly cutShort: boolean;
  /**
   * What one process returns of all rows the planner counted for it: EXPLAIN prints a partial plan's rows per
   * worker. From get_parallel_divisor() in costsize.c; 1 outside of parallel plans.
   */
  readonly rowsFactor: number;
}

interface Context extends Omit<Visit, "node"> {
  /** Rows factor of partial nodes; 1 above any Gather. */
  readonly divisor: number;
}

/** Every node of a plan, parents before children. */
export function walkPlan(root: PlanNode): readonly Visit[] {
  const visits: Visit[] = [];
  const cteScansCutShort = new Map<string, boolean>();
  const initPlans: { node: PlanNode; context: Context }[] = [];
  const pending = [
    { node: root, context: { expectedLoops: 1, expectedShare: 1, cutShort: false, rowsFactor: 1, divisor: 1 } },
  ] as { node: PlanNode; context: Context }[];

  for (;;) {
    const next = pending.pop() ?? nextInitPlan(initPlans, cteScansCutShort);
    if (!next) return visits;
    const { node, context } = next;
    const rowsFactor = context.divisor > 1 && isPartial(node) ? context.divisor : 1;
    visits.push({ node, ...pick(context), rowsFactor });
    if (node.operator === "CTE Scan" && node.source) {
      cteScansCutShort.set(node.source, (cteScansCutShort.get(node.source) ?? true) && context.cutShort);
    }
    for (const child of [...node.children].reverse()) {
      const entry = { node: child, context: childContext(node, child, context) };
      if (child.role === "InitPlan") initPlans.push(entry);
      else pending.push(entry);
    }
  }
}

/** InitPlans come after the main tree, because how far a CTE is read is decided by the nodes that scan it. */
function nextInitPlan(initPlans: { node: PlanNode; context: Context }[], cteScansCutShort: Map<string, boolean>) {
  const next = initPlans.shift();
  const cte = /^CTE (.*)$/s.exec(next?.node.subplanName ?? "")?.[1];
  if (!next || cte === undefined) return next;
  return { node: next.node, context: { ...next.context, cutShort: cteScansCutShort.get(cte) ?? false } };
}

function pick({ expectedLoops, expectedShare, cutShort }: Context) {
  return { expectedLoops, expectedShare, cutShort };
}

/** Reads all its input before it returns a row, whatever its parents ask for. */
function isBlocking({ operator, traits }: PlanNode): boolean {
  if (operator === "Aggregate") return !traits.includes("Sorted");
  if (operator === "SetOp") return traits.includes("Hashed");
  return operator === "Sort" || operator === "Hash" || operator === "ModifyTable";
}

function childContext(parent: PlanNode, child: PlanNode, context: Context): Context {
  if (child.role === "InitPlan") return { ...context, expectedLoops: 1, expectedShare: 1, cutShort: true, divisor: 1 };
  if (child.role === "SubPlan") {
    // An EXISTS stops at its first row and EXPLAIN does not say which kind of sub-select this is.
    const perRow = Math.max(1, parent.rowsPerLoop * context.expectedShare);
    return { ...context, expectedLoops: context.expectedLoops * perRow, expectedShare: 1, cutShort: true, divisor: 1 };
  }
  if (isBlocking(parent)) return { ...context, expectedShare: 1, cutShort: false };
  switch (parent.operator) {
    case "Limit": {
      const share = child.rowsPerLoop > 0 ? Math.min(1, parent.rowsPerLoop / child.rowsPerLoop) : 1;
      return { ...context, expectedShare: context.expectedShare * share, cutShort: true };
    }
    case "Nested Loop":
      return child.role === "Inner" ? innerOfNestedLoop(parent, context) : context;
    case "Hash Join":
      return child.role === "Inner" ? { ...context, expectedShare: 1, cutShort: false } : context;
    case "Merge Join":
      return { ...context, cutShort: true };
    case "Materialize":
    case "Memoize":
      return { ...context, expectedLoops: 1 };
    case "Gather":
    case "Gather Merge":
      return { ...context, divisor: parallelDivisor(parent) };
    default:
      return context;
  }
}

function innerOfNestedLoop(join: PlanNode, context: Context): Context {
  const outer = join.children.find(({ role }) => role === "Outer");
  const processes = outer && context.divisor > 1 && isPartial(outer) ? context.divisor : 1;
  const outerRows = Math.max(1, (outer?.rowsPerLoop ?? 1) * processes * context.expectedShare);
  const stopsAtMatch = join.traits.some((trait) => trait === "Semi" || trait === "Anti" || trait === "Inner Unique");
  return {
    ...context,
    expectedLoops: context.expectedLoops * outerRows,
    expectedShare: 1,
    cutShort: context.cutShort || stopsAtMatch,
  };
}

/** Workers plus the leader's share of the work, as get_parallel_divisor() in costsize.c has it. */
function parallelDivisor(gather: PlanNode): number {
  const workers = Number(gather.details.find(({ label }) => label === "Workers Planned")?.text ?? 0);
  return workers + Math.max(0, 1 - 0.3 * workers);
}

/** Whether each worker returns only a part of the rows: EXPLAIN then prints the rows of one worker. */
function isPartial(node: PlanNode): boolean {
  let current: PlanNode | undefined = node;
  while (current) {
    if (current.traits.includes("Parallel")) return true;
    if (current.operator === "Gather" || current.operator === "Gather Merge") return false;
    current = current.children.find(({ role }) => role === "Outer" || role === "Member" || role === "Subquery");
  }
  return false;
}

/** How a node gets at a relation's rows; undefined where it reads no relation. */
export function accessKind(node: PlanNode): "index" | "sequential" | "other" | undefined {
  if (!node.relation || node.operator === "ModifyTable") return undefined;
  switch (node.operator) {
    case "Index Scan":
    case "Index Only Scan":
    case "Bitmap Heap Scan":
      return "index";
    case "Seq Scan":
      return "sequential";
    default:
      return "other";
  }
}

/** `schema.name`, of the partitioned table where the relation is a partition. */
export function relationName(relation: Relation): string {
  const { schema, name } = relation.partitionOf ?? relation;
  return `${schema}.${name}`;
}

/** The index or indexes through which a node reads its relation, sorted. */
export function indexesOf(node: PlanNode): readonly string[] {
  const below = node.operator.startsWith("Bitmap") ? node.children.flatMap(indexesOf) : [];
  return [...new Set([...(node.index ? [node.index] : []), ...below])].sort();
}
