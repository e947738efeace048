import type { SmallTable } from "../../src/explain/small-tables.js";
import type { PlanNode } from "../../src/plan/plan.js";
import { noteMissingEvidence, noteSmallTables } from "../../src/verdict/small-tables.js";
import { indexScan, node, partition, plan, seqScan } from "../support/plans.js";
import { finding, outcome } from "../support/verdicts.js";

const coupons: SmallTable = {
  ...{ schema: "public", name: "coupons", rows: 10, isLookup: false },
  indexedColumns: ["Odd name", "code"],
};
const filtered = (text: string, of: Parameters<typeof seqScan>[0] = "coupons") =>
  seqScan(of, { details: [{ label: "Filter", text }] });
const notes = (root: PlanNode, ...small: readonly SmallTable[]) =>
  noteSmallTables([plan(root)], small.length > 0 ? small : [coupons]);

test.each([
  ["an equality", "(coupons.code = 'x'::text)"],
  ["a cast", "((coupons.code)::text = 'x'::text)"],
  ["one of several conditions", "((kind <> 2) AND (code >= $1))"],
  ["a quoted name", `(coupons."Odd name" = 3)`],
])("a small table that is read whole is told where it is filtered by an indexed column: %s", (_, text) => {
  expect(notes(filtered(text))).toEqual([
    "too few rows to judge the indexes of public.coupons (10 rows): PostgreSQL reads so small a table whole, whatever indexes it has; seed at least 1,000 rows of each",
  ]);
});

test.each([
  ["another column", filtered("(coupons.kind = 2)")],
  ["a longer name", filtered("(coupons.old_code = 2)")],
  ["an expression of it, which this index cannot answer", filtered("(lower(coupons.code) = 'x'::text)")],
  ["a cast of it, which this index cannot answer either", filtered("((coupons.code)::numeric = '3'::numeric)")],
  ["a text that looks like it", filtered("(coupons.note = 'code = 3'::text)")],
  ["nothing", seqScan("coupons")],
  ["an index, which is used", indexScan("coupons", "coupons_code_idx")],
  ["a table of the same name elsewhere", filtered("(code = 'x'::text)", "archive.coupons")],
])("it is quiet where a small table is read by %s", (_, root) => {
  expect(notes(root)).toEqual([]);
});

test("a sort by an indexed column counts, by a later key it does not; a partition counts as its parent", () => {
  const sorted = (text: string) => node("Sort", { details: [{ label: "Sort Key", text }] }, [seqScan("coupons")]);
  expect(notes(sorted("coupons.code DESC, coupons.id"))).toHaveLength(1);
  expect(notes(sorted("coupons.id, coupons.code"))).toEqual([]);
  expect(notes(filtered("(code = 'x'::text)", partition("coupons_1", "coupons")))).toHaveLength(1);
});

test("a table that a larger one refers to is small on purpose", () => {
  expect(notes(filtered("(code = 'x'::text)"), { ...coupons, isLookup: true })).toEqual([]);
});

test("it is one note, which names five tables and counts the others", () => {
  const tables = Array.from({ length: 7 }, (_, at) => ({ ...coupons, name: `t${at}`, rows: at }));
  const root = node(
    "Append",
    {},
    tables.map(({ name }) => filtered("(code = 'x'::text)", name)),
  );
  const [note, ...others] = notes(root, ...tables);
  expect(others).toEqual([]);
  expect(note).toContain("public.t0 (no rows), public.t1 (1 row), public.t2 (2 rows)");
  expect(note).toMatch(/public\.t4 \(4 rows\) and 2 more: PostgreSQL/);
});

describe("a change of a small table", () => {
  const touched = [{ table: "coupons", statement: "migrations/V12.sql:3: DROP INDEX coupons_code_idx" }];
  const reading = (root: PlanNode, more = {}) => outcome("passed", "q", { after: plan(root), ...more });

  test("a plan that passed and reads it needs evidence, in words that say what to seed", () => {
    const [noted] = noteMissingEvidence([reading(seqScan("coupons"), { notes: ["a note"] })], [coupons], touched);
    expect(noted?.kind).toBe("passed");
    expect(noted?.notes).toEqual([
      "a note",
      "needs evidence: public.coupons has 10 rows, too few to show what `migrations/V12.sql:3: DROP INDEX coupons_code_idx` does to this plan; seed at least 1,000",
    ]);
  });

  test("other plans, other tables, and plans that something was found about do not", () => {
    const outcomes = [
      reading(seqScan("orders")),
      reading(indexScan("coupons", "coupons_pkey")),
      outcome("flagged", "q", { after: plan(seqScan("coupons")), findings: [finding()] }),
      outcome("unbaselined", "q", { after: plan(seqScan("coupons")) }),
    ];
    expect(noteMissingEvidence(outcomes, [coupons], touched)).toEqual(outcomes);
    expect(noteMissingEvidence([reading(seqScan("coupons"))], [{ ...coupons, name: "others" }], touched)).toEqual([
      reading(seqScan("coupons")),
    ]);
  });
});
