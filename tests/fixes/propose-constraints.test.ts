import { type ConstraintFacts, noDefinitions } from "../../src/fixes/definition-facts.js";
import { proposeConstraints } from "../../src/fixes/propose-constraints.js";
import { type ColumnFacts, factsOf } from "../../src/fixes/schema-facts.js";
import { column, orders } from "./support/facts.js";

interface Side {
  readonly columns?: readonly ColumnFacts[];
  readonly constraints?: readonly ConstraintFacts[];
}

function undone(before: Side, now: Side): readonly string[] {
  const facts = ({ columns = [], constraints = [] }: Side) =>
    factsOf([orders({ columns })], { ...noDefinitions, constraints });
  return proposeConstraints(facts(before), facts(now)).map(({ candidate }) => candidate.sql);
}

test("a dropped foreign key comes back, one of another name does not", () => {
  const definition = "FOREIGN KEY (customer_id) REFERENCES public.customers(id)";
  const key = { table: { schema: "public", name: "orders" }, name: "fk", definition };
  expect(undone({ constraints: [key] }, {})).toEqual([`ALTER TABLE public.orders ADD CONSTRAINT fk ${definition};`]);
  expect(undone({ constraints: [key] }, { constraints: [{ ...key, name: "renamed" }] })).toEqual([]);
});

test("a dropped exclusion comes back as the constraint that it was, with its index", () => {
  const key = { table: { schema: "public", name: "orders" }, name: "x", definition: "EXCLUDE USING gist (id WITH =)" };
  expect(undone({ constraints: [key] }, {})).toEqual([
    "ALTER TABLE public.orders ADD CONSTRAINT x EXCLUDE USING gist (id WITH =);",
  ]);
});

test("a column is NOT NULL again, and never the other way round", () => {
  const [strict, loose] = [{ columns: [column("a", "text", { notNull: true })] }, { columns: [column("a", "text")] }];
  expect(undone(strict, loose)).toEqual(["ALTER TABLE public.orders ALTER COLUMN a SET NOT NULL;"]);
  expect(undone(loose, strict)).toEqual([]);
});

test("what was set for distinct values is taken back, or set as it was", () => {
  const set = (...options: readonly string[]) => ({ columns: [column("a", "text", { options })] });
  expect(undone(set(), set("n_distinct=2"))).toEqual([
    "ALTER TABLE public.orders ALTER COLUMN a RESET (n_distinct); ANALYZE public.orders;",
  ]);
  expect(undone(set("n_distinct=-0.5"), set("n_distinct=2"))).toEqual([
    "ALTER TABLE public.orders ALTER COLUMN a SET (n_distinct=-0.5); ANALYZE public.orders;",
  ]);
  expect(undone(set("n_distinct=2"), set("n_distinct=2"))).toEqual([]);
});

test("a column's type comes back, and its collation", () => {
  const of = (type: string, more: Partial<ColumnFacts> = {}) => ({ columns: [column("a", type, more)] });
  expect(undone(of("bigint"), of("numeric"))).toEqual([
    "ALTER TABLE public.orders ALTER COLUMN a TYPE bigint USING a::bigint; ANALYZE public.orders;",
  ]);
  expect(undone(of("text", { collation: 'pg_catalog."C"' }), of("text"))).toEqual([
    'ALTER TABLE public.orders ALTER COLUMN a TYPE text COLLATE pg_catalog."C" USING a::text; ANALYZE public.orders;',
  ]);
  expect(undone(of("text"), of("text"))).toEqual([]);
});
