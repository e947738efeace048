import { readOccurrences } from "../../src/fixes/conditions.js";
import { proposeIndexes } from "../../src/fixes/propose-indexes.js";
import type { PlanNode } from "../../src/plan/plan.js";
import { node, plan, seqScan } from "../support/plans.js";
import { orders } from "./support/facts.js";

async function proposed(root: PlanNode, table = orders(), written: readonly string[] = []): Promise<readonly string[]> {
  const [occurrence] = await readOccurrences(plan(root));
  return occurrence ? proposeIndexes(occurrence, table, { written: new Set(written) }).map(({ sql }) => sql) : [];
}

function filtered(text: string): PlanNode {
  return seqScan("orders", { alias: "o", details: [{ label: "Filter", text }] });
}

function sorted(key: string, filter: string): PlanNode {
  return node("Sort", { details: [{ label: "Sort Key", text: key }] }, [filtered(filter)]);
}

test("what is equal comes before the order, and the order before a range", async () => {
  const plan = sorted("o.created_at DESC, o.id DESC", "((o.id > 5) AND (o.customer_id = 7))");
  expect(await proposed(plan)).toEqual([
    "CREATE INDEX CONCURRENTLY orders_customer_id_created_at_id_idx ON public.orders (customer_id, created_at DESC, id DESC);",
    "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders (customer_id);",
    "CREATE INDEX CONCURRENTLY orders_customer_id_id_idx ON public.orders (customer_id, id);",
  ]);
});

test("an index that is there already is not proposed, nor one that begins another", async () => {
  const table = orders({
    indexes: [{ name: "x", unique: false, body: "USING btree (customer_id, created_at DESC) INCLUDE (status)" }],
  });
  expect(await proposed(filtered("(o.customer_id = 7)"), table)).toEqual([]);
  expect(await proposed(filtered("(o.status = 'a'::text)"), table)).toHaveLength(1);
});

test("a partial index does not serve everything", async () => {
  const body = "USING btree (customer_id) WHERE (status = 'open'::text)";
  const table = orders({ indexes: [{ name: "orders_customer_id_idx", unique: false, body }] });
  expect(await proposed(filtered("(o.customer_id = 7)"), table)).toEqual([
    "CREATE INDEX CONCURRENTLY orders_customer_id_idx_2 ON public.orders (customer_id);",
  ]);
});

test("a function or a cast becomes an expression index, a varchar's cast to text does not", async () => {
  expect(await proposed(filtered("(lower(o.status) = 'x'::text)"))).toEqual([
    "CREATE INDEX CONCURRENTLY orders_status_idx ON public.orders (lower(status));",
  ]);
  expect(await proposed(filtered("((o.id)::text = 'x'::text)"))).toEqual([
    "CREATE INDEX CONCURRENTLY orders_id_idx ON public.orders (((id)::text));",
  ]);
  expect(await proposed(filtered("((o.reference)::text = 'x'::text)"))).toEqual([
    "CREATE INDEX CONCURRENTLY orders_reference_idx ON public.orders (reference);",
  ]);
});

test("LIKE with a prefix wants the operator class of patterns", async () => {
  expect(await proposed(filtered("((o.reference)::text ~~ 'AB%'::text)"))).toEqual([
    "CREATE INDEX CONCURRENTLY orders_reference_idx ON public.orders (reference varchar_pattern_ops);",
  ]);
});

test("a null is looked for as a value is; a condition alone limits an index on its own column", async () => {
  expect(await proposed(filtered("(o.reference IS NULL)"))).toEqual([
    "CREATE INDEX CONCURRENTLY orders_reference_idx ON public.orders (reference);",
    "CREATE INDEX CONCURRENTLY orders_reference_partial_idx ON public.orders (reference) WHERE (reference IS NULL);",
  ]);
  expect(await proposed(filtered("(o.reference IS NOT NULL)"))).toEqual([]);
});

test("an expression of a value that changes from call to call is no index, one of a written constant is", async () => {
  const text = "((o.id % '7'::bigint) = 1)";
  expect(await proposed(filtered(text))).toEqual([]);
  expect(await proposed(filtered(text), orders(), ["7"])).toEqual([
    "CREATE INDEX CONCURRENTLY orders_id_idx ON public.orders (((id % ('7')::bigint)));",
  ]);
});

test("the order of nulls and of each column is the query's", async () => {
  const plan = sorted("o.created_at DESC NULLS LAST, o.id NULLS FIRST", "(o.customer_id = 7)");
  expect((await proposed(plan))[0]).toMatch(/\(customer_id, created_at DESC NULLS LAST, id NULLS FIRST\);$/);
});

test("a constant limits an index where it stands in the query, not where it came as a value", async () => {
  const text = "((o.status = 'open'::text) AND (o.customer_id = '7'::bigint))";
  const partial =
    "CREATE INDEX CONCURRENTLY orders_customer_id_partial_idx ON public.orders (customer_id) WHERE (status = ('open')::text);";
  expect(await proposed(filtered(text), orders(), ["open"])).toContain(partial);
  expect(await proposed(filtered(text), orders(), [])).not.toContain(partial);
});

test("a partitioned table's index cannot be built concurrently", async () => {
  expect(await proposed(filtered("(o.customer_id = 7)"), orders({ partitioned: true }))).toEqual([
    "CREATE INDEX orders_customer_id_idx ON public.orders (customer_id);",
  ]);
});

test("quoted names stay quoted, and columns that the table does not have are left out", async () => {
  expect(await proposed(filtered('((o."Total" = 5) AND (o.gone = 3) AND (o.ctid = 4))'))).toEqual([
    'CREATE INDEX CONCURRENTLY "orders_Total_idx" ON public.orders ("Total");',
  ]);
});
