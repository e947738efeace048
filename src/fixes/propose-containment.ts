import type { Candidate } from "./candidate.js";
import { indexCandidate, nameFor } from "./index-text.js";
import type { Contained, Occurrence, Term } from "./occurrence.js";
import { isFixed, isSameText, type QueryTexts } from "./propose-indexes.js";
import type { TableFacts, Trigrams } from "./schema-facts.js";

/** Types of which GiST knows what they contain and overlap, with the operator class where it is not the default. */
const shapes: readonly (readonly [types: RegExp, operators: string])[] = [
  [/range$/, ""],
  [/^(box|circle|polygon|point|ltree)$/, ""],
  [/^(\w+\.)?(geometry|geography)\b/, ""],
  [/^(inet|cidr)$/, " inet_ops"],
];
/** What the smaller kind of index on jsonb knows. */
const pathOperators = new Set(["@>", "@?", "@@"]);

/** GIN and GiST indexes for what is asked of the inside of values: documents, arrays, texts, ranges, shapes. */
export function proposeContainment(
  { contains, searches }: Occurrence,
  table: TableFacts,
  texts: QueryTexts,
  trigrams: Trigrams,
): readonly Candidate[] {
  return [
    ...contains.filter((term) => isFixed(term, texts)).flatMap((term) => containing(term, table)),
    ...searches.filter((term) => isFixed(term, texts)).flatMap((term) => searching(term, table, trigrams)),
  ];
}

function containing(term: Contained, table: TableFacts): readonly Candidate[] {
  const column = table.columns.find(({ name }) => name === (term.column ?? term.columns[0]));
  if (!column) return [];
  const key = term.column === undefined ? term.text : column.sqlName;
  const type = term.column === undefined ? typeOfExpression(term.text, column.type) : column.type;
  if (type === "jsonb") {
    const isPath = pathOperators.has(term.operator);
    return inverted(table, term, "gin", isPath ? [`${key} jsonb_path_ops`, key] : [key]);
  }
  if (/^(tsvector|hstore|.*\[\])$/.test(type)) return inverted(table, term, "gin", [key]);
  const shape = shapes.find(([types]) => types.test(type));
  return shape ? inverted(table, term, "gist", [`${key}${shape[1]}`]) : [];
}

/** Only what is certain without asking the server. */
function typeOfExpression(text: string, type: string): string {
  if (text.startsWith("to_tsvector(")) return "tsvector";
  return type === "jsonb" && /^\([\w."]+ #?> /.test(text.replace(" -> ", " #> ")) ? "jsonb" : "";
}

/** The first of `keys` as an index, unless there is one of any of them. */
function inverted(
  table: TableFacts,
  { columns }: Term,
  method: "gin" | "gist",
  keys: readonly string[],
): readonly Candidate[] {
  const bodies = keys.map((key) => `USING ${method} (${key})`);
  const [body = ""] = bodies;
  if (table.indexes.some((index) => bodies.includes(index.body))) return [];
  return [
    indexCandidate({
      table,
      body,
      title: `adds a ${method === "gin" ? "GIN" : "GiST"} index on ${table.name} (${keys[0]})`,
      name: nameFor(table, columns, "idx"),
    }),
  ];
}

function searching(term: Term, table: TableFacts, trigrams: Trigrams): readonly Candidate[] {
  if (trigrams.kind === "missing") return [];
  const candidate = searchIndex(term, table, trigrams.kind === "installed" ? trigrams.schema : "public");
  if (!candidate || trigrams.kind === "installed") return candidate ? [candidate] : [];
  const extend = "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public";
  return [{ ...candidate, sql: `${extend};\n${candidate.sql}`, statements: [extend, ...candidate.statements] }];
}

/** An index of the trigrams of a text, by the operator class that pg_trgm brought to `schema`. */
export function searchIndex(term: Term, table: TableFacts, schema: string): Candidate | undefined {
  const column = table.columns.find(({ name }) => name === (term.column ?? term.columns[0]));
  if (!column) return undefined;
  const isPlain = term.column !== undefined || isSameText(column.type, term.castTo);
  if (isPlain && !/^(text|character|.*\bcitext$)/.test(column.type)) return undefined;
  const key = isPlain ? column.sqlName : term.text;
  const operators = schema === "public" ? "gin_trgm_ops" : `${schema}.gin_trgm_ops`;
  if (table.indexes.some(({ body }) => body.includes(`(${key} `) && body.includes("_trgm_ops"))) return undefined;
  return indexCandidate({
    table,
    body: `USING gin (${key} ${operators})`,
    title: `adds an index on ${table.name} for searches within ${key}`,
    name: nameFor(table, [...term.columns, "trgm"], "idx"),
  });
}
