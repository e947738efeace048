import { type BaseLook, type Circumstances, decide, raisesQuestion } from "../../src/verdict/decide.js";
import type { Judgement } from "../../src/verdict/judge.js";
import type { Finding, OutcomeKind } from "../../src/verdict/verdict.js";
import { indexScan, plan, seqScan } from "../support/plans.js";

const before = plan(indexScan("orders", "orders_pkey", { totalCost: 10 }));
const after = plan(seqScan("orders", { totalCost: 900 }));

function judged(kind: OutcomeKind, severity?: Finding["severity"], more: object = {}): Judgement {
  const finding = { rule: "cost-increased", severity, relation: null, title: "dearer", why: "", fix: "" };
  const findings = severity === undefined ? [] : [{ ...finding, severity, before: null, after: null, cause: null }];
  const unaccepted = kind === "unbaselined" ? {} : { before };
  return {
    outcome: { kind, name: "q", case: null, plan: "custom", findings, notes: [], ...unaccepted, after, ...more },
  };
}

const compared = (judgement: Judgement): BaseLook => ({ kind: "compared", judgement });
const nothingElse: Circumstances = { strict: false, environmentChanges: [] };
const passed = compared(judged("passed"));

test.each([
  ["flagged", "error"],
  ["broken", "error"],
  ["improved", "info"],
  ["unbaselined", "info"],
  ["incomparable", "info"],
] as const)(
  "a plan that is %s by its stored baseline raises the question what the base makes of it",
  (kind, severity) => {
    expect(raisesQuestion(judged(kind, severity))).toBe(true);
  },
);

test("a plan that its stored baseline accepts raises none", () => {
  expect([raisesQuestion(judged("passed")), raisesQuestion(judged("tie")), raisesQuestion({})]).toEqual([
    false,
    false,
    false,
  ]);
});

test.each([
  ["flagged", passed, "drift"],
  ["flagged", compared(judged("flagged", "warn")), "flagged"],
  ["improved", passed, "drift"],
  ["improved", compared(judged("improved", "info")), "improved"],
  ["improved", compared(judged("flagged", "error")), "flagged"],
  ["passed", compared(judged("flagged", "error")), "flagged"],
  ["passed", passed, "passed"],
  ["broken", { kind: "failed", message: "no table" }, "drift"],
  ["flagged", { kind: "unknown" }, "flagged"],
  ["flagged", { kind: "absent" }, "flagged"],
  ["unbaselined", passed, "passed"],
  ["unbaselined", compared(judged("flagged", "error")), "flagged"],
  ["unbaselined", { kind: "absent" }, "unbaselined"],
  ["incomparable", passed, "passed"],
] as const)("%s by the stored baseline, then %j: %s", (kind, look, result) => {
  const severity = kind === "passed" ? undefined : kind === "flagged" || kind === "broken" ? "error" : "info";
  expect(decide(judged(kind, severity), look, nothingElse).outcome?.kind).toBe(result);
});

test("another of several plans that the team accepted is no regression against the base; one that nobody accepted is", () => {
  const worseThanBase = compared(judged("flagged", "error"));
  const alternative = { ...judged("passed"), isAcceptedAlternative: true } as const;
  expect(decide(alternative, worseThanBase, nothingElse).outcome?.kind).toBe("passed");
  expect(decide(judged("passed"), worseThanBase, nothingElse).outcome?.kind).toBe("flagged");
});

test("drift blocks nothing, keeps what was found, and says what moved where that can be told", () => {
  const flagged = judged("flagged", "error");
  const plain = decide(flagged, passed, nothingElse).outcome;
  expect(plain?.findings).toMatchObject([{ title: "dearer", severity: "info" }]);
  expect(plain?.notes[0]).toMatch(/the data, the statistics or the server/);
  const changed = decide(flagged, passed, { strict: false, environmentChanges: ["changes `seed`"] }).outcome;
  expect(changed?.notes[0]).toContain("changes `seed`");
});

test("where the team is strict a plan without a baseline stays one, however good it is", () => {
  const strict = { ...nothingElse, strict: true };
  expect(decide(judged("unbaselined", "error"), passed, strict).outcome?.kind).toBe("unbaselined");
});

test("a query that never planned is the base's problem no more where the base plans it", () => {
  const problem = { code: "query-invalid" as const, message: "refused", hint: "Mend it." };
  const { outcome } = judged("broken", undefined, { before: undefined });
  if (!outcome) throw new Error("no outcome");
  const { before: _, ...never } = outcome;
  const now = decide({ outcome: never, problem }, compared(judged("broken", "error")), nothingElse);
  expect([now.problem, now.outcome?.findings.length]).toEqual([undefined, 1]);
  const both = decide({ outcome: never, problem }, { kind: "failed", message: "no table" }, nothingElse);
  expect(both.problem).toEqual(problem);
});
