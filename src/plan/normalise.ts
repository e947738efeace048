import { effectFigures, type TableEffect } from "./effects.js";
import { knowing } from "./known-literals.js";
import { type Actual, type Detail, type Plan, type PlanNode, seldomFigures } from "./plan.js";
import { redactText } from "./sql-text.js";

export { literalsOf } from "./sql-text.js";

const digits = 3;

/**
 * Rounds costs, rows and blocks to 3 significant digits, integers below 1,000 staying exact: noise then does not churn
 * baselines. Plans are always compared rounded with rounded. Rounding twice changes nothing.
 */
export function roundPlan(plan: Plan): Plan {
  const { root, effects } = plan;
  return { ...plan, root: mapNodes(root, roundNode), ...(effects ? { effects: effects.map(roundEffect) } : {}) };
}

function roundEffect(effect: TableEffect): TableEffect {
  return { ...effect, ...Object.fromEntries(effectFigures.map((figure) => [figure, round(effect[figure])])) };
}

function roundNode(node: PlanNode): PlanNode {
  const { startupCost, totalCost, rowsPerLoop, actual } = node;
  return {
    ...node,
    startupCost: round(startupCost),
    totalCost: round(totalCost),
    rowsPerLoop: round(rowsPerLoop),
    ...(actual ? { actual: roundActual(actual) } : {}),
  };
}

function roundActual(actual: Actual): Actual {
  return {
    loops: round(actual.loops),
    rows: round(actual.rows),
    rowsSlack: round(actual.rowsSlack),
    rowsRemoved: round(actual.rowsRemoved),
    sharedBlocks: round(actual.sharedBlocks),
    tempBlocks: round(actual.tempBlocks),
    ...Object.fromEntries(
      seldomFigures.flatMap((name) => (actual[name] === undefined ? [] : [[name, round(actual[name])]])),
    ),
  };
}

function round(figure: number): number {
  return Number.isInteger(figure) && Math.abs(figure) < 1_000 ? figure : Number(figure.toPrecision(digits));
}

function mapNodes(node: PlanNode, change: (node: PlanNode) => PlanNode): PlanNode {
  const changed = change(node);
  return { ...changed, children: changed.children.map((child) => mapNodes(child, change)) };
}

/** Details that name or count things; their texts are no SQL and hold no literals. */
const plainDetails: ReadonlySet<string> = new Set([
  "Conflict Arbiter Indexes",
  "Conflict Resolution",
  "Sampling Method",
  "Subplans Removed",
  "Target Tables",
  "Workers Planned",
]);

/**
 * Replaces the literals that are not `known` from the query's file: they come from views, policies or functions, and
 * may be personal data. Type modifiers and subscripts stay. Redacting twice changes nothing.
 */
export function redactLiterals(plan: Plan, known: ReadonlySet<string>): Plan {
  const isKnown = knowing(known);
  const redact = ({ label, text }: Detail): Detail => ({
    label,
    text: plainDetails.has(label) ? text : redactText(text, isKnown),
  });
  return { ...plan, root: mapNodes(plan.root, (node) => ({ ...node, details: node.details.map(redact) })) };
}

/** Operators, traits, relations, indexes and their order: what makes it this plan. No numbers, no conditions. */
export function planShape({ root }: Plan): string {
  return describe(root, () => []);
}

/** The shape together with the conditions and keys of each node. */
export function planStructure({ root }: Plan): string {
  return describe(root, ({ details }) => details);
}

/** One line a node, below its depth: nested texts would be escaped once a level and grow beyond all bounds. */
function describe(root: PlanNode, detailsOf: (node: PlanNode) => readonly Detail[]): string {
  const lines: string[] = [];
  const add = (node: PlanNode, depth: number): void => {
    const { operator, role, subplanName, traits, relation, alias, index, source, children } = node;
    const read = [relation?.schema, relation?.name, alias, index, source];
    const details = detailsOf(node).map(({ label, text }) => [label, text]);
    lines.push(JSON.stringify([depth, operator, role, subplanName, traits, ...read, details]));
    for (const child of children) add(child, depth + 1);
  };
  add(root, 0);
  return lines.join("\n");
}
