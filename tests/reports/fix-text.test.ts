import { renderComment } from "../../src/reports/comment.js";
import { fixEffect, sqlBelow, sqlWithin } from "../../src/reports/fix-text.js";
import { markdown } from "../../src/reports/markdown.js";
import { terminal } from "../../src/reports/terminal.js";
import type { ProvenFix } from "../../src/verdict/verdict.js";
import { finding, lostIndex, verdict } from "../support/verdicts.js";
import { conclusion, evaluation, telling } from "./support/tellings.js";

const fix: ProvenFix = {
  ...{ kind: "index", title: "restores the dropped index `a`", sql: "CREATE INDEX CONCURRENTLY a ON t (b);" },
  ...{ cost: { without: 1_680, with: 1.71 }, blocks: { without: 884, with: 43 }, sizeBytes: 16_384 },
  ...{ helps: ["orders", "tenants"], hurts: ["audit"] },
};
const rewrite: ProvenFix = {
  ...{ kind: "query", title: "compares the bare column", sql: "SELECT id FROM t WHERE at >= $1;" },
  ...{ cost: { without: 90, with: 3 }, helps: [], hurts: [] },
};

test("the effect names what changed, the size, and whom else it touches", () => {
  expect(fixEffect(fix)).toBe(
    "cost 1,680 → 1.71; blocks 884 → 43; takes 16 kB; also helps orders, tenants; raises the cost of audit",
  );
  expect(fixEffect(rewrite)).toBe("cost 90 → 3");
  expect(fixEffect({ ...rewrite, sizeBytes: 30 * 1024 ** 2 })).toBe("cost 90 → 3; takes 30 MB");
});

test("a cost that better statistics raise is said to be the real one", () => {
  expect(fixEffect({ ...rewrite, kind: "statistics", cost: { without: 82, with: 820 } })).toBe(
    "cost 82 → 820, as it really is",
  );
  expect(fixEffect({ ...rewrite, cost: { without: 82, with: 820 } })).toBe("cost 82 → 820");
});

test("what an index costs writes is said, or that nobody measured it", () => {
  const written = (writes: NonNullable<ProvenFix["writes"]>) => fixEffect({ ...rewrite, writes });
  expect(written([])).toBe(
    "cost 90 → 3; no other registered query writes this table, so its cost for writes was not measured",
  );
  expect(written([{ query: "place", blocks: { without: 12, with: 12 } }])).toBe(
    "cost 90 → 3; place writes with as many blocks",
  );
  expect(written([{ query: "place", blocks: { without: 12, with: 15 } }, { query: "cancel" }])).toBe(
    "cost 90 → 3; place writes with 12 → 15 blocks; its cost for cancel, which writes the table, was not measured",
  );
});

test("what changes no figure says what it does instead", () => {
  const same = { without: 8, with: 8 };
  expect(fixEffect({ ...rewrite, cost: same, blocks: same })).toBe("this is then no longer found");
});

test("a whole query is shown beside the advice, a statement stands in it", () => {
  const view: ProvenFix = { ...rewrite, kind: "definition", sql: "CREATE OR REPLACE VIEW v AS\n SELECT 1;" };
  expect(sqlBelow(view)).toEqual(["CREATE OR REPLACE VIEW v AS", " SELECT 1;"]);
  expect(sqlBelow({ ...view, sql: "ALTER POLICY p ON t USING (a = 1);" })).toEqual([]);
  expect([sqlBelow(fix), sqlBelow(rewrite)]).toEqual([[], [rewrite.sql]]);
});

test("SQL of several lines keeps them, whatever stands in it; what is too long is in the JSON report", () => {
  const long: ProvenFix = {
    ...rewrite,
    kind: "definition",
    sql: `CREATE VIEW v AS -- why\n  SELECT '\`\`\`';\u001b[31m`,
  };
  expect(sqlBelow(long)).toEqual(["CREATE VIEW v AS -- why", "  SELECT '```';"]);
  const told = verdict([lostIndex({ findings: [finding({ fix: "Run the SQL below.", fixes: [long] })] })]);
  const block = "````\nCREATE VIEW v AS -- why\n  SELECT '```';\n````";
  expect(markdown.render(told, { color: false, width: 120, verbose: false })).toContain(block);
  expect(renderComment(telling(conclusion("worse", [evaluation(told)]))).body).toContain(block);
  // Half of it would drop a view and not make it again.
  expect(sqlBelow({ ...long, sql: "SELECT 1;\n".repeat(100) })).toEqual([
    "-- 101 lines: copy them from the JSON report",
  ]);
});

test("a terminal breaks SQL only where that changes nothing, and shows none that it must not break", () => {
  const within = (sql: string) => sqlWithin({ ...rewrite, sql }, 40);
  expect(within("SELECT  'a  b',\n    id FROM t;")).toEqual(["SELECT  'a  b',", "    id FROM t;"]);
  expect(within("CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id);\nSELECT 1;")).toEqual([
    "CREATE INDEX CONCURRENTLY",
    "orders_customer_id_idx ON orders",
    "(customer_id);",
    "SELECT 1;",
  ]);
  const pointer = ["-- too wide for this terminal: copy it", "from the JSON report"];
  expect(within("SELECT 'a literal that is far too long  to be broken';")).toEqual(pointer);
  expect(within("SELECT 1; -- a remark that would go on as code in its next line")).toEqual(pointer);
  expect(within("SELECT 1\n   ::error::forged")).toEqual(pointer);
});

test("every report for readers tells the advice, what it did, and a query's new text", () => {
  const advised = (proven: ProvenFix, text: string) =>
    verdict([lostIndex({ findings: [finding({ fix: text, fixes: [proven] })] })]);
  const texts = (told: ReturnType<typeof advised>) => [
    terminal.render(told, { color: false, width: 120, verbose: false }),
    markdown.render(told, { color: false, width: 120, verbose: false }),
    renderComment(telling(conclusion("worse", [evaluation(told)]))).body,
  ];
  for (const text of texts(advised(fix, `Run \`${fix.sql}\`.`))) {
    expect(text).toContain(fix.sql);
    expect(text.replaceAll(/\s+/g, " ")).toContain("cost 1,680 → 1.71; blocks 884 → 43; takes 16 kB");
    expect(text.split(fix.sql)).toHaveLength(2);
  }
  for (const text of texts(advised(rewrite, "Write the query so that it compares the bare column."))) {
    expect(text).toContain("SELECT id FROM t WHERE at >= $1;");
  }
});
