import type { Plan } from "../plan/plan.js";
import { readOccurrences } from "./conditions.js";
import { searchIndex } from "./propose-containment.js";
import type { SchemaFacts, Trigrams } from "./schema-facts.js";

/** Tables with fewer rows are searched quickly without an index. */
const minRows = 1_000;

/** A new query must not block for want of an extension that nobody has asked for yet: there it is advice. */
export function trigramsFor(hasBefore: boolean, { trigrams }: SchemaFacts): Trigrams {
  return hasBefore || trigrams.kind === "installed" ? trigrams : { kind: "missing" };
}

/** What was not tried for a search within texts, for want of pg_trgm: a sentence for each table. */
export async function adviseSearches(
  query: string,
  after: Plan,
  now: SchemaFacts,
  hasBefore: boolean,
): Promise<readonly string[]> {
  if (trigramsFor(hasBefore, now).kind !== "missing") return [];
  return (await readOccurrences(after)).flatMap(({ relation, searches }) => {
    const table = now.table(relation);
    const [term] = searches;
    const wanted = table && term && table.rows >= minRows ? searchIndex(term, table, "public") : undefined;
    return wanted
      ? [
          `\`${query}\` searches within a text of ${relation.name}; an index for that needs pg_trgm, which is not installed, and was not tried: \`CREATE EXTENSION pg_trgm; ${wanted.sql}\``,
        ]
      : [];
  });
}
