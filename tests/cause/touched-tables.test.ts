import { findTouchedTables } from "../../src/cause/touched-tables.js";

const at = (line: number, sql: string) => ({ file: "migrations/V2.sql", line, sql });
const applied = [
  at(1, "CREATE TABLE shop.coupons (id bigint, code text)"),
  at(2, "CREATE UNIQUE INDEX coupons_code_idx ON shop.coupons (code)"),
  at(3, "CREATE INDEX ON shop.coupons (id)"),
];

test.each([
  ["an index is dropped", "DROP INDEX IF EXISTS shop.coupons_code_idx, other_idx"],
  ["a column gets another type", "ALTER TABLE shop.coupons ALTER COLUMN code TYPE varchar(9)"],
  ["a constraint is dropped", "ALTER TABLE shop.coupons DROP CONSTRAINT coupons_pkey"],
])("the table is told where %s, with the statement's place", async (_, sql) => {
  expect(await findTouchedTables([at(9, sql)], [...applied, at(9, sql)])).toEqual([
    { table: "coupons", statement: `migrations/V2.sql:9: ${sql}` },
  ]);
});

test.each([
  ["an index is dropped that nobody knows", "DROP INDEX other_idx"],
  ["a column is added", "ALTER TABLE shop.coupons ADD COLUMN note text"],
  ["a table is dropped", "DROP TABLE shop.coupons"],
  ["an index is made", "CREATE INDEX more_idx ON shop.coupons (id)"],
  ["a statement cannot be read", "DROP INDEX coupons_code_idx ?"],
])("none is told where %s", async (_, sql) => {
  expect(await findTouchedTables([at(9, sql)], applied)).toEqual([]);
});
