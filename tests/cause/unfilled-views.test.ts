import { noteUnfilledViews } from "../../src/cause/unfilled-views.js";

async function notesOf(...statements: string[]) {
  return noteUnfilledViews(statements.map((sql, index) => ({ file: "migrations/2.sql", line: index + 1, sql })));
}

test.each([
  ["CREATE MATERIALIZED VIEW public.totals AS SELECT 1 AS n WITH NO DATA"],
  ["REFRESH MATERIALIZED VIEW totals WITH NO DATA"],
])("a view without rows is told, with its place and the next step: %s", async (sql) => {
  const [note, ...others] = await notesOf("CREATE TABLE other (id int)", sql);
  expect(others).toEqual([]);
  expect(note).toMatch(/^the materialized view `totals` is left WITH NO DATA \(migrations\/2\.sql:2\)/);
  expect(note).toContain("`REFRESH MATERIALIZED VIEW totals;`");
});

test("views of one name in two schemas are two, and names are written as SQL has them", async () => {
  const notes = await notesOf(
    'CREATE MATERIALIZED VIEW shop."All Totals" AS SELECT 1 AS n WITH NO DATA',
    'REFRESH MATERIALIZED VIEW "All Totals"',
  );
  expect(notes).toEqual([expect.stringContaining('`REFRESH MATERIALIZED VIEW shop."All Totals";`')]);
});

test.each([
  [["CREATE MATERIALIZED VIEW totals AS SELECT 1 AS n"]],
  [["CREATE MATERIALIZED VIEW totals AS SELECT 1 AS n WITH NO DATA", "REFRESH MATERIALIZED VIEW totals"]],
  [["CREATE MATERIALIZED VIEW totals AS SELECT 1 AS n WITH NO DATA", "DROP MATERIALIZED VIEW IF EXISTS public.totals"]],
  [["CREATE TABLE totals AS SELECT 1 AS n WITH NO DATA"]],
  [["COMMENT ON MATERIALIZED VIEW totals IS 'WITH NO DATA'", "CREATE MATERIALIZED VIEW is no SQL"]],
])("nothing is told of one that is filled or gone: %j", async (statements) => {
  expect(await notesOf(...statements)).toEqual([]);
});
