import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { json, jsonReport } from "../../src/reports/json.js";
import { JsonReport, jsonReportSchema } from "../../src/reports/json-schema.js";
import { actual, node, plan } from "../support/plans.js";
import { finding, mixed, outcome, stories, verdict } from "../support/verdicts.js";

const options = { color: false, width: 80, verbose: false };
const published = JSON.parse(readFileSync(new URL("../../schema/report.schema.json", import.meta.url), "utf8"));

test("the published schema is the one that the source describes", () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(jsonReportSchema())));
});

for (const [story, told] of Object.entries(stories)) {
  test(`the JSON report of ${story} is valid by the published schema and by its source`, () => {
    const validate = new Ajv2020({ allErrors: true }).compile(published);
    const report: unknown = JSON.parse(json.render(told, options));
    validate(report);
    expect(validate.errors).toBeNull();
    expect(JsonReport.parse(report)).toEqual(report);
  });
}

test("the published schema rejects a key that it does not know", () => {
  const validate = new Ajv2020().compile(published);
  expect(validate({ ...jsonReport(mixed), port: 5432 })).toBe(false);
});

test("two verdicts that differ in timings alone give the same report, timings aside", () => {
  const slower = { ...mixed, timings: { ...mixed.timings, explain: 99 } };
  const [{ timings: _, ...one }, { timings: __, ...two }] = [jsonReport(mixed), jsonReport(slower)];
  expect(JSON.stringify(one)).toBe(JSON.stringify(two));
});

test("settings are written in the order of their names", () => {
  const settings = { work_mem: "4MB", enable_sort: "on", jit: "off" };
  const report = jsonReport(verdict([], { environment: { major: 17, locale: "C", settings, configured: {} } }));
  expect(Object.keys(report.environment?.settings ?? {})).toEqual(["enable_sort", "jit", "work_mem"]);
});

test("a query that was not executed has null where only a run can tell", () => {
  const after = plan(node("Result", { totalCost: 0.01 }), "above explain.maxAnalyzeCost");
  const [query] = jsonReport(verdict([outcome("unbaselined", "q", { after })])).queries;
  expect(query?.before).toBeNull();
  expect(query?.after).toEqual({
    cost: 0.01,
    rowsEstimated: 1,
    rowsActual: null,
    sharedBlocks: null,
    tempBlocks: null,
    measured: false,
  });
});

test("the rows expected of a node below a nested loop are those of all loops, as the actual ones are", () => {
  const inner = node("Index Scan", { role: "Inner", rowsPerLoop: 3, actual: actual(2_900, { loops: 1_000 }) });
  const outer = node("Seq Scan", { role: "Outer", rowsPerLoop: 1_000, actual: actual(1_000) });
  const after = plan(node("Nested Loop", { rowsPerLoop: 3_000, actual: actual(2_900) }, [outer, inner]));
  const findings = [finding({ after: { kind: "node", node: inner } })];
  const [query] = jsonReport(verdict([outcome("flagged", "q", { after, findings })])).queries;
  expect(query?.findings[0]?.after).toMatchObject({ rowsEstimated: 3_000, rowsActual: 2_900, loops: 1_000 });
});
