import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { junitReport } from "../../src/reports/junit.js";
import { sarif, sarifLog } from "../../src/reports/sarif.js";
import { rules } from "../../src/rules/index.js";
import type { Verdict } from "../../src/verdict/verdict.js";
import { hostileVerdict } from "../support/hostile-verdict.js";
import { mixed, stories } from "../support/verdicts.js";

const options = { color: false, width: 80, verbose: false };

describe("SARIF", () => {
  test("every finding is a result of a rule that the log describes, at the index it says", () => {
    fc.assert(
      fc.property(hostileVerdict, (told) => {
        const [run] = sarifLog(told).runs;
        const described = run?.tool.driver.rules?.map(({ id }) => id) ?? [];
        expect(new Set(described).size).toBe(described.length);
        expect(run?.results?.length).toBe(told.outcomes.flatMap(({ findings }) => findings).length);
        for (const { ruleId, ruleIndex, message, locations = [] } of run?.results ?? []) {
          expect(described[ruleIndex ?? -1]).toBe(ruleId);
          expect(message.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
          for (const { physicalLocation } of locations) {
            expect(physicalLocation?.artifactLocation?.uri).toMatch(/^[\w.!~*'()%/-]*$/);
            expect(physicalLocation?.region?.startLine ?? 1).toBeGreaterThanOrEqual(1);
          }
        }
      }),
    );
  });

  test("every registered rule is described, whether it found anything or not", () => {
    const [run] = sarifLog(stories["clean"] as Verdict).runs;
    expect(run?.tool.driver.rules?.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
    expect(run?.results).toEqual([]);
  });

  test("what blocks is an error on the line that did it, and what could not be done a notification", () => {
    const [run] = sarifLog(mixed).runs;
    const lost = run?.results?.find(({ ruleId }) => ruleId === "index-scan-lost");
    expect(lost).toMatchObject({
      level: "error",
      locations: [
        { physicalLocation: { artifactLocation: { uri: "migrations/V012__tidy.sql" }, region: { startLine: 7 } } },
      ],
    });
    expect(run?.invocations).toMatchObject([
      { executionSuccessful: false, toolExecutionNotifications: [{ descriptor: { id: "query-invalid" } }] },
    ]);
  });

  test("the report is the log as JSON", () => {
    expect(JSON.parse(sarif.render(mixed, options))).toEqual(JSON.parse(JSON.stringify(sarifLog(mixed))));
  });
});

describe("JUnit", () => {
  test("the report is well-formed XML without invisible characters, whatever the names", () => {
    fc.assert(
      fc.property(hostileVerdict, (told) => {
        const xml = junitReport.render(told, options);
        expect(XMLValidator.validate(xml)).toBe(true);
        expect(xml.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });

  test("counts agree with the cases, and with what blocks", () => {
    const parser = new XMLParser({ ignoreAttributes: false, isArray: (name) => name === "testcase" });
    for (const told of Object.values(stories)) {
      const { testsuites } = parser.parse(junitReport.render(told, options));
      const { testcase: cases = [], ...suite } = testsuites.testsuite;
      const having = (key: string) => cases.filter((one: object) => key in one).length;
      expect(cases).toHaveLength(told.outcomes.length + told.problems.length);
      expect([suite["@_tests"], suite["@_failures"], suite["@_errors"], suite["@_skipped"]].map(Number)).toEqual([
        cases.length,
        having("failure"),
        having("error"),
        having("skipped"),
      ]);
      const blocking = told.outcomes.filter(({ findings }) => findings.some(({ severity }) => severity === "error"));
      expect(having("failure")).toBe(blocking.length);
    }
  });
});
