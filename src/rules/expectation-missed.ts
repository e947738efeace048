import { type Miss, missesOf } from "../plan/expectation-misses.js";
import { defineRule, type Observation } from "./rule.js";

/** Reports what a query's header says must be true of its plan, and is not. */
export const expectationMissed = defineRule({
  id: "expectation-missed",
  summary: "The plan is not what `expect` in the query's header says it must be, whatever was accepted.",
  why: "Whoever wrote the query wrote down what it must do to be fast enough, whatever is accepted later.",
  defaultSeverity: "error",
  options: {},

  check(change): readonly Observation[] {
    if (change.kind === "broken" || !change.expected) return [];
    const { names, expectations } = change.expected;
    const misses = expectations.flatMap((one) => missesOf(change.after, one, names, change.rowsOf));
    // The base's and the branch's own may say the same.
    const unique = new Map(misses.map((miss) => [miss.title, miss]));
    return [...unique.values()].map((miss) => ({
      relation: miss.relation,
      title: miss.title,
      fix: miss.fix,
      before: limitOf(miss),
      after: evidenceOf(miss),
    }));
  },
});

function limitOf({ limit, unit, expected = "" }: Miss): Observation["before"] {
  if (limit === undefined) return { kind: "text", text: expected };
  return { kind: "figure", value: limit, unit: `${unit} at most` };
}

function evidenceOf({ node, value, unit }: Miss): Observation["after"] {
  if (node) return { kind: "node", node };
  return value === undefined ? null : { kind: "figure", value, unit };
}
