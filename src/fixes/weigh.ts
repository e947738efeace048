import type { Plan } from "../plan/plan.js";
import type { Finding, Outcome, ProvenFix } from "../verdict/verdict.js";

/** The same for what is as it was: an index that is built over rows and not row by row lies in other pages. */
const maxDearerRestored = 1.5;
/** A fix that leaves the query dearer than this, beside what it was before, has not put it right. */
const maxDearer = 1.1;
/** What does not put it right must at least do this to be worth telling. */
const worthTelling = 0.5;
/** Blocks that two runs of one plan may differ by. */
const blocksNoise = 4;

/** What a candidate did to one query. */
export interface Effect {
  readonly kind: "clears" | "halves" | "none";
  readonly cost: ProvenFix["cost"];
  readonly blocks?: NonNullable<ProvenFix["blocks"]>;
  /** What is left of the work: 0.1 is a tenth. Blocks where both plans were executed, else cost. */
  readonly left: number;
  /** The findings that it makes go away. */
  readonly gone: readonly Finding[];
}

/** The findings above info that a rule made. */
export function alarmsOf({ kind, findings }: Pick<Outcome, "kind" | "findings">): readonly Finding[] {
  // What has the outcome's own name says that nothing was compared: no index mends that.
  return findings.filter(({ severity, rule }) => severity !== "info" && rule !== kind);
}

/** Weighs the plan with a candidate against the one without it, which `outcome` is about. `judged`: the plan with it, by the same rules. */
export function weigh(
  outcome: Outcome,
  without: Plan,
  mended: Plan,
  judged: Pick<Outcome, "kind" | "findings">,
  { restores = false }: { readonly restores?: boolean } = {},
): Effect {
  const cost = { without: without.root.totalCost, with: mended.root.totalCost };
  const [then, now] = [without.root.actual, mended.root.actual];
  const blocks = then && now ? { without: then.sharedBlocks, with: now.sharedBlocks } : undefined;
  const work =
    then && now ? { without: then.sharedBlocks + then.tempBlocks, with: now.sharedBlocks + now.tempBlocks } : cost;
  const remaining = alarmsOf(judged);
  const gone = alarmsOf(outcome).filter((alarm) => !remaining.some((one) => isSame(one, alarm)));
  const { before } = outcome;
  const mostCost = before ? before.root.totalCost * (restores ? maxDearerRestored : maxDearer) : cost.without;
  // Blocks were measured and the cost was guessed: an index that the planner likes and that reads more is no help.
  const mostBlocks = (blocks?.without ?? 0) * maxDearer + blocksNoise;
  const isCleared = remaining.length === 0 && cost.with <= mostCost && (blocks?.with ?? 0) <= mostBlocks;
  const isHalved =
    Math.min(work.with / Math.max(work.without, 1), ratio(cost)) <= worthTelling &&
    cost.with <= cost.without &&
    work.with <= work.without;
  return {
    kind: isCleared ? "clears" : isHalved ? "halves" : "none",
    cost,
    ...(blocks ? { blocks } : {}),
    left: ratio(work),
    gone,
  };
}

function ratio(figure: { readonly without: number; readonly with: number }): number {
  return figure.with / Math.max(figure.without, 0.01);
}

function isSame(a: Finding, b: Finding): boolean {
  return a.rule === b.rule && a.relation === b.relation;
}
