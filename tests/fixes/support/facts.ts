import { type ColumnFacts, factsOf, type SchemaFacts, type TableFacts } from "../../../src/fixes/schema-facts.js";

/** A column by its name and type. */
export function column(name: string, type: string, more: Partial<ColumnFacts> = {}): ColumnFacts {
  const sqlName = /^[a-z_]+$/.test(name) ? name : `"${name}"`;
  return { name, sqlName, type, notNull: false, statisticsTarget: -1, options: [], ...more };
}

function withNames(table: Omit<TableFacts, "taken">): TableFacts {
  return { ...table, taken: new Set([table.name, ...table.indexes.map(({ name }) => name)]) };
}

/** `public.orders` with the columns that tests ask for. */
export function orders(more: Partial<TableFacts> = {}): TableFacts {
  return withNames({
    ...{ schema: "public", name: "orders", sqlName: "public.orders", partitioned: false, rows: 50_000 },
    columns: [
      column("id", "bigint", { notNull: true }),
      column("customer_id", "bigint"),
      column("status", "text"),
      column("reference", "character varying(40)"),
      column("created_at", "timestamp with time zone"),
      column("placed_at", "timestamp without time zone"),
      column("Total", "numeric"),
      column("tags", "text[]"),
      column("doc", "jsonb"),
    ],
    indexes: [{ name: "orders_pkey", unique: true, body: "USING btree (id)" }],
    statistics: [],
    foreignKeys: [],
    ...more,
  });
}

/** `public.customers`, which orders refer to. */
export function customers(more: Partial<TableFacts> = {}): TableFacts {
  return withNames({
    ...{ schema: "public", name: "customers", sqlName: "public.customers", partitioned: false, rows: 5_000 },
    columns: [column("id", "bigint", { notNull: true }), column("city", "text"), column("country", "text")],
    indexes: [{ name: "customers_pkey", unique: true, body: "USING btree (id)" }],
    ...{ statistics: [], foreignKeys: [] },
    ...more,
  });
}

/** A schema of both. */
export function shop(ordersTable = orders(), customersTable = customers()): SchemaFacts {
  return factsOf([ordersTable, customersTable]);
}
