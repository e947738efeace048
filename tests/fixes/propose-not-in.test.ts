import { readOccurrences } from "../../src/fixes/conditions.js";
import { proposeNotIn } from "../../src/fixes/propose-not-in.js";
import { node, plan, seqScan } from "../support/plans.js";
import { column, customers, orders, shop } from "./support/facts.js";

const reads = plan(node("Seq Scan", {}, [seqScan("orders", { alias: "o" }), seqScan("customers", { alias: "c" })]));
const [id, customerId] = [column("id", "bigint", { notNull: true }), column("customer_id", "bigint")];
const strict = shop(orders({ columns: [id, { ...customerId, notNull: true }] }), customers());
const loose = shop(orders({ columns: [id, customerId] }), customers());

async function rewritten(sql: string, facts = strict): Promise<string | undefined> {
  return (await proposeNotIn(sql, facts, await readOccurrences(reads)))[0]?.query;
}

test.each([
  [
    "SELECT c.id FROM customers c WHERE c.id NOT IN (SELECT o.customer_id FROM orders o)",
    "SELECT c.id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
  ],
  [
    "SELECT 'ü' FROM customers c WHERE c.city = $1 AND c.id not in (select customer_id from public.orders where id > 5 or id = $2) ORDER BY 1",
    "SELECT 'ü' FROM customers c WHERE c.city = $1 AND NOT EXISTS (SELECT 1 FROM public.orders WHERE (id > 5 or id = $2) AND orders.customer_id = c.id) ORDER BY 1",
  ],
])("%s", async (sql, expected) => {
  expect(await rewritten(sql)).toBe(expected);
  expect(await rewritten(sql, loose)).toBeUndefined();
});

test.each([
  ["an outer column that may be null", "SELECT 1 FROM customers c WHERE c.city NOT IN (SELECT o.id FROM orders o)"],
  ["a bare outer column", "SELECT 1 FROM customers c WHERE id NOT IN (SELECT o.id FROM orders o)"],
  [
    "what an outer join makes null",
    "SELECT 1 FROM orders x LEFT JOIN customers c ON c.id = x.id WHERE c.id NOT IN (SELECT o.id FROM orders o)",
  ],
  ["a group", "SELECT 1 FROM customers c WHERE c.id NOT IN (SELECT o.id FROM orders o GROUP BY o.id)"],
  ["a limit", "SELECT 1 FROM customers c WHERE c.id NOT IN (SELECT o.id FROM orders o LIMIT 5)"],
  ["an aggregate", "SELECT 1 FROM customers c WHERE c.id NOT IN (SELECT max(o.id) FROM orders o)"],
  ["a union", "SELECT 1 FROM customers c WHERE c.id NOT IN (SELECT o.id FROM orders o UNION SELECT 1)"],
  ["two tables", "SELECT 1 FROM customers c WHERE c.id NOT IN (SELECT o.id FROM orders o, orders p)"],
  ["a list", "SELECT 1 FROM customers c WHERE c.id NOT IN (1, 2)"],
  ["IN", "SELECT 1 FROM customers c WHERE c.id IN (SELECT o.id FROM orders o)"],
  ["the same alias on both sides", "SELECT 1 FROM customers c WHERE c.id NOT IN (SELECT c.id FROM orders c)"],
])("%s is left alone", async (_, sql) => {
  expect(await rewritten(sql)).toBeUndefined();
});
