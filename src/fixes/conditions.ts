import type { Plan } from "../plan/plan.js";
import { type Visit, walkPlan } from "../plan/walk.js";
import { tableKey } from "./candidate.js";
import { emptyTerms, type Occurrence, type OrderTerm, type Term } from "./occurrence.js";
import {
  columnsOf,
  constantOf,
  constantsIn,
  expressionText,
  namesIn,
  parseCondition,
  parseKeys,
  type SqlNode,
  typeOf,
} from "./sql-tree.js";

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
      return [[alias, { relation: { schema: first.schema, name: first.name }, alias, visits: group, ...emptyTerms() }]];
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
const around: Readonly<Record<string, string>> = { "@>": "<@", "<@": "@>", "&&": "&&" };
/** Operators that GIN and GiST indexes know, beside those of `around`. */
const inside = new Set(["@@", "@?", "?", "?|", "?&", "<<", ">>", "-|-", "~="]);
const patterns = new Set(["~~", "~~*", "~", "~*"]);

function addCondition(node: SqlNode, drafts: ReadonlyMap<string, Draft>): void {
  const { A_Expr: comparison, NullTest: nullTest, ColumnRef: column, BoolExpr: bool } = node;
  if (nullTest) {
    const is = nullTest["nulltesttype"] === "IS_NULL" ? "IS NULL" : "IS NOT NULL";
    const asked = is === "IS NULL" ? sideOf(nullTest["arg"] as SqlNode, drafts) : undefined;
    if (asked) add(asked.draft.nulls, asked.term);
    addFixed(nullTest["arg"] as SqlNode, (text) => `${text} ${is}`, drafts, is === "IS NULL");
  } else if (column) addFixed(node, (text) => text, drafts, true);
  else if (bool?.["boolop"] === "NOT_EXPR") {
    const [inner] = bool["args"] as readonly SqlNode[];
    if (inner?.["ColumnRef"]) addFixed(inner, (text) => `NOT ${text}`, drafts, true);
  } else if (bool?.["boolop"] === "OR_EXPR") addEither(bool["args"] as readonly SqlNode[], drafts);
  else if (comparison) {
    const [operator = "", ...more] = namesIn(comparison["name"]);
    if (more.length > 0) return;
    const [left, right] = [comparison["lexpr"] as SqlNode | undefined, comparison["rexpr"] as SqlNode | undefined];
    compare(left, operator, right, String(comparison["kind"]), drafts);
    const mirrored = flipped[operator] ?? around[operator];
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
  } else if (patterns.has(operator)) {
    const isPrefix = operator === "~~" && /^[^%_?\\]/.test(constant ?? "");
    if (isPrefix) add(draft.prefixes, term);
    // An index of trigrams finds nothing by less than three letters in a row.
    else if (constant !== undefined && /[\p{L}\p{N}]{3}/u.test(constant)) add(draft.searches, term);
  } else if (operator in around || inside.has(operator)) {
    if (known) add(draft.contains, { ...term, operator });
  }
}

/** Where every part can be found by an index of the same relation, PostgreSQL puts the indexes' bitmaps together. */
function addEither(parts: readonly SqlNode[], drafts: ReadonlyMap<string, Draft>): void {
  const found = parts.map((part) => {
    const own = new Map([...drafts].map(([alias, draft]) => [alias, { ...draft, ...emptyTerms() }] as const));
    for (const one of conjuncts(part)) addCondition(one, own);
    return [...own].flatMap(([alias, { equal, prefixes, ranges }]) =>
      [...equal, ...prefixes.map((term) => ({ ...term, isPrefix: true as const })), ...ranges]
        .slice(0, 1)
        .map((term) => ({ alias, term })),
    )[0];
  });
  const draft = drafts.get(found[0]?.alias ?? "");
  if (!draft || found.some((one) => one?.alias !== draft.alias)) return;
  draft.either.push(found.flatMap((one) => (one ? [one.term] : [])));
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
  const constants = constantsIn(node);
  return {
    draft,
    term: {
      column: node["ColumnRef"] ? first.column : undefined,
      text,
      columns: [...new Set(columns.map(({ column }) => column))],
      ...(castTo === undefined ? {} : { castTo }),
      ...(constants.length > 0 ? { constants } : {}),
    },
  };
}

function add<T extends Term>(terms: T[], term: T): void {
  if (!terms.some(({ text }) => text === term.text)) terms.push(term);
}
