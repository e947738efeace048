import { readTree } from "../../src/baselines/tree-text.js";
import { comparePlans } from "../../src/plan/change.js";
import type { Identity } from "../../src/plan/identity.js";
import type { PlanNode } from "../../src/plan/plan.js";
import { actual, indexScan, node, partition, plan, seqScan } from "../support/plans.js";

function pairsOf(before: PlanNode, after: PlanNode, identity?: Identity) {
  const change = comparePlans(plan(before), plan(after), () => 100, identity);
  const shown = ({ relation, alias }: { relation: { name: string }; alias: string }) => `${relation.name} ${alias}`;
  return {
    pairs: change.reads.map((pair) => `${shown(pair.before)} → ${shown(pair.after)}`),
    added: change.readsAdded.map(shown),
    gone: change.readsGone.map(shown),
    change,
  };
}

function join(...children: readonly PlanNode[]): PlanNode {
  return node(
    "Hash Join",
    {},
    children.map((child, index) => ({ ...child, role: index === 0 ? ("Outer" as const) : ("Inner" as const) })),
  );
}

function append(...children: readonly PlanNode[]): PlanNode {
  return node(
    "Append",
    {},
    children.map((child) => ({ ...child, role: "Member" as const })),
  );
}

test("reads are paired by relation and alias, wherever they stand in the plan", () => {
  const before = join(seqScan("orders", { alias: "o" }), indexScan("users", "users_pkey", { alias: "u" }));
  const after = join(seqScan("users", { alias: "u" }), node("Hash", {}, [seqScan("orders", { alias: "o" })]));
  expect(pairsOf(before, after)).toMatchObject({
    pairs: ["orders o → orders o", "users u → users u"],
    added: [],
    gone: [],
  });
});

test("what only one plan reads is told apart", () => {
  const before = join(seqScan("orders"), seqScan("users"));
  const after = join(seqScan("orders"), join(seqScan("users"), seqScan("audit")));
  expect(pairsOf(before, after)).toMatchObject({ added: ["audit audit"], gone: [] });
  expect(pairsOf(after, before)).toMatchObject({ added: [], gone: ["audit audit"] });
});

test("the sides of a self-join keep their own partner", () => {
  const before = join(indexScan("users", "users_pkey", { alias: "u" }), seqScan("users", { alias: "m" }));
  const after = join(seqScan("users", { alias: "m" }), indexScan("users", "users_pkey", { alias: "u" }));
  const { change } = pairsOf(before, after);
  expect(change.reads.map((pair) => [pair.before.node.operator, pair.after.node.operator])).toEqual([
    ["Index Scan", "Index Scan"],
    ["Seq Scan", "Seq Scan"],
  ]);
});

test("numbers that PostgreSQL put behind an alias may change places", () => {
  const before = append(indexScan("orders", "a_idx"), seqScan("orders", { alias: "orders_1" }));
  const after = append(seqScan("orders"), indexScan("orders", "a_idx", { alias: "orders_1" }));
  expect(pairsOf(before, after).pairs).toEqual(["orders orders → orders orders_1", "orders orders_1 → orders orders"]);
});

test("a numbered alias whose read changed is paired with the one that is left", () => {
  const before = append(indexScan("orders", "a_idx"), indexScan("orders", "b_idx", { alias: "orders_1" }));
  const after = append(seqScan("orders"), indexScan("orders", "a_idx", { alias: "orders_1" }));
  expect(pairsOf(before, after).pairs).toEqual(["orders orders → orders orders_1", "orders orders_1 → orders orders"]);
});

test("an alias that ends in a number is the query's own where there is none without it", () => {
  const before = join(seqScan("orders", { alias: "o_1" }), seqScan("orders", { alias: "o_2" }));
  const after = join(seqScan("orders", { alias: "o_2" }), seqScan("orders", { alias: "o_1" }));
  expect(pairsOf(before, after).pairs).toEqual(["orders o_1 → orders o_1", "orders o_2 → orders o_2"]);
});

test("partitions are one read of their parent, with the number that were read", () => {
  const part = (number: number, loops = 1) =>
    seqScan(partition(`events_${number}`, "events"), {
      alias: "e",
      totalCost: 10,
      actual: actual(5, { loops, sharedBlocks: 3, rowsRemoved: 2 }),
    });
  const { change } = pairsOf(append(part(1)), append(part(1), part(2), part(3, 0)));
  expect(change.reads).toHaveLength(1);
  expect(change.reads[0]?.before).toMatchObject({ relation: { schema: "public", name: "events" }, partitions: 1 });
  expect(change.reads[0]?.after).toMatchObject({
    partitions: 2,
    wholeCost: 30,
    work: { rows: 15, rowsRead: 21, blocks: 9 },
  });
});

test("blocks of a sub-select in a filter are not the relation's", () => {
  const subselect = { ...seqScan("audit", { role: "SubPlan", actual: actual(1, { sharedBlocks: 80 }) }) };
  const scan = { ...seqScan("orders", { actual: actual(1, { sharedBlocks: 100 }) }), children: [subselect] };
  const { change } = pairsOf(scan, scan);
  expect(change.reads.map(({ after }) => [after.relation.name, after.work?.blocks])).toEqual([
    ["orders", 20],
    ["audit", 80],
  ]);
});

test("renamed relations are paired by what is known of them, two at a time", () => {
  const before = join(seqScan("devices"), seqScan("sites"));
  const after = join(seqScan("places"), seqScan("units"));
  const identity = {
    relations: new Map([
      ["public.devices", "public.units"],
      ["public.sites", "public.places"],
    ]),
    indexes: new Map(),
  };
  expect(pairsOf(before, after, identity)).toMatchObject({
    pairs: ["devices devices → units units", "sites sites → places places"],
    added: [],
  });
  expect(pairsOf(before, after)).toMatchObject({ pairs: [], added: ["places places", "units units"] });
});

test("one renamed relation is found by its alias, or by being the only one left", () => {
  expect(pairsOf(seqScan("orders", { alias: "o" }), seqScan("purchases", { alias: "o" })).pairs).toEqual([
    "orders o → purchases o",
  ]);
  expect(pairsOf(seqScan("orders"), seqScan("purchases")).pairs).toEqual(["orders orders → purchases purchases"]);
});

test("a renamed partitioned table keeps its partitions together", () => {
  const before = append(seqScan(partition("events_1", "events"), { alias: "events" }));
  const after = append(seqScan(partition("events_1", "happenings"), { alias: "happenings" }));
  const identity = { relations: new Map([["public.events", "public.happenings"]]), indexes: new Map() };
  expect(pairsOf(before, after, identity).pairs).toEqual(["events events → happenings happenings"]);
});

test.each([
  ["the same index", "a_idx", [], true],
  ["another one", "b_idx", [], false],
  ["the same one, renamed", "b_idx", [["a_idx", "b_idx"]], true],
  ["another one, though the first was renamed", "c_idx", [["a_idx", "b_idx"]], false],
] as const)("an index is %s", (_, after, renamed, same) => {
  const identity = { relations: new Map(), indexes: new Map(renamed as readonly (readonly [string, string])[]) };
  const { change } = pairsOf(indexScan("orders", "a_idx"), indexScan("orders", after), identity);
  expect(change.reads.map((pair) => change.indexesLost(pair))).toEqual([same ? [] : ["a_idx"]]);
});

test("a relation that a CTE reads is paired with the same one read by the query itself", () => {
  const before = readTree(`CTE Scan from recent as r (cost=9..10 rows=5)
  InitPlan "CTE recent": Seq Scan on public.orders as o (cost=0..9 rows=5)`);
  const after = readTree("Index Scan using orders_idx on public.orders as o (cost=0..9 rows=5)");
  expect(pairsOf(before, after)).toMatchObject({ pairs: ["orders o → orders o"], added: [], gone: [] });
});

test.each([
  ["17 and later", "(InitPlan 1).col1"],
  ["16 and earlier", "$0"],
])("blocks of a sub-select that runs once are not the relation's that asks for it, on %s", (_, result) => {
  const tree =
    readTree(`Seq Scan on public.orders (cost=0..9 rows=5) (actual rows=5 loops=1 shared=100) | Filter: (orders.total > ${result})
  InitPlan "InitPlan 1": Seq Scan on public.audit (cost=0..9 rows=5) (actual rows=1 loops=1 shared=80)`);
  const { change } = pairsOf(tree, tree);
  expect(change.reads.map(({ after }) => [after.relation.name, after.work?.blocks])).toEqual([
    ["orders", 20],
    ["audit", 80],
  ]);
});

test("indexes of partitions that only one plan reads are not lost", () => {
  const part = (number: number, index = `events_${number}_idx`) =>
    indexScan(partition(`events_${number}`, "events"), index, { alias: "e" });
  const lost = (before: PlanNode, after: PlanNode) => {
    const { change } = pairsOf(before, after);
    return change.reads.flatMap((pair) => change.indexesLost(pair));
  };
  expect(lost(append(part(1)), append(part(1), part(2)))).toEqual([]);
  expect(lost(append(part(1)), append(part(2)))).toEqual([]);
  expect(lost(append(part(1), part(2)), append(part(1), part(2, "other_idx")))).toEqual(["events_2_idx"]);
});

test.each([
  ["none of it is the relation's work", 3, 0],
  ["a search through its index is", 4, 4],
])("an empty partition that is looked into, %s", (_, blocks, counted) => {
  const empty = indexScan(partition("events_2", "events"), "events_2_at", {
    alias: "events",
    actual: actual(0, { loops: 10, sharedBlocks: 10 * blocks }),
  });
  const full = indexScan(partition("events_1", "events"), "events_1_at", {
    alias: "events",
    actual: actual(5, { sharedBlocks: 7 }),
  });
  const { change } = pairsOf(full, append(full, empty));
  expect(change.reads.map((pair) => [pair.before.work?.blocks, pair.after.work?.blocks])).toEqual([
    [7, 7 + 10 * counted],
  ]);
});
