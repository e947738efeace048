import type { Plan } from "../plan/plan.js";
import { readOccurrences } from "./conditions.js";
import { searchIndex } from "./propose-containment.js";
import type { SchemaFacts } from "./schema-facts.js";

/** Tables with fewer rows are searched quickly without an index. */
const minRows = 1_000;

/** What could not be tried for a search within texts, as this server has no pg_trgm: a sentence for each table. */
export async function adviseSearches(query: string, after: Plan, now: SchemaFacts): Promise<readonly string[]> {
  if (now.trigrams.kind !== "missing") return [];
  return (await readOccurrences(after)).flatMap(({ relation, searches }) => {
    const table = now.table(relation);
    const [term] = searches;
    const wanted = table && term && table.rows >= minRows ? searchIndex(term, table, "public") : undefined;
    return wanted
      ? [
          `\`${query}\` searches within a text of ${relation.name}; not tried, as this server has no pg_trgm: \`CREATE EXTENSION pg_trgm; ${wanted.sql}\``,
        ]
      : [];
  });
}
