import type { Plan, PlanNode } from "../plan/plan.js";
import { accessKind, relationName, walkPlan } from "../plan/walk.js";
import type { Evidence, Finding, Outcome } from "../verdict/verdict.js";
import { nodeText } from "./plan-tree.js";

/** What to mark in the two plans of an outcome. */
export interface Suspects {
  readonly before: readonly Evidence[];
  readonly after: readonly Evidence[];
}

/**
 * The nodes that an outcome's findings show; where a finding shows none but names a relation, the reads of that
 * relation that the other plan does not have.
 */
export function suspectsOf({ before, after, findings }: Outcome): Suspects {
  return {
    before: findings.flatMap((finding) => sideOf(finding, finding.before, before, after)),
    after: findings.flatMap((finding) => sideOf(finding, finding.after, after, before)),
  };
}

function sideOf(
  { relation, ...finding }: Finding,
  own: Evidence | null,
  plan?: Plan,
  other?: Plan,
): readonly Evidence[] {
  if (own?.kind === "node") return [own];
  if (finding.before?.kind === "node" || finding.after?.kind === "node" || relation === null || !plan) return [];
  const elsewhere = new Set(other ? readsOf(other, relation).map(nodeText) : []);
  return readsOf(plan, relation)
    .filter((node) => !elsewhere.has(nodeText(node)))
    .map((node) => ({ kind: "node", node }));
}

function readsOf({ root }: Plan, relation: string): readonly PlanNode[] {
  const nodes = walkPlan(root).map(({ node }) => node);
  return nodes.filter(
    (node) => accessKind(node) !== undefined && node.relation && relationName(node.relation) === relation,
  );
}
