import { type Estimate, readEstimates } from "../plan/estimates.js";
import { isWorseAsWhole } from "../plan/read-growth.js";
import { relationName } from "../plan/walk.js";
import { definePlanRule } from "./rule.js";
import { estimateAdvice } from "./words.js";

/** Reports the node whose row count the planner now gets most wrong, where it was not as wrong before. */
export const rowsMisestimated = definePlanRule({
  id: "rows-misestimated",
  summary: "The planner's row count is far off at some node, and further than it was.",
  why: "PostgreSQL's planner chooses how to carry a query out by the row counts it expects: where they are far off, its choice fits other data than yours.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 10,
      minimum: 1,
      means: "Quiet while expected and actual rows differ by at most this factor.",
      because: "planners live with small errors; joins flip at about an order of magnitude.",
    },
    minRows: {
      default: 100,
      minimum: 0,
      means: "Quiet while expected and actual rows differ by fewer rows than this.",
      because: "a factor of a few rows costs nothing.",
    },
    minWorseningRatio: {
      default: 2,
      minimum: 1,
      means: "Quiet unless the error grew by at least this factor over the accepted plan's.",
      because: "an error that was accepted is no news, and one that creeps over maxRatio is none either.",
    },
  },

  check(change, { maxRatio, minRows, minWorseningRatio }) {
    if (!change.bothMeasured) return [];
    const accepted = readEstimates(change.before);
    const worstAccepted = worstOf(accepted);
    const isWorse = isWorseAsWhole(change);
    const oldNames = new Map(change.reads.map(({ before, after }) => [after.key, before.key]));
    const worse = readEstimates(change.after, oldNames).filter((now) => {
      if (now.timesOff <= maxRatio || Math.abs(now.expected - now.actual) < minRows) return false;
      const then = worstOf(accepted.filter(({ key }) => key === now.key));
      // What the accepted plan never estimated may have been as wrong all along: it counts where it does harm.
      if (!then && !isWorse) return false;
      return now.timesOff >= ((then ?? worstAccepted)?.timesOff ?? 1) * minWorseningRatio;
    });
    const worst = worstOf(worse);
    if (!worst) return [];
    const then = worstOf(accepted.filter(({ key }) => key === worst.key));
    const where = worst.relation ? relationName(worst.relation) : null;
    const direction = worst.expected < worst.actual ? "too few" : "too many";
    return [
      {
        relation: where,
        title: `the planner expects ${round(worst.timesOff)} times ${direction} rows of ${where ?? `a step (${worst.node.operator})`}: ${round(worst.expected)}, really ${round(worst.actual)}`,
        fix: fixFor(worst),
        before: then ? { kind: "node", node: then.node } : null,
        after: { kind: "node", node: worst.node },
      },
    ];
  },
});

/** The first of the worst: of nodes that are equally wrong, readers want the one that the others inherited it from. */
function worstOf(estimates: readonly Estimate[]): Estimate | undefined {
  return estimates.reduce<Estimate | undefined>((a, b) => (a && a.timesOff > b.timesOff ? a : b), undefined);
}

function fixFor({ node, relation }: Estimate): string {
  const condition = node.details.find(
    ({ label }) => label === "Filter" || label === "Index Cond" || label === "Join Filter",
  );
  return `Look at ${condition ? `\`${condition.text}\`` : `the conditions ${relation ? `on ${relationName(relation)}` : `below this ${node.operator}`}`}. ${estimateAdvice}`;
}

function round(rows: number): string {
  return Number(rows.toPrecision(3)).toLocaleString("en-US");
}
