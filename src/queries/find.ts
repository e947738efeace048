import { type Place, PlanGateError, type Problem, problemOf } from "../errors.js";
import type { Tree } from "../files/tree.js";
import { type Chunk, cutAtHeaders, queryName, readHeader } from "./header.js";
import type { Case, Query } from "./query.js";
import { parseQuery } from "./statement.js";

/** The registered queries, and what is wrong with the texts that are none. */
export interface FoundQueries {
  /** Sorted by name. */
  readonly queries: readonly Query[];
  readonly problems: readonly Problem[];
}

/** Reads every query below `patterns`. A bad one is a problem of its own; the others are found all the same. */
export async function findQueries(tree: Tree, patterns: readonly string[]): Promise<FoundQueries> {
  const files = await tree.find(patterns, ".sql");
  const texts = await tree.read(files);
  const read: FoundQueries[] = [];
  // One after the other: a parse tree is hundreds of times its text, and thousands at once would fill the memory.
  for (const [index, file] of files.entries()) read.push(await readFile(file, texts[index] ?? "", patterns));
  const problems = read.flatMap((one) => one.problems);
  const byName = new Map<string, Query>();
  for (const query of read.flatMap((one) => one.queries)) {
    const taken = byName.get(query.name.toLowerCase());
    if (taken) problems.push(problemOf(duplicate(query, taken)));
    else byName.set(query.name.toLowerCase(), query);
  }
  const queries = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { queries, problems };
}

function duplicate(query: Query, taken: Query): PlanGateError {
  return invalid(
    { file: query.file, line: query.line },
    `the name \`${query.name}\` is taken by ${taken.file}:${taken.line}`,
    "Give one of the two another `name`; names that differ only in capitals count as equal.",
  );
}

async function readFile(file: string, text: string, patterns: readonly string[]): Promise<FoundQueries> {
  const chunks = cutAtHeaders(text);
  const queries: Query[] = [];
  const problems: Problem[] = [];
  for (const chunk of chunks) {
    try {
      queries.push(await readQuery(file, chunk, chunks.length, patterns));
    } catch (error) {
      problems.push(problemOf(error));
    }
  }
  return { queries, problems };
}

async function readQuery(file: string, chunk: Chunk, chunks: number, patterns: readonly string[]): Promise<Query> {
  const header = chunk.header ? readHeader(chunk.header, file) : undefined;
  const line = chunk.header?.line ?? chunk.line;
  const parsed = await parseQuery(chunk.text);
  if ("reason" in parsed) {
    const place = { file, line: chunk.line + linesBefore(chunk.text, parsed.offset) };
    throw invalid(
      place,
      parsed.reason.startsWith("holds no")
        ? `the query ${parsed.reason}`
        : `this ${parsed.reason}`.replace(/^this (syntax error)/, "$1"),
      "Write one SELECT, INSERT, UPDATE, DELETE or MERGE below each header (`-- name: …`).",
    );
  }
  if (header?.name === undefined && chunks > 1) {
    throw invalid(
      { file, line },
      "this query has no `name`",
      "Where a file holds several queries each needs a header with `-- name: …`.",
    );
  }
  const name = header?.name ?? nameOfFile(file, patterns);
  const firstLine = chunk.line + linesBefore(chunk.text, parsed.offset);
  return {
    name,
    file,
    line: chunk.header?.line ?? firstLine,
    ...(header?.owner === undefined ? {} : { owner: header.owner }),
    sql: parsed.sql,
    sqlLine: firstLine,
    writes: parsed.writes,
    cases: casesOf(header?.cases, parsed.parameters, { file, line }),
    plans: header?.plans ?? ["custom"],
    rules: header?.rules ?? {},
    ...(header?.expect === undefined ? {} : { expect: header.expect }),
  };
}

function casesOf(
  cases: NonNullable<ReturnType<typeof readHeader>["cases"]> | undefined,
  parameters: number,
  place: Place,
): readonly Case[] {
  if (!cases || cases.length === 0) {
    if (parameters === 0) return [{ name: null, values: [] }];
    const names = Array.from({ length: parameters }, (_, index) => `$${index + 1}`).join(", ");
    throw invalid(
      place,
      `the query has parameters (${names}) and no \`cases\``,
      `Add \`-- cases:\` with a line such as \`--   typical: [${Array.from({ length: parameters }, () => "…").join(", ")}]\` to its header.`,
    );
  }
  return cases.map(({ name, values, place: at }) => {
    if (values.length === parameters) return { name, values };
    throw invalid(
      at,
      `case \`${name}\` has ${count(values.length, "value")} and the query has ${count(parameters, "parameter")}`,
      "Write one value for each of $1, $2, …, in that order.",
    );
  });
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function linesBefore(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length - 1;
}

/** The file's name without `.sql`; with its folders below the queries' folder, so that two files never share a name. */
function nameOfFile(file: string, patterns: readonly string[]): string {
  const folder = patterns
    .map((pattern) => `${pattern.replace(/^\.\//, "").replace(/\/+$/, "")}/`)
    .find((prefix) => file.startsWith(prefix));
  const name = file.slice(folder?.length ?? file.lastIndexOf("/") + 1).replace(/\.sql$/, "");
  const checked = queryName.safeParse(name);
  if (checked.success) return name;
  throw invalid(
    { file },
    `\`${name}\` cannot be a query's name`,
    "Rename the file, or give the query a header with `-- name: …` in letters, digits, `.`, `_` and `-`.",
  );
}

function invalid(place: Place, message: string, hint: string): PlanGateError {
  return new PlanGateError("query-invalid", message, { hint, place });
}
