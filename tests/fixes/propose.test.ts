import { noDefinitions } from "../../src/fixes/definition-facts.js";
import { type Patient, proposeFixes } from "../../src/fixes/propose.js";
import { proposeStatistics } from "../../src/fixes/propose-statistics.js";
import { factsOf } from "../../src/fixes/schema-facts.js";
import { actual, indexScan, node, plan, seqScan } from "../support/plans.js";
import { customers, orders, shop } from "./support/facts.js";

const filter = (text: string) => [{ label: "Filter", text }];
const slow = seqScan("orders", {
  totalCost: 900,
  details: filter("((orders.status = 'open'::text) AND (orders.customer_id = '7'::bigint))"),
});

function patient(more: Partial<Patient> = {}): Patient {
  const sql = "SELECT id FROM orders WHERE status = 'open' AND customer_id = $1";
  const after = plan(slow);
  return {
    sql,
    values: ["7"],
    after,
    causes: [],
    blamed: new Set(),
    isMisestimated: false,
    hasSideEffects: false,
    ...more,
  };
}

const kinds = async (one: Patient, now = shop(), earlier = now) =>
  (await proposeFixes(one, now, earlier)).map(({ kind, restores }) => (restores ? "restored" : kind));

test("at most eight, the dropped index before new ones", async () => {
  const indexes = [{ name: "i", unique: false, body: "USING btree (customer_id, status)" }];
  const before = plan(indexScan("orders", "i"));
  const found = await kinds(patient({ before }), shop(), shop(orders({ indexes })));
  expect(found[0]).toBe("restored");
  expect(found.slice(1, 3)).toEqual(["index", "index"]);
  expect(found.length).toBeLessThanOrEqual(8);
});

test("what the cause names is undone before anything else; for a new query nothing is", async () => {
  const facts = (body: string) => {
    const account = { name: "account", signature: "public.account(integer)", guard: "f" };
    const definition = `CREATE OR REPLACE FUNCTION account(integer) ${body}`;
    return factsOf([orders(), customers()], { ...noDefinitions, functions: [{ ...account, definition }] });
  };
  const before = plan(indexScan("orders", "i"));
  const titles = async (more: Partial<Patient>) =>
    (await proposeFixes(patient(more), facts("b"), facts("a"))).map(({ title }) => title);
  const undone = "puts the function `public.account(integer)` back as it was";
  expect((await titles({ before, causes: ["CREATE OR REPLACE FUNCTION account"] }))[0]).toBe(undone);
  expect(await titles({ before })).toContain(undone);
  expect(await titles({})).not.toContain(undone);
});

test("what is both restored and wanted anyway is told as restored", async () => {
  const indexes = [{ name: "orders_doc_idx", unique: false, body: "USING gin (doc jsonb_path_ops)" }];
  const after = plan(seqScan("orders", { totalCost: 900, details: filter("(orders.doc @> '{}'::jsonb)") }));
  const before = plan(indexScan("orders", "orders_doc_idx"));
  const found = await proposeFixes(patient({ before, after }), shop(), shop(orders({ indexes })));
  expect(found.map(({ title }) => title)).toEqual(["restores the dropped index `orders_doc_idx`"]);
});

test("a table of a few rows wants no index", async () => {
  expect(await kinds(patient(), shop(orders({ rows: 150 })))).toEqual([]);
  expect(await kinds(patient(), shop(orders({ rows: 250 })))).not.toEqual([]);
});

test("the blamed relation comes first, then the one whose reading costs most", async () => {
  const both = plan(
    node("Nested Loop", {}, [
      seqScan("orders", { totalCost: 900, details: filter("(orders.customer_id = 7)") }),
      seqScan("customers", { totalCost: 9, details: filter("(customers.city = 'a'::text)") }),
    ]),
  );
  const firstOf = async (blamed: readonly string[]) =>
    (await proposeFixes(patient({ after: both, blamed: new Set(blamed) }), shop(), undefined))[0]?.sql;
  expect(await firstOf([])).toMatch(/ON public.orders/);
  expect(await firstOf(["public.customers"])).toMatch(/ON public.customers/);
});

test("a foreign key without an index is looked at where side effects were found, and only there", async () => {
  const keyed = shop(orders({ foreignKeys: [["customer_id"]] }));
  const after = plan(node("ModifyTable"));
  const blamed = new Set(["public.orders"]);
  const found = await proposeFixes(patient({ after, blamed, hasSideEffects: true }), keyed, undefined);
  expect(found.map(({ sql }) => sql)).toEqual([
    "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders (customer_id);",
  ]);
  expect(await proposeFixes(patient({ after, blamed }), keyed, undefined)).toEqual([]);
});

describe("statistics", () => {
  const at = (expected: number, rows: number, text: string) =>
    plan(seqScan("orders", { rowsPerLoop: expected, actual: actual(rows), details: filter(text) }));
  const sql = async (...args: Parameters<typeof at>) =>
    (await proposeStatistics(shop(), at(...args))).map((one) => one.sql);

  test("of columns together come before more of one column's", async () => {
    expect(await sql(10, 5_000, "((orders.status = 'a'::text) AND (orders.customer_id = 7))")).toEqual([
      "CREATE STATISTICS public.orders_status_customer_id_stats (ndistinct, dependencies, mcv) ON status, customer_id FROM public.orders; ANALYZE public.orders;",
      "ALTER TABLE public.orders ALTER COLUMN status SET STATISTICS 1000; ANALYZE public.orders;",
      "ALTER TABLE public.orders ALTER COLUMN customer_id SET STATISTICS 1000; ANALYZE public.orders;",
    ]);
  });

  test("of an expression", async () => {
    expect(await sql(10, 5_000, "(lower(orders.status) = 'a'::text)")).toEqual([
      "CREATE STATISTICS public.orders_status_stats ON (lower(status)) FROM public.orders; ANALYZE public.orders;",
    ]);
  });

  test("not where the estimate is about right, nor where nothing was executed", async () => {
    expect(await sql(2_000, 5_000, "((orders.status = 'a'::text) AND (orders.customer_id = 7))")).toEqual([]);
    expect(await proposeStatistics(shop(), plan(slow))).toEqual([]);
  });
});
