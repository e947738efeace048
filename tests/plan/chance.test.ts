import { comparePlans } from "../../src/plan/change.js";
import type { PlanNode } from "../../src/plan/plan.js";
import { isMeasuredTie } from "../../src/plan/tie.js";
import { readWork } from "../../src/plan/work.js";
import { actual, indexScan, node, plan } from "../support/plans.js";

interface Look {
  readonly blocks: number;
  readonly rows?: number;
  readonly loops?: number;
  readonly method?: string;
  readonly index?: string;
}

/** Bookings found through a GiST index, by an index scan of these blocks. */
function byIndex({ blocks, rows = 40, loops = 1, method = "gist", index = "bookings_during_idx" }: Look): PlanNode {
  const accessMethod = method === "" ? {} : { accessMethod: method };
  return indexScan("bookings", index, { ...accessMethod, actual: actual(rows, { loops, sharedBlocks: blocks }) });
}

/** The same by a bitmap: blocks of the index, and with them those of the table. */
function byBitmap(ofIndex: number, ofTable: number): PlanNode {
  const below = node("Bitmap Index Scan", {
    role: "Outer",
    index: "bookings_during_idx",
    accessMethod: "gist",
    actual: actual(40, { sharedBlocks: ofIndex }),
  });
  const heap = indexScan("bookings", "unused", { actual: actual(40, { sharedBlocks: ofIndex + ofTable }) });
  const { index: _, ...rest } = heap;
  return { ...rest, operator: "Bitmap Heap Scan", children: [below] };
}

/** Blocks that count in a comparison, of the whole query and of its only read, before and after. */
function blocksOf(before: PlanNode, after: PlanNode) {
  const change = comparePlans(plan(before), plan(after), () => 100_000);
  const [read] = change.reads;
  return {
    query: [readWork(change.before)?.blocks, readWork(change.after)?.blocks],
    read: [read?.before.work?.blocks, read?.after.work?.blocks],
  };
}

const alike = (blocks: number) => ({ query: [blocks, blocks], read: [blocks, blocks] });

test.each<[string, PlanNode, PlanNode, number]>([
  ["more blocks in another build", byIndex({ blocks: 100 }), byIndex({ blocks: 250 }), 100],
  ["fewer blocks in another build", byIndex({ blocks: 250 }), byIndex({ blocks: 100 }), 100],
  ["an SP-GiST index", byIndex({ blocks: 100, method: "spgist" }), byIndex({ blocks: 250, method: "spgist" }), 100],
  ["a stored plan that does not tell the method", byIndex({ blocks: 100, method: "" }), byIndex({ blocks: 250 }), 100],
  ["an index of another name", byIndex({ blocks: 100, index: "old_idx" }), byIndex({ blocks: 250 }), 100],
  ["a bitmap's index", byBitmap(100, 300), byBitmap(250, 300), 400],
])("chance does not count: %s", (_, before, after, blocks) => {
  expect(blocksOf(before, after)).toEqual(alike(blocks));
});

test.each<[string, PlanNode, PlanNode, readonly [number, number]]>([
  ["another kind of index", byIndex({ blocks: 100, method: "" }), byIndex({ blocks: 250, method: "" }), [100, 250]],
  ["more than another build explains", byIndex({ blocks: 100 }), byIndex({ blocks: 900 }), [100, 900]],
  ["more rows found", byIndex({ blocks: 100 }), byIndex({ blocks: 250, rows: 90 }), [100, 250]],
  ["a bitmap's table", byBitmap(100, 300), byBitmap(100, 700), [400, 800]],
  ["a bitmap in place of an index scan", byIndex({ blocks: 100 }), byBitmap(100, 150), [100, 250]],
  [
    "a btree of another name before",
    byIndex({ blocks: 100, method: "", index: "bookings_start_idx" }),
    byIndex({ blocks: 250 }),
    [100, 250],
  ],
])("what is no chance counts: %s", (_, before, after, blocks) => {
  expect(blocksOf(before, after)).toEqual({ query: blocks, read: blocks });
});

test("look-ups that are made more often count, at the blocks that each of them took", () => {
  const [before, after] = [byIndex({ blocks: 100 }), byIndex({ blocks: 2_500, rows: 400, loops: 10 })];
  expect(blocksOf(before, after).read).toEqual([100, 1_000]);
});

test("a sub-select in the filter is none of the index's blocks", () => {
  const below = (blocks: number) => node("Seq Scan", { role: "SubPlan", actual: actual(1, { sharedBlocks: blocks }) });
  const before = { ...byIndex({ blocks: 110 }), children: [below(10)] };
  const after = { ...byIndex({ blocks: 310 }), children: [below(210)] };
  expect(blocksOf(before, after).query).toEqual([110, 310]);
});

test("a tie is none by chance alone", () => {
  const under = (scan: PlanNode, operator: string) =>
    node(operator, { actual: actual(40, { sharedBlocks: scan.actual?.sharedBlocks ?? 0 }) }, [
      { ...scan, role: "Outer" },
    ]);
  const tie = (after: PlanNode) => {
    const change = comparePlans(plan(under(byIndex({ blocks: 100 }), "Unique")), plan(under(after, "Group")), () => 9);
    return isMeasuredTie(change.before, change.after, 1.1);
  };
  expect(tie(byIndex({ blocks: 250 }))).toBe(true);
  expect(tie(byIndex({ blocks: 900 }))).toBe(false);
});
