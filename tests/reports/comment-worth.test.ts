import type { Conclusion } from "../../src/conclusion/conclusion.js";
import { commentModes } from "../../src/reports/comment-mode.js";
import { isWorthSaying, saysSomething } from "../../src/reports/comment-worth.js";
import { finding, lostIndex, outcome, verdict } from "../support/verdicts.js";
import { conclusion, evaluation, tellings } from "./support/tellings.js";

const quiet = conclusion("pass", [evaluation(verdict([outcome("passed", "q"), outcome("tie", "r")]))]);
const untouched = conclusion("pass", [evaluation(verdict([]), { kind: "untouched", major: null })]);
const worse = conclusion("worse", [evaluation(verdict([lostIndex()]))]);
const wouldBlock: Conclusion = { ...worse, exitCode: 0, enforced: false };

test("a first comment on nothing but passes, ties, remarks and untouched files would be noise", () => {
  const remark = outcome("passed", "q", { findings: [finding({ severity: "info" })] });
  expect(isWorthSaying(quiet)).toBe(false);
  expect(isWorthSaying(untouched)).toBe(false);
  expect(isWorthSaying(conclusion("pass", [evaluation(verdict([remark]))]))).toBe(false);
});

test("whatever has a story has something to say, but the clean one", () => {
  const silent = Object.entries(tellings).filter(([, told]) => !isWorthSaying(told.conclusion));
  expect(silent.map(([story]) => story)).toEqual(["clean"]);
});

test("a warning, an improvement, a void label and an approval are worth saying on a pass", () => {
  const warned = outcome("flagged", "q", { findings: [finding({ severity: "warn" })] });
  const told: readonly Conclusion[] = [
    conclusion("pass", [evaluation(verdict([warned]))]),
    conclusion("pass", [evaluation(verdict([outcome("improved", "q")]))]),
    { ...quiet, label: { kind: "void", by: null, reason: "older than the report" } },
    { ...quiet, approved: tellings["approved"]?.conclusion.approved ?? [] },
  ];
  expect(told.map(isWorthSaying)).toEqual([true, true, true, true]);
});

test("the modes differ in what makes the first comment, and all but `off` keep one up to date", () => {
  const saying = (told: Conclusion, before?: string) =>
    commentModes.filter((mode) => saysSomething(mode, told, before));
  expect(saying(quiet)).toEqual(["always"]);
  expect(saying(quiet, "00")).toEqual(["always", "on-change", "on-failure"]);
  expect(saying(tellings["new-query"]?.conclusion ?? quiet)).toEqual(["always", "on-change"]);
  expect(saying(worse)).toEqual(["always", "on-change", "on-failure"]);
  expect(saying(wouldBlock)).toEqual(["always", "on-change", "on-failure"]);
});
