import type { Subject } from "../../src/explain/ask.js";
import type { PlanKind } from "../../src/queries/query.js";
import { acceptedCase, twinOf } from "../../src/verdict/same-case.js";
import { plan, seqScan } from "../support/plans.js";

function subject(query: string, name: string | null, kind: PlanKind = "custom"): Subject {
  const one = { name, values: [] };
  const of = { name: query, file: "q.sql", line: 1, sql: "SELECT 1", sqlLine: 1, writes: false };
  return { query: { ...of, cases: [one], plans: [kind], rules: {} }, case: one, kind };
}

function accepted(...cases: readonly (string | null)[]) {
  return cases.map((name) => ({ case: name, kind: "custom" as const, plan: plan(seqScan("orders")) }));
}

const only = subject("q", null);
const [first, second] = [subject("q", "first"), subject("q", "second")];

test.each([
  ["the only one, whatever it is called", only, [only], accepted("far back"), "far back"],
  ["the only one, accepted several times", only, [only], accepted("far back", "far back"), "far back"],
  ["its own where several were accepted", only, [only], accepted("far back", "near"), null],
  ["its own where the query has several", first, [first, second], accepted("second"), "first"],
  ["its own where nothing was accepted", first, [first], [], "first"],
  ["the only one beside another query's", only, [only, subject("other", "x")], accepted("far back"), "far back"],
] as const)("the accepted case is %s", (_, asked, subjects, plans, expected) => {
  expect(acceptedCase(asked, subjects, plans)).toBe(expected);
});

test("the base's only case is the twin of the only case, and of several the one of its name", () => {
  const [then, generic] = [subject("q", "far back"), subject("q", "far back", "generic")];
  expect(twinOf(only, [only], [generic, then])).toBe(then);
  expect(twinOf(first, [first, second], [then])).toBeUndefined();
  const [firstThen, secondThen] = [subject("q", "first"), subject("q", "second")];
  expect(twinOf(second, [first, second], [firstThen, secondThen])).toBe(secondThen);
  expect(twinOf(subject("other", null), [only], [then])).toBeUndefined();
});
