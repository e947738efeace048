import type { PlanChange } from "./change.js";
import { type NameOccurrence, occurrenceNames, occurrencesBelow } from "./occurrences.js";
import type { Plan, PlanNode } from "./plan.js";
import { walkPlan } from "./walk.js";

/** One join of a plan, by what it joins. */
export interface Join {
  readonly node: PlanNode;
  /** "Nested Loop", "Hash Join", "Merge Join". */
  readonly method: string;
  readonly outer: readonly string[];
  readonly inner: readonly string[];
  /** How often the whole join is run: counted where it was measured, else expected. */
  readonly loops: number;
  /** How often its inner side is looked into: counted where it was measured, else expected. */
  readonly innerLoops: number;
}

/** A join of the same occurrences in both plans, whichever of them is outside. */
export interface JoinPair {
  readonly before: Join;
  readonly after: Join;
}

/** The new plan's joins; those of the old one by the set of occurrences that they join. */
export interface Joins {
  readonly pairs: readonly JoinPair[];
  /** Joins of sets that the old plan does not join, or not in one piece. */
  readonly added: readonly Join[];
  readonly before: readonly Join[];
}

/** Pairs the joins of two plans by the set of relation occurrences on both sides together. */
export function pairJoins(change: PlanChange): Joins {
  const names = occurrenceNames(change);
  const before = readJoins(change.before, names.before, change.bothMeasured);
  const after = readJoins(change.after, names.after, change.bothMeasured);
  const then = Map.groupBy(before, joinedSet);
  const pairs: JoinPair[] = [];
  const added: Join[] = [];
  for (const [key, joins] of Map.groupBy(after, joinedSet)) {
    // Partitionwise joins are many of one set: the busiest stands for all.
    const [old, now] = [busiest(then.get(key) ?? []), busiest(joins)];
    if (old && now) pairs.push({ before: old, after: now });
    else if (now) added.push(now);
  }
  return { pairs, added, before };
}

function readJoins(plan: Plan, nameOf: NameOccurrence, measured: boolean): readonly Join[] {
  const visits = walkPlan(plan.root);
  const loopsOf = new Map(
    visits.map(({ node, expectedLoops }) => [node, measured && node.actual ? node.actual.loops : expectedLoops]),
  );
  return visits.flatMap(({ node }) => {
    const method = joinMethod(node);
    const [outer, inner] = [sideOf(node, "Outer"), sideOf(node, "Inner")];
    if (method === undefined || !outer || !inner) return [];
    return [
      {
        node,
        method,
        outer: occurrencesBelow(outer, nameOf),
        inner: occurrencesBelow(inner, nameOf),
        loops: loopsOf.get(node) ?? 1,
        innerLoops: loopsOf.get(lookedInto(inner)) ?? 1,
      },
    ];
  });
}

/** Memoize answers repeats itself and Materialize reads once: what counts is how often they ask the node below. */
function lookedInto(inner: PlanNode): PlanNode {
  const [below] = inner.children;
  return (inner.operator === "Memoize" || inner.operator === "Materialize") && below ? below : inner;
}

/** Undefined for what is no join. */
function joinMethod({ operator }: PlanNode): string | undefined {
  return operator === "Nested Loop" || operator === "Hash Join" || operator === "Merge Join" ? operator : undefined;
}

function sideOf({ children }: PlanNode, side: "Outer" | "Inner"): PlanNode | undefined {
  return children.find(({ role }) => role === side);
}

function joinedSet({ outer, inner }: Join): string {
  return JSON.stringify([...new Set([...outer, ...inner])].sort());
}

function busiest(joins: readonly Join[]): Join | undefined {
  return joins.reduce<Join | undefined>((a, b) => (a && a.innerLoops >= b.innerLoops ? a : b), undefined);
}
