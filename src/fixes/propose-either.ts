import type { Candidate } from "./candidate.js";
import { isServed } from "./index-text.js";
import type { Occurrence } from "./occurrence.js";
import { btree, keyFor, type QueryTexts } from "./propose-indexes.js";
import type { TableFacts } from "./schema-facts.js";

/** Each part of an OR wants an index of its own. */
const mostParts = 3;

/** The indexes that are missing for the parts of a condition with OR: all of them together, as one alone helps nothing. */
export function proposeEither({ either }: Occurrence, table: TableFacts, texts: QueryTexts): readonly Candidate[] {
  return either.flatMap((terms) => {
    const keys = terms.map((term) => keyFor(term, "", table, texts, term.isPrefix ? [term] : []));
    if (keys.length > mostParts || keys.some((key) => key === undefined)) return [];
    const missing = keys.flatMap((key) =>
      key && !isServed(table, [`${key.text}${key.suffix}`], "") ? btree(table, [key], "") : [],
    );
    return together([...new Map(missing.map((one) => [one.sql, one])).values()]);
  });
}

function together(candidates: readonly Candidate[]): readonly Candidate[] {
  const [first, ...others] = candidates;
  if (!first?.indexes || others.length === 0) return candidates;
  const { table } = first.indexes;
  return [
    {
      ...first,
      title: `${first.title}, and ${others.map(({ title }) => title.replace(/^adds /, "")).join(", and ")}`,
      sql: candidates.map(({ sql }) => sql).join("\n"),
      statements: candidates.flatMap(({ statements }) => statements),
      indexes: { table, names: candidates.flatMap(({ indexes }) => indexes?.names ?? []) },
      ...candidates.map(({ analyze }) => (analyze ? { analyze } : {})).find(({ analyze }) => analyze !== undefined),
    },
  ];
}
