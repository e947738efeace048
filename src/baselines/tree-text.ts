import { type Actual, type Detail, type PlanNode, type Relation, type Role, seldomFigures } from "../plan/plan.js";

/** Writes a plan as an indented tree, one line a node, so that a pull request's diff shows what changed. */
export function writeTree(root: PlanNode): string {
  return `${nodeLines(root, undefined, 0).join("\n")}\n`;
}

function nodeLines(node: PlanNode, expectedRole: Role | undefined, depth: number): readonly string[] {
  const expected = expectedRoles(node);
  return [
    `${"  ".repeat(depth)}${writeNode(node, expectedRole)}`,
    ...node.children.flatMap((child, index) => nodeLines(child, expected[index], depth + 1)),
  ];
}

function writeNode(node: PlanNode, expectedRole: Role | undefined): string {
  const { operator, role, subplanName, traits, relation, alias, source, actual, details } = node;
  const parts = [
    role !== undefined && role !== expectedRole
      ? `${role}${subplanName === undefined ? "" : ` ${name(subplanName)}`}:`
      : "",
    operator,
    traits.length > 0 ? `[${traits.join(", ")}]` : "",
    writeIndex(node),
    source === undefined ? "" : `from ${name(source)}`,
    relation ? `on ${writeRelation(relation)}` : "",
    alias === undefined || (alias === relation?.name && !relation.partitionOf) ? "" : `as ${name(alias)}`,
    `(cost=${node.startupCost}..${node.totalCost} rows=${node.rowsPerLoop})`,
    actual ? writeActual(actual) : "",
  ];
  const head = escapeBars(parts.filter((part) => part !== "").join(" "));
  return [head, ...details.map(({ label, text }) => escapeBars(`${label}: ${text}`))].join(" | ");
}

function writeIndex({ index, accessMethod }: PlanNode): string {
  if (index === undefined) return "";
  return accessMethod === undefined ? `using ${name(index)}` : `using ${name(index)} (${accessMethod})`;
}

function writeRelation(relation: Relation): string {
  const own = `${name(relation.schema)}.${name(relation.name)}`;
  const { partitionOf } = relation;
  return partitionOf ? `${own} of ${name(partitionOf.schema)}.${name(partitionOf.name)}` : own;
}

/** The figures that are written only where they are not 0, in this order, and the words for them. */
const seldomWords: Readonly<Record<(typeof seldomFigures)[number], string>> = {
  rowsRemovedByJoinFilter: "by-join-filter",
  rowsRemovedByRecheck: "by-recheck",
  heapFetches: "fetched",
  lossyHeapBlocks: "lossy",
  hashBatches: "batches",
  diskKilobytes: "disk-kB",
};

function writeActual(actual: Actual): string {
  const { loops, rows, rowsSlack, rowsRemoved, sharedBlocks, tempBlocks } = actual;
  if (loops === 0) return "(never executed)";
  const slack = rowsSlack > 0 ? `±${rowsSlack}` : "";
  const removed = rowsRemoved > 0 ? ` removed=${rowsRemoved}` : "";
  const temp = tempBlocks > 0 ? ` temp=${tempBlocks}` : "";
  const seldom = seldomFigures.map((figure) => (actual[figure] ? ` ${seldomWords[figure]}=${actual[figure]}` : ""));
  return `(actual rows=${rows}${slack} loops=${loops}${removed} shared=${sharedBlocks}${temp}${seldom.join("")})`;
}

/** The role that a reader takes for granted, so that it need not be written. */
function expectedRoles(parent: PlanNode): readonly (Role | undefined)[] {
  let plain = 0;
  return parent.children.map(({ role }) => {
    if (role === "InitPlan" || role === "SubPlan") return undefined;
    return expectedRole(parent.operator, plain++);
  });
}

function expectedRole(operator: string, position: number): Role {
  if (/^(Append|Merge Append|BitmapAnd|BitmapOr)$/.test(operator)) return "Member";
  if (operator === "Subquery Scan") return "Subquery";
  return position === 0 ? "Outer" : "Inner";
}

/** As PostgreSQL would quote it, control characters aside: the text must stay on its line. */
function name(text: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

function escapeBars(text: string): string {
  return text.replace(/(?<= \\*)\|(?= |$)/g, "\\|");
}

function unescapeBars(text: string): string {
  return text.replace(/(?<= \\*)\\\|(?= |$)/g, "|");
}

const quoted = `(?:"(?:[^"]|"")*"|[a-z_][a-z0-9_$]*)`;
const number = `-?[0-9.]+(?:e[+-]?[0-9]+)?`;
const nodePattern = new RegExp(
  [
    `^(?:(?<role>Outer|Inner|Member|Subquery|InitPlan|SubPlan)(?: (?<subplan>${quoted}))?: )?`,
    String.raw`(?<operator>[A-Za-z][A-Za-z ]*?(?: \([A-Za-z0-9_ ]*\))?)`,
    String.raw`(?: \[(?<traits>[^\]]*)\])?`,
    String.raw`(?: using (?<index>${quoted})(?: \((?<accessMethod>[a-z_]+)\))?)?`,
    `(?: from (?<source>${quoted}))?`,
    String.raw`(?: on (?<schema>${quoted})\.(?<relation>${quoted})(?: of (?<rootSchema>${quoted})\.(?<root>${quoted}))?)?`,
    `(?: as (?<alias>${quoted}))?`,
    String.raw` \(cost=(?<startup>${number})\.\.(?<total>${number}) rows=(?<rows>${number})\)`,
    String.raw`(?: \((?:(?<never>never executed)|actual rows=(?<actual>${number})(?:±(?<slack>${number}))? loops=(?<loops>${number})(?: removed=(?<removed>${number}))? shared=(?<shared>${number})(?: temp=(?<temp>${number}))?(?<seldom>(?: (?:${Object.values(seldomWords).join("|")})=${number})*))\))?$`,
  ].join(""),
  "s",
);

/** Reads what `writeTree` wrote. Throws an Error that names the line (0-based `line` property) it cannot read. */
export function readTree(text: string): PlanNode {
  const stack: Draft[] = [];
  let root: Draft | undefined;
  for (const [line, written] of text.replace(/\n+$/, "").split("\n").entries()) {
    const indent = /^ */.exec(written)?.[0].length ?? 0;
    const node = readNode(written.slice(indent), line);
    const depth = indent / 2;
    const parent = stack[depth - 1];
    if (depth === 0 && root === undefined) root = node;
    else if (!parent || depth > stack.length) throw new TreeTextError(line, "is indented under nothing");
    else parent.children.push(node);
    stack.splice(depth, stack.length, node);
  }
  if (!root) throw new TreeTextError(0, "is empty");
  return finish(root, undefined);
}

/** A line of a stored plan that cannot be read. */
export class TreeTextError extends Error {
  /** 0-based within the tree. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

type Draft = Omit<PlanNode, "children" | "role"> & { role?: Role; children: Draft[] };

function readNode(written: string, line: number): Draft {
  const [head = "", ...details] = written.split(" | ");
  const found = nodePattern.exec(unescapeBars(head))?.groups;
  if (!found?.["operator"]) throw new TreeTextError(line, "is no node of a plan");
  const relation = readRelation(found);
  const alias = unquote(found["alias"]) ?? (relation && !relation.partitionOf ? relation.name : undefined);
  const actual = readActual(found);
  return {
    operator: found["operator"],
    ...optional("role", found["role"] as Role | undefined),
    ...optional("subplanName", unquote(found["subplan"])),
    traits: found["traits"] ? found["traits"].split(", ") : [],
    ...optional("relation", relation),
    ...optional("alias", alias),
    ...optional("index", unquote(found["index"])),
    ...optional("accessMethod", found["accessMethod"]),
    ...optional("source", unquote(found["source"])),
    details: details.map((detail) => readDetail(detail, line)),
    startupCost: Number(found["startup"]),
    totalCost: Number(found["total"]),
    rowsPerLoop: Number(found["rows"]),
    ...optional("actual", actual),
    children: [],
  };
}

function finish(draft: Draft, parentRole: Role | undefined): PlanNode {
  const { children, role, ...rest } = draft;
  const node = { ...rest, ...optional("role", role ?? parentRole), children: [] as PlanNode[] };
  const roles = expectedRoles({ ...node, children: children as unknown as PlanNode[] });
  return { ...node, children: children.map((child, index) => finish(child, roles[index])) };
}

function readRelation(found: Record<string, string | undefined>): Relation | undefined {
  const [schema, own] = [unquote(found["schema"]), unquote(found["relation"])];
  const [rootSchema, root] = [unquote(found["rootSchema"]), unquote(found["root"])];
  if (schema === undefined || own === undefined) return undefined;
  const partitionOf = rootSchema !== undefined && root !== undefined ? { schema: rootSchema, name: root } : undefined;
  return { schema, name: own, ...optional("partitionOf", partitionOf) };
}

function readActual(found: Record<string, string | undefined>): Actual | undefined {
  if (found["never"]) return { loops: 0, rows: 0, rowsSlack: 0, rowsRemoved: 0, sharedBlocks: 0, tempBlocks: 0 };
  if (found["actual"] === undefined) return undefined;
  return {
    loops: Number(found["loops"]),
    rows: Number(found["actual"]),
    rowsSlack: Number(found["slack"] ?? 0),
    rowsRemoved: Number(found["removed"] ?? 0),
    sharedBlocks: Number(found["shared"]),
    tempBlocks: Number(found["temp"] ?? 0),
    ...readSeldom(found["seldom"] ?? ""),
  };
}

function readSeldom(text: string): Partial<Actual> {
  const figures = new Map(text.split(" ").map((pair) => pair.split("=") as [string, string | undefined]));
  return Object.fromEntries(
    seldomFigures.flatMap((figure) => {
      const value = figures.get(seldomWords[figure]);
      return value === undefined ? [] : [[figure, Number(value)]];
    }),
  );
}

function readDetail(text: string, line: number): Detail {
  const found = /^(?<label>[A-Za-z][A-Za-z -]*): (?<text>.*)$/s.exec(unescapeBars(text))?.groups;
  if (found?.["label"] === undefined || found["text"] === undefined)
    throw new TreeTextError(line, `has no label in \`${text}\``);
  return { label: found["label"], text: found["text"] };
}

function unquote(text: string | undefined): string | undefined {
  return text?.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

export { name as writeName, quoted as namePattern, unquote as readName };
