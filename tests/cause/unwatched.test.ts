import { noteUnwatched } from "../../src/cause/unwatched.js";
import { bitmapScan, indexScan, partition, plan, seqScan } from "../support/plans.js";

const plans = [
  plan(indexScan("orders", "orders_idx")),
  plan(bitmapScan("items", "items_idx")),
  plan(seqScan(partition("events_2024", "events"))),
];
const made = ["CREATE INDEX CONCURRENTLY old_idx ON shop.archive (a)", "CREATE INDEX orders_idx ON orders (b)"];

async function notes(...sql: readonly string[]): Promise<readonly string[]> {
  const place = (file: string) => (text: string, index: number) => ({ file, line: index + 1, sql: text });
  const own = sql.map(place("migrations/2.sql"));
  const identity = { relations: new Map(), indexes: new Map([["items_idx", "lines_idx"]]) };
  return noteUnwatched({ plans, own, identity, applied: [...made.map(place("migrations/1.sql")), ...own] });
}

test.each([
  ["DROP INDEX IF EXISTS shop.old_idx", "index `old_idx` on `archive` was dropped (migrations/2.sql:1)"],
  ["DROP TABLE archive CASCADE", "table `archive` was dropped (migrations/2.sql:1)"],
  ["ALTER TABLE archive ALTER a TYPE text", "column `a` of `archive` was altered (migrations/2.sql:1)"],
  ["ALTER TABLE archive DROP a", "column `a` of `archive` was dropped (migrations/2.sql:1)"],
])("nobody watches: %s", async (sql, what) => {
  expect(await notes(sql)).toEqual([
    `nobody watches this: ${what}, and it is in no plan of a registered query; if a query of yours needs it, register that one`,
  ]);
});

test.each([
  ["an index of a plan", "DROP INDEX orders_idx"],
  ["an index below a bitmap scan", "DROP INDEX items_idx"],
  ["an index of a plan that was renamed before it went", "DROP INDEX lines_idx"],
  ["a table that is read", "ALTER TABLE orders DROP b"],
  ["a partition's parent", "DROP TABLE events"],
  ["a view, which stands in no plan", "DROP VIEW archive_view"],
  ["what takes nothing away", "ALTER TABLE archive ADD c int"],
  ["what cannot be parsed", "DROP nonsense old_idx"],
])("silent about %s", async (_, sql) => {
  expect(await notes(sql)).toEqual([]);
});

test("what is made again at once is replaced, not gone", async () => {
  expect(await notes("DROP INDEX old_idx", "CREATE INDEX old_idx ON shop.archive (b)")).toEqual([]);
  expect(await notes("CREATE INDEX newer_idx ON shop.archive (b)", "DROP INDEX old_idx")).toHaveLength(1);
});
