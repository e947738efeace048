import type { AccessPair, PlanChange } from "../plan/change.js";
import { addsNoFilter, measuredWork } from "../plan/estimates.js";
import { planStructure } from "../plan/normalise.js";
import type { Plan } from "../plan/plan.js";
import { indexesOf, relationName, walkPlan } from "../plan/walk.js";
import { definePlanRule } from "./rule.js";
import { quoted } from "./words.js";

/** Blocks that two runs of one plan may differ by: catalog look-ups during execution count into them. */
const blocksNoise = 4;

/** Reports a plan that the planner now expects to cost clearly more. */
export const costIncreased = definePlanRule({
  id: "cost-increased",
  summary: "The planner expects the whole query to cost clearly more.",
  why: "The cost is the planner's estimate of the work, in units of its own: 1 is a page of 8 kB read in sequence. What grows here is work for every call of the query.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 1.5,
      minimum: 1,
      means: "Quiet while the new total cost is at most this many times the accepted one.",
      because: "growth by a few per cent is no regression, and half as much again is one in other tools too.",
    },
    minIncreasePlannerUnits: {
      default: 10,
      minimum: 0,
      means: "Quiet while the total cost rose by less than this many planner units (1 = one sequential page read).",
      because: "ten pages more are not felt, however large the factor.",
    },
  },

  check(change, { maxRatio, minIncreasePlannerUnits }) {
    const [before, after] = [change.before.root.totalCost, change.after.root.totalCost];
    if (after <= before * maxRatio || after - before < minIncreasePlannerUnits) return [];
    const harmless = workDidNotGrow(change);
    const worst = worstAccess(change);
    const factor = (after / Math.max(before, 0.01)).toPrecision(2);
    const times = `the query's estimated cost is ${Number(factor).toLocaleString("en-US")} times what it was`;
    const suspect = lostIndexes(worst)[0];
    return [
      {
        relation: worst ? relationName(worst.after.relation) : null,
        title: harmless ? `${times}, but the query did no more work when it ran` : times,
        fix: harmless ? "Nothing has to be done; `plan-gate accept` stores the new estimate." : adviceOn(worst),
        before: { kind: "figure", value: before, unit: "planner units" },
        after: { kind: "figure", value: after, unit: "planner units" },
        ...(harmless ? { harmless } : {}),
        ...(suspect === undefined ? {} : { suspect: { kind: "index", name: suspect } }),
      },
    ];
  },
});

/** Indexes of the accepted read that the new one does without. */
function lostIndexes(worst: AccessPair | undefined): readonly string[] {
  if (!worst) return [];
  const kept = indexesOf(worst.after.node);
  return indexesOf(worst.before.node).filter((index) => !kept.includes(index));
}

function adviceOn(worst: AccessPair | undefined): string {
  if (!worst) return "Compare the two plans: a condition or a setting that the plan before relied on has changed.";
  const relation = relationName(worst.after.relation);
  const [lost, now] = [lostIndexes(worst), indexesOf(worst.after.node)];
  if (lost.length === 0)
    return `Compare how ${relation} is read in the two plans: by which condition, how many rows, and how often.`;
  const instead = now.length === 0 ? "without an index" : `through ${quoted(now)}`;
  return `The plan before reads ${relation} through ${quoted(lost)}, this one ${instead}: keep that index, or make one that fits as well.`;
}

/** The read whose own cost rose most, if any did. */
function worstAccess({ accesses }: PlanChange): AccessPair | undefined {
  const rise = ({ before, after }: AccessPair) => after.wholeCost - before.wholeCost;
  const [worst] = accesses.filter((pair) => rise(pair) > 0).sort((a, b) => rise(b) - rise(a));
  return worst;
}

/**
 * True where running both plans shows that only the estimate rose: the new one did no more work, measured in blocks and
 * rows. The same tree may do a tenth more, which growth explains. Another tree that also filters by something new must
 * do at most half: what a filter's function costs for each row is not measured. Better statistics look like this. A plan
 * that lost its parallel workers takes longer for just as much work.
 */
function workDidNotGrow({ before, after }: PlanChange): true | undefined {
  const [then, now] = [measuredWork(before), measuredWork(after)];
  if (!then || !now || losesWorkers(before, after)) return undefined;
  const share = planStructure(before) === planStructure(after) ? 1.1 : addsNoFilter(before, after) ? 1 : 0.5;
  return now.blocks <= then.blocks * share + blocksNoise && now.rows <= then.rows * share ? true : undefined;
}

function losesWorkers(before: Plan, after: Plan): boolean {
  const [then, now] = [before, after].map(({ root }) =>
    walkPlan(root).some(({ node }) => node.operator === "Gather" || node.operator === "Gather Merge"),
  );
  return then === true && now === false;
}
