import type { Plan } from "../plan/plan.js";
import { relationName, walkPlan } from "../plan/walk.js";
import { type Candidate, identifier } from "./candidate.js";
import { hasIndexLike, indexCandidate } from "./index-text.js";
import type { SchemaFacts, TableFacts } from "./schema-facts.js";

/**
 * What the schema had before the change and does not have now, on the tables that the plans read or findings
 * blame: indexes (those that the plan before used come first), statistics objects, statistics targets of columns.
 */
export function proposeRestored(
  before: SchemaFacts,
  now: SchemaFacts,
  plans: { readonly before?: Plan; readonly after: Plan },
  blamed: ReadonlySet<string>,
): readonly Candidate[] {
  const used = new Set(plans.before ? walkPlan(plans.before.root).flatMap(({ node }) => node.index ?? []) : []);
  const reads = new Set(
    [plans.before, plans.after].flatMap((plan) =>
      plan ? walkPlan(plan.root).flatMap(({ node }) => (node.relation ? relationName(node.relation) : [])) : [],
    ),
  );
  const isMeant = (name: string) => reads.has(name) || blamed.has(name);
  const tables = now.tables.filter(({ schema, name }) => isMeant(`${schema}.${name}`));
  const indexes = tables.flatMap((table) => lostIndexes(before.table(table), table, { used, blamed }));
  return [
    ...indexes.filter(({ wasUsed }) => wasUsed).map(({ candidate }) => candidate),
    ...tables.flatMap((table) => lostStatistics(before.table(table), table)),
    ...indexes.filter(({ wasUsed }) => !wasUsed).map(({ candidate }) => candidate),
  ];
}

interface LostIndex {
  readonly candidate: Candidate;
  readonly wasUsed: boolean;
}

interface Wanted {
  readonly used: ReadonlySet<string>;
  readonly blamed: ReadonlySet<string>;
}

function lostIndexes(before: TableFacts | undefined, now: TableFacts, { used, blamed }: Wanted): readonly LostIndex[] {
  return (before?.indexes ?? [])
    .filter((index) => !hasIndexLike(now, index))
    .map((index) => {
      const changed = now.indexes.some(({ name }) => name === index.name);
      const title = changed
        ? `brings back what the index \`${index.name}\` was before it was changed`
        : `restores the dropped index \`${index.name}\``;
      return {
        candidate: {
          ...indexCandidate({ table: now, body: index.body, title, unique: index.unique, name: index.name }),
          restores: true,
        },
        // A partition's index has a name of its own, so any on a partitioned table may have been.
        wasUsed: used.has(index.name) || now.partitioned || blamed.has(`${now.schema}.${now.name}`),
      };
    });
}

function lostStatistics(before: TableFacts | undefined, now: TableFacts): readonly Candidate[] {
  const analyze = { schema: now.schema, name: now.name };
  const objects = (before?.statistics ?? [])
    .filter(({ schema, name }) => !now.statistics.some((one) => one.name === name && one.schema === schema))
    .map(
      ({ name, definition }): Candidate => ({
        kind: "statistics",
        title: `restores the dropped statistics \`${name}\``,
        sql: `${definition}; ANALYZE ${now.sqlName};`,
        statements: [definition],
        analyze,
        restores: true,
      }),
    );
  const targets = (before?.columns ?? []).flatMap(({ name, statisticsTarget }): readonly Candidate[] => {
    const column = now.columns.find((one) => one.name === name);
    if (!column || !isLower(column.statisticsTarget, statisticsTarget)) return [];
    const alter = `ALTER TABLE ${now.sqlName} ALTER COLUMN ${column.sqlName} SET STATISTICS ${statisticsTarget}`;
    return [
      {
        kind: "target",
        title: `restores the statistics target of ${now.name}.${identifier(name)}`,
        sql: `${alter}; ANALYZE ${now.sqlName};`,
        statements: [alter],
        analyze,
        restores: true,
      },
    ];
  });
  return [...objects, ...targets];
}

/** −1 is the server's default, 100 unless somebody set it. */
function isLower(now: number, before: number): boolean {
  return (now < 0 ? 100 : now) < (before < 0 ? 100 : before);
}
