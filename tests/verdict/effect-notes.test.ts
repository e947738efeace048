import { comparePlans } from "../../src/plan/change.js";
import type { Plan } from "../../src/plan/plan.js";
import { effectNotes } from "../../src/verdict/effect-notes.js";
import { actual, node, plan } from "../support/plans.js";

const write = (more: Partial<Plan>): Plan => ({ ...plan(node("ModifyTable", { actual: actual(0) })), ...more });
const notes = (before: Plan, after: Plan) =>
  effectNotes(
    comparePlans(before, after, () => 1),
    "when accepted",
  );

test("a baseline from before effects were kept is said to be compared without them", () => {
  expect(notes(write({}), write({ effects: [] }))).toEqual([expect.stringMatching(/was not counted when accepted/)]);
});

test("deferred constraints that fail are said, with PostgreSQL's words", () => {
  const failing = write({ effects: [], deferredFailed: "violates foreign key constraint" });
  expect(notes(failing, failing)).toEqual([expect.stringMatching(/\(violates foreign key constraint\)/)]);
});

test("nothing is said where both were counted, or neither was measured", () => {
  expect(notes(write({ effects: [] }), write({ effects: [] }))).toEqual([]);
  const unmeasured = plan(node("ModifyTable"), "too dear");
  expect(notes(unmeasured, unmeasured)).toEqual([]);
});
