import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { workTree } from "../../src/files/tree.js";
import { findQueries } from "../../src/queries/find.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plan-gate-queries-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function found(files: Readonly<Record<string, string>>) {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return findQueries(workTree(root), ["queries"]);
}

test("a query without a header is named after its file, with its folders", async () => {
  const { queries, problems } = await found({
    "queries/open.sql": "SELECT 1;\n",
    "queries/billing/open.sql": "\n-- hello\nSELECT 2",
  });
  expect(problems).toEqual([]);
  expect(queries).toEqual([
    {
      name: "billing/open",
      file: "queries/billing/open.sql",
      line: 3,
      sql: "SELECT 2",
      sqlLine: 3,
      writes: false,
      cases: [{ name: null, values: [] }],
      plans: ["custom"],
      rules: {},
    },
    {
      name: "open",
      file: "queries/open.sql",
      line: 1,
      sql: "SELECT 1",
      sqlLine: 1,
      writes: false,
      cases: [{ name: null, values: [] }],
      plans: ["custom"],
      rules: {},
    },
  ]);
});

test("a file holds several queries, each below its header; prose above a header is left alone", async () => {
  const { queries, problems } = await found({
    "queries/orders.sql": `-- Orders, as the shop reads them: newest first.
-- name: recent-orders
-- owner: "@checkout"
-- cases:
--   hot tenant:  [1, "2026-01-01"]
--   cold tenant: [12345678901234567890, 2026-01-01]
-- rules:
--   cost-increased: { maxRatio: 2 }
SELECT * FROM orders WHERE tenant_id = $1 AND created_at >= $2;

-- name: cancel-order
-- cases: { one: [null], none: [1.10] }
UPDATE orders SET status = 'cancelled' WHERE id = $1; -- the end
`,
  });
  expect(problems).toEqual([]);
  const [cancel, recent] = queries;
  expect(cancel).toMatchObject({
    name: "cancel-order",
    line: 11,
    sqlLine: 13,
    writes: true,
    cases: [
      { name: "one", values: [null] },
      { name: "none", values: ["1.10"] },
    ],
  });
  expect(recent).toMatchObject({
    name: "recent-orders",
    owner: "@checkout",
    line: 2,
    sqlLine: 9,
    sql: "SELECT * FROM orders WHERE tenant_id = $1 AND created_at >= $2",
    cases: [
      { name: "hot tenant", values: ["1", "2026-01-01"] },
      { name: "cold tenant", values: ["12345678901234567890", "2026-01-01"] },
    ],
    rules: { "cost-increased": { maxRatio: 2 } },
  });
});

test("lists are PostgreSQL arrays, nested ones too, and mappings are JSON", async () => {
  const { queries } = await found({
    "queries/a.sql": `-- cases:\n--   c: [[1, null, "a\\"b", x y], [[1, 2], [3, 4]], { plan: pro }]\nSELECT $1::text[], $2::int[], $3::jsonb`,
  });
  expect(queries[0]?.cases[0]?.values).toEqual(['{"1",NULL,"a\\"b","x y"}', '{{"1","2"},{"3","4"}}', '{"plan":"pro"}']);
});

test.each([
  ["SELECT 1 FROM t FOR UPDATE SKIP LOCKED", true],
  ["WITH gone AS (DELETE FROM t RETURNING 1) SELECT * FROM gone", true],
  ["MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE", true],
  ["INSERT INTO t SELECT 1", true],
  ["SELECT 'UPDATE t' FROM t", false],
])("%s: writes or locks is %s", async (sql, writes) => {
  const { queries } = await found({ "queries/q.sql": sql });
  expect(queries[0]?.writes).toBe(writes);
});

test.each([
  ["broken SQL", "-- name: a\nSELECT 1\nFROM FROM t", { file: "queries/q.sql", line: 3 }, "syntax error"],
  ["no statement", "-- name: a\n", { file: "queries/q.sql", line: 2 }, "holds no statement"],
  [
    "two statements below a header",
    "-- name: a\nSELECT 1;\nSELECT 2;",
    { file: "queries/q.sql", line: 3 },
    "holds more than one statement",
  ],
  [
    "two statements without headers",
    "SELECT 1;\n\nSELECT 2;",
    { file: "queries/q.sql", line: 3 },
    "holds more than one statement",
  ],
  ["DDL", "DROP TABLE t", { file: "queries/q.sql", line: 1 }, "is no SELECT"],
  ["SELECT INTO", "SELECT 1 INTO t", { file: "queries/q.sql", line: 1 }, "is no SELECT"],
  [
    "too few values",
    "-- name: a\n-- cases:\n--   one: [1, 2]\n--   two: [1]\nSELECT $1::int, $2::int",
    { file: "queries/q.sql", line: 4 },
    "case `two` has 1 value and the query has 2 parameters",
  ],
  [
    "values for no parameter",
    "-- name: a\n-- cases:\n--   one: [1]\nSELECT 1",
    { file: "queries/q.sql", line: 3 },
    "has 1 value and the query has 0 parameters",
  ],
  [
    "parameters without cases",
    "SELECT $1::int",
    { file: "queries/q.sql", line: 1 },
    "has parameters ($1) and no `cases`",
  ],
  ["an unknown key", "-- name: a\n-- ownr: b\nSELECT 1", { file: "queries/q.sql", line: 2 }, "owner"],
  [
    "an unknown rule",
    "-- name: a\n-- rules:\n--   cost-increase: off\nSELECT 1",
    { file: "queries/q.sql", line: 3 },
    "cost-increased",
  ],
  ["broken YAML", "-- name: a\n-- cases: [\nSELECT 1", { file: "queries/q.sql" }, "YAML"],
  [
    "a name that leads elsewhere",
    "-- name: ../../etc/passwd\nSELECT 1",
    { file: "queries/q.sql", line: 1 },
    "must be letters",
  ],
])("%s is an error with file and line, and the other queries are found", async (_, text, place, words) => {
  const { queries, problems } = await found({ "queries/q.sql": text, "queries/good.sql": "SELECT 1" });
  expect(queries.map(({ name }) => name)).toEqual(["good"]);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.place).toMatchObject(place);
  expect(problems[0]?.message).toContain(words);
  expect(problems[0]?.hint).toMatch(/^[A-Z].*\.$/s);
});

test("a name that is taken is an error that names both places", async () => {
  const { queries, problems } = await found({
    "queries/a.sql": "-- name: Same\nSELECT 1",
    "queries/b.sql": "-- name: same\nSELECT 2",
  });
  expect(queries).toHaveLength(1);
  expect(problems[0]).toMatchObject({
    message: "the name `same` is taken by queries/a.sql:1",
    place: { file: "queries/b.sql", line: 1 },
  });
});

test("multibyte text before a statement does not shift it", async () => {
  const { queries } = await found({ "queries/u.sql": "/* ünïcödé /* nested */ */\nSELECT '☃' AS snow ;\n" });
  expect(queries[0]).toMatchObject({ sql: "SELECT '☃' AS snow", sqlLine: 2 });
});
