import { createHash } from "node:crypto";
import { brotliCompressSync } from "node:zlib";
import { readEvaluations, writeEvaluations } from "../../src/evaluation/document.js";
import { packMemo, unpackMemo } from "../../src/evaluation/memo.js";
import { roundPlan } from "../../src/plan/normalise.js";
import { capturedPlans, readPlan } from "../support/captured-plans.js";
import { outcome, stories, verdict } from "../support/verdicts.js";
import { evaluation, everything, setOf } from "./sets.js";

const memo = packMemo(everything) ?? "";

test("a memo is one invisible comment, and gives the whole set back", () => {
  expect(memo).toMatch(/^<!-- plan-gate evaluation 1: [A-Za-z0-9+/=]+ -->$/);
  expect(unpackMemo(`## plan-gate\n\nAll is well.\n\n${memo}\n`)).toEqual(everything);
});

test.each(Object.keys(stories))("the story %s fits, and comes back as it was", (story) => {
  const set = setOf([evaluation({ verdict: stories[story] ?? verdict([]) })]);
  const packed = packMemo(set);
  expect(packed?.length).toBeLessThanOrEqual(60_000);
  expect(unpackMemo(packed ?? "")).toEqual(set);
});

/** Passed outcomes with real plans, each query's own. */
function manyQueries(count: number) {
  const plans = capturedPlans(17).flatMap(({ name, analyzed }) =>
    name.startsWith("unreadable") ? [] : [roundPlan(readPlan(analyzed))],
  );
  return Array.from({ length: count }, (_, index) => {
    const plan = plans[index % plans.length] ?? plans[0];
    const own = plan && {
      ...plan,
      root: { ...plan.root, totalCost: index * 17.3, rowsPerLoop: (index * 7_919) % 1_000 },
    };
    return outcome("passed", `orders/query-${index}`, own ? { before: own, after: own } : {});
  });
}

test("two hundred queries with real plans fit", () => {
  const set = setOf([evaluation({ verdict: verdict(manyQueries(200)) })]);
  expect(packMemo(set)?.length).toBeLessThanOrEqual(60_000);
});

test("what does not fit is left to another evaluation", () => {
  const notes = Array.from({ length: 2_000 }, (_, index) => createHash("sha256").update(String(index)).digest("hex"));
  expect(packMemo(setOf([evaluation({ verdict: verdict([], { notes }) })])) === undefined).toBe(true);
});

test("a set that cannot be written has no memo", () => {
  expect(packMemo(setOf([evaluation(), evaluation()]))).toBeUndefined();
});

test("a memo of a sound document that inflates to more than any of ours is nothing", () => {
  const notes = Array.from({ length: 80 }, (_, index) => `${index} `.padEnd(180_000, "x"));
  const text = writeEvaluations(setOf([evaluation({ verdict: verdict([], { notes }) })]));
  expect(readEvaluations(text).evaluations).toHaveLength(1);
  expect(unpackMemo(asMemo(Buffer.from(text))) === undefined).toBe(true);
});

/** As a memo, whatever it holds. */
function asMemo(bytes: Buffer): string {
  return `<!-- plan-gate evaluation 1: ${brotliCompressSync(bytes).toString("base64")} -->`;
}

test.each([
  ["no memo", "## plan-gate"],
  ["two memos", `${memo}\n${memo}`],
  ["another version's memo", memo.replace("evaluation 1", "evaluation 2")],
  ["a memo cut short", `${memo.slice(0, 200)} -->`],
  ["a memo that is not compressed", "<!-- plan-gate evaluation 1: aGVsbG8= -->"],
  ["a memo that inflates without end", asMemo(Buffer.alloc(50_000_000))],
  ["a memo of broken UTF-8", asMemo(Buffer.from([0x7b, 0xff, 0x7d]))],
  ["a memo of another document", asMemo(Buffer.from('{"version":1}\n'))],
])("%s is nothing", (_, text) => {
  expect(unpackMemo(text)).toBeUndefined();
});
