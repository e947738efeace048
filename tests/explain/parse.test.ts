import { parsePlan } from "../../src/explain/parse.js";
import { planStructure } from "../../src/plan/normalise.js";
import type { PlanNode } from "../../src/plan/plan.js";
import { allNodes, captured, capturedMajors, capturedPlans, parse, readPlan } from "../support/captured-plans.js";

const everyPlan = capturedMajors.flatMap(capturedPlans);

/** A node with nothing but what EXPLAIN always prints. */
function raw(more: object = {}) {
  return { "Node Type": "Result", "Startup Cost": 0, "Total Cost": 1, "Plan Rows": 1, ...more };
}

function explained(root: object, more: object = {}): string {
  return JSON.stringify([{ Plan: root, ...more }]);
}

function find(root: PlanNode, operator: string): PlanNode {
  const found = allNodes(root).find((node) => node.operator === operator);
  if (!found) throw new Error(`no ${operator}`);
  return found;
}

function nodesOf(major: number, name: string, side: "plain" | "analyzed" = "plain"): readonly PlanNode[] {
  return allNodes(readPlan(captured(major, name)[side]).root);
}

function disabledOf(major: number, name: string): readonly string[] {
  return nodesOf(major, name)
    .filter(({ traits }) => traits.includes("Disabled"))
    .map(({ operator }) => operator);
}

test.each(everyPlan.map((one) => [one.major, one.name, one] as const))(
  "%i: the plain and the analyzed plan of %s are one tree at one cost",
  (_major, _name, { plain, analyzed }) => {
    const [planned, measured] = [readPlan(plain), readPlan(analyzed)];
    expect(planStructure(measured)).toBe(planStructure(planned));
    expect(measured.root.totalCost).toBe(planned.root.totalCost);
    expect(allNodes(planned.root).some(({ actual }) => actual !== undefined)).toBe(false);
    expect(allNodes(measured.root).every(({ actual }) => actual !== undefined)).toBe(true);
    expect(measured.root.actual?.loops).toBe(1);
  },
);

describe("what tells two plans apart", () => {
  test("operators carry their marks in a fixed order", () => {
    expect(readPlan(captured(17, "parallel").plain).root.traits).toEqual(["Sorted", "Finalize"]);
    expect(find(readPlan(captured(17, "parallel").plain).root, "Hash Join").traits).toEqual([
      "Parallel",
      "Inner Unique",
    ]);
    expect(find(readPlan(captured(17, "index only scan backward").plain).root, "Index Only Scan").traits).toEqual([
      "Backward",
    ]);
    expect(readPlan(captured(17, "intersect all").plain).root.traits).toEqual(["Hashed", "Intersect All"]);
    expect(readPlan(captured(17, "merge").plain).root.traits).toEqual(["Merge"]);
  });

  test("a relation is named with its schema, its partitioned table and its alias", () => {
    const [, left, , right] = nodesOf(17, "two schemas, one name");
    expect([left?.relation, left?.alias]).toEqual([{ schema: "shop", name: "orders" }, "o"]);
    expect([right?.relation, right?.alias]).toEqual([{ schema: "archive", name: "orders" }, "a"]);
    expect(nodesOf(17, "one partition")[0]?.relation).toEqual({
      schema: "shop",
      name: "events_2024_02",
      partitionOf: { schema: "shop", name: "events" },
    });
  });

  test("conditions, keys and counts are kept; output, widths and memory are not", () => {
    const details = nodesOf(17, "gather merge").flatMap((node) => node.details);
    expect(details).toEqual([
      { label: "Workers Planned", text: "2" },
      { label: "Sort Key", text: "orders.total" },
    ]);
    expect(nodesOf(17, "upsert")[0]?.details).toEqual([
      { label: "Conflict Resolution", text: "UPDATE" },
      { label: "Conflict Arbiter Indexes", text: "stock_pkey" },
      { label: "Conflict Filter", text: "(stock.qty < 1000)" },
    ]);
    expect(nodesOf(17, "tablesample")[1]?.details.map(({ label }) => label)).toEqual([
      "Sampling Method",
      "Sampling Parameters",
      "Repeatable Seed",
    ]);
  });

  test("grouping sets say which are hashed, which sorted and by what", () => {
    expect(nodesOf(17, "grouping sets")[0]?.details[0]?.text).toBe(
      "Hash Keys (orders.status), Hash Keys ((orders.customer_id % 10)), Group Keys ()",
    );
    expect(nodesOf(17, "cube")[0]?.details[0]?.text).toContain("Sort Key ((orders.customer_id % 10)), Group Keys");
  });

  test("what a scan reads besides relations is its source", () => {
    expect(nodesOf(17, "recursive cte").map(({ source }) => source)).toEqual([
      "up",
      undefined,
      undefined,
      undefined,
      "up",
      undefined,
    ]);
    expect(nodesOf(17, "function scan").flatMap(({ source }) => source ?? [])).toEqual(["recent", "generate_series"]);
  });

  test("a write names every partition it may change", () => {
    expect(nodesOf(17, "update of one")[0]?.details).toEqual([{ label: "Target Tables", text: "shop.events_2024_01" }]);
    expect(nodesOf(17, "update of partitions")[0]?.details[0]?.text).toMatch(
      /^shop\.events_2024_01, shop\.events_2024_02, /,
    );
    expect(nodesOf(17, "update")[0]?.details).toEqual([]);
  });

  test.each(["initplan", "correlated subplan", "hashed subplan", "cte", "recursive cte", "cte that writes"])(
    "sub-selects are called the same on every major: %s",
    (name) => {
      const names = capturedMajors.map((major) => nodesOf(major, name).flatMap(({ subplanName }) => subplanName ?? []));
      expect(names[0]).not.toEqual([]);
      for (const other of names) expect([...other].sort()).toEqual([...(names[0] ?? [])].sort());
    },
  );
});

describe("partitions", () => {
  test.each(capturedMajors)("%i: another partition in front changes nothing of those that were there", (major) => {
    const of = (name: string) =>
      nodesOf(major, name)
        .filter(({ relation }) => relation !== undefined)
        .map(({ relation, alias, details }) => ({ relation, alias, details }));
    const [before, after] = [of("readings before"), of("readings after")];
    expect(before.map(({ alias }) => alias)).toEqual(["r", "r"]);
    expect(after.filter(({ relation }) => relation?.name !== "readings_a")).toEqual(before);
    expect(before[0]?.details[0]?.text).toContain("r.device = 3");
  });

  test.each(capturedMajors)("%i: a partition that is read by its own name keeps it", (major) => {
    const aliases = [
      ...nodesOf(major, "partition by its own name"),
      ...nodesOf(major, "union of partitions by their own names"),
    ];
    expect(aliases.flatMap(({ alias }) => alias ?? [])).toEqual(["events_2024_01", "events_2024_01", "events_2024_02"]);
  });

  test("both sides of a self join keep their own alias", () => {
    const aliases = nodesOf(17, "partitionwise join").flatMap(({ alias }) => alias ?? []);
    expect(aliases).toEqual(["a", "b", "a", "b"]);
    expect(find(readPlan(captured(17, "partitionwise join").plain).root, "Hash Join").details[0]?.text).toBe(
      "(a.at = b.at)",
    );
  });
});

describe("disabled paths", () => {
  test.each(capturedMajors)("%i: only the forbidden operators are marked, and costs are as if allowed", (major) => {
    expect(disabledOf(major, "disabled paths")).toEqual(["Seq Scan", "Seq Scan"]);
    expect(disabledOf(major, "disabled nested loop")).toEqual(["Nested Loop"]);
    expect(disabledOf(major, "disabled sort")).toEqual(["Sort"]);
    expect(disabledOf(major, "hash join")).toEqual([]);
    for (const name of ["disabled paths", "disabled nested loop", "disabled sort"]) {
      expect(nodesOf(major, name).every(({ totalCost, startupCost }) => totalCost < 1e6 && startupCost >= 0)).toBe(
        true,
      );
      expect(nodesOf(major, name)[0]?.totalCost).toBeCloseTo(nodesOf(18, name)[0]?.totalCost ?? 0, 1);
    }
  });

  test("a huge cost is a real one where no setting forbids a path", () => {
    const huge = raw({ "Node Type": "Seq Scan", "Total Cost": 35_000_000_123 });
    expect(readPlan(explained(huge, { Settings: { work_mem: "1MB" } })).root).toMatchObject({
      totalCost: 35_000_000_123,
      traits: [],
    });
    const off = { Settings: { enable_seqscan: "off" } };
    expect(readPlan(explained(huge, off)).root).toMatchObject({ totalCost: 5_000_000_123, traits: ["Disabled"] });
    // 18 says so itself, and adds nothing to the cost.
    expect(readPlan(explained({ ...huge, Disabled: true }, off)).root.totalCost).toBe(35_000_000_123);
  });
});

describe("actual figures", () => {
  test("before 18 rows per loop are whole numbers, and the total may be off by half a row a loop", () => {
    const [, scan] = nodesOf(17, "correlated subplan", "analyzed");
    expect(scan?.actual).toMatchObject({ loops: 49, rows: 49, rowsSlack: 24.5 });
  });

  test("from 18 on rows per loop have two decimals", () => {
    const lookup = nodesOf(18, "delete using", "analyzed").find(({ relation }) => relation?.name === "orders");
    expect(lookup?.actual?.loops).toBe(9);
    // Three of nine look-ups found a row: 0.33 rows a loop.
    expect(lookup?.actual?.rows).toBeCloseTo(2.97);
    expect(lookup?.actual?.rowsSlack).toBeCloseTo(0.045);
    expect(Math.abs((lookup?.actual?.rows ?? 0) - 3)).toBeLessThanOrEqual(lookup?.actual?.rowsSlack ?? 0);
  });

  test("one loop is exact on every major", () => {
    for (const major of capturedMajors)
      expect(nodesOf(major, "seq scan", "analyzed")[0]?.actual).toMatchObject({
        loops: 1,
        rows: 10,
        rowsSlack: 0,
        rowsRemoved: 9_990,
      });
  });

  test("a node that never ran has no loops and no rows", () => {
    const never = nodesOf(17, "never executed", "analyzed").filter(({ actual }) => actual?.loops === 0);
    expect(never.map(({ operator }) => operator)).toEqual(["Bitmap Heap Scan", "Bitmap Index Scan"]);
    expect(never[0]?.actual).toEqual({
      loops: 0,
      rows: 0,
      rowsSlack: 0,
      rowsRemoved: 0,
      sharedBlocks: 0,
      tempBlocks: 0,
    });
  });

  test("blocks are hits and reads together, of all loops; a sort that spills has temporary ones", () => {
    const text = explained(
      raw({
        "Actual Rows": 2,
        "Actual Loops": 3,
        "Shared Hit Blocks": 5,
        "Shared Read Blocks": 7,
        "Temp Read Blocks": 1,
        "Temp Written Blocks": 2,
        "Rows Removed by Filter": 4,
      }),
    );
    expect(readPlan(text).root.actual).toEqual({
      loops: 3,
      rows: 6,
      rowsSlack: 1.5,
      rowsRemoved: 12,
      sharedBlocks: 12,
      tempBlocks: 3,
    });
    expect(nodesOf(17, "spilling sort", "analyzed")[0]?.actual?.tempBlocks).toBeGreaterThan(0);
    expect(nodesOf(17, "spilling sort", "analyzed")[0]?.actual?.diskKilobytes).toBeGreaterThan(0);
  });

  test("rows thrown away are told apart by what threw them away, look-ups and lossy blocks are kept", () => {
    const text = explained(
      raw({
        "Actual Rows": 2,
        "Actual Loops": 3,
        "Rows Removed by Filter": 4,
        "Rows Removed by Join Filter": 5,
        "Rows Removed by Index Recheck": 6,
        "Heap Fetches": 7,
        "Exact Heap Blocks": 8,
        "Lossy Heap Blocks": 9,
        "Hash Batches": 4,
        "Sort Space Type": "Disk",
        "Sort Space Used": 640,
      }),
    );
    // Rows removed are printed per loop; the other figures are sums.
    expect(readPlan(text).root.actual).toMatchObject({
      rowsRemoved: 45,
      rowsRemovedByJoinFilter: 15,
      rowsRemovedByRecheck: 18,
      heapFetches: 7,
      lossyHeapBlocks: 9,
      hashBatches: 4,
      diskKilobytes: 640,
    });
  });

  test("what is 0, and what fitted into memory, leaves nothing behind", () => {
    const text = explained(
      raw({
        "Actual Rows": 2,
        "Actual Loops": 1,
        "Heap Fetches": 0,
        "Lossy Heap Blocks": 0,
        "Hash Batches": 1,
        "HashAgg Batches": 1,
        "Disk Usage": 0,
        "Sort Space Type": "Memory",
        "Sort Space Used": 640,
      }),
    );
    const plain = explained(raw({ "Actual Rows": 2, "Actual Loops": 1 }));
    expect(readPlan(text).root.actual).toEqual(readPlan(plain).root.actual);
  });
});

describe("settings", () => {
  test("those of the measurement itself are left out, the others stay", () => {
    expect(readPlan(captured(17, "spilling sort").analyzed).settings).toEqual({
      search_path: "shop",
      work_mem: "64kB",
    });
  });
});

describe("texts that are no plain plan", () => {
  test.each([15, 16, 17, 18])("%i: the invalid JSON of a MERGE into partitions is mended", (major) => {
    const { analyzed } = captured(major, "merge into partitions");
    expect(() => JSON.parse(analyzed)).toThrow(SyntaxError);
    const { root } = readPlan(analyzed);
    expect(root.traits).toEqual(["Merge"]);
    expect(root.details[0]?.text).toMatch(/^shop\.events_2024_01, shop\.events_2024_02, /);
    expect(root.children).toHaveLength(1);
  });

  test("unknown keys, operators and roles do no harm", () => {
    const text = explained(
      raw({
        "Node Type": "Quantum Scan",
        "Parent Relationship": "child",
        New: { a: [1] },
        __proto__: null,
        Plans: [raw({ "Parent Relationship": "child" })],
      }),
      { "Query Identifier": 1, Novel: [] },
    );
    const { root } = readPlan(text);
    expect(root.operator).toBe("Quantum Scan");
    expect(root.children[0]?.role).toBe("Member");
  });

  test.each([
    ["nothing", "", /JSON/],
    ["no JSON", "Seq Scan on orders", /JSON/],
    ["half a plan", captured(17, "hash join").plain.slice(0, 300), /JSON/],
    ["another JSON", "{}", /array/],
    ["no plan", "[{}]", /Plan/],
    ["a node without costs", explained({ "Node Type": "Result" }), /Startup Cost/],
    ["a condition that is a number where a name is due", explained(raw({ Alias: 5 })), /Alias/],
    ["a statement that a rule took away", "[]", /rule/],
    ["a statement that a rule multiplied", JSON.stringify([{ Plan: raw() }, { Plan: raw() }]), /rule/],
  ])("%s is unreadable, with the reason", (_, text, reason) => {
    const parsed = parse(text);
    expect(parsed.kind).toBe("unreadable");
    expect(parsed.kind === "unreadable" && parsed.reason).toMatch(reason);
  });
});

describe("an index whose tree is left to chance", () => {
  const catalog = {
    partitionRoot: () => undefined,
    chanceMethodOf: (index: string, schema: string | undefined) =>
      index === "during_idx" && schema === "rooms" ? "gist" : undefined,
  };
  const methodsOf = (root: object) => {
    const parsed = parsePlan(explained(root), catalog, { ownSettings: [] });
    if (parsed.kind !== "plan") throw new Error(parsed.reason);
    return allNodes(parsed.plan.root).map(({ accessMethod }) => accessMethod);
  };
  const scan = (schema: string, more: object = {}) =>
    raw({
      "Node Type": "Index Scan",
      Schema: schema,
      "Relation Name": "bookings",
      "Index Name": "during_idx",
      ...more,
    });

  test("tells its access method, and others do not", () => {
    expect(methodsOf(scan("rooms"))).toEqual(["gist"]);
    expect(methodsOf(scan("cars"))).toEqual([undefined]);
    expect(methodsOf(scan("rooms", { "Index Name": "id_idx" }))).toEqual([undefined]);
  });

  test("is in the schema of the table above, where a bitmap's index names none", () => {
    const bitmap = (schema: string) =>
      raw({
        "Node Type": "Bitmap Heap Scan",
        Schema: schema,
        "Relation Name": "bookings",
        Plans: [
          raw({
            "Node Type": "BitmapOr",
            Plans: [
              raw({ "Node Type": "Bitmap Index Scan", "Index Name": "during_idx" }),
              raw({ "Node Type": "Bitmap Index Scan", "Index Name": "id_idx" }),
            ],
          }),
        ],
      });
    expect(methodsOf(bitmap("rooms"))).toEqual([undefined, undefined, "gist", undefined]);
    expect(methodsOf(bitmap("cars"))).toEqual([undefined, undefined, undefined, undefined]);
  });
});
