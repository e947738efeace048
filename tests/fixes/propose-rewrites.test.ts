import { readOccurrences } from "../../src/fixes/conditions.js";
import { proposeRewrites } from "../../src/fixes/propose-rewrites.js";
import { node, plan, seqScan } from "../support/plans.js";
import { orders, shop } from "./support/facts.js";

const reads = plan(node("Nested Loop", {}, [seqScan("orders", { alias: "o" }), seqScan("customers", { alias: "c" })]));

async function rewritten(where: string): Promise<readonly string[]> {
  const found = await proposeRewrites(`SELECT o.id FROM orders o WHERE ${where}`, shop(), await readOccurrences(reads));
  return found
    .filter(({ statements }) => statements.length === 0)
    .map(({ query = "" }) => query.replace("SELECT o.id FROM orders o WHERE ", ""));
}

test.each([
  ["o.id > 3 AND $1 = ANY (o.tags)", "o.id > 3 AND o.tags @> ARRAY[$1]::text[]"],
  ["o.created_at::date = $1", "(o.created_at >= $1::date AND o.created_at < $1::date + 1)"],
  ["created_at::date = date '2024-05-06'", "(created_at >= date '2024-05-06' AND created_at < date '2024-05-06' + 1)"],
  ["CAST(o.placed_at AS date) <= current_date LIMIT 5", "o.placed_at < current_date + 1 LIMIT 5"],
  ["o.id > 3 AND o.created_at::date > '2024-05-06'", "o.id > 3 AND o.created_at >= '2024-05-06'::date + 1"],
  ["(o.created_at::date >= $1) OR o.id = 5", "(o.created_at >= $1::date) OR o.id = 5"],
  [
    "o.created_at::date BETWEEN $1 AND $2 ORDER BY o.id",
    "(o.created_at >= $1::date AND o.created_at < $2::date + 1) ORDER BY o.id",
  ],
  [
    "date_trunc('month', o.placed_at) = $1",
    "(o.placed_at >= $1::timestamp without time zone AND o.placed_at < $1::timestamp without time zone + interval '1 month' AND date_trunc('month', $1::timestamp without time zone) = $1::timestamp without time zone)",
  ],
  ["o.customer_id::text = $1", "o.customer_id = $1::bigint"],
  [
    "o.created_at::date = $1 -- as o.created_at::date = $1\n AND o.id = 1",
    "(o.created_at >= $1::date AND o.created_at < $1::date + 1) -- as o.created_at::date = $1\n AND o.id = 1",
  ],
])("%s is written with the bare column", async (where, expected) => {
  expect(await rewritten(where)).toEqual([expected]);
});

test("with an index on what is compared, for equality first, where there is none", async () => {
  const filter = { label: "Filter", text: "((o.customer_id = 7) AND ((o.created_at)::date = '2024-05-06'::date))" };
  const found = await readOccurrences(plan(seqScan("orders", { alias: "o", details: [filter] })));
  const sql = "SELECT 1 FROM orders o WHERE o.customer_id = $1 AND o.created_at::date = $2";
  const [alone, together] = await proposeRewrites(sql, shop(), found);
  expect(alone?.statements).toEqual([]);
  expect(together?.statements).toEqual([
    "CREATE INDEX orders_customer_id_created_at_idx ON public.orders (customer_id, created_at)",
  ]);
  expect(together?.query).toBe(alone?.query);
  const body = "USING btree (customer_id, created_at)";
  const indexed = shop(orders({ indexes: [{ name: "i", unique: false, body }] }));
  expect(await proposeRewrites(sql, indexed, found)).toHaveLength(1);
});

test.each([
  ["an ANY that chooses no rows", "o.id = 1 GROUP BY ($1 = ANY (o.tags))"],
  ["a column of another type", "o.status::date = $1"],
  ["a column that no table has", "o.gone::date = $1"],
  ["a name that two tables have with the same type, but another relation's alias", "x.created_at::date = $1"],
  ["a value that is computed", "o.created_at::date = $1 + 1"],
  ["a column of a longer expression", "o.id + o.customer_id::text = $1"],
  ["a column that the value is computed from", "o.created_at::date = o.placed_at::date"],
  ["a text", "o.status = 'o.created_at::date = $1 AND'"],
  ["a comment", "o.id = 1 -- WHERE o.created_at::date = $1"],
  ["what is below NOT, where null is not false", "NOT (date_trunc('day', o.created_at) = $1)"],
  ["a comparison that a cast of text orders otherwise", "o.customer_id::text > $1"],
])("%s is left alone", async (_, where) => {
  expect(await rewritten(where)).toEqual([]);
});
