import type { TestSuite } from "junit-report-builder";
import junit from "junit-report-builder";
import type { Outcome, Verdict } from "../verdict/verdict.js";
import { evidenceText } from "./evidence.js";
import { oneLine } from "./foreign-text.js";
import { outcomeNames } from "./outcome-line.js";
import { causeText, placeText } from "./place.js";
import { alarming, worstSeverity } from "./ranking.js";
import { costChange } from "./remarks.js";
import { defineReport } from "./report.js";

// The package's types describe its ES module; Node hands out the CommonJS one, whose whole export is the builder.
const create = junit as unknown as typeof junit.default;

/** The report for test dashboards. */
export const junitReport = defineReport({
  id: "junit",
  summary: "For test dashboards, as JUnit XML: a plan is a test case, and one that blocks is a failure.",

  render({ outcomes, problems }) {
    const builder = create.newBuilder().name("plan-gate");
    const suite = builder.testSuite().name("plans");
    for (const outcome of outcomes) addOutcome(suite, outcome);
    for (const problem of problems) addProblem(suite, problem);
    return `${builder.build()}\n`;
  },
});

function addOutcome(suite: TestSuite, outcome: Outcome): void {
  const test = suite.testCase().className(oneLine(outcome.name)).name(outcomeNames(outcome).map(oneLine).join(" · "));
  if (outcome.place) test.file(oneLine(outcome.place.file));
  const said = saidOf(outcome).map(oneLine).join("\n");
  const [first] = alarming(outcome);
  if (first && worstSeverity(outcome) === "error") {
    test.failure(oneLine(first.title), oneLine(first.rule)).stacktrace(said);
    return;
  }
  if (outcome.kind === "broken") {
    test.error(oneLine(outcome.notes[0] ?? "cannot be planned"), "broken", said);
    return;
  }
  if (outcome.kind === "unbaselined" || outcome.kind === "incomparable" || outcome.kind === "orphaned") test.skipped();
  if (said !== "") test.standardOutput(said);
}

function saidOf(outcome: Outcome): readonly string[] {
  const findings = outcome.findings.flatMap(({ severity, title, before, after, cause, fix }) => [
    `${severity}: ${title}`,
    ...(before ? [`before: ${evidenceText(before)}`] : []),
    ...(after ? [`after: ${evidenceText(after)}`] : []),
    ...(cause ? [`cause: ${causeText(cause)}`] : []),
    `try: ${fix}`,
  ]);
  return [...findings, ...outcome.notes, costChange(outcome)].filter((line) => line !== "");
}

function addProblem(suite: TestSuite, { code, message, hint, place }: Verdict["problems"][number]): void {
  const test = suite
    .testCase()
    .className("plan-gate")
    .name(oneLine(place ? placeText(place) : code));
  if (place) test.file(oneLine(place.file));
  test.error(oneLine(message), code, oneLine(hint));
}
