import { readTree, TreeTextError, writeTree } from "../baselines/tree-text.js";
import type { Plan, PlanNode } from "../plan/plan.js";
import type { Evidence, Finding, Outcome, ProvenFix } from "../verdict/verdict.js";
import type { EvaluationDocument } from "./document-schema.js";
import { byText } from "./order.js";

type OutcomeDocument = EvaluationDocument["evaluations"][number]["verdict"]["outcomes"][number];
type FindingDocument = OutcomeDocument["findings"][number];
type EvidenceDocument = FindingDocument["before"];
type PlanDocument = NonNullable<OutcomeDocument["before"]>;
type Side = "before" | "after";
/** Zod leaves out what is absent, but its types cannot say so. */
type Untyped = "cause" | "also" | "fixes";

/** A text that no plan of ours has. */
export class UnreadablePlan extends Error {}

const limits = { lines: 50_000, lineLength: 200_000, indent: 2_100, backslashes: 1_000 } as const;

/** Throws UnreadablePlan for texts that are made to exhaust their reader: too deep, too long, or slow to search. */
export function refuseExhausting(text: string): void {
  const lines = text.split("\n");
  const deep = " ".repeat(limits.indent);
  if (lines.length > limits.lines) throw new UnreadablePlan(`has more than ${limits.lines} lines`);
  for (const line of lines) {
    if (line.length > limits.lineLength) throw new UnreadablePlan("has a line that is too long");
    if (line.startsWith(deep)) throw new UnreadablePlan("is nested too deep");
  }
  if (text.includes("\\".repeat(limits.backslashes))) throw new UnreadablePlan("has too many backslashes in a row");
}

/** An outcome with its plans as text. */
export function writeOutcome({ before, after, findings, notes, ...rest }: Outcome): OutcomeDocument {
  const positions = { before: positionsOf(before), after: positionsOf(after) };
  return {
    ...rest,
    findings: findings.map(({ also, fixes, ...finding }) => ({
      ...finding,
      ...(also ? { also: [...also] } : {}),
      ...(fixes ? { fixes: fixes.map(plainFix) } : {}),
      before: writeEvidence(finding.before, positions, ["before", "after"]),
      after: writeEvidence(finding.after, positions, ["after", "before"]),
    })),
    notes: [...notes],
    ...(before ? { before: writePlan(before) } : {}),
    ...(after ? { after: writePlan(after) } : {}),
  };
}

function plainFix({ helps, hurts, writes, ...fix }: ProvenFix): NonNullable<FindingDocument["fixes"]>[number] {
  return { ...fix, helps: [...helps], hurts: [...hurts], ...(writes ? { writes: [...writes] } : {}) };
}

/** The outcome again: evidence is once more a node of its own plans. Throws UnreadablePlan. */
export function readOutcome({ before, after, findings, ...rest }: OutcomeDocument): Outcome {
  const plans = {
    ...(before ? { before: readPlan(before) } : {}),
    ...(after ? { after: readPlan(after) } : {}),
  };
  const nodes = { before: nodesOf(plans.before), after: nodesOf(plans.after) };
  return {
    ...(rest as Omit<Outcome, Side | "findings">),
    findings: findings.map((finding) => ({
      ...(finding as Omit<FindingDocument, Untyped> & Pick<Finding, Untyped>),
      before: readEvidence(finding.before, nodes),
      after: readEvidence(finding.after, nodes),
    })),
    ...plans,
  };
}

function writePlan({ root, settings, notMeasured }: Plan): PlanDocument {
  return {
    tree: writeTree(root),
    settings: sortKeys(settings),
    ...(notMeasured === undefined ? {} : { notMeasured }),
  };
}

function readPlan({ tree, settings, notMeasured }: PlanDocument): Plan {
  const plan = { root: readNodes(tree), settings };
  return notMeasured === undefined ? plan : { ...plan, notMeasured };
}

function readNodes(tree: string): PlanNode {
  refuseExhausting(tree);
  try {
    return readTree(tree);
  } catch (error) {
    if (!(error instanceof TreeTextError)) throw error;
    throw new UnreadablePlan(`has a line ${error.line + 1} that ${error.message.slice(0, 200)}`);
  }
}

/** All nodes in the order of the tree's lines. */
function nodesOf(plan: Plan | undefined): readonly PlanNode[] {
  const nodes: PlanNode[] = [];
  const add = (node: PlanNode): void => {
    nodes.push(node);
    for (const child of node.children) add(child);
  };
  if (plan) add(plan.root);
  return nodes;
}

function positionsOf(plan: Plan | undefined): ReadonlyMap<PlanNode, number> {
  return new Map(nodesOf(plan).map((node, position) => [node, position]));
}

/** Reports find a node's place in its plan by identity, so a node is written as its place wherever it has one. */
function writeEvidence(
  evidence: Evidence | null,
  positions: Readonly<Record<Side, ReadonlyMap<PlanNode, number>>>,
  sides: readonly Side[],
): EvidenceDocument {
  if (evidence?.kind !== "node") return evidence;
  for (const of of sides) {
    const at = positions[of].get(evidence.node);
    if (at !== undefined) return { kind: "node", of, at };
  }
  return { kind: "tree", tree: writeTree(evidence.node) };
}

function readEvidence(evidence: EvidenceDocument, nodes: Readonly<Record<Side, readonly PlanNode[]>>): Evidence | null {
  switch (evidence?.kind) {
    case undefined:
      return null;
    case "tree":
      return { kind: "node", node: readNodes(evidence.tree) };
    case "node": {
      const node = nodes[evidence.of][evidence.at];
      if (!node) throw new UnreadablePlan(`has no node ${evidence.at}, which a finding names`);
      return { kind: "node", node };
    }
    default:
      return evidence as Evidence;
  }
}

/** The same record with its keys in order. */
export function sortKeys(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => byText(a, b)));
}
