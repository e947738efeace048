import type { Candidate } from "./candidate.js";
import { indexCandidate, isServed, nameFor } from "./index-text.js";
import type { Occurrence, Term } from "./occurrence.js";
import type { TableFacts } from "./schema-facts.js";

/** More columns than this make an index that serves one query alone. */
const mostKeys = 4;

/** One column or expression of an index that is to be. */
export interface Key {
  /** As it stands in the index's definition, without operator class and order. */
  readonly text: string;
  readonly suffix: string;
  readonly column: string;
}

/** What is known about the query besides its plan. */
export interface QueryTexts {
  /** Constants that stand in the query's text: others change from call to call. */
  readonly written: ReadonlySet<string>;
}

/**
 * B-tree indexes for how one relation is read: what is compared for equality first, then the order or a range; for joins
 * and for LIKE; limited to the rows of a constant condition where the query always has it.
 */
export function proposeIndexes(occurrence: Occurrence, table: TableFacts, texts: QueryTexts): readonly Candidate[] {
  const keyOf = (term: Term, suffix = "") => keyFor(term, suffix, table, texts);
  const some = (terms: readonly Term[]) => terms.flatMap((term) => keyOf(term) ?? []);
  const [equal, nulls] = [some(occurrence.equal), some(occurrence.nulls)];
  const [joined, ranges] = [some(occurrence.joined), some(occurrence.ranges)];
  const order = takeWhileDefined(occurrence.order.map((term) => keyOf(term, term.suffix)));
  const prefixes = occurrence.prefixes.flatMap((term) => keyFor(term, "", table, texts, [term]) ?? []);
  const lists = [
    [...equal, ...order],
    [...equal, ...prefixes.slice(0, 1)],
    [...equal, ...ranges.slice(0, 1)],
    ...joined.slice(0, 2).map((key) => [...equal, key, ...ranges.slice(0, 1)]),
    ...(equal.length > 0 ? joined.slice(0, 1).map((key) => [key]) : []),
    ...(equal.length > 1 ? equal.map((key) => [key]) : []),
    ...(nulls.length > 0 ? [[...equal, ...nulls, ...order]] : []),
  ];
  const whole = lists.flatMap((keys) => btree(table, keys, ""));
  return distinct([...whole, ...partial(occurrence, table, texts, lists)]);
}

/** The index without the columns that a condition of the query's own text fixes, for the rows that fulfil it. */
function partial(
  { fixed }: Occurrence,
  table: TableFacts,
  texts: QueryTexts,
  lists: readonly (readonly Key[])[],
): readonly Candidate[] {
  const always = fixed.filter(({ constant }) => constant === undefined || texts.written.has(constant));
  const where = [...new Set(always.map(({ predicate }) => predicate))];
  if (where.length === 0) return [];
  const columns = new Set(always.flatMap(({ term }) => term.columns));
  const own = always.flatMap(({ term }) => keyFor(term, "", table, texts) ?? []).slice(0, 1);
  const kept = lists.map((keys) => keys.filter(({ column }) => !columns.has(column))).find((keys) => keys.length > 0);
  const keys = kept ?? own;
  return keys.length > 0
    ? btree(
        table,
        keys,
        where.length === 1 ? `WHERE (${where[0]})` : `WHERE (${where.map((one) => `(${one})`).join(" AND ")})`,
      )
    : [];
}

/** A B-tree index on these keys, unless there is one. */
export function btree(table: TableFacts, wanted: readonly Key[], where: string): readonly Candidate[] {
  const keys = [...new Map(wanted.map((key) => [key.text, key])).values()].slice(0, mostKeys);
  const texts = keys.map(({ text, suffix }) => `${text}${suffix}`);
  if (keys.length === 0 || isServed(table, texts, where)) return [];
  const rows = where === "" ? "" : `, for the rows ${where.replace(/^WHERE \((.*)\)$/s, "where $1")}`;
  return [
    indexCandidate({
      table,
      body: `(${texts.join(", ")})${where && ` ${where}`}`,
      title: `adds an index on ${table.name} (${texts.join(", ")})${rows}`,
      name: nameFor(
        table,
        keys.map(({ column }) => column),
        where === "" ? "idx" : "partial_idx",
      ),
    }),
  ];
}

/** Whether an expression is the same in every call: one with a value of this call in it would serve that value alone. */
export function isFixed({ constants = [] }: Term, { written }: QueryTexts): boolean {
  return constants.every((constant) => written.has(constant));
}

/**
 * A term as an index's key; with the operator class of patterns where it is one of `prefixes`. Undefined for columns that
 * the table does not have (a view's, a system column's), and for expressions of a value.
 */
export function keyFor(
  term: Term,
  suffix: string,
  table: TableFacts,
  texts: QueryTexts,
  prefixes: readonly Term[] = [],
): Key | undefined {
  if (!isFixed(term, texts)) return undefined;
  const columns = term.columns.map((name) => table.columns.find((column) => column.name === name));
  const [first] = columns;
  if (!first || columns.some((column) => !column)) return undefined;
  const isPlain = term.column !== undefined || isSameText(first.type, term.castTo);
  // A function call stands for itself, anything else in brackets.
  const expression = /^[\w$."]+\(/.test(term.text) ? term.text : `(${term.text})`;
  const isPrefix = prefixes.some(({ text }) => text === term.text);
  return {
    text: isPlain ? first.sqlName : expression,
    suffix: isPrefix ? patternOps(first.type) : suffix,
    column: term.columns.join("_"),
  };
}

/** PostgreSQL prints varchar columns with a cast to text, which an index on the column serves as well. */
export function isSameText(type: string, castTo: string | undefined): boolean {
  return castTo === "text" && (type === "text" || type.startsWith("character varying"));
}

/** Under most collations only this operator class serves LIKE. */
function patternOps(type: string): string {
  return type.startsWith("character varying")
    ? " varchar_pattern_ops"
    : type.startsWith("character")
      ? " bpchar_pattern_ops"
      : " text_pattern_ops";
}

function takeWhileDefined(keys: readonly (Key | undefined)[]): readonly Key[] {
  const end = keys.indexOf(undefined);
  return (end < 0 ? keys : keys.slice(0, end)) as readonly Key[];
}

function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  return [...new Map(candidates.map((candidate) => [candidate.sql, candidate])).values()];
}
