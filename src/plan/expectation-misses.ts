import type { PlanChange } from "./change.js";
import { hiddenWork } from "./effects.js";
import type { Expectations, KnownNames } from "./expectations.js";
import type { Plan, PlanNode, Relation } from "./plan.js";
import { type Access, gatherReads, type Read, readAccesses } from "./reads.js";
import { accessKind, indexesOf, relationName } from "./walk.js";

/** One expectation that a plan does not meet. */
export interface Miss {
  /** Schema-qualified; null where no relation is to blame. */
  readonly relation: string | null;
  readonly title: string;
  readonly fix: string;
  /** What is expected, where it is no figure. */
  readonly expected?: string;
  /** The node that shows it. */
  readonly node?: PlanNode;
  /** What is, and what is expected at most, in `unit`. */
  readonly value?: number;
  readonly limit?: number;
  readonly unit: string;
}

/** Every expectation that a plan does not meet. What must be measured and was not counts as not met. */
export function missesOf(
  plan: Plan,
  expected: Expectations,
  names: KnownNames,
  rowsOf: PlanChange["rowsOf"],
): readonly Miss[] {
  const accesses = readAccesses(plan, plan.root.actual !== undefined);
  return [
    ...(expected.usesIndex ?? []).flatMap((index) => unusedIndex(index, accesses, names)),
    ...(expected.neverReadsWhole ?? []).flatMap((table) => readWhole(table, plan, accesses, names, rowsOf)),
    ...exceeded(plan, gatherReads(accesses), expected),
  ];
}

function unusedIndex(expected: string, accesses: readonly Access[], names: KnownNames): readonly Miss[] {
  const [schema, name] = splitName(expected);
  const isIt = (relation: Relation, index: string) =>
    (schema === undefined || schema === relation.schema) &&
    (index === name || names.partitionedIndex(relation.schema, index) === name);
  if (accesses.some(({ node, relation }) => indexesOf(node).some((index) => isIt(relation, index)))) return [];
  const table = names.tableOfIndex(expected);
  if (!table) {
    return [
      {
        relation: null,
        title: `the query's header expects the index \`${expected}\`, and there is none of this name`,
        fix: "Create the index again, or name the one that took its place: `expect.usesIndex` in the query's header.",
        expected: `through \`${expected}\``,
        unit: "",
      },
    ];
  }
  const read = accesses.find(({ relation }) => relationName(relation) === relationName(table));
  const how = `${relationName(table)} is ${read ? describe(read.node) : "not read"}`;
  return [
    {
      relation: relationName(table),
      title: `the index \`${expected}\` is not used, though the query's header expects it: ${how}`,
      fix: "Look at what keeps the planner from it: a changed condition or type, other statistics or settings. If another index does as well, name that one in `expect.usesIndex`.",
      ...(read ? { node: read.node } : {}),
      expected: `through \`${expected}\``,
      unit: "",
    },
  ];
}

/** How a node reads its relation, behind "is". */
function describe(node: PlanNode): string {
  const indexes = indexesOf(node);
  if (indexes.length > 0) return `read through ${indexes.map((name) => `\`${name}\``).join(", ")}`;
  return node.operator === "Seq Scan" ? "read whole (Seq Scan)" : `read by ${node.operator}`;
}

/** A read that is stopped after a hundredth less than all rows is still one of all rows: statistics are rounded. */
const whole = 0.99;

function readWhole(
  table: string,
  plan: Plan,
  accesses: readonly Access[],
  names: KnownNames,
  rowsOf: PlanChange["rowsOf"],
): readonly Miss[] {
  if (!names.hasTable(table)) {
    return [
      {
        relation: null,
        title: `the query's header expects \`${table}\` never to be read whole, and there is no table of this name`,
        fix: "Name the table as it is called now: `expect.neverReadsWhole` in the query's header.",
        expected: "never read whole",
        unit: "",
      },
    ];
  }
  const fix = `Give the query an index that fits its condition on ${table}, or take the table out of \`expect.neverReadsWhole\`.`;
  const ofTable = accesses.filter(({ relation }) => isNamed(table, relation) || isNamed(table, rootOf(relation)));
  // A self-join reads a table several times: each time for itself.
  for (const read of gatherReads(ofTable)) {
    const all = rowsOf(named(table, read.accesses[0]?.relation ?? read.relation)) ?? 0;
    const rows = read.accesses.reduce((sum, access) => sum + rowsReadAtOnce(access, rowsOf), 0);
    if (rows === 0 || rows < all * whole) continue;
    const title = `${relationName(read.relation)} is read whole (${read.node.operator}), and the query's header expects that never to happen`;
    return [
      {
        relation: relationName(read.relation),
        title,
        fix,
        expected: "never read whole",
        node: read.node,
        unit: "rows",
      },
    ];
  }
  for (const hidden of hiddenWork(plan) ?? []) {
    if (!isNamed(table, hidden.relation) || hidden.readBySeqScans === 0) continue;
    if (hidden.readBySeqScans < (rowsOf(hidden.relation) ?? 0) * whole) continue;
    const title = `${relationName(hidden.relation)} is read whole by a trigger, a foreign key or a function, and the query's header expects that never to happen`;
    const indexed = `Give ${table} an index on the columns by which a foreign key, a trigger or a function looks its rows up, or take the table out of \`expect.neverReadsWhole\`.`;
    return [
      {
        relation: relationName(hidden.relation),
        title,
        fix: indexed,
        expected: "never read whole",
        value: hidden.readBySeqScans,
        unit: "rows read",
      },
    ];
  }
  return [];
}

/** Rows that one execution reads without looking any up; 0 for a look-up, and for what never ran. */
function rowsReadAtOnce({ node, relation }: Access, rowsOf: PlanChange["rowsOf"]): number {
  const isLookUp = accessKind(node) !== "sequential" && (accessKind(node) !== "index" || hasCondition(node));
  if (isLookUp) return 0;
  const { actual } = node;
  if (!actual) return rowsOf(relation) ?? Number.POSITIVE_INFINITY;
  return actual.loops === 0 ? 0 : (actual.rows + actual.rowsSlack + actual.rowsRemoved) / actual.loops;
}

function hasCondition(node: PlanNode): boolean {
  return node.operator === "Bitmap Heap Scan" || node.details.some(({ label }) => label === "Index Cond");
}

function exceeded(plan: Plan, reads: readonly Read[], expected: Expectations): readonly Miss[] {
  const { actual, totalCost } = plan.root;
  const rowsRead = reads.reduce((sum, { work }) => sum + (work?.rowsRead ?? 0), 0);
  const [most] = [...reads].sort((a, b) => b.partitions - a.partitions);
  return [
    limit("maxBlocks", "blocks", expected.maxBlocks, actual?.sharedBlocks, plan),
    limit("maxRowsRead", "rows read", expected.maxRowsRead, actual ? rowsRead : undefined, plan),
    limit("maxCost", "planner units", expected.maxCost, totalCost, plan),
    limit("maxPartitions", "partitions", expected.maxPartitions, most?.partitions ?? 0, plan, most?.relation),
  ].flat();
}

/** What a query does too much of, as a verb and what it does it to. */
const limitWords = {
  maxBlocks: ["reads", "blocks of 8 kB"],
  maxRowsRead: ["reads", "rows"],
  maxCost: ["has an estimated cost of", "planner units"],
  maxPartitions: ["reads", "partitions"],
} as const;

function limit(
  key: keyof typeof limitWords,
  unit: string,
  most: number | undefined,
  value: number | undefined,
  { notMeasured }: Plan,
  relation?: Relation,
): readonly Miss[] {
  // Plans are stored with three digits: what is measured to the point must not look like one too many.
  if (most === undefined || (value !== undefined && value <= Math.max(most, Number(most.toPrecision(3))))) return [];
  const [does, what] = limitWords[key];
  const blamed = { relation: relation ? relationName(relation) : null, unit, limit: most };
  if (value === undefined) {
    return [
      {
        ...blamed,
        title: `the query's header expects that it ${does} at most ${most.toLocaleString("en-US")} ${what}, and the query was not run: ${notMeasured ?? "no reason is known"}`,
        fix: `Let it run (\`explain\` in the settings file, values for its parameters in the header), or take \`${key}\` out of \`expect\` in its header.`,
      },
    ];
  }
  const of = relation ? ` of ${relationName(relation)}` : "";
  return [
    {
      ...blamed,
      value,
      title: `the query ${does} ${figure(value)} ${what}${of}, and its header expects at most ${most.toLocaleString("en-US")}`,
      fix: `See which line of the plan has most of it, and what changed there. If the query is meant to be so, raise \`expect.${key}\` in its header.`,
    },
  ];
}

function figure(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US");
}

/** `schema.name` or `name`. */
function splitName(text: string): readonly [schema: string | undefined, name: string] {
  const dot = text.indexOf(".");
  return dot < 0 ? [undefined, text] : [text.slice(0, dot), text.slice(dot + 1)];
}

function isNamed(text: string, relation: { readonly schema: string; readonly name: string }): boolean {
  return text === relation.name || text === `${relation.schema}.${relation.name}`;
}

function rootOf(relation: Relation) {
  return relation.partitionOf ?? relation;
}

/** The partition or the table above it, whichever the text names. */
function named(text: string, relation: Relation): Relation {
  return isNamed(text, relation) ? relation : rootOf(relation);
}
