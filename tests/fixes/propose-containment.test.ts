import { adviseSearches } from "../../src/fixes/advise-searches.js";
import { readOccurrences } from "../../src/fixes/conditions.js";
import { proposeContainment } from "../../src/fixes/propose-containment.js";
import { factsOf, type TableFacts, type Trigrams } from "../../src/fixes/schema-facts.js";
import { plan, seqScan } from "../support/plans.js";
import { column, orders } from "./support/facts.js";

const installed: Trigrams = { kind: "installed", schema: "public" };
const filtered = (text: string) => plan(seqScan("orders", { alias: "o", details: [{ label: "Filter", text }] }));

async function proposed(text: string, table: TableFacts = orders(), trigrams = installed): Promise<readonly string[]> {
  const [occurrence] = await readOccurrences(filtered(text));
  const texts = { written: new Set<string>() };
  return occurrence ? proposeContainment(occurrence, table, texts, trigrams).map(({ sql }) => sql) : [];
}

const index = (body: string) => `CREATE INDEX CONCURRENTLY orders_x_idx ON public.orders USING ${body};`;

test.each([
  ["text[]", "(o.x @> '{a}'::text[])", "gin (x)"],
  ["tsvector", "(o.x @@ '''a'''::tsquery)", "gin (x)"],
  ["jsonb", `(o.x @> '{"a": 1}'::jsonb)`, "gin (x jsonb_path_ops)"],
  ["jsonb", "(o.x ? 'a'::text)", "gin (x)"],
  ["int4range", "(o.x && '[1,5)'::int4range)", "gist (x)"],
  ["tstzmultirange", "(o.x @> $1)", "gist (x)"],
  ["point", "(o.x <@ '(1,1),(0,0)'::box)", "gist (x)"],
  ["inet", "(o.x << '10.0.0.0/8'::inet)", "gist (x inet_ops)"],
  ["geometry(Point,4326)", "(o.x && $1)", "gist (x)"],
])("%s in %s wants %s", async (type, text, body) => {
  expect(await proposed(text, orders({ columns: [column("x", type)] }))).toEqual([index(body)]);
});

test("a type that has no such index wants none, nor a column that has it already", async () => {
  expect(await proposed("(o.status @@ 'x'::tsquery)")).toEqual([]);
  for (const body of ["USING gin (doc)", "USING gin (doc jsonb_path_ops)"]) {
    const table = orders({ indexes: [{ name: "d", unique: false, body }] });
    expect(await proposed("(o.doc @> '{}'::jsonb)", table)).toEqual([]);
  }
  const pathsOnly = orders({ indexes: [{ name: "d", unique: false, body: "USING gin (doc jsonb_path_ops)" }] });
  expect(await proposed("(o.doc ? 'a'::text)", pathsOnly)).toHaveLength(1);
});

test("a search within a text wants trigrams, from where pg_trgm is", async () => {
  const trgm = (ops: string) =>
    `CREATE INDEX CONCURRENTLY orders_reference_trgm_idx ON public.orders USING gin (reference ${ops});`;
  const text = "((o.reference)::text ~~ '%late%'::text)";
  expect(await proposed(text)).toEqual([trgm("gin_trgm_ops")]);
  expect(await proposed(text, orders(), { kind: "installed", schema: "ext" })).toEqual([trgm("ext.gin_trgm_ops")]);
  expect(await proposed(text, orders(), { kind: "available" })).toEqual([
    `CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;\n${trgm("gin_trgm_ops")}`,
  ]);
  expect(await proposed(text, orders(), { kind: "missing" })).toEqual([]);
  expect(await proposed("((o.reference)::text ~~ '%x%'::text)")).toEqual([]);
});

test("where there is no pg_trgm, or a new query would want it made, it is advice, for a large table alone", async () => {
  const after = filtered("((o.reference)::text ~~ '%late%'::text)");
  const advice = (rows: number, trigrams: Trigrams, hasBefore = true) =>
    adviseSearches("search", after, factsOf([orders({ rows })], undefined, trigrams), hasBefore);
  expect(await advice(50_000, { kind: "missing" })).toEqual([
    "`search` searches within a text of orders; an index for that needs pg_trgm, which is not installed, and was not tried: `CREATE EXTENSION pg_trgm; CREATE INDEX CONCURRENTLY orders_reference_trgm_idx ON public.orders USING gin (reference gin_trgm_ops);`",
  ]);
  expect(await advice(500, { kind: "missing" })).toEqual([]);
  expect(await advice(50_000, { kind: "available" })).toEqual([]);
  expect(await advice(50_000, { kind: "available" }, false)).toHaveLength(1);
  expect(await advice(50_000, installed, false)).toEqual([]);
});
