import type { Actual, Detail, Plan, PlanNode, Relation, Role } from "../plan/plan.js";
import type { Catalog } from "./catalog.js";
import { type DisabledPaths, readDisabledPaths } from "./disabled.js";
import { mergePartitionAliases } from "./partition-aliases.js";
import { RawExplain, RawNode } from "./raw-plan.js";

/** A plan, or why the text is none. */
export type ParsedExplain =
  | { readonly kind: "plan"; readonly plan: Plan }
  | { readonly kind: "unreadable"; readonly reason: string };

/** What plans do not say of what they name. */
export type KnownOfPlans = Pick<Catalog, "partitionRoot" | "chanceMethodOf">;

/** What parsing must know besides the text. */
export interface ParseOptions {
  /** Settings of the measurement itself, which are no part of the plan. */
  readonly ownSettings: readonly string[];
}

/** Reads what `EXPLAIN (FORMAT JSON, VERBOSE, SETTINGS)` printed, with ANALYZE or without. Never throws for bad text. */
export function parsePlan(text: string, catalog: KnownOfPlans, { ownSettings }: ParseOptions): ParsedExplain {
  try {
    const [top, ...others] = RawExplain.parse(parseJson(text));
    // A rule (CREATE RULE) makes no statement or several out of one.
    if (!top) return { kind: "unreadable", reason: "a rule leaves nothing of the statement to plan" };
    if (others.length > 0) return { kind: "unreadable", reason: "a rule makes several statements of it" };
    const settings = top.Settings ?? {};
    const root = readNode(top.Plan, { catalog, disabledPaths: readDisabledPaths(settings) }, 0);
    const shown = Object.entries(settings).filter(([name]) => !ownSettings.includes(name));
    return { kind: "plan", plan: { root: mergePartitionAliases(root), settings: Object.fromEntries(shown) } };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TooDeep) return { kind: "unreadable", reason: error.message };
    if (error instanceof Error && "issues" in error) return { kind: "unreadable", reason: firstIssue(error.issues) };
    throw error;
  }
}

function firstIssue(issues: unknown): string {
  const [issue] = issues as readonly { readonly path: readonly unknown[]; readonly message: string }[];
  return `${issue?.path.join(".") || "the plan"}: ${issue?.message}`;
}

/**
 * ANALYZE of a MERGE into two or more partitions prints its tuple counts inside of the array "Target Tables", where
 * JSON allows no keys (PostgreSQL 15 to 18): they are moved behind it.
 */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const mended = text.replace(/(\})((?:,\s*"Tuples [A-Za-z]+": \d+)+)(\s*\])/g, "$1$3$2");
    if (mended === text) throw error;
    return JSON.parse(mended);
  }
}

interface Context {
  readonly catalog: KnownOfPlans;
  readonly disabledPaths: DisabledPaths;
}

/** Far beyond what PostgreSQL's own stack allows a query, and what those who walk plans can recurse. */
const maxDepth = 1_000;

class TooDeep extends Error {
  constructor() {
    super(`it is nested deeper than ${maxDepth} levels`);
  }
}

/** `schema` is that of the relation which the node above reads: a bitmap's index names neither. */
function readNode(value: unknown, context: Context, depth: number, schema?: string): PlanNode {
  if (depth > maxDepth) throw new TooDeep();
  const raw = RawNode.parse(value);
  const { catalog, disabledPaths } = context;
  const relation = readRelation(raw, catalog);
  const name = raw["Subplan Name"];
  const index = raw["Index Name"];
  const ownSchema = raw.Schema ?? schema;
  const source = raw["CTE Name"] ?? raw["Function Name"] ?? raw["Table Function Name"] ?? raw["Tuplestore Name"];
  return {
    operator: operatorOf(raw),
    ...optional("role", roleOf(raw)),
    ...optional("subplanName", name === undefined ? undefined : oneLine(name.replace(/ \(returns .*\)$/s, ""))),
    traits: traitsOf(raw, disabledPaths),
    ...optional("relation", relation),
    ...optional("alias", raw.Alias === undefined ? undefined : oneLine(raw.Alias)),
    ...optional("index", index === undefined ? undefined : oneLine(index)),
    ...optional("accessMethod", index === undefined ? undefined : catalog.chanceMethodOf(index, ownSchema)),
    ...optional("source", source === undefined ? undefined : oneLine(source)),
    details: detailsOf(raw),
    startupCost: disabledPaths.withoutPenalty(raw, raw["Startup Cost"]),
    totalCost: disabledPaths.withoutPenalty(raw, raw["Total Cost"]),
    rowsPerLoop: raw["Plan Rows"],
    ...optional("actual", readActual(raw)),
    children: (raw.Plans ?? []).map((child) => readNode(child, context, depth + 1, ownSchema)),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

function operatorOf(raw: RawNode): string {
  const provider = raw["Custom Plan Provider"];
  const operator = raw["Node Type"].replace(/[^A-Za-z ]/g, "").trim() || "Unknown";
  return provider === undefined ? operator : `${operator} (${provider.replace(/[^A-Za-z0-9_ ]/g, "")})`;
}

const roles: ReadonlySet<string> = new Set<Role>(["Outer", "Inner", "Member", "Subquery", "InitPlan", "SubPlan"]);

function roleOf(raw: RawNode): Role | undefined {
  const role = raw["Parent Relationship"];
  if (role === undefined) return undefined;
  // The children of a custom scan have a role of their own, "child".
  return roles.has(role) ? (role as Role) : "Member";
}

function readRelation(raw: RawNode, catalog: Context["catalog"]): Relation | undefined {
  const { Schema: schema, "Relation Name": name } = raw;
  if (schema === undefined || name === undefined) return undefined;
  const root = catalog.partitionRoot(schema, name);
  return {
    schema: oneLine(schema),
    name: oneLine(name),
    ...optional("partitionOf", root && { schema: oneLine(root.schema), name: oneLine(root.name) }),
  };
}

/** In this order: what tells two plans apart, and only where it is not the usual. */
function traitsOf(raw: RawNode, disabledPaths: DisabledPaths): readonly string[] {
  const { Strategy: strategy, Operation: operation, Command: command } = raw;
  const [join, mode] = [raw["Join Type"], raw["Partial Mode"]];
  const traits = [
    raw["Parallel Aware"] ? "Parallel" : undefined,
    join === "Inner" ? undefined : join,
    raw["Inner Unique"] ? "Inner Unique" : undefined,
    strategy === "Plain" ? undefined : strategy,
    mode === "Simple" ? undefined : mode,
    raw["Scan Direction"] === "Backward" ? "Backward" : undefined,
    operation,
    command,
    raw["Single Copy"] ? "Single Copy" : undefined,
    disabledPaths.isDisabled(raw) ? "Disabled" : undefined,
  ];
  return traits.map((trait) => (trait ?? "").replace(/[^A-Za-z ]/g, "").trim()).filter((trait) => trait !== "");
}

/** Lines below a node that a reader or a rule needs, in this order. Left out: output, widths, memory, times, workers. */
const detailLabels = [
  ...["Index Cond", "Recheck Cond", "TID Cond", "Order By", "Filter", "One-Time Filter", "Join Filter", "Hash Cond"],
  ...["Merge Cond", "Window", "Run Condition", "Sort Key", "Presorted Key", "Group Key", "Grouping Sets", "Cache Key"],
  ...["Target Tables", "Conflict Resolution", "Conflict Arbiter Indexes", "Conflict Filter"],
  ...["Sampling Method", "Sampling Parameters", "Repeatable Seed", "Function Call", "Table Function Call"],
  ...["Relations", "Remote SQL", "Subplans Removed", "Workers Planned"],
] as const;

function detailsOf(raw: RawNode): readonly Detail[] {
  return detailLabels.flatMap((label) => {
    const value = raw[label];
    return value === undefined || value === 0 ? [] : [{ label, text: oneLine(textOf(value)) }];
  });
}

/** Lists as EXPLAIN's text format prints them. */
function textOf(value: unknown): string {
  if (Array.isArray(value))
    return value.map((item) => (Array.isArray(item) ? `(${textOf(item)})` : textOf(item))).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  if ("Relation Name" in value && "Schema" in value) return `${value.Schema}.${value["Relation Name"]}`;
  // Grouping sets: "Hash Keys (a, b)", "Group Keys (a), ()", "Sort Key b".
  return Object.entries(value)
    .map(([key, below]) => `${key} ${textOf(below)}`)
    .join(", ");
}

/** Names and conditions may hold line breaks; a stored plan has one line a node. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ");
}

function readActual(raw: RawNode): Actual | undefined {
  const loops = raw["Actual Loops"];
  if (loops === undefined) return undefined;
  // Since 18 rows per loop have two decimals, and every node says whether it is disabled.
  const rounding = raw.Disabled === undefined ? 0.5 : 0.005;
  const removedBy = (by: "Filter" | "Join Filter" | "Index Recheck") => (raw[`Rows Removed by ${by}`] ?? 0) * loops;
  return {
    loops,
    rows: (raw["Actual Rows"] ?? 0) * loops,
    rowsSlack: loops > 1 ? rounding * loops : 0,
    rowsRemoved: removedBy("Filter") + removedBy("Join Filter") + removedBy("Index Recheck"),
    ...positive("rowsRemovedByJoinFilter", removedBy("Join Filter")),
    ...positive("rowsRemovedByRecheck", removedBy("Index Recheck")),
    ...positive("heapFetches", raw["Heap Fetches"]),
    ...positive("lossyHeapBlocks", raw["Lossy Heap Blocks"]),
    sharedBlocks: (raw["Shared Hit Blocks"] ?? 0) + (raw["Shared Read Blocks"] ?? 0),
    tempBlocks: (raw["Temp Read Blocks"] ?? 0) + (raw["Temp Written Blocks"] ?? 0),
    ...readSpill(raw),
  };
}

/** What did not fit into memory: one batch did. */
function readSpill(raw: RawNode): Pick<Actual, "hashBatches" | "diskKilobytes"> {
  const batches = Math.max(raw["Hash Batches"] ?? 0, raw["HashAgg Batches"] ?? 0);
  const sorted = raw["Sort Space Type"] === "Disk" ? raw["Sort Space Used"] : undefined;
  return {
    ...positive("hashBatches", batches > 1 ? batches : undefined),
    ...positive("diskKilobytes", sorted ?? raw["Disk Usage"]),
  };
}

function positive<K extends string>(key: K, figure: number | undefined): { [P in K]?: number } {
  return figure ? optional(key, figure) : {};
}
