import { readOccurrences } from "../../src/fixes/conditions.js";
import type { Occurrence } from "../../src/fixes/occurrence.js";
import type { PlanNode } from "../../src/plan/plan.js";
import { node, partition, plan, seqScan } from "../support/plans.js";

function filtered(text: string, label = "Filter"): PlanNode {
  return seqScan("orders", { alias: "o", details: [{ label, text }] });
}

async function occurrence(root: PlanNode, alias = "o"): Promise<Occurrence> {
  const found = (await readOccurrences(plan(root))).find((one) => one.alias === alias);
  if (!found) throw new Error(`no ${alias}`);
  return found;
}

const texts = (terms: readonly { readonly text: string }[]) => terms.map(({ text }) => text);

test("conditions are told apart by how they compare", async () => {
  const found = await occurrence(
    filtered(
      `((o.customer_id = '7'::bigint) AND (o.created_at >= '2024-01-01'::date) AND ('9'::bigint > o.id) AND (o.status = ANY ('{a,b}'::text[])) AND ((o.reference)::text ~~ 'AB%'::text) AND (o.tags @> '{x}'::text[]) AND (o.deleted IS NULL) AND (NOT o.hidden) AND o.paid)`,
    ),
  );
  expect(texts(found.equal)).toEqual(["customer_id", "status"]);
  expect(texts(found.ranges)).toEqual(["created_at", "id"]);
  expect(texts(found.prefixes)).toEqual(["(reference)::text"]);
  expect(texts(found.contains)).toEqual(["tags"]);
  expect(found.fixed.map(({ predicate }) => predicate)).toEqual([
    "customer_id = ('7')::bigint",
    "deleted IS NULL",
    "NOT hidden",
    "paid",
  ]);
});

test("an infix search, a condition on two relations' columns and an unequal are none of them", async () => {
  const found = await occurrence(
    filtered("((o.reference ~~ '%x'::text) AND (o.id <> 5) AND (o.id = o.customer_id) AND (o.a > p.b))"),
  );
  const { equal, joined, ranges, prefixes } = found;
  expect([equal, joined, ranges, prefixes]).toEqual([[], [], [], []]);
});

test("a function or a cast around a column is an expression, and casts are told", async () => {
  const { equal } = await occurrence(filtered("((lower(o.email) = 'x'::text) AND ((o.id)::text = $1))"));
  expect(equal).toEqual([
    { column: undefined, text: "lower(email)", columns: ["email"] },
    { column: undefined, text: "(id)::text", columns: ["id"], castTo: "text" },
  ]);
});

test("what is searched for, asked to contain, or asked to be null is told apart, on either side of the operator", async () => {
  const found = await occurrence(
    filtered(
      `((o.note ~~ '%late%'::text) AND (o.title ~~* 'abc%'::text) AND (o.code ~ '^x'::text) AND ('{1}'::integer[] <@ o.tags) AND (o.doc ? 'k'::text) AND (o.span && '[1,2)'::int4range) AND (o.deleted IS NULL) AND (o.paid IS NOT NULL))`,
    ),
  );
  expect(texts(found.searches)).toEqual(["note", "title"]);
  expect(found.contains.map(({ text, operator }) => `${text} ${operator}`)).toEqual(["tags @>", "doc ?", "span &&"]);
  expect(texts(found.nulls)).toEqual(["deleted"]);
});

test("the parts of an OR are told where an index could find each, and only then", async () => {
  const either = async (text: string) => (await occurrence(filtered(text))).either.map((terms) => texts(terms));
  expect(await either("((o.a = 1) OR ((o.b = 2) AND (o.c <> 3)) OR (o.d ~~ 'x%'::text))")).toEqual([["a", "b", "d"]]);
  expect(await either("((o.a = 1) OR (o.b <> 2))")).toEqual([]);
  expect(await either("((o.a = 1) OR (p.b = 2))")).toEqual([]);
  expect((await occurrence(filtered("((o.a = 1) OR (o.b = 2))"))).equal).toEqual([]);
});

test("constants in an expression are told: it may be one on a value of this call", async () => {
  const { equal } = await occurrence(filtered("(((o.id % '7'::bigint) = 1) AND (lower(o.email) = 'x'::text))"));
  expect(equal.map(({ constants }) => constants)).toEqual([["7"], undefined]);
});

test("an expression with a redacted literal is left alone: its text is not known", async () => {
  const { equal } = await occurrence(filtered("((date_trunc('?'::text, o.at) = $1) AND (o.status = '?'::text))"));
  expect(texts(equal)).toEqual(["status"]);
});

test("what came from a sub-select, a parameter or a redacted number is known before the read", async () => {
  const { equal } = await occurrence(
    filtered("((o.a = $0) AND (o.b = (InitPlan 1).col1) AND (o.c = (SubPlan 2)) AND (o.d = ?))"),
  );
  expect(texts(equal)).toEqual(["a", "b", "c", "d"]);
});

test("a join compares columns of two relations, on both sides", async () => {
  const join = node("Hash Join", { details: [{ label: "Hash Cond", text: "(o.customer_id = c.id)" }] }, [
    seqScan("orders", { alias: "o" }),
    seqScan("customers", { alias: "c" }),
  ]);
  expect(texts((await occurrence(join)).joined)).toEqual(["customer_id"]);
  expect(texts((await occurrence(join, "c")).joined)).toEqual(["id"]);
});

test("the outermost sort counts, up to the first key of another relation", async () => {
  const sorted = node(
    "Sort",
    { details: [{ label: "Sort Key", text: "o.a DESC, (lower(o.b)) NULLS FIRST, c.id, o.z" }] },
    [
      node("Sort", { details: [{ label: "Sort Key", text: "o.inner" }] }, [
        seqScan("orders", { alias: "o" }),
        seqScan("customers", { alias: "c" }),
      ]),
    ],
  );
  const { order } = await occurrence(sorted);
  expect(order.map(({ text, suffix }) => `${text}${suffix}`)).toEqual(["a DESC", "lower(b) NULLS FIRST"]);
});

test("partitions are one occurrence of their parent; an alias of two relations is none", async () => {
  const parts = node("Append", {}, [
    { ...seqScan(partition("orders_1", "orders"), { alias: "o" }) },
    { ...seqScan(partition("orders_2", "orders"), { alias: "o" }) },
  ]);
  const found = await occurrence(parts);
  expect([found.relation, found.visits.length]).toEqual([{ schema: "public", name: "orders" }, 2]);
  const clash = node("Append", {}, [seqScan("orders", { alias: "x" }), seqScan("customers", { alias: "x" })]);
  expect(await readOccurrences(plan(clash))).toEqual([]);
});

test.each(["(((", "(o.a = )", "ANY ((SubPlan 1))", "", "'; DROP TABLE orders; --", '("o"."a"" = 1)'])(
  "a text that is no condition says nothing: %s",
  async (text) => {
    const found = await occurrence(filtered(text));
    expect(found.equal).toEqual([]);
  },
);
