import fc from "fast-check";
import { readTree, writeTree } from "../../src/baselines/tree-text.js";
import { readEstimates } from "../../src/plan/estimates.js";
import { planShape, planStructure, redactLiterals, roundPlan } from "../../src/plan/normalise.js";
import type { Plan } from "../../src/plan/plan.js";
import { walkPlan } from "../../src/plan/walk.js";
import { capturedMajors, capturedPlans, parse, regressionTestPlans } from "../support/captured-plans.js";

const texts = [
  ...capturedMajors.flatMap(capturedPlans).flatMap(({ plain, analyzed }) => [plain, analyzed]),
  ...regressionTestPlans(),
];
const anyText = fc.constantFrom(...texts);

/** Everything that is done to a plan before rules see it, and after. */
function use(plan: Plan): void {
  const stored = roundPlan(redactLiterals(plan, new Set()));
  planShape(stored);
  planStructure(stored);
  walkPlan(stored.root);
  readEstimates(stored);
  const text = writeTree(stored.root);
  expect(writeTree(readTree(text)) === text).toBe(true);
}

/** Parses without a throw, and says either what the plan is, or why it is none. */
function survives(text: string): void {
  const parsed = parse(text);
  if (parsed.kind === "plan") use(parsed.plan);
  else expect(parsed.reason).not.toBe("");
}

function nested(levels: number): string {
  const head =
    '{"Node Type": "Sort", "Startup Cost": 1, "Total Cost": 2, "Plan Rows": 3, "Sort Key": ["a.\\"b\\""], "Plans": [';
  const leaf = '{"Node Type": "Result", "Startup Cost": 1, "Total Cost": 2, "Plan Rows": 3}';
  return `[{"Plan": ${head.repeat(levels)}${leaf}${"]}".repeat(levels)}}]`;
}

test("texts with characters cut, doubled or replaced never throw", () => {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(20),
    put: fc.string({ maxLength: 5 }),
  });
  fc.assert(
    fc.property(anyText, fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
      survives(
        edits.reduce((mangled, { at, length, put }) => {
          const from = Math.floor(at * mangled.length);
          return mangled.slice(0, from) + put + mangled.slice(from + length);
        }, text),
      );
    }),
    { numRuns: 400 },
  );
});

/** Every place of a JSON value that could be taken away or replaced. */
function places(value: unknown): readonly (readonly [Record<string, unknown>, string])[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [[holder, key] as const, ...places(holder[key])]);
}

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    " | ",
    "\\|",
    "a | Filter: b",
    "\n",
    "'",
    '"',
    "E'",
    "(cost=1..2 rows=3)",
    " as x",
    "] on",
    "e_1",
    "\u202e",
    "",
  ),
);

test("plans with a few keys taken away or values of another type never throw", () => {
  const odd = fc.oneof(
    hostile,
    fc.constantFrom<unknown>(undefined, null, true, -1, 1e100, [], [[1, [{}]]], {}, { a: { b: 1 } }),
  );
  const damage = fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 4 });
  // The invalid JSON of a MERGE is indented like no other.
  const valid = texts.filter((text) => !text.startsWith("[\n"));
  fc.assert(
    fc.property(fc.constantFrom(...valid), damage, (text, changes) => {
      const json = JSON.parse(text);
      for (const [at, value] of changes) {
        const all = places(json);
        const [holder, key] = all[at % all.length] ?? [];
        if (holder && key !== undefined) holder[key] = structuredClone(value);
      }
      survives(JSON.stringify(json));
    }),
    { numRuns: 400 },
  );
});

test("plans whose every name and condition is hostile are parsed, stored and read back", () => {
  const figure = fc.double({ min: 0, max: 1e100, noNaN: true });
  const words = fc.oneof(hostile, fc.array(hostile, { maxLength: 3 }));
  const { node } = fc.letrec<{ node: object }>((tie) => ({
    node: fc.record(
      {
        "Node Type": fc.constantFrom(
          "Seq Scan",
          "Append",
          "Sort",
          "ModifyTable",
          "CTE Scan",
          "Nested Loop",
          "Limit",
          "Gather",
        ),
        "Startup Cost": figure,
        "Total Cost": figure,
        "Plan Rows": figure,
        "Parent Relationship": fc.constantFrom("Outer", "Inner", "Member", "Subquery", "InitPlan", "SubPlan"),
        "Subplan Name": hostile,
        Schema: fc.oneof(hostile, fc.constant("shop")),
        "Relation Name": fc.oneof(hostile, fc.constant("events_1")),
        Alias: fc.oneof(hostile, fc.constant("e_1")),
        "Index Name": hostile,
        "CTE Name": hostile,
        "Join Type": hostile,
        Filter: hostile,
        "Sort Key": words,
        "Target Tables": words,
        "Actual Rows": figure,
        "Actual Loops": fc.nat(),
        "Rows Removed by Filter": figure,
        Plans: fc.oneof({ depthSize: "small" }, fc.constant([]), fc.array(tie("node"), { maxLength: 3 })),
      },
      { requiredKeys: ["Node Type", "Startup Cost", "Total Cost", "Plan Rows", "Parent Relationship"] },
    ),
  }));
  fc.assert(
    fc.property(node, (plan) => {
      const text = JSON.stringify([{ Plan: plan }]);
      expect(parse(text).kind).toBe("plan");
      survives(text);
    }),
    { numRuns: 400 },
  );
});

test("any JSON at all never throws", () => {
  fc.assert(fc.property(fc.json(), survives));
  fc.assert(fc.property(fc.json(), (json) => survives(`[{"Plan": ${json}}]`)));
});

test("500 levels are a plan, and every step after holds up", () => {
  const parsed = parse(nested(500));
  expect(parsed.kind).toBe("plan");
  survives(nested(500));
});

test.each([5_000, 100_000])("%i levels are refused in words", (levels) => {
  expect(parse(nested(levels))).toEqual({ kind: "unreadable", reason: "it is nested deeper than 1000 levels" });
});
