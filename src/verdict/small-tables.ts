import { fewRows, type SmallTable } from "../explain/small-tables.js";
import type { Plan, PlanNode } from "../plan/plan.js";
import { accessKind, walkPlan } from "../plan/walk.js";
import type { Outcome } from "./verdict.js";

/** A statement that changed what a query may use of a table: dropped an index, changed a column's type. */
export interface TouchedTable {
  /** Without schema, as migrations mostly name it. */
  readonly table: string;
  /** Where the statement stands, and its first line: "migrations/V12.sql:3: DROP INDEX x_idx". */
  readonly statement: string;
}

/** How many tables a note names. */
const named = 5;

/**
 * Says of which tables there are too few rows: queries filter or sort them by a column that an index begins with, and
 * they are read whole nevertheless. Tables that a larger one refers to are left out: they are small on purpose.
 */
export function noteSmallTables(plans: readonly Plan[], small: readonly SmallTable[]): readonly string[] {
  const nodes = plans.flatMap(({ root }) => walkPlan(root).map(({ node }) => node));
  const found = small.filter((table) => !table.isLookup && nodes.some((node) => couldUseIndex(node, table)));
  if (found.length === 0) return [];
  const names = found.slice(0, named).map(({ schema, name, rows }) => `${schema}.${name} (${rowsText(rows)})`);
  const more = found.length > named ? ` and ${found.length - named} more` : "";
  return [
    `too few rows to judge the indexes of ${names.join(", ")}${more}: PostgreSQL reads so small a table whole, whatever indexes it has; seed at least ${fewRows.toLocaleString("en-US")} rows of each`,
  ];
}

/** Whether a node reads a table whole, and sorts or filters it by a column that an index of it begins with. */
function couldUseIndex(node: PlanNode, table: SmallTable): boolean {
  const scan = node.operator === "Sort" ? node.children[0] : node;
  if (!scan || !readsWhole(scan, table)) return false;
  const texts = node.details.filter(({ label }) => label === (scan === node ? "Filter" : "Sort Key"));
  return texts.some(({ text }) =>
    table.indexedColumns.some((column) => (scan === node ? isCompared(column, text) : isFirstKey(column, text))),
  );
}

function readsWhole({ relation, ...node }: PlanNode, { schema, name }: SmallTable): boolean {
  if (!relation || accessKind({ ...node, relation }) !== "sequential") return false;
  const read = relation.partitionOf ?? relation;
  return read.schema === schema && read.name === name;
}

/**
 * A comparison that an index can answer: `(t.status = 'open'::text)`, `((t.code)::text >= $1)` of a varchar. Not
 * `(lower(t.code) = $1)`, and no other cast: an index on the column itself does not serve these.
 */
function isCompared(column: string, filter: string): boolean {
  const name = String.raw`(?:[\w"]+\.)?${written(column)}`;
  const compared = String.raw`(?:(?<![\w".])${name}|(?<![\w"])\(${name}\)::text) (?:=|<|>|<=|>=|~~|@>|&&) `;
  return new RegExp(compared).test(filter.replace(/'(?:[^']|'')*'/g, "''"));
}

function isFirstKey(column: string, keys: string): boolean {
  return new RegExp(String.raw`^(?:[\w"]+\.)?${written(column)}(?:$|,| )`).test(keys);
}

/** A column as EXPLAIN writes it, escaped for a pattern. */
function written(column: string): string {
  const text = /^[a-z_][a-z0-9_$]*$/.test(column) ? column : `"${column.replaceAll('"', '""')}"`;
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/**
 * Notes on outcomes which nothing speaks against that this is no evidence: the change touches a table of which the plan
 * reads too few rows to show what it does.
 */
export function noteMissingEvidence(
  outcomes: readonly Outcome[],
  small: readonly SmallTable[],
  touched: readonly TouchedTable[],
): readonly Outcome[] {
  const suspects = small.flatMap((table) => {
    const statement = touched.find((one) => one.table === table.name)?.statement;
    return statement === undefined ? [] : [{ table, statement }];
  });
  if (suspects.length === 0) return outcomes;
  return outcomes.map((outcome) => {
    const { kind, after } = outcome;
    if (!after || (kind !== "passed" && kind !== "tie")) return outcome;
    const nodes = walkPlan(after.root).map(({ node }) => node);
    const notes = suspects
      .filter(({ table }) => nodes.some((node) => readsWhole(node, table)))
      .map(
        ({ table: { schema, name, rows }, statement }) =>
          `needs evidence: ${schema}.${name} has ${rowsText(rows)}, too few to show what \`${statement}\` does to this plan; seed at least ${fewRows.toLocaleString("en-US")}`,
      );
    return notes.length === 0 ? outcome : { ...outcome, notes: [...outcome.notes, ...notes] };
  });
}

function rowsText(rows: number): string {
  return rows === 0 ? "no rows" : rows === 1 ? "1 row" : `${rows} rows`;
}
