import type { Plan } from "../plan/plan.js";
import { relationName, walkPlan } from "../plan/walk.js";
import { parse } from "../sql/parser.js";
import type { Candidate } from "./candidate.js";
import { indexCandidate, indexParts, nameFor } from "./index-text.js";
import type { SchemaFacts, TableFacts } from "./schema-facts.js";
import { namesIn, type SqlNode } from "./sql-tree.js";

/** With more columns than this the index would be a second table. */
const mostIncluded = 5;

/**
 * Indexes that hold every column that the query reads of a table, where the plan before answered from the index alone
 * and the plan now does not.
 */
export async function proposeCovering(
  now: SchemaFacts,
  sql: string,
  before: Plan | undefined,
  after: Plan,
): Promise<readonly Candidate[]> {
  const wereCovered = new Set(before ? relationsRead(before, (operator) => operator === "Index Only Scan") : []);
  const areNot = new Set(relationsRead(after, (operator) => operator !== "Index Only Scan"));
  const tables = now.tables.filter(({ schema, name }) => {
    const relation = `${schema}.${name}`;
    return wereCovered.has(relation) && areNot.has(relation);
  });
  if (tables.length === 0) return [];
  const columns = await columnsRead(sql);
  const indexes = new Set(
    [before, after].flatMap((plan) => (plan ? walkPlan(plan.root).flatMap(({ node }) => node.index ?? []) : [])),
  );
  return columns ? tables.flatMap((table) => coverings(table, columns, indexes)) : [];
}

function relationsRead(plan: Plan, counts: (operator: string) => boolean): readonly string[] {
  return walkPlan(plan.root).flatMap(({ node }) =>
    node.relation && node.operator !== "ModifyTable" && counts(node.operator) ? [relationName(node.relation)] : [],
  );
}

function coverings(table: TableFacts, read: ReadonlySet<string>, used: ReadonlySet<string>): readonly Candidate[] {
  const wanted = table.columns.filter(({ name }) => read.has(name)).map(({ sqlName }) => sqlName);
  return table.indexes.flatMap(({ name, body }) => {
    const parts = used.has(name) || table.partitioned ? indexParts(body) : undefined;
    if (!parts) return [];
    const missing = wanted.filter((column) => !parts.keys.some((key) => key.split(" ")[0] === column));
    const isMore = missing.some((column) => !parts.included.includes(column));
    if (!isMore || missing.length > mostIncluded) return [];
    const include = `INCLUDE (${missing.join(", ")})`;
    return indexCandidate({
      table,
      body: [`(${parts.keys.join(", ")})`, include, parts.rest].filter((part) => part !== "").join(" "),
      title: `lets the query be answered from an index on ${table.name} alone, with ${missing.join(", ")} included`,
      name: nameFor(table, [...parts.keys.map((key) => key.split(" ")[0] ?? ""), "covering"], "idx"),
    });
  });
}

/** The last parts of all column names in a statement; undefined where it reads whole rows. */
async function columnsRead(sql: string): Promise<ReadonlySet<string> | undefined> {
  const { stmts = [] } = await parse(sql).catch(() => ({ stmts: [] }));
  const found = new Set<string>();
  const pending: unknown[] = [...stmts];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== "object" || next === null) continue;
    const column = (next as SqlNode)["ColumnRef"];
    if (column && (column["fields"] as readonly SqlNode[]).some((field) => field["A_Star"])) return undefined;
    if (column) found.add(namesIn(column["fields"]).at(-1) ?? "");
    else pending.push(...Object.values(next));
  }
  return found;
}
