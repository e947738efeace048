import { indexStatements } from "../../src/cause/find-cause.js";

async function causeOf(
  kind: "index" | "column" | "relation" | "function" | "type",
  name: string,
  ...statements: string[]
) {
  const applied = statements.map((sql, index) => ({ file: `migrations/V${index + 1}.sql`, line: index + 1, sql }));
  return (await indexStatements(applied))({ kind, name });
}

test.each([
  ["index", "a_idx", "DROP INDEX CONCURRENTLY IF EXISTS public.a_idx"],
  ["index", "orders_key", "ALTER TABLE orders DROP CONSTRAINT orders_key"],
  ["index", "a_idx", "ALTER INDEX a_idx RENAME TO b_idx"],
  ["column", "status", "ALTER TABLE orders ADD COLUMN x int, DROP COLUMN status"],
  ["column", "status", "ALTER TABLE orders RENAME COLUMN status TO state"],
  ["column", "id", "ALTER TABLE orders ALTER COLUMN id TYPE numeric"],
  ["relation", "orders", "ALTER TABLE shop.orders RENAME TO purchases"],
  ["relation", "orders", "DROP TABLE IF EXISTS shop.orders CASCADE"],
  ["function", "total", "DROP FUNCTION app.total(integer)"],
  ["type", "mood", "DROP TYPE mood"],
] as const)("who made the %s %s go: %s", async (kind, name, sql) => {
  expect(await causeOf(kind, name, "CREATE TABLE a (b int)", sql, "DROP INDEX other_idx")).toEqual({
    kind: "migration",
    file: "migrations/V2.sql",
    line: 2,
    statement: sql,
  });
});

test("the last statement that names it counts, and only its first line is told", async () => {
  const cause = await causeOf("index", "a_idx", "DROP INDEX a_idx", `DROP INDEX\n  a_idx`);
  expect(cause).toMatchObject({ line: 2, statement: "DROP INDEX" });
});

test("nothing is guessed where no statement names it, or one cannot be parsed", async () => {
  expect(await causeOf("index", "a_idx", "DROP INDEX b_idx", "DROP nonsense a_idx")).toBeNull();
});
