import fc from "fast-check";
import { readEvaluations, writeEvaluations } from "../../src/evaluation/document.js";
import type { Evaluation, EvaluationSet, Part } from "../../src/evaluation/evaluation.js";
import { mergeEvaluations } from "../../src/evaluation/merge.js";
import { inShard } from "../../src/evaluation/select.js";
import type { Outcome, Verdict } from "../../src/verdict/verdict.js";
import { indexScan, plan } from "../support/plans.js";
import { finding, outcome, verdict } from "../support/verdicts.js";
import { candidate, commits, evaluation, proposal, setOf } from "./sets.js";

const accepted = plan(indexScan("orders", "orders_pkey"));

function passed(name: string): Outcome {
  return outcome("passed", name, { before: accepted, after: accepted });
}

function worse(name: string): Outcome {
  return outcome("flagged", name, { before: accepted, after: accepted, findings: [finding()] });
}

const nothingCompared: Partial<Verdict> = {
  verdict: "error",
  exitCode: 2,
  problems: [{ code: "nothing-compared", message: "nothing could be compared", hint: "Run accept." }],
};
const unreachable: Partial<Verdict> = {
  verdict: "error",
  exitCode: 2,
  problems: [{ code: "database-unreachable", message: "no Docker", hint: "Start Docker." }],
};

/** A verdict as its outcomes and problems have it. */
function verdictOf(outcomes: readonly Outcome[], more: Partial<Verdict> = {}): Verdict {
  const fails = outcomes.some(({ findings }) => findings.some(({ severity }) => severity === "error"));
  return verdict(outcomes, { ...more, ...(fails ? { verdict: "fail", exitCode: 1 } : {}) });
}

/** The part of shard `index` of `of`, that judged these outcomes on `major`. */
function shard(index: number, of: number, outcomes: readonly Outcome[], more: Partial<Evaluation> = {}): EvaluationSet {
  return setOf([evaluation({ verdict: verdictOf(outcomes), ...more })], {
    part: { job: null, shard: { index, of } },
    key: String(index).repeat(64),
  });
}

/** The part of one job of a matrix over majors. */
function job(index: number, of: number, evaluations: readonly Evaluation[], more: Partial<Part> = {}): EvaluationSet {
  return setOf(evaluations, { part: { job: { index, of }, shard: null, ...more } });
}

test("shards of one major are one evaluation again, whatever their order", () => {
  const proposed = proposal();
  const policy = proposal({ kind: "policy", query: null, what: "rules.cost-increased is turned off" });
  const parts = [
    shard(1, 2, [passed("b"), passed("d")], { proposals: [policy], candidates: [candidate("d")] }),
    shard(2, 2, [passed("a"), worse("c")], { proposals: [proposed, policy], candidates: [candidate("c")] }),
  ];
  const merged = mergeEvaluations(parts);
  expect(merged).toEqual(mergeEvaluations([...parts].reverse()));
  expect(merged.part).toBeUndefined();
  expect(merged.key).toMatch(/^[0-9a-f]{64}$/);
  const [only, ...others] = merged.evaluations;
  expect(others).toEqual([]);
  expect(only?.verdict).toMatchObject({ verdict: "fail", exitCode: 1 });
  expect(only?.verdict.outcomes.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
  expect(only?.proposals).toEqual([policy, proposed]);
  expect(only?.candidates.map(({ query }) => query)).toEqual(["c", "d"]);
  expect(readEvaluations(writeEvaluations(merged))).toEqual(merged);
});

test("whatever the queries are, shards merged say what one run says", () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 12 });
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 4 }), fc.func(fc.boolean()), (queries, of, isWorse) => {
      const outcomes = queries.map((name) => (isWorse(name) ? worse(name) : passed(name)));
      const parts = Array.from({ length: of }, (_, position) => position + 1).map((index) =>
        shard(
          index,
          of,
          outcomes.filter(({ name }) => inShard(name, { index, of })),
        ),
      );
      const [whole] = mergeEvaluations([shard(1, 1, outcomes)]).evaluations;
      const [merged] = mergeEvaluations(parts).evaluations;
      const sorted = (one: Evaluation | undefined) => one?.verdict.outcomes.map(({ name }) => name).sort();
      expect(sorted(merged)).toEqual(sorted(whole));
      expect(merged?.verdict.verdict).toBe(whole?.verdict.verdict);
    }),
  );
});

test("problems and notes that all shards have are said once, and the slowest shard's time counts", () => {
  const more = (seconds: number): Partial<Verdict> => ({
    ...unreachable,
    notes: ["thresholds changed"],
    timings: { start: seconds, explain: 3 - seconds },
  });
  const parts = [1, 2].map((index) => shard(index, 2, [], { verdict: verdictOf([passed(`q${index}`)], more(index)) }));
  const [merged] = mergeEvaluations(parts).evaluations;
  expect(merged?.verdict).toMatchObject({
    verdict: "error",
    exitCode: 2,
    problems: unreachable.problems,
    notes: ["thresholds changed"],
    timings: { start: 2, explain: 2 },
  });
});

test("a shard in which nothing could be compared is no failure, all of them are", () => {
  const empty = (index: number) => shard(index, 2, [], { verdict: verdictOf([], nothingCompared) });
  expect(mergeEvaluations([shard(1, 2, [passed("a")]), empty(2)]).evaluations[0]?.verdict).toMatchObject({
    verdict: "pass",
    problems: [],
  });
  expect(mergeEvaluations([empty(1), empty(2)]).evaluations[0]?.verdict).toMatchObject({ verdict: "error" });
});

test("majors and settings files stay apart, sorted", () => {
  const parts = [
    job(1, 3, [evaluation({ major: 18 })]),
    job(2, 3, [evaluation({ major: 16 })]),
    job(3, 3, [evaluation({ config: "a/plan-gate.yml" })]),
  ];
  expect(mergeEvaluations(parts).evaluations.map(({ config, major }) => `${config} ${major}`)).toEqual([
    "a/plan-gate.yml 17",
    "plan-gate.yml 16",
    "plan-gate.yml 18",
  ]);
});

test("what needed no server is said once, though the jobs of all majors say it", () => {
  const untouched = evaluation({ major: null, kind: "untouched" });
  const { evaluations } = mergeEvaluations([job(1, 2, [untouched]), job(2, 2, [untouched])]);
  expect(evaluations).toEqual([untouched]);
});

test("a shard without a server is no missing one: it says itself what failed", () => {
  const failed = shard(2, 2, [], { major: null, verdict: verdictOf([], unreachable) });
  const { evaluations } = mergeEvaluations([shard(1, 2, [passed("a")]), failed]);
  expect(evaluations.map(({ major, verdict: { verdict: word } }) => [major, word])).toEqual([
    [null, "error"],
    [17, "pass"],
  ]);
});

test("a job that could not even read the settings hides nothing, and is not hidden", () => {
  const untouched = evaluation({ major: null, kind: "untouched", enforce: false });
  const failed = evaluation({ major: null, verdict: verdictOf([], unreachable) });
  const { evaluations } = mergeEvaluations([job(1, 2, [untouched]), job(2, 2, [failed])]);
  expect(evaluations).toEqual([failed]);
});

test("one whole set stays as it is", () => {
  const set = setOf([evaluation({ verdict: verdictOf([passed("a")]) })]);
  expect(mergeEvaluations([set])).toEqual(set);
});

const elsewhere = { ...commits, tested: "9".repeat(40) };

test.each<[string, readonly EvaluationSet[], RegExp]>([
  ["no part", [], /no evaluation to merge/],
  ["parts that evaluated nothing", [job(1, 2, []), job(2, 2, [])], /no part evaluated anything/],
  [
    "a missing shard",
    [shard(1, 3, [passed("a")]), shard(3, 3, [passed("b")])],
    /shard 2\/3 of `plan-gate.yml` on PostgreSQL 17 is missing/,
  ],
  ["two missing shards", [shard(1, 3, [passed("a")])], /shard 2\/3, 3\/3 .* are missing/],
  [
    "a missing shard of what is untouched",
    [shard(1, 2, [], { major: null, kind: "untouched" })],
    /shard 2\/2 of `plan-gate.yml` is missing/,
  ],
  [
    "a missing job",
    [job(1, 3, [evaluation()]), job(3, 3, [evaluation({ major: 16 })])],
    /job 2\/3 of the matrix is missing/,
  ],
  [
    "a job that does not say which it is",
    [job(1, 2, [evaluation()]), setOf([evaluation({ major: 16 })])],
    /some parts do not say which job/,
  ],
  [
    "the same shard twice",
    [shard(1, 2, [passed("a")]), shard(1, 2, [passed("b")]), shard(2, 2, [])],
    /shard 1\/2 .* twice/,
  ],
  ["the same major twice", [setOf([evaluation()]), setOf([evaluation()])], /shard 1\/1 .* twice/],
  [
    "shards of two counts",
    [shard(1, 2, [passed("a")]), shard(2, 3, [passed("b")])],
    /shard 2\/3 .* beside others of 2/,
  ],
  [
    "a query in two shards",
    [shard(1, 2, [passed("a")]), shard(2, 2, [passed("a")])],
    /`a` of .* was judged in two parts/,
  ],
  [
    "another head",
    [shard(1, 2, []), { ...shard(2, 2, []), commits: { ...commits, head: "9".repeat(40) } }],
    /the part of shard 2\/2 is of another run: its head is `9+`/,
  ],
  ["another merge", [shard(1, 2, []), { ...shard(2, 2, []), commits: elsewhere }], /its tested is `9+`/],
  [
    "another base",
    [shard(1, 2, []), { ...shard(2, 2, []), commits: { ...commits, base: null } }],
    /its base is `none`/,
  ],
  ["another plan-gate", [shard(1, 2, []), { ...shard(2, 2, []), tool: "0.2.0" }], /version of plan-gate is `0.2.0`/],
  ["another policy", [shard(1, 2, [passed("a")]), shard(2, 2, [], { enforce: false })], /disagree about `enforce`/],
  [
    "another environment",
    [
      shard(1, 2, [passed("a")]),
      shard(2, 2, [], {
        verdict: verdict([], { environment: { major: 17, locale: "de_DE", settings: {}, configured: {} } }),
      }),
    ],
    /planned in different environments/,
  ],
  [
    "a file proposed with two texts",
    [
      shard(1, 2, [passed("a")], { candidates: [candidate("orders")] }),
      shard(2, 2, [passed("b")], { candidates: [candidate("orders", { cost: 99 })] }),
    ],
    /`baselines\/pg17\/orders.yml` is proposed twice/,
  ],
])("%s is refused by name", (_, parts, message) => {
  expect(() => mergeEvaluations(parts)).toThrow(
    expect.objectContaining({ code: "evaluation-invalid", message: expect.stringMatching(message) }),
  );
});
