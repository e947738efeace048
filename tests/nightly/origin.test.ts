import type { HistoryEntry } from "../../src/history/entry.js";
import type { Drift } from "../../src/nightly/drift.js";
import { originOf } from "../../src/nightly/origin.js";
import { type NightEvaluation, nightEntries, type Tonight } from "../../src/nightly/tonight.js";
import { outcome } from "../support/verdicts.js";
import { asAccepted, byIndex, commit, part, story, tonight, worse } from "./support/nights.js";

const [a, b, c] = [commit("a"), commit("b"), commit("c")];
const good = (more: Parameters<typeof part>[1] = {}) => part([asAccepted("q"), asAccepted("other")], more);
const bad = (more: Parameters<typeof part>[1] = {}) => part([worse("q"), asAccepted("other")], more);

/** Nights day by day, the last of which is tonight. */
function originAfter(...nights: readonly [NightEvaluation, Partial<Tonight>?][]) {
  const all = nights.map(([one, more], index) => tonight(index + 1, [one], more));
  const [drift] = story(all.at(-1) as Tonight).drifts;
  return originOf(drift as Drift, all.flatMap(nightEntries));
}

test("a commit since the last clean night names the range, however many nights ago", () => {
  const origin = { kind: "commits", from: a, to: b, also: [] };
  expect(originAfter([good(), { commit: a }], [bad(), { commit: b }])).toEqual(origin);
  expect(originAfter([good(), { commit: a }], [bad(), { commit: b }], [bad(), { commit: c }])).toEqual(origin);
});

test("a drift that came back counts from its last clean night", () => {
  const nights = [
    [bad(), { commit: a }],
    [good(), { commit: b }],
    [bad(), { commit: c }],
  ] as const;
  expect(originAfter(...nights.map(([one, more]): [NightEvaluation, Partial<Tonight>] => [one, more]))).toEqual({
    kind: "commits",
    from: b,
    to: c,
    also: [],
  });
});

test("nights that could not judge the query widen the range", () => {
  const failed = part([], { problems: [{ code: "migration-failed", message: "boom", hint: "Mend it." }] });
  const unjudged = part([outcome("incomparable", "q", { before: byIndex() })]);
  expect(
    originAfter([good(), { commit: a }], [failed, { commit: b }], [unjudged, { commit: b }], [bad(), { commit: c }]),
  ).toMatchObject({ from: a, to: c });
});

test("a push that was still clean narrows the range", () => {
  const [first] = nightEntries(tonight(1, [good()], { commit: a }));
  const last = tonight(2, [bad()], { commit: c });
  const push = { ...(first as HistoryEntry), kind: "push", at: "2026-11-01T12:00:00.000Z", commit: b } as const;
  const entries = [first as HistoryEntry, push, ...nightEntries(last)];
  expect(originOf(story(last).drifts[0] as Drift, entries)).toMatchObject({ kind: "commits", from: b, to: c });
});

test.each<[string, NightEvaluation, Partial<Tonight>, readonly string[]]>([
  ["the server's minor version", bad({ server: "17.11" }), {}, ["PostgreSQL 17.10 → 17.11"]],
  [
    "a planner setting",
    bad({ environment: { major: 17, locale: "C.UTF-8", settings: { jit: "off" }, configured: {} } }),
    {},
    ["random_page_cost 1.1 → default"],
  ],
  ["the seed's scale", bad({ scale: 10 }), {}, ["the seed's scale 1 → 10"]],
  ["plan-gate itself", bad(), { tool: "1.3.0" }, ["plan-gate 1.2.3 → 1.3.0"]],
  [
    "the seed's rows",
    part([worse("q"), asAccepted("other", { after: byIndex(8.44, 3) })]),
    {},
    ["the seed: 1 of 2 plans returned another number of rows"],
  ],
  ["nothing that is known", bad(), {}, []],
])("without a commit it is the surroundings: %s", (_, night, more, differences) => {
  expect(originAfter([good()], [night, more])).toEqual({
    kind: "surroundings",
    commit: a,
    since: "2026-11-01T02:17:00.000Z",
    differences,
  });
});

test("a commit and the surroundings at once are both named", () => {
  expect(originAfter([good(), { commit: a }], [bad({ server: "17.11" }), { commit: b }])).toMatchObject({
    kind: "commits",
    also: ["PostgreSQL 17.10 → 17.11"],
  });
});

test.each<[string, [NightEvaluation, Partial<Tonight>?][]]>([
  ["no night before", [[bad()]]],
  ["drift since the first", [[bad()], [bad()]]],
  ["only nights of another settings file", [[good({ config: "b.yml" })], [bad()]]],
  ["only nights of another major", [[good({ major: 16 })], [bad()]]],
])("the origin is unknown with %s", (_, nights) => {
  expect(originAfter(...nights)).toEqual({ kind: "unknown" });
});
