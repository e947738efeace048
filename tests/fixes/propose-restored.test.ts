import { schemaOfMigrations } from "../../src/fixes/migrated-schema.js";
import { proposeRestored } from "../../src/fixes/propose-restored.js";
import { indexScan, plan, seqScan } from "../support/plans.js";
import { column, customers, orders, shop } from "./support/facts.js";

const index = (name: string, body: string, unique = false) => ({ name, body, unique });
const used = index(
  "orders_customer_id_idx",
  "USING btree (customer_id, created_at DESC) WHERE (status = 'open'::text)",
);
const unused = index("orders_a_idx", "USING btree (status)");
const plans = { before: plan(indexScan("orders", used.name)), after: plan(seqScan("orders")) };
const nobody = new Set<string>();

test("a dropped index comes back as it was, the one that was used first", () => {
  const before = shop(orders({ indexes: [unused, used] }));
  const restored = proposeRestored(before, shop(), plans, nobody);
  expect(restored.map(({ title, sql }) => [title, sql])).toEqual([
    [
      "restores the dropped index `orders_customer_id_idx`",
      "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders USING btree (customer_id, created_at DESC) WHERE (status = 'open'::text);",
    ],
    [
      "restores the dropped index `orders_a_idx`",
      "CREATE INDEX CONCURRENTLY orders_a_idx ON public.orders USING btree (status);",
    ],
  ]);
  expect(restored.every(({ restores }) => restores)).toBe(true);
});

test("nothing comes back that is still there, under whatever name, or that the plans do not read", () => {
  const before = shop(orders({ indexes: [used] }), customers({ indexes: [index("c", "USING btree (city)")] }));
  const renamed = shop(orders({ indexes: [{ ...used, name: "renamed" }] }), customers());
  expect(proposeRestored(before, renamed, plans, nobody)).toEqual([]);
  expect(proposeRestored(before, renamed, plans, new Set(["public.customers"]))).toHaveLength(1);
});

test("an index that was changed under its name comes back beside it", () => {
  const now = shop(orders({ indexes: [index(used.name, "USING btree (created_at, customer_id)")] }));
  const [first] = proposeRestored(shop(orders({ indexes: [used] })), now, plans, nobody);
  expect(first?.title).toBe("brings back what the index `orders_customer_id_idx` was before it was changed");
  expect(first?.sql).toMatch(/^CREATE INDEX CONCURRENTLY orders_customer_id_idx_2 ON /);
});

test("a unique index is unique again; one that is not does not replace it", () => {
  const before = shop(orders({ indexes: [index("k", "USING btree (reference)", true)] }));
  const now = shop(orders({ indexes: [index("l", "USING btree (reference)")] }));
  expect(proposeRestored(before, now, plans, nobody).map(({ sql }) => sql)).toEqual([
    "CREATE UNIQUE INDEX CONCURRENTLY k ON public.orders USING btree (reference);",
  ]);
});

test("statistics objects and targets come back, with an ANALYZE", () => {
  const definition = "CREATE STATISTICS public.s ON status, customer_id FROM orders";
  const before = shop(orders({ statistics: [{ schema: "public", name: "s", definition }] }));
  const columns = [
    column("status", "text", { statisticsTarget: 0 }),
    column("id", "bigint", { statisticsTarget: 500 }),
  ];
  const restored = proposeRestored(before, shop(orders({ columns })), plans, nobody);
  expect(restored.map(({ sql }) => sql)).toEqual([
    `${definition}; ANALYZE public.orders;`,
    "ALTER TABLE public.orders ALTER COLUMN status SET STATISTICS -1; ANALYZE public.orders;",
  ]);
});

describe("without a base, the migrations tell what there was", () => {
  const bodies = async (...statements: readonly string[]) =>
    (
      await schemaOfMigrations(
        shop(),
        statements.map((sql, at) => ({ file: "m.sql", line: at + 1, sql })),
      )
    ).table({
      schema: "public",
      name: "orders",
    });

  test.each([
    ["CREATE INDEX a ON orders (customer_id)", "USING btree (customer_id)"],
    [
      "create index concurrently if not exists a on only public.orders using GIN (doc jsonb_path_ops);",
      "USING gin (doc jsonb_path_ops)",
    ],
    [
      'CREATE INDEX a\n  ON "public"."orders"\n  (lower(status), id DESC) INCLUDE ("Total")\n  WHERE id > 5;\n',
      'USING btree (lower(status), id DESC) INCLUDE ("Total") WHERE id > 5',
    ],
  ])("%s", async (sql, body) => {
    expect((await bodies(sql))?.indexes).toEqual([{ name: "a", unique: false, body }]);
  });

  test.each([
    "CREATE INDEX ON orders (id)",
    "CREATE INDEX a ON gone (id)",
    "CREATE INDEX a ON other.orders (id)",
    "CREATE INDEX a ON orders (id -- why\n)",
    "CREATE INDEX nonsense",
    "SELECT 'create index a on orders (id)'",
  ])("says nothing for %s", async (sql) => {
    expect((await bodies(sql))?.indexes).toEqual([]);
  });

  test("statistics objects too", async () => {
    const sql = "CREATE STATISTICS s ON status, customer_id FROM orders;";
    expect((await bodies(sql))?.statistics).toEqual([{ schema: "public", name: "s", definition: sql.slice(0, -1) }]);
  });
});
