import type { PlanChange } from "./change.js";
import type { PlanNode } from "./plan.js";
import { accessKind, relationName, walkPlan } from "./walk.js";

/** Calls a relation, as often as the query names it, by one name in both plans. Undefined where a node reads nothing. */
export type NameOccurrence = (node: PlanNode) => string | undefined;

/** How the new plan's relations were called in the old one, as far as the change pairs them. */
export function occurrenceNames({ accesses }: Pick<PlanChange, "accesses">): {
  readonly before: NameOccurrence;
  readonly after: NameOccurrence;
} {
  const then = new Map<string, string>();
  for (const { before, after } of accesses) {
    const [old, now] = [ownName(before.node), ownName(after.node)];
    if (old !== undefined && now !== undefined && !then.has(now)) then.set(now, old);
  }
  return {
    before: ownName,
    after: (node) => {
      const own = ownName(node);
      return own === undefined ? undefined : (then.get(own) ?? own);
    },
  };
}

/** A relation with its alias, a partition as its parent; else the CTE or function that is scanned. */
function ownName(node: PlanNode): string | undefined {
  const { relation, alias, source, operator } = node;
  if (relation)
    return accessKind(node) === undefined ? undefined : `${relationName(relation)} ${alias ?? relation.name}`;
  return operator.endsWith(" Scan") && source !== undefined ? `${operator} ${source} ${alias ?? ""}` : undefined;
}

/** All that is read at or below a node, sorted, each once; sub-selects apart, which are evaluated beside it. */
export function occurrencesBelow(node: PlanNode, nameOf: NameOccurrence): readonly string[] {
  const names = new Set<string>();
  const add = (one: PlanNode): void => {
    const name = nameOf(one);
    if (name !== undefined) names.add(name);
    for (const child of one.children) if (child.role !== "InitPlan" && child.role !== "SubPlan") add(child);
  };
  add(node);
  return [...names].sort();
}

/** An occurrence as readers know it: `schema.name`, with the alias where the query gives it another name. */
export function shownOccurrence(name: string): string {
  const [relation = name, ...alias] = name.split(" ");
  const called = alias.join(" ");
  return called === "" || relation.endsWith(`.${called}`) ? relation : `${relation} (${called})`;
}

/** Rows that a plan reads of each occurrence, thrown away ones included: measured, or where it did not run, expected. */
export function rowsReadOf(root: PlanNode, nameOf: NameOccurrence, measured: boolean): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const { node, expectedLoops } of walkPlan(root)) {
    const name = node.relation ? nameOf(node) : undefined;
    if (name === undefined) continue;
    const { actual } = node;
    const read = measured && actual ? actual.rows + actual.rowsRemoved : node.rowsPerLoop * expectedLoops;
    rows.set(name, (rows.get(name) ?? 0) + read);
  }
  return rows;
}
