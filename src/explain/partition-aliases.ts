import type { PlanNode } from "../plan/plan.js";
import { renameQualifiers } from "../plan/sql-text.js";

/**
 * Gives partitions the alias of their parent, in conditions too. EXPLAIN numbers them (`e_1`, `e_2` …) by their order
 * in the plan, from set_rtable_names() in ruleutils.c: one partition more would rename all that come after it.
 */
export function mergePartitionAliases(root: PlanNode): PlanNode {
  const names = new Map<string, string>();
  collect(root, false, names);
  return names.size === 0 ? root : rename(root, false, names);
}

/** Operators below which EXPLAIN has numbered the partitions of a table, whatever the query calls it. */
const overPartitions: ReadonlySet<string> = new Set(["Append", "Merge Append", "ModifyTable"]);

function collect(node: PlanNode, numbered: boolean, names: Map<string, string>): void {
  const merged = mergedAlias(node, numbered);
  if (merged !== undefined && node.alias !== undefined) names.set(node.alias, merged);
  const below = numbered || overPartitions.has(node.operator);
  for (const child of node.children) collect(child, below, names);
}

function rename(node: PlanNode, numbered: boolean, names: ReadonlyMap<string, string>): PlanNode {
  const merged = mergedAlias(node, numbered);
  const below = numbered || overPartitions.has(node.operator);
  return {
    ...node,
    ...(merged === undefined ? {} : { alias: merged }),
    details: node.details.map(({ label, text }) => ({ label, text: renameQualifiers(text, names) })),
    children: node.children.map((child) => rename(child, below, names)),
  };
}

/** Undefined where the alias is the query's own: `events_2024` of a partition that is read by its own name. */
function mergedAlias({ relation, alias }: PlanNode, numbered: boolean): string | undefined {
  const base = /^(.+)_\d+$/s.exec(alias ?? "")?.[1];
  if (base === undefined || !relation?.partitionOf) return undefined;
  return base === relation.partitionOf.name || (numbered && alias !== relation.name) ? base : undefined;
}
