import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { readEvaluations, writeEvaluations } from "../../src/evaluation/document.js";
import { evaluationSchema } from "../../src/evaluation/document-schema.js";
import { roundPlan } from "../../src/plan/normalise.js";
import type { Plan } from "../../src/plan/plan.js";
import { json } from "../../src/reports/json.js";
import { markdown } from "../../src/reports/markdown.js";
import { capturedMajors, capturedPlans, parse, regressionTestPlans } from "../support/captured-plans.js";
import { indexScan, node, plan } from "../support/plans.js";
import { finding, outcome, stories, verdict } from "../support/verdicts.js";
import { candidate, evaluation, everything, hostileSet, proposal, setOf } from "./sets.js";

test("what is read is what was written, whatever the texts are, and writing it again changes nothing", () => {
  fc.assert(
    fc.property(hostileSet, (set) => {
      const text = writeEvaluations(set);
      const read = readEvaluations(text);
      expect(read).toEqual(set);
      expect(writeEvaluations(read)).toBe(text);
    }),
    { numRuns: 150 },
  );
});

test("plans of real servers come back as they were", () => {
  const texts = [
    ...capturedMajors.flatMap((major) => capturedPlans(major).flatMap(({ plain, analyzed }) => [plain, analyzed])),
    ...regressionTestPlans(),
  ];
  const plans = texts.flatMap((text): Plan[] => {
    const parsed = parse(text);
    return parsed.kind === "plan" ? [roundPlan(parsed.plan)] : [];
  });
  expect(plans.length).toBeGreaterThan(500);
  const outcomes = plans.map((one, index) => outcome("passed", `q${index}`, { before: one, after: one }));
  const set = setOf([evaluation({ verdict: verdict(outcomes) })]);
  expect(readEvaluations(writeEvaluations(set))).toEqual(set);
});

for (const [story, told] of Object.entries(stories)) {
  test(`reports of ${story} are the same before and after`, () => {
    const [read] = readEvaluations(writeEvaluations(setOf([evaluation({ verdict: told })]))).evaluations;
    const options = { color: false, width: 80, verbose: true };
    expect(read?.verdict).toEqual(told);
    for (const report of [json, markdown]) {
      expect(report.render(read?.verdict ?? verdict([]), options)).toBe(report.render(told, options));
    }
  });
}

test("a finding's node is a node of the outcome's own plan again", () => {
  const inner = indexScan("orders", "orders_pkey", { role: "Outer" });
  const after = plan(node("Limit", {}, [inner]));
  const findings = [finding({ after: { kind: "node", node: inner } })];
  const set = setOf([evaluation({ verdict: verdict([outcome("flagged", "q", { after, findings })]) })]);
  const [read] = readEvaluations(writeEvaluations(set)).evaluations[0]?.verdict.outcomes ?? [];
  const [found] = read?.findings ?? [];
  expect(found?.after?.kind === "node" && found.after.node).toBe(read?.after?.root.children[0]);
});

test("the order of keys and of evaluations does not matter to the writer", () => {
  const { evaluations, ...rest } = everything;
  const turned = Object.fromEntries(Object.entries(rest).reverse()) as typeof rest;
  expect(writeEvaluations({ evaluations: [...evaluations].reverse(), ...turned })).toBe(writeEvaluations(everything));
});

/** The document with one value replaced; `steps` lead to it. */
function changed(steps: readonly (string | number)[], value: unknown): string {
  const document: unknown = JSON.parse(writeEvaluations(everything));
  let spot = document as Record<string | number, unknown>;
  for (const step of steps.slice(0, -1)) spot = spot[step] as Record<string | number, unknown>;
  const last = steps.at(-1) ?? "";
  expect(spot).toHaveProperty([last]);
  spot[last] = value;
  return `${JSON.stringify(document)}\n`;
}

const judged = ["evaluations", 1] as const;
const flagged = [...judged, "verdict", "outcomes", 0] as const;
const other = candidate("orders", { cost: 9 }).text;

const refusals: readonly (readonly [string, string, RegExp])[] = [
  ["no JSON", "{", /is no JSON/],
  ["nothing", "", /is no JSON/],
  ["another version", changed(["version"], 2), /`version` must be 1/],
  ["a head that is no commit", changed(["commits", "head"], "main"), /`commits.head` must be a full commit/],
  ["a key that is none", changed(["key"], "x"), /`key` must be 64/],
  ["a part beyond the last", changed(["part", "job", "index"], 5), /`part.job` must not be beyond/],
  [
    "an absolute settings path",
    changed([...judged, "config"], "/etc/passwd"),
    /`evaluations.1.config` must be a relative/,
  ],
  ["a settings path upwards", changed([...judged, "config"], "a/../../b"), /must be a relative/],
  ["a settings path with a backslash", changed([...judged, "config"], "a\\b"), /must be a relative/],
  ["a settings path with NUL", changed([...judged, "config"], "a\0b"), /must be a relative/],
  ["baselines in .GitHub", changed([...judged, "baselines"], "x/.GitHub/y"), /must not lie in `.git`/],
  ["a proposed file upwards", changed([...judged, "proposals", 0, "files", 0, "path"], "../x"), /must be a relative/],
  ["a proposed blob that is none", changed([...judged, "proposals", 0, "files", 0, "blob"], "HEAD"), /must be a full/],
  ["a place above the repository's root", changed([...flagged, "place", "file"], "/q.sql"), /must be a relative path/],
  ["a number as a name", changed([...flagged, "name"], 7), /`evaluations.1.verdict.outcomes.0.name`/],
  ["a name of 1 MB", changed([...flagged, "name"], "x".repeat(1_000_000)), /outcomes.0.name` Too big/],
  ["a kind that there is not", changed([...flagged, "kind"], "fine"), /outcomes.0.kind` Invalid/],
  ["an exit code beside the verdict", changed([...judged, "verdict", "exitCode"], 0), /has an exit code/],
  ["a plan that is none", changed([...flagged, "after", "tree"], "DROP TABLE x"), /line 1 that is no node of a plan/],
  [
    "a plan spelt otherwise",
    changed([...flagged, "before", "tree"], "Limit (cost=0.0..1 rows=1)\n  Seq Scan on public.t (cost=0..1 rows=1)\n"),
    /is not written as plan-gate writes it/,
  ],
  ["a plan without end", changed([...flagged, "after", "tree"], "\n".repeat(60_000)), /more than 50000 lines/],
  ["a plan nested too deep", changed([...flagged, "after", "tree"], `${" ".repeat(3_000)}Limit`), /nested too deep/],
  ["a plan of backslashes", changed([...flagged, "after", "tree"], "\\".repeat(100_000)), /backslashes in a row/],
  [
    "evidence that is not in the plan",
    changed([...flagged, "findings", 0, "before", "at"], 99),
    /has no node 99, which a finding names/,
  ],
  [
    "another query's baseline",
    changed([...judged, "candidates", 0, "query"], "users"),
    /not where the baseline of `users`/,
  ],
  [
    "a candidate elsewhere",
    changed([...judged, "candidates", 0, "path"], ".github/workflows/x.yml"),
    /not where the baseline/,
  ],
  [
    "a candidate that climbs by its name",
    changed([...judged, "candidates", 0], { query: "../../x", path: "baselines/pg17/../../x.yml", text: other }),
    /must be a relative/,
  ],
  [
    "a candidate that says more",
    changed([...judged, "candidates", 0, "text"], `${other}# hi\n`),
    /would write otherwise/,
  ],
  [
    "a candidate that is no baseline",
    changed([...judged, "candidates", 0, "text"], "on: push"),
    /which is no baseline/,
  ],
  [
    "a candidate nested without end",
    changed([...judged, "candidates", 0, "text"], "[".repeat(200_000)),
    /is no baseline/,
  ],
  [
    "a candidate of another major",
    changed([...judged, "candidates", 0, "text"], other.replace("postgres: 17", "postgres: 16")),
    /of another query or major/,
  ],
  [
    "a key too many",
    writeEvaluations(everything).replace('{"version":1', '{"version":1,"pullRequest":7'),
    /Unrecognized key/,
  ],
  ["a key twice", writeEvaluations(everything).replace('"tool":', '"tool":"9","tool":'), /not written as plan-gate/],
  ["a prototype", writeEvaluations(everything).replace('"timings":{', '"timings":{"__proto__":1,'), /not written as/],
  ["white space", ` ${writeEvaluations(everything)}`, /not written as plan-gate/],
  [
    "two of one major",
    changed(["evaluations", 0], JSON.parse(writeEvaluations(everything)).evaluations[1]),
    /twice, or out/,
  ],
  ["depth", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, /nested deeper than 20/],
  ["breadth", `[${"0,".repeat(3_000_000)}0]`, /more than 2000000 values/],
  ["size", " ".repeat(20_000_001), /larger than 20000000 characters/],
];

test.each(refusals)("%s is refused with the reason", (_, text, reason) => {
  expect(() => readEvaluations(text)).toThrow(
    expect.objectContaining({ code: "evaluation-invalid", message: expect.stringMatching(reason) }),
  );
});

test("what nobody would read is not written", () => {
  const long = setOf([evaluation({ proposals: [proposal({ what: "x".repeat(300_000) })] })]);
  expect(() => writeEvaluations(long)).toThrow(expect.objectContaining({ code: "evaluation-invalid" }));
  expect(() => writeEvaluations(setOf([evaluation(), evaluation()]))).toThrow(/twice/);
});

test("the published schema is the one that the source describes, and documents follow it", () => {
  const published = JSON.parse(readFileSync("schema/evaluation.schema.json", "utf8"));
  expect(published).toEqual(JSON.parse(JSON.stringify(evaluationSchema())));
  const validate = new Ajv2020({ allErrors: true }).compile(published);
  const document = JSON.parse(writeEvaluations(everything));
  validate(document);
  expect(validate.errors).toBeNull();
  expect(validate({ ...document, pullRequest: 7 })).toBe(false);
});
