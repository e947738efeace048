import type { Candidate } from "./candidate.js";
import { indexCandidate, isServed, nameFor } from "./index-text.js";
import type { SchemaFacts } from "./schema-facts.js";

/**
 * Indexes on the foreign keys of blamed tables that have none: deleting a referenced row, or changing its key, looks for
 * the rows that refer to it, and no plan shows that.
 */
export function proposeForeignKeys(now: SchemaFacts, blamed: ReadonlySet<string>): readonly Candidate[] {
  return now.tables
    .filter(({ schema, name }) => blamed.has(`${schema}.${name}`))
    .flatMap((table) =>
      table.foreignKeys.flatMap((names) => {
        const columns = names.map((name) => table.columns.find((column) => column.name === name)?.sqlName ?? name);
        if (isServed(table, columns, "")) return [];
        return indexCandidate({
          table,
          body: `(${columns.join(", ")})`,
          title: `adds an index for the foreign key on ${table.name} (${columns.join(", ")})`,
          name: nameFor(table, names, "idx"),
        });
      }),
    );
}
