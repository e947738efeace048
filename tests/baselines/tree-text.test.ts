import fc from "fast-check";
import { readTree, writeTree } from "../../src/baselines/tree-text.js";
import { type PlanNode, type Role, seldomFigures } from "../../src/plan/plan.js";
import { actual, indexScan, node, partition, seqScan } from "../support/plans.js";

const words = fc.oneof(
  fc.constantFrom("orders", "Order Items", 'a"b', "a | b", "a \\| b", "x|", "on", "as", "(cost=1..2 rows=3)", "ünï"),
  fc.string({ minLength: 1, maxLength: 12 }).map((text) => text.replace(/\p{Cc}/gu, "_")),
);
const figure = fc.oneof(
  fc.nat(1_000_000),
  fc.double({ min: 0, max: 1e9, noNaN: true }).map((n) => Number(n.toPrecision(3))),
);
const above0 = figure.filter((n) => n > 0);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const nodes = fc.letrec<{ node: PlanNode }>((tie) => ({
  node: fc
    .record({
      operator: fc.constantFrom(
        "Seq Scan",
        "Nested Loop",
        "Append",
        "Subquery Scan",
        "Custom Scan (Columnar)",
        "WindowAgg",
      ),
      role: fc.constantFrom<Role>("Outer", "Inner", "Member", "Subquery", "InitPlan", "SubPlan"),
      subplanName: maybe(words),
      traits: fc.subarray(["Left", "Inner Unique", "Parallel"]),
      relation: maybe(
        fc.record({ schema: words, name: words, partitionOf: maybe(fc.record({ schema: words, name: words })) }),
      ),
      alias: maybe(words),
      index: maybe(words),
      accessMethod: maybe(fc.constantFrom("gist", "spgist")),
      source: maybe(words),
      details: fc.array(fc.record({ label: fc.constantFrom("Filter", "Index Cond"), text: words }), { maxLength: 2 }),
      startupCost: figure,
      totalCost: figure,
      rowsPerLoop: figure,
      actual: maybe(
        fc.record(
          {
            loops: fc.integer({ min: 1 }),
            rows: figure,
            rowsSlack: figure,
            rowsRemoved: figure,
            sharedBlocks: figure,
            tempBlocks: figure,
            ...Object.fromEntries(seldomFigures.map((name) => [name, above0])),
          },
          { requiredKeys: ["loops", "rows", "rowsSlack", "rowsRemoved", "sharedBlocks", "tempBlocks"] },
        ),
      ),
      children: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie("node"), { maxLength: 2 })),
    })
    .map(tidy),
})).node;

/** Leaves out what is undefined, and what cannot be: methods of no index, names on plain children, aliases that EXPLAIN always prints. */
function tidy(drawn: object): PlanNode {
  const given = Object.fromEntries(
    Object.entries(drawn).filter(([, value]) => value !== undefined),
  ) as unknown as PlanNode;
  const { subplanName, alias, accessMethod, ...rest } = given;
  const { relation, role } = rest;
  if (relation && "partitionOf" in relation && relation.partitionOf === undefined) {
    (rest as { relation: object }).relation = { schema: relation.schema, name: relation.name };
  }
  const named = role === "InitPlan" || role === "SubPlan" ? { subplanName: subplanName ?? "InitPlan 1" } : {};
  const aliased = alias ?? (rest.relation && !rest.relation.partitionOf ? rest.relation.name : undefined);
  const method = rest.index === undefined || accessMethod === undefined ? {} : { accessMethod };
  return { ...rest, ...method, ...named, ...(aliased === undefined ? {} : { alias: aliased }) };
}

test("what is written is what is read, whatever the names are", () => {
  fc.assert(
    fc.property(nodes, (drawn) => {
      const { role: _, subplanName: __, ...root } = drawn;
      const text = writeTree(root);
      expect(readTree(text)).toEqual(root);
      expect(writeTree(readTree(text))).toBe(text);
    }),
    { numRuns: 200 },
  );
});

test("a plan reads like EXPLAIN's text, a line a node", () => {
  const inner = indexScan(partition("events_2026_01", "events"), "events_2026_01_pkey", {
    alias: "e",
    role: "Inner",
    startupCost: 0.42,
    totalCost: 8.44,
    details: [{ label: "Index Cond", text: "(id = o.event_id)" }],
    actual: actual(12, { loops: 12, sharedBlocks: 36, rowsSlack: 6 }),
  });
  const root = node(
    "Nested Loop",
    { traits: ["Left"], totalCost: 120, rowsPerLoop: 12, actual: actual(12, { sharedBlocks: 50 }) },
    [
      seqScan("orders", {
        alias: "o",
        role: "Outer",
        totalCost: 20,
        rowsPerLoop: 12,
        actual: actual(12, { rowsRemoved: 90, sharedBlocks: 14 }),
      }),
      inner,
    ],
  );
  expect(writeTree(root)).toBe(
    [
      "Nested Loop [Left] (cost=0..120 rows=12) (actual rows=12 loops=1 shared=50)",
      "  Seq Scan on public.orders as o (cost=0..20 rows=12) (actual rows=12 loops=1 removed=90 shared=14)",
      "  Index Scan using events_2026_01_pkey on public.events_2026_01 of public.events as e (cost=0.42..8.44 rows=1) (actual rows=12±6 loops=12 shared=36) | Index Cond: (id = o.event_id)",
      "",
    ].join("\n"),
  );
});

test("an index whose tree is left to chance tells its access method", () => {
  const scan = indexScan("bookings", "bookings_during_idx", { accessMethod: "gist", totalCost: 8 });
  expect(writeTree(scan)).toBe("Index Scan using bookings_during_idx (gist) on public.bookings (cost=0..8 rows=1)\n");
});

test.each([
  ["no node", "Seq Scan on public.orders\n", 0],
  ["an orphaned indent", "Limit (cost=0..1 rows=1)\n    Sort (cost=0..1 rows=1)\n", 1],
  ["nothing", "", 0],
  ["a second root", "Limit (cost=0..1 rows=1)\nLimit (cost=0..1 rows=1)\n", 1],
])("%s is refused with its line", (_, text, line) => {
  expect(() => readTree(text)).toThrow(expect.objectContaining({ line }));
});
