import { type Candidate, identifier, tableKey } from "./candidate.js";
import type { FunctionFacts, ViewFacts } from "./definition-facts.js";
import type { SchemaFacts } from "./schema-facts.js";

/** What a candidate brings back, by the name under which statements and queries speak of it. */
export interface Restored {
  readonly candidate: Candidate;
  readonly name: string;
  /** `schema.name` of the relation that it belongs to; absent where it belongs to none. */
  readonly relation?: string;
}

/**
 * Views and functions that the change gave another definition, as they were before. What the change made or took away
 * altogether is left alone: nothing may stand in its place. So is what guards rows: policies, security barriers, and the
 * rights and settings under which a function runs are not ours to lift.
 */
export function proposeDefinitions(before: SchemaFacts, now: SchemaFacts): readonly Restored[] {
  const [then, there] = [before.definitions, now.definitions];
  return [
    ...then.views.flatMap((view) => lostView(view, there.views.find(isSameTable(view)), before)),
    ...then.functions.flatMap((one) => lostFunction(one, there.functions.find(isSameFunction(one)))),
  ];
}

const isSameTable = (one: ViewFacts) => (other: ViewFacts) => tableKey(one) === tableKey(other);
const isSameFunction = (one: FunctionFacts) => (other: FunctionFacts) => one.signature === other.signature;

function lostView(view: ViewFacts, now: ViewFacts | undefined, before: SchemaFacts): readonly Restored[] {
  if (!now || (viewText(view) === viewText(now) && view.materialized === now.materialized)) return [];
  if (barriersOf(view) !== barriersOf(now)) return [];
  const kind = view.materialized ? "materialized view" : "view";
  // OR REPLACE takes no column away, and makes no view of what keeps rows.
  const fits = !view.materialized && !now.materialized && now.columns.every((one, at) => view.columns[at] === one);
  // A view that is dropped takes with it what no definition tells.
  if (!fits && now.hasMore) return [];
  const make = (replace: string) => `CREATE ${replace}${kind.toUpperCase()} ${viewText(view)}`;
  const indexes = (view.materialized ? before.table(view)?.indexes : undefined) ?? [];
  const made = fits
    ? [make("OR REPLACE ")]
    : [
        `DROP ${now.materialized ? "MATERIALIZED " : ""}VIEW ${now.sqlName}`,
        make(""),
        ...indexes.map(
          ({ name, unique, body }) =>
            `CREATE ${unique ? "UNIQUE " : ""}INDEX ${identifier(name)} ON ${view.sqlName} ${body}`,
        ),
        ...now.grants,
      ];
  // Its owner's rights decide what it may read.
  const owner = `ALTER ${kind.toUpperCase()} ${view.sqlName} OWNER TO ${now.owner}`;
  const isOurs = /^plan_gate/.test(now.owner);
  return [
    {
      name: view.name,
      candidate: {
        kind: "definition",
        title: `puts the ${kind} \`${view.name}\` back as it was`,
        sql: [...made, ...(fits || isOurs ? [] : [owner])].map((one) => `${one};`).join("\n"),
        statements: fits ? made : [...made, owner],
        ...(view.materialized ? { analyze: { schema: view.schema, name: view.name } } : {}),
        restores: true,
      },
    },
  ];
}

/** What keeps conditions from outside, or the reader's rights, away from its rows. */
function barriersOf({ options }: ViewFacts): string {
  return options.filter((option) => option.startsWith("security_")).join();
}

/** What follows the kind of view in its statement. */
function viewText({ sqlName, options, query }: ViewFacts): string {
  const settings = options.length > 0 ? ` WITH (${options.join(", ")})` : "";
  return `${sqlName}${settings} AS\n${query.trim().replace(/;$/, "")}`;
}

function lostFunction(one: FunctionFacts, now: FunctionFacts | undefined): readonly Restored[] {
  if (!now || one.definition === now.definition || one.guard !== now.guard) return [];
  const definition = one.definition.trim();
  return [
    {
      name: one.name,
      candidate: {
        kind: "definition",
        title: `puts the function \`${one.signature}\` back as it was`,
        sql: `${definition};`,
        statements: [definition],
        restores: true,
      },
    },
  ];
}
