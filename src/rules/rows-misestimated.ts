import { type Estimate, isPassedOn, readEstimates } from "../plan/estimates.js";
import type { PlanNode } from "../plan/plan.js";
import { isWorseAsWhole } from "../plan/read-growth.js";
import { relationName } from "../plan/walk.js";
import { definePlanRule, type Observation } from "./rule.js";
import { estimateAdvice } from "./words.js";

/**
 * Reports the node whose row count the planner now gets most wrong, where it was not as wrong before, and every other
 * relation that it gets wrong by itself. Other joins and aggregates inherit their error from these.
 */
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
      if (!isWorse && (!then || isAskedAnew(change.after.root, then, now))) return false;
      return now.timesOff >= ((then ?? worstAccepted)?.timesOff ?? 1) * minWorseningRatio;
    });
    return worstOfEach(worse).map((one) => observation(one, worstOf(accepted.filter(({ key }) => key === one.key))));
  },
});

/** Whether other conditions are estimated than before, by which nothing else of the plan was chosen. */
function isAskedAnew(root: PlanNode, then: Estimate, now: Estimate): boolean {
  return conditionsOf(then.node) !== conditionsOf(now.node) && isPassedOn(root, now.node);
}

function conditionsOf({ details }: PlanNode): string {
  return details.flatMap(({ label, text }) => (/Cond$|Filter$/.test(label) ? [text] : [])).join(" and ");
}

/** The worst of all, and the worst of each other relation; worst first. */
function worstOfEach(worse: readonly Estimate[]): readonly Estimate[] {
  const worst = worstOf(worse);
  const byRelation = Map.groupBy(worse, (one) => nameOf(one));
  const others = [...byRelation].flatMap(([name, some]) => {
    const found = name === null || (worst && nameOf(worst) === name) ? undefined : worstOf(some);
    return found ? [found] : [];
  });
  return worst ? [worst, ...others.sort((a, b) => b.timesOff - a.timesOff)] : [];
}

function nameOf({ relation }: Estimate): string | null {
  return relation ? relationName(relation) : null;
}

function observation(one: Estimate, then: Estimate | undefined): Observation {
  const where = nameOf(one);
  const direction = one.expected < one.actual ? "too few" : "too many";
  return {
    relation: where,
    title: `the planner expects ${round(one.timesOff)} times ${direction} rows of ${where ?? `a step (${one.node.operator})`}: ${round(one.expected)}, really ${round(one.actual)}`,
    fix: fixFor(one),
    before: then ? { kind: "node", node: then.node } : null,
    after: { kind: "node", node: one.node },
  };
}

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
