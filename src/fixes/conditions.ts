import type { Plan } from "../plan/plan.js";
import { type Visit, walkPlan } from "../plan/walk.js";
import { type TableName, tableKey } from "./candidate.js";
import {
  columnsOf,
  constantOf,
  expressionText,
  namesIn,
  parseCondition,
  parseKeys,
  type SqlNode,
  typeOf,
} from "./sql-tree.js";

/** One side of a condition that depends on one occurrence of a relation alone. */
export interface Term {
  /** The column where it is one, bare; else undefined. */
  readonly column: string | undefined;
  /** SQL text without qualifier. */
  readonly text: string;
  /** The columns it is made of. */
  readonly columns: readonly string[];
  /** Where it is a column below one cast: the type that the cast names. */
  readonly castTo?: string;
}

/** An order that the plan brings rows into. */
export interface OrderTerm extends Term {
  readonly suffix: "" | " DESC" | " NULLS FIRST" | " DESC NULLS LAST";
}

/** A condition that compares a term with a constant, or asks whether it is null. */
export interface Fixed {
  readonly term: Term;
  /** As SQL, for an index's WHERE. */
  readonly predicate: string;
  /** The constant's text; undefined for IS NULL and booleans. */
  readonly constant?: string;
}

/** One occurrence of a relation in a query, and everything the plan asks of it. */
export interface Occurrence {
  readonly relation: TableName;
  readonly alias: string;
  readonly visits: readonly Visit[];
  /** Compared for equality with something known before the read. */
  readonly equal: readonly Term[];
  /** Compared for equality with a column of another relation. */
  readonly joined: readonly Term[];
  /** Compared by <, <=, > or >= with something known. */
  readonly ranges: readonly Term[];
  /** Compared by LIKE with a constant that begins with something else than a wildcard. */
  readonly prefixes: readonly Term[];
  /** Asked whether it contains something: jsonb, arrays, full text. */
  readonly contains: readonly Term[];
  /** The first keys of the outermost sort, as far as they are of this occurrence. */
  readonly order: readonly OrderTerm[];
  readonly grouped: readonly Term[];
  /** Conditions with a constant: what a partial index could be limited to. */
  readonly fixed: readonly Fixed[];
}

type Draft = { -readonly [K in keyof Occurrence]: Occurrence[K] extends readonly (infer T)[] ? T[] : Occurrence[K] };

const conditions = new Set(["Index Cond", "Recheck Cond", "Filter", "Join Filter", "Hash Cond", "Merge Cond"]);

/** Everything a plan's conditions, joins, sorts and groups say about the relations it reads; partitions as their parent. */
export async function readOccurrences(plan: Plan): Promise<readonly Occurrence[]> {
  const visits = walkPlan(plan.root);
  const drafts = draftsOf(visits);
  for (const { node } of visits) {
    for (const { label, text } of node.details) {
      if (conditions.has(label)) {
        for (const part of conjuncts(await parseCondition(text))) addCondition(part, drafts);
      } else if (label === "Sort Key") addOrder(await parseKeys(text), drafts);
      else if (label === "Group Key") addGroup(await parseKeys(text), drafts);
    }
  }
  return [...drafts.values()];
}

function draftsOf(visits: readonly Visit[]): Map<string, Draft> {
  const reads = visits.filter(({ node }) => node.relation && node.operator !== "ModifyTable");
  const groups = Map.groupBy(reads, ({ node }) => node.alias ?? node.relation?.name ?? "");
  return new Map(
    [...groups].flatMap(([alias, group]): [string, Draft][] => {
      const relations = group.flatMap(({ node: { relation } }) => (relation ? [relation.partitionOf ?? relation] : []));
      const [first] = relations;
      // The same alias for two relations: a condition does not say which one it means.
      if (!first || new Set(relations.map(tableKey)).size > 1) return [];
      const empty = {
        equal: [],
        joined: [],
        ranges: [],
        prefixes: [],
        contains: [],
        order: [],
        grouped: [],
        fixed: [],
      };
      return [[alias, { relation: { schema: first.schema, name: first.name }, alias, visits: group, ...empty }]];
    }),
  );
}

/** The parts of a condition that must all be true. */
export function conjuncts(node: SqlNode | undefined): readonly SqlNode[] {
  if (!node) return [];
  const both = node["BoolExpr"];
  return both?.["boolop"] === "AND_EXPR" ? (both["args"] as readonly SqlNode[]).flatMap(conjuncts) : [node];
}

const flipped: Readonly<Record<string, string>> = { "<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=" };

function addCondition(node: SqlNode, drafts: ReadonlyMap<string, Draft>): void {
  const { A_Expr: comparison, NullTest: nullTest, ColumnRef: column, BoolExpr: bool } = node;
  if (nullTest) {
    const is = nullTest["nulltesttype"] === "IS_NULL" ? "IS NULL" : "IS NOT NULL";
    addFixed(nullTest["arg"] as SqlNode, (text) => `${text} ${is}`, drafts, is === "IS NULL");
  } else if (column) addFixed(node, (text) => text, drafts, true);
  else if (bool?.["boolop"] === "NOT_EXPR") {
    const [inner] = bool["args"] as readonly SqlNode[];
    if (inner?.["ColumnRef"]) addFixed(inner, (text) => `NOT ${text}`, drafts, true);
  } else if (comparison) {
    const [operator = "", ...more] = namesIn(comparison["name"]);
    if (more.length > 0) return;
    const [left, right] = [comparison["lexpr"] as SqlNode | undefined, comparison["rexpr"] as SqlNode | undefined];
    compare(left, operator, right, String(comparison["kind"]), drafts);
    const mirrored = flipped[operator];
    if (mirrored && comparison["kind"] === "AEXPR_OP") compare(right, mirrored, left, "AEXPR_OP", drafts);
  }
}

function compare(
  left: SqlNode | undefined,
  operator: string,
  right: SqlNode | undefined,
  kind: string,
  drafts: ReadonlyMap<string, Draft>,
): void {
  const [side, others] = [sideOf(left, drafts), columnsOf(right)];
  if (!side || !others || others.some(({ alias }) => alias === side.draft.alias)) return;
  const { draft, term } = side;
  const known = others.length === 0;
  const constant = constantOf(right);
  if (kind === "AEXPR_OP_ANY" && operator === "=") {
    if (known) add(draft.equal, term);
  } else if (kind !== "AEXPR_OP") return;
  else if (operator === "=") {
    add(known ? draft.equal : draft.joined, term);
    if (known && constant !== undefined && constant !== "?") {
      const text = expressionText(right);
      if (text !== undefined) draft.fixed.push({ term, predicate: `${term.text} = ${text}`, constant });
    }
  } else if (operator in flipped) {
    if (known) add(draft.ranges, term);
  } else if (operator === "~~") {
    if (constant !== undefined && /^[^%_?\\]/.test(constant)) add(draft.prefixes, term);
  } else if (operator === "@>" || operator === "&&" || operator === "@@" || operator === "?") {
    if (known) add(draft.contains, term);
  }
}

function addFixed(
  node: SqlNode,
  predicate: (text: string) => string,
  drafts: ReadonlyMap<string, Draft>,
  narrow: boolean,
): void {
  const side = sideOf(node, drafts);
  // IS NOT NULL is printed for joins that cannot match null: it says nothing that an index could use well.
  if (side?.term.column === undefined || !narrow) return;
  side.draft.fixed.push({ term: side.term, predicate: predicate(side.term.text) });
}

function addOrder(keys: readonly Readonly<Record<string, unknown>>[], drafts: ReadonlyMap<string, Draft>): void {
  const sides = keys.map((key) => ({ key, side: sideOf(key["node"] as SqlNode, drafts) }));
  const draft = sides[0]?.side?.draft;
  // Walked from the top: the outermost sort is the one that an index can spare the most.
  if (!draft || draft.order.length > 0) return;
  for (const { key, side } of sides) {
    if (side?.draft !== draft) return;
    draft.order.push({ ...side.term, suffix: suffixOf(key) });
  }
}

function suffixOf(key: Readonly<Record<string, unknown>>): OrderTerm["suffix"] {
  const [down, nulls] = [key["sortby_dir"] === "SORTBY_DESC", key["sortby_nulls"]];
  if (down) return nulls === "SORTBY_NULLS_LAST" ? " DESC NULLS LAST" : " DESC";
  return nulls === "SORTBY_NULLS_FIRST" ? " NULLS FIRST" : "";
}

function addGroup(keys: readonly Readonly<Record<string, unknown>>[], drafts: ReadonlyMap<string, Draft>): void {
  for (const key of keys) {
    const side = sideOf(key["node"] as SqlNode, drafts);
    if (side) add(side.draft.grouped, side.term);
  }
}

interface Side {
  readonly draft: Draft;
  readonly term: Term;
}

/** The side of a condition as a term, where it depends on one occurrence alone. */
function sideOf(node: SqlNode | undefined, drafts: ReadonlyMap<string, Draft>): Side | undefined {
  const columns = columnsOf(node);
  const [first] = columns ?? [];
  if (!node || !columns || !first || columns.some(({ alias }) => alias !== first.alias)) return undefined;
  const draft = drafts.get(first.alias);
  const text = expressionText(node);
  if (!draft || text === undefined) return undefined;
  const cast = node["TypeCast"];
  const inner = cast && (cast["arg"] as SqlNode)["ColumnRef"];
  const castTo = inner ? typeOf(cast) : undefined;
  return {
    draft,
    term: {
      column: node["ColumnRef"] ? first.column : undefined,
      text,
      columns: [...new Set(columns.map(({ column }) => column))],
      ...(castTo === undefined ? {} : { castTo }),
    },
  };
}

function add(terms: Term[], term: Term): void {
  if (!terms.some(({ text }) => text === term.text)) terms.push(term);
}
