import { readEstimates } from "../plan/estimates.js";
import type { Plan, PlanNode } from "../plan/plan.js";
import { type Candidate, identifier } from "./candidate.js";
import { conjuncts, readOccurrences } from "./conditions.js";
import { freeName, nameFor } from "./index-text.js";
import type { Occurrence, Term } from "./occurrence.js";
import type { SchemaFacts, TableFacts } from "./schema-facts.js";
import { columnsOf, parseCondition } from "./sql-tree.js";

/** A row count that is off by less than this is no reason for statistics. */
const minTimesOff = 5;
/** Ten times the server's default: enough for skew that the default does not see. */
const raisedTarget = 1_000;

/**
 * Statistics for the conditions whose row counts the planner gets wrong: of several columns together, of expressions,
 * of groups, or more of them for one column. Worst estimate first.
 */
export async function proposeStatistics(now: SchemaFacts, after: Plan): Promise<readonly Candidate[]> {
  const wrong = readEstimates(after)
    .filter(({ timesOff }) => timesOff >= minTimesOff)
    .sort((a, b) => b.timesOff - a.timesOff);
  const candidates: Candidate[] = [];
  const occurrences = await readOccurrences(after);
  for (const { node } of wrong) {
    for (const occurrence of occurrences) {
      const table = now.table(occurrence.relation);
      const terms = table ? await termsAt(node, occurrence) : [];
      if (table && terms.length > 0) candidates.push(...statisticsOn(table, terms, occurrence));
    }
  }
  return [...new Map(candidates.map((candidate) => [candidate.sql, candidate])).values()];
}

/** What of an occurrence the conditions and groups of one node compare. */
async function termsAt(node: PlanNode, occurrence: Occurrence): Promise<readonly Term[]> {
  const used = new Set<string>();
  for (const { label, text } of node.details) {
    if (!/Cond$|Filter$/.test(label)) continue;
    for (const part of conjuncts(await parseCondition(text))) {
      for (const { alias, column } of columnsOf(part) ?? []) if (alias === occurrence.alias) used.add(column);
    }
  }
  const groups = node.operator === "Aggregate" ? occurrence.grouped : [];
  const { equal, ranges, joined, prefixes, fixed } = occurrence;
  const compared = [...equal, ...ranges, ...prefixes, ...fixed.map(({ term }) => term), ...joined].filter(
    ({ columns }) => columns.some((column) => used.has(column)),
  );
  return [...new Map([...compared, ...groups].map((term) => [term.text, term])).values()];
}

function statisticsOn(table: TableFacts, terms: readonly Term[], { joined }: Occurrence): readonly Candidate[] {
  const known = (term: Term) => term.columns.every((name) => table.columns.some((column) => column.name === name));
  const usable = terms.filter(known);
  const plain = usable.filter((term) => term.column !== undefined && !joined.some(({ text }) => text === term.text));
  const expressions = usable.filter(({ column }) => column === undefined);
  return [
    ...(plain.length > 1 ? [together(table, plain.slice(0, 8))] : []),
    ...(expressions.length > 0
      ? [together(table, [...expressions, ...(expressions.length > 1 ? [] : plain)].slice(0, 8))]
      : []),
    ...(expressions.length > 0 && plain.length > 0 ? [together(table, expressions.slice(0, 1))] : []),
    ...usable.flatMap((term) => (term.column === undefined ? [] : raised(table, term.column))),
  ];
}

/** A statistics object: of several columns all kinds, of one expression those that ANALYZE gathers for a column. */
function together(table: TableFacts, terms: readonly Term[]): Candidate {
  const list = terms.map(({ column, text }) => (column === undefined ? `(${text})` : identifier(column)));
  const taken = new Set(table.statistics.map(({ name }) => name));
  const name = freeName(nameFor(table, [...new Set(terms.flatMap(({ columns }) => columns))], "stats"), taken);
  const kinds = terms.length > 1 ? " (ndistinct, dependencies, mcv)" : "";
  const make = `CREATE STATISTICS ${identifier(table.schema)}.${identifier(name)}${kinds} ON ${list.join(", ")} FROM ${table.sqlName}`;
  return {
    kind: "statistics",
    title:
      terms.length > 1
        ? `lets the planner know how ${list.join(" and ")} of ${table.name} go together`
        : `lets the planner know the values of ${list[0]} in ${table.name}`,
    sql: `${make}; ANALYZE ${table.sqlName};`,
    statements: [make],
    analyze: { schema: table.schema, name: table.name },
  };
}

function raised(table: TableFacts, name: string): readonly Candidate[] {
  const column = table.columns.find((one) => one.name === name);
  if (!column || column.statisticsTarget >= raisedTarget) return [];
  const isLow = column.statisticsTarget >= 0 && column.statisticsTarget < 100;
  return (isLow ? [-1, raisedTarget] : [raisedTarget]).map((target) => {
    const alter = `ALTER TABLE ${table.sqlName} ALTER COLUMN ${column.sqlName} SET STATISTICS ${target}`;
    return {
      kind: "target",
      title:
        target < 0
          ? `gives ${table.name}.${name} the default statistics target again`
          : `keeps more statistics of ${table.name}.${name}`,
      sql: `${alter}; ANALYZE ${table.sqlName};`,
      statements: [alter],
      analyze: { schema: table.schema, name: table.name },
    };
  });
}
