import { type Candidate, identifier, tableKey } from "./candidate.js";
import type { ConstraintFacts } from "./definition-facts.js";
import { freeName } from "./index-text.js";
import type { Restored } from "./propose-definitions.js";
import type { ColumnFacts, SchemaFacts, TableFacts } from "./schema-facts.js";

/**
 * What the planner knew of tables that it does not know now: foreign keys, checks and exclusions that were dropped, columns that
 * could not be null, what was set for a column's distinct values, and types that were changed.
 */
export function proposeConstraints(before: SchemaFacts, now: SchemaFacts): readonly Restored[] {
  return now.tables.flatMap((table) => {
    const then = before.table(table);
    const candidates = then
      ? [
          ...lostConstraints(table, before, now),
          ...then.columns.flatMap((column) => {
            const found = table.columns.find(({ name }) => name === column.name);
            return found ? [...lostNotNull(table, column, found), ...lostOptions(table, column, found)] : [];
          }),
          ...then.columns.flatMap((column) => {
            const found = table.columns.find(({ name }) => name === column.name);
            return found ? lostType(table, column, found) : [];
          }),
        ]
      : [];
    const relation = `${table.schema}.${table.name}`;
    return candidates.map((candidate): Restored => ({ candidate, name: table.name, relation }));
  });
}

function lostConstraints(table: TableFacts, before: SchemaFacts, now: SchemaFacts): readonly Candidate[] {
  const of = ({ definitions }: SchemaFacts) =>
    definitions.constraints.filter((one) => tableKey(one.table) === tableKey(table));
  const there = of(now);
  const isLost = ({ definition }: ConstraintFacts) => !there.some((one) => one.definition === definition);
  return of(before)
    .filter(isLost)
    .map(({ name, definition }) => {
      const free = freeName(name, new Set(there.map((one) => one.name)));
      const made = alteration(
        table,
        `restores the dropped ${kindOf(definition)} \`${name}\` of ${table.name} (the table is locked while its rows are checked)`,
        `ADD CONSTRAINT ${identifier(free)} ${definition}`,
      );
      if (!definition.startsWith("EXCLUDE")) return made;
      const own = { schema: table.schema, name: table.name };
      return { ...made, indexes: { names: [{ schema: table.schema, name: free }], table: own } };
    });
}

function kindOf(definition: string): string {
  if (definition.startsWith("FOREIGN KEY")) return "foreign key";
  return definition.startsWith("EXCLUDE") ? "exclusion constraint" : "check";
}

function lostNotNull(table: TableFacts, then: ColumnFacts, now: ColumnFacts): readonly Candidate[] {
  if (!then.notNull || now.notNull) return [];
  const title = `makes ${table.name}.${now.name} NOT NULL again (the table is locked while its rows are checked)`;
  return [alteration(table, title, `ALTER COLUMN ${now.sqlName} SET NOT NULL`)];
}

/** `n_distinct` and the like: what was set and is not, and what is set and was not. */
function lostOptions(table: TableFacts, then: ColumnFacts, now: ColumnFacts): readonly Candidate[] {
  const missing = then.options.filter((option) => !now.options.includes(option));
  const names = new Set(then.options.map(nameOf));
  const added = now.options.map(nameOf).filter((name) => !names.has(name));
  const change =
    missing.length > 0 ? `SET (${missing.join(", ")})` : added.length > 0 ? `RESET (${added.join(", ")})` : undefined;
  if (change === undefined) return [];
  const made = alteration(
    table,
    `takes back what was set for the distinct values of ${table.name}.${now.name}`,
    `ALTER COLUMN ${now.sqlName} ${change}`,
  );
  return [analyzed(made, table)];
}

function nameOf(option: string): string {
  return option.slice(0, option.indexOf("="));
}

function lostType(table: TableFacts, then: ColumnFacts, now: ColumnFacts): readonly Candidate[] {
  if (then.type === now.type && then.collation === now.collation) return [];
  const collation = then.collation === undefined ? "" : ` COLLATE ${then.collation}`;
  // An explicit cast would cut what is too long, and drop the time of a day: without it PostgreSQL refuses the first.
  const using = /[(]|date|time/.test(then.type) ? "" : ` USING ${now.sqlName}::${then.type}`;
  const back = `ALTER COLUMN ${now.sqlName} TYPE ${then.type}${collation}${using}`;
  const title = `gives ${table.name}.${now.name} the type ${then.type}${collation} again (each value is cast, and the table is locked while it is rewritten)`;
  return [analyzed(alteration(table, title, back), table)];
}

function alteration(table: TableFacts, title: string, change: string): Candidate {
  const alter = `ALTER TABLE ${table.sqlName} ${change}`;
  return { kind: "definition", title, sql: `${alter};`, statements: [alter], restores: true };
}

function analyzed(candidate: Candidate, { schema, name, sqlName }: TableFacts): Candidate {
  return { ...candidate, sql: `${candidate.sql} ANALYZE ${sqlName};`, analyze: { schema, name } };
}
