import fc from "fast-check";
import type { ApprovalSettings } from "../../src/config/settings.js";
import { worstOf } from "../../src/evaluation/merge.js";
import type { Outcome } from "../../src/verdict/verdict.js";
import { finding, outcome, verdict } from "../support/verdicts.js";
import { approval, candidate, commits, evaluation, proposal, setOf } from "./sets.js";

const worse = outcome("flagged", "a", { findings: [finding()] });
const warned = outcome("flagged", "a", { findings: [finding({ severity: "warn" })] });
const failed = { verdict: "fail", exitCode: 1 } as const;

/** One head judged against one base. */
function against(base: string, outcomes: readonly Outcome[], more: Parameters<typeof evaluation>[0] = {}) {
  const blocks = outcomes.includes(worse) ? failed : {};
  return setOf([evaluation({ verdict: verdict(outcomes, blocks), ...more })], {
    commits: { ...commits, base: base.repeat(40) },
    key: base.repeat(64),
  });
}

test.each([
  ["worse", worse, warned],
  ["broken", outcome("broken", "a"), outcome("unbaselined", "a")],
  ["without a baseline", outcome("unbaselined", "a"), warned],
  ["warned", warned, outcome("passed", "a")],
  ["drifted", outcome("drift", "a"), outcome("passed", "a")],
])("a query that is %s against one base is so, whichever base comes first", (_, bad, better) => {
  for (const sets of [
    [against("1", [bad]), against("2", [better])],
    [against("1", [better]), against("2", [bad])],
  ]) {
    expect(worstOf(sets).evaluations[0]?.verdict.outcomes).toEqual([bad]);
  }
});

test("each query's worst counts, and the verdict is that of all of them", () => {
  const other = outcome("passed", "b");
  const worst = worstOf([against("1", [outcome("passed", "a"), other]), against("2", [worse])]);
  expect(worst.commits.base).toBe("1".repeat(40));
  expect(worst.evaluations[0]?.verdict).toMatchObject({ ...failed, outcomes: [worse, other] });
});

test("what could not run against one base could not run", () => {
  const problems = [{ code: "nothing-compared", message: "nothing could be compared", hint: "Run accept." }] as const;
  const error = evaluation({ verdict: verdict([], { verdict: "error", exitCode: 2, problems }) });
  const worst = worstOf([against("1", [outcome("passed", "a")]), { ...against("2", []), evaluations: [error] }]);
  expect(worst.evaluations[0]?.verdict).toMatchObject({ verdict: "error", exitCode: 2, problems });
});

test("a lax base loosens nothing", () => {
  const lax = { enforce: false, approval: { ...approval, approvers: ["x", "y"] } };
  const strict = {
    enforce: true,
    approval: { ...approval, minimumRole: "admin", approvers: ["y", "z"], authorMayApprove: false },
  } satisfies Parameters<typeof evaluation>[0];
  for (const policies of [
    [lax, strict],
    [strict, lax],
  ]) {
    const [worst] = worstOf(policies.map((policy, index) => against(String(index), [], policy))).evaluations;
    expect(worst?.enforce).toBe(true);
    expect(worst?.approval).toEqual({ ...approval, minimumRole: "admin", approvers: ["y"], authorMayApprove: false });
  }
});

test("where nobody may approve by both bases, approving is off", () => {
  const policies: ApprovalSettings[] = [
    { ...approval, approvers: ["x"] },
    { ...approval, approvers: ["y"] },
  ];
  const modes = (all: readonly ApprovalSettings[]) =>
    worstOf(all.map((one, index) => against(String(index), [], { approval: one }))).evaluations[0]?.approval;
  expect(modes(policies)).toEqual({ ...approval, mode: "off" });
  expect(modes([approval, { ...approval, mode: "off" }])?.mode).toBe("off");
  expect(modes([{ ...approval, mode: "codeowners" }, approval])?.mode).toBe("label");
});

test("the same proposal counts as the stricter base says", () => {
  const [freely, once] = [proposal({ counts: "freely", next: "" }), proposal()];
  const worst = worstOf([against("1", [], { proposals: [freely] }), against("2", [], { proposals: [once] })]);
  expect(worst.evaluations[0]?.proposals).toEqual([once]);
});

test("a base that lets pass unseen says nothing beside one that was judged", () => {
  const untouched = setOf([evaluation({ major: null, kind: "untouched" })]);
  const judged = against("2", [worse]);
  expect(worstOf([untouched, judged]).evaluations).toEqual(judged.evaluations);
  expect(worstOf([untouched, untouched]).evaluations).toEqual(untouched.evaluations);
});

test("a base without settings does not hide one with them", () => {
  const setUp = against("1", [outcome("unbaselined", "a")], { kind: "set-up" });
  expect(worstOf([setUp, against("2", [worse])]).evaluations[0]).toMatchObject({ kind: "judged", verdict: failed });
});

test("baselines are proposed where the first base has them", () => {
  const other = { baselines: "plans", candidates: [candidate("a", { folder: "plans" })] };
  const worst = worstOf([against("1", [], { candidates: [candidate("a")] }), against("2", [], other)]);
  expect(worst.evaluations[0]?.candidates).toEqual([candidate("a")]);
});

test("one base's set stays as it is, but for what it says twice", () => {
  fc.assert(
    fc.property(fc.subarray([worse, outcome("passed", "b"), outcome("tie", "c")]), (outcomes) => {
      const set = against("1", outcomes);
      expect(worstOf([set])).toEqual(set);
    }),
  );
  const untouched = evaluation({ major: null, kind: "untouched" });
  expect(worstOf([setOf([untouched, untouched])])).toEqual(setOf([untouched]));
});

test("evaluations of two heads are not mixed", () => {
  const other = setOf([], { commits: { ...commits, head: "9".repeat(40) } });
  expect(() => worstOf([setOf([]), other])).toThrow(expect.objectContaining({ code: "evaluation-invalid" }));
});
