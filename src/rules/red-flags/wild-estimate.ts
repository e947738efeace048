import { readEstimates } from "../../plan/estimates.js";
import { relationName } from "../../plan/walk.js";
import { estimateAdvice } from "../words.js";
import { count, type FindFlags, filterOf, isSmall } from "./flag.js";

/** The row count that the planner gets most wrong: what it chooses by it fits other data. */
export const findWildEstimate: FindFlags = (change, _accesses, options) => {
  if (!change.after.root.actual) return [];
  const wild = readEstimates(change.after).filter(
    ({ timesOff, expected, actual, relation }) =>
      timesOff > options.maxTimesOff &&
      Math.abs(expected - actual) >= options.minRows &&
      !(relation && isSmall(change, relation, options)),
  );
  // Of nodes that are equally wrong readers want the last: the others inherited it from that one.
  const worst = wild.reduce<(typeof wild)[number] | undefined>(
    (a, b) => (a && a.timesOff > b.timesOff ? a : b),
    undefined,
  );
  if (!worst) return [];
  const { node, relation, expected, actual, timesOff } = worst;
  const where = relation ? relationName(relation) : null;
  const about =
    filterOf(node) === ""
      ? `the conditions ${where === null ? `below this ${node.operator}` : `on ${where}`}`
      : `\`${filterOf(node)}\``;
  return [
    {
      relation: where,
      title: `the planner expects ${count(timesOff)} times too ${expected < actual ? "few" : "many"} rows of ${where ?? `a step (${node.operator})`}: ${count(expected)}, really ${count(actual)}`,
      fix: `Look at ${about}. ${estimateAdvice}`,
      node,
      rows: Math.abs(expected - actual),
    },
  ];
};
