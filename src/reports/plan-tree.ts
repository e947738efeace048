import type { Plan, PlanNode, Relation } from "../plan/plan.js";
import { indexesOf } from "../plan/walk.js";
import type { Evidence } from "../verdict/verdict.js";
import { expectedRows, rowsFactors } from "./figures.js";
import { displayWidth, oneLine, shorten } from "./foreign-text.js";
import { figure } from "./numbers.js";

/** One node in one line: "Index Scan using orders_tenant_idx on orders o". Conditions are left out: they hold literals. */
export function nodeText(node: PlanNode): string {
  return describe(node, indexesOf(node).join(", "));
}

/** The same in `width` columns, for a tree, in which a bitmap scan's indexes have lines of their own. */
function nodeTextWithin(node: PlanNode, width: number): string {
  const index = oneLine(node.index ?? "");
  const excess = displayWidth(oneLine(describe(node, index))) - width;
  return shorten(describe(node, shortenInside(index, Math.max(12, displayWidth(index) - excess))), width);
}

/** Index names tend to begin with the table's name and to end with what tells them apart. */
function shortenInside(name: string, width: number): string {
  if (displayWidth(name) <= width) return name;
  const tail = [...name].slice(-Math.ceil((width * 2) / 3)).join("");
  return `${shorten(name, width - displayWidth(tail))}${tail}`;
}

function describe(node: PlanNode, index: string): string {
  const name = node.subplanName ? `${node.subplanName}: ` : "";
  const parallel = node.traits.includes("Parallel") ? "Parallel " : "";
  const others = node.traits.filter((trait) => trait !== "Parallel");
  const traits = others.length > 0 ? ` (${others.join(", ")})` : "";
  const using = index === "" ? "" : ` using ${index}`;
  return `${name}${parallel}${node.operator}${traits}${using}${target(node)}`;
}

function target({ relation, source, alias }: PlanNode): string {
  const read = relation ? shortName(relation) : (source ?? alias);
  if (read === undefined) return "";
  const usual = [relation?.name, relation?.partitionOf?.name, read];
  return alias === undefined || usual.includes(alias) ? ` on ${read}` : ` on ${read} ${alias}`;
}

/** As most search paths find it: without the schema where that is `public`. */
function shortName({ schema, name }: Relation): string {
  return schema === "public" ? name : `${schema}.${name}`;
}

/** What a drawing of a plan may take. */
export interface TreeSize {
  /** Columns. */
  readonly width: number;
  /** Nodes; of the others it is said how many there are. */
  readonly maxNodes: number;
}

/** Stands before the lines of nodes that findings are about. */
export const suspectMark = "►";

/** Levels that are drawn by indentation; below, the depth is written as a number. */
const maxIndented = 10;

/** A plan as an indented tree, a line a node, with cost, expected and actual rows in columns below a line of headings. */
export function drawPlan(title: string, plan: Plan, evidence: readonly Evidence[], size: TreeSize): readonly string[] {
  const factors = rowsFactors(plan);
  const nodes = flatten(plan.root);
  const suspects = suspectsAmong(nodes, evidence);
  const kept = choose(nodes, suspects, size.maxNodes);
  const lines = kept.map((each) => (typeof each === "number" ? skipped(each) : line(each, suspects, factors)));
  const heading = { lead: "  ", text: () => title, numbers: ["cost", "rows est.", "actual"] };
  return layOut([heading, ...lines], size.width);
}

interface Line {
  /** Mark and indentation. */
  readonly lead: string;
  /** What stands behind it, in this many columns. */
  text(width: number): string;
  readonly numbers: readonly string[];
}

interface Placed {
  readonly node: PlanNode;
  readonly depth: number;
}

/** In the order EXPLAIN prints them. Not recursive: plans nest hundreds of levels deep. */
function flatten(root: PlanNode): readonly Placed[] {
  const placed: Placed[] = [];
  const pending: Placed[] = [{ node: root, depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    placed.push(next);
    for (const node of next.node.children.toReversed()) pending.push({ node, depth: next.depth + 1 });
  }
  return placed;
}

/** The nodes that findings name; where none is (partitions summed up in their parent), the reads of the same relation. */
function suspectsAmong(nodes: readonly Placed[], evidence: readonly Evidence[]): ReadonlySet<PlanNode> {
  const named = evidence.flatMap((each) => (each.kind === "node" ? [each.node] : []));
  const suspects = named.flatMap((wanted) => {
    const ways = [
      (node: PlanNode) => node === wanted,
      sameNode.bind(null, wanted),
      readsSameRelation.bind(null, wanted),
    ];
    const found = ways.map((isMeant) => nodes.filter(({ node }) => isMeant(node)));
    return found.find((some) => some.length > 0) ?? [];
  });
  return new Set(suspects.map(({ node }) => node));
}

function sameNode(a: PlanNode, b: PlanNode): boolean {
  return nodeText(a) === nodeText(b) && a.totalCost === b.totalCost && a.rowsPerLoop === b.rowsPerLoop;
}

function readsSameRelation({ relation }: PlanNode, { relation: wanted }: PlanNode): boolean {
  if (!relation || !wanted) return false;
  const [a, b] = [relation.partitionOf ?? relation, wanted.partitionOf ?? wanted];
  return a.schema === b.schema && a.name === b.name;
}

/** The suspects and the first of the others, in plan order; a number stands for so many that are left out there. */
function choose(nodes: readonly Placed[], suspects: ReadonlySet<PlanNode>, maxNodes: number): (Placed | number)[] {
  const named = nodes.filter(({ node }) => suspects.has(node)).slice(0, maxNodes);
  const others = nodes.filter(({ node }) => !suspects.has(node)).slice(0, maxNodes - named.length);
  const kept = new Set([...named, ...others]);
  const drawn: (Placed | number)[] = [];
  for (const placed of nodes) {
    const last = drawn.at(-1);
    if (kept.has(placed)) drawn.push(placed);
    else if (typeof last === "number") drawn[drawn.length - 1] = last + 1;
    else drawn.push(1);
  }
  return drawn;
}

function skipped(nodes: number): Line {
  return { lead: "    ", text: () => `… ${nodes} more ${nodes === 1 ? "node" : "nodes"}`, numbers: [] };
}

function line({ node, depth }: Placed, suspects: ReadonlySet<PlanNode>, factors: ReadonlyMap<PlanNode, number>): Line {
  const mark = suspects.has(node) ? suspectMark : " ";
  const deeper = depth > maxIndented ? `(level ${depth}) ` : "";
  const { totalCost, actual } = node;
  return {
    lead: `${mark} ${"  ".repeat(Math.min(depth, maxIndented))}${deeper}`,
    text: (width) => nodeTextWithin(node, width),
    numbers: [
      figure(totalCost),
      figure(expectedRows(node, factors.get(node))),
      actual ? (actual.loops === 0 ? "never ran" : figure(actual.rows)) : "–",
    ],
  };
}

function layOut(lines: readonly Line[], width: number): readonly string[] {
  const columns = [0, 1, 2].map((column) => Math.max(...lines.map(({ numbers }) => (numbers[column] ?? "").length)));
  const room = width - columns.reduce((sum, each) => sum + each + 2, 0);
  const texts = lines.map(({ lead, text }) => lead + text(Math.max(8, room - displayWidth(lead))));
  const used = Math.max(...texts.map(displayWidth));
  return lines.map(({ numbers }, row) => {
    const text = texts[row] ?? "";
    const padded = text + " ".repeat(used - displayWidth(text));
    return [padded, ...numbers.map((each, column) => each.padStart(columns[column] ?? 0))].join("  ").trimEnd();
  });
}
