import { digestOf } from "../../src/conclusion/digest.js";
import type { Evaluation } from "../../src/evaluation/evaluation.js";
import type { Outcome } from "../../src/verdict/verdict.js";
import { evaluation, proposal } from "../evaluation/sets.js";
import { indexScan, plan, seqScan } from "../support/plans.js";
import { outcome, verdict } from "../support/verdicts.js";

const [byIndex, whole] = [plan(indexScan("orders", "orders_a_idx")), plan(seqScan("orders"))];
const shown = outcome("flagged", "a", { before: byIndex, after: whole });
const of = (one: Partial<Outcome> = {}, more: Partial<Evaluation> = {}) =>
  digestOf([evaluation({ verdict: verdict([{ ...shown, ...one }]), proposals: [proposal()], ...more })]);

test.each([
  ["the new plan", of({ after: byIndex })],
  ["the accepted plan", of({ before: whole })],
  ["the query", of({ name: "b" })],
  ["the case", of({ case: "hot" })],
  ["the kind of plan", of({ plan: "generic" })],
  ["the settings file", of({}, { config: "other.yml" })],
  ["the major", of({}, { major: 16 })],
  ["a proposed file's version", of({}, { proposals: [proposal({ files: [{ path: "a", blob: null }] })] })],
  ["how a proposal counts", of({}, { proposals: [proposal({ counts: "never" })] })],
  ["another proposal", of({}, { proposals: [proposal(), proposal({ kind: "policy", query: null })] })],
])("%s is part of the digest", (_, digest) => {
  expect(digest).not.toBe(of());
});

test("what counts freely is not", () => {
  expect(of({}, { proposals: [proposal(), proposal({ query: "new", counts: "freely" })] })).toBe(of());
});

test("a plan that was swapped with the accepted one is another thing to approve", () => {
  expect(of({ before: whole, after: byIndex })).not.toBe(of());
});
