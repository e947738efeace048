import fc from "fast-check";
import type { PlanNode } from "../../src/plan/plan.js";
import { displayWidth } from "../../src/reports/foreign-text.js";
import { terminal } from "../../src/reports/terminal.js";
import { hostileVerdict } from "../support/hostile-verdict.js";
import { actual, bitmapScan, indexScan, node, plan, seqScan } from "../support/plans.js";
import { finding, lostIndex, mixed, outcome, stories, verdict } from "../support/verdicts.js";

const options = { color: false, width: 80, verbose: false };

test("no line of the terminal report is wider than the terminal, whatever the names", () => {
  const sizes = fc.record({ width: fc.integer({ min: 80, max: 140 }), verbose: fc.boolean() });
  fc.assert(
    fc.property(hostileVerdict, sizes, (told, size) => {
      for (const line of terminal.render(told, { color: false, ...size }).split("\n")) {
        expect(displayWidth(line)).toBeLessThanOrEqual(size.width);
      }
    }),
    { numRuns: 300 },
  );
});

test("nothing that moves the cursor, colours, reorders or commands gets from a name into the terminal", () => {
  fc.assert(
    fc.property(hostileVerdict, (told) => {
      const text = terminal.render(told, options);
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      expect(text).not.toMatch(/^\s*(?:::|##\[)/m);
    }),
  );
});

test("with colour, the report says the same as without", () => {
  for (const told of Object.values(stories)) {
    const painted = terminal.render(told, { ...options, color: true });
    expect(painted).toContain("\u001b[");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that colours are made of
    expect(painted.replace(/\u001b\[\d+m/g, "")).toBe(terminal.render(told, options));
  }
});

test("every query and case has its line in the table", () => {
  const text = terminal.render(mixed, options);
  for (const { name } of mixed.outcomes) expect(text).toMatch(new RegExp(`^. +${name} .*\\d|^. +${name} .*–`, "m"));
});

test("of very many passed plans the table lists a hundred and counts the others, unless all are wanted", () => {
  const many = verdict(
    Array.from({ length: 250 }, (_, number) => outcome("passed", `q${String(number).padStart(3, "0")}`)),
  );
  expect(terminal.render(many, options)).toContain("… and 150 more plans that passed (--verbose lists them)");
  expect(terminal.render(many, options)).not.toContain("q249");
  expect(terminal.render(many, { ...options, verbose: true })).toContain("q249");
});

test("the worst comes first: what blocks before what warns, then by how much the cost rose", () => {
  const after = plan(seqScan("t", { totalCost: 10 }));
  const of = (name: string, cost: number, severity: "error" | "warn") =>
    lostIndex({ name, before: plan(seqScan("t", { totalCost: cost })), after, findings: [finding({ severity })] });
  const text = terminal.render(verdict([of("a", 1, "warn"), of("b", 5, "error"), of("c", 2, "error")]), options);
  const blocks = [...text.matchAll(/^[✗!] (\w) ·/gm)].map((match) => match[1]);
  expect(blocks).toEqual(["c", "b", "a"]);
});

test("a plan hundreds of levels deep is drawn within the terminal, and says how many nodes it leaves out", () => {
  let root = seqScan("orders", { actual: actual(1) });
  for (let level = 0; level < 500; level++) root = node("Limit", {}, [root]);
  const evidence = { kind: "node" as const, node: root };
  const deep = outcome("flagged", "deep", { after: plan(root), findings: [finding({ after: evidence })] });
  expect(terminal.render(verdict([deep]), options)).toContain("… 461 more nodes");
  expect(terminal.render(verdict([deep]), { ...options, verbose: true })).toContain("(level 500) Seq Scan on orders ");
});

test("the node that a finding is about is kept and marked, however large the plan", () => {
  const scans = Array.from({ length: 200 }, (_, number) => seqScan(`part_${number}`, { totalCost: number + 1 }));
  const after = plan(node("Append", {}, scans));
  const evidence = { kind: "node" as const, node: scans[150] ?? after.root };
  const told = outcome("flagged", "wide", { after, findings: [finding({ after: evidence })] });
  const text = terminal.render(verdict([told]), options);
  expect(text).toMatch(/^► {3}Seq Scan on part_150 /m);
  expect(text.match(/^►/gm)).toHaveLength(1);
});

test("the first line tells a run that only warned from one that failed", () => {
  const warned = verdict([lostIndex({ findings: [finding({ severity: "warn" })] })]);
  expect(terminal.render(warned, options)).toMatch(/^plan-gate: 1 plan, 1 with a warning, none failed\n/);
});

test("where `strict` makes a missing baseline an error, the first line says so", () => {
  const strict = outcome("unbaselined", "new-query", { findings: [finding({ rule: "unbaselined" })] });
  const text = terminal.render(verdict([strict], { verdict: "fail", exitCode: 1 }), options);
  expect(text).toMatch(/^plan-gate: 1 plan could not be compared, which `strict` forbids\n/);
  expect(text).toContain("run `plan-gate accept new-query`");
});

test("a finding that shows no node has those reads of its relation marked that only one plan has", () => {
  const cost = { before: { kind: "figure", value: 1, unit: "planner units" } } as const;
  const join = (read: PlanNode) => plan(node("Nested Loop", {}, [seqScan("tenants"), read]));
  const told = outcome("flagged", "orders-of-tenant", {
    before: join(indexScan("orders", "orders_tenant_idx")),
    after: join(bitmapScan("orders", "orders_number_idx")),
    findings: [finding({ relation: "public.orders", ...cost })],
  });
  const marked = terminal.render(verdict([told]), options).match(/^►.*(?= {2,}1 {2,}1)/gm);
  expect(marked?.map((line) => line.trimEnd())).toEqual([
    "►   Index Scan using orders_tenant_idx on orders",
    "►   Bitmap Heap Scan on orders",
  ]);
});

test("what is noted on most plans is said once", () => {
  const outcomes = Array.from({ length: 30 }, (_, index) => lostIndex({ name: `q${index}`, notes: ["jit was off"] }));
  const text = terminal.render(verdict(outcomes), options);
  expect(text.match(/jit was off.*/g)).toEqual(["jit was off (30 plans)"]);
});
