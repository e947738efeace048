import { type Candidate, identifier, tableKey } from "./candidate.js";
import type { Definitions, FunctionFacts, PolicyFacts, ViewFacts } from "./definition-facts.js";
import type { SchemaFacts } from "./schema-facts.js";

/** What a candidate brings back, by the name under which statements and queries speak of it. */
export interface Restored {
  readonly candidate: Candidate;
  readonly name: string;
  /** `schema.name` of the relation that it belongs to; absent where it belongs to none. */
  readonly relation?: string;
}

/**
 * Views, functions and conditions of policies that the change gave another definition, as they were before. What the
 * change made or took away altogether is left alone: nothing may stand in its place, and row security is not ours to lift.
 */
export function proposeDefinitions(before: SchemaFacts, now: SchemaFacts): readonly Restored[] {
  const [then, there] = [before.definitions, now.definitions];
  return [
    ...then.views.flatMap((view) => lostView(view, there.views.find(isSameTable(view)), before)),
    ...then.functions.flatMap((one) => lostFunction(one, there.functions.find(isSameFunction(one)))),
    ...then.policies.flatMap((policy) => lostPolicy(policy, then, there, now)),
  ];
}

const isSameTable = (one: ViewFacts) => (other: ViewFacts) => tableKey(one) === tableKey(other);
const isSameFunction = (one: FunctionFacts) => (other: FunctionFacts) => one.signature === other.signature;

function lostView(view: ViewFacts, now: ViewFacts | undefined, before: SchemaFacts): readonly Restored[] {
  if (!now || (viewText(view) === viewText(now) && view.materialized === now.materialized)) return [];
  const kind = view.materialized ? "materialized view" : "view";
  // OR REPLACE takes no column away, and makes no view of what keeps rows.
  const fits = !view.materialized && !now.materialized && now.columns.every((one, at) => view.columns[at] === one);
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
  const owner = `ALTER ${kind.toUpperCase()} ${view.sqlName} OWNER TO ${now.owner}`;
  return [
    {
      name: view.name,
      candidate: {
        kind: "definition",
        title: `puts the ${kind} \`${view.name}\` back as it was`,
        sql: made.map((one) => `${one};`).join("\n"),
        // Its owner's rights decide what it may read.
        statements: fits ? made : [...made, owner],
        ...(view.materialized ? { analyze: { schema: view.schema, name: view.name } } : {}),
        restores: true,
      },
    },
  ];
}

/** What follows the kind of view in its statement. */
function viewText({ sqlName, options, query }: ViewFacts): string {
  const settings = options.length > 0 ? ` WITH (${options.join(", ")})` : "";
  return `${sqlName}${settings} AS\n${query.trim().replace(/;$/, "")}`;
}

function lostFunction(one: FunctionFacts, now: FunctionFacts | undefined): readonly Restored[] {
  if (!now || one.definition === now.definition) return [];
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

function lostPolicy(
  policy: PolicyFacts,
  then: Definitions,
  there: Definitions,
  { table }: SchemaFacts,
): readonly Restored[] {
  const now = successor(policy, then, there);
  const target = table(policy.table);
  if (!now || !target || now.scope !== policy.scope) return [];
  if (now.using === policy.using && now.check === policy.check) return [];
  // ALTER POLICY changes a condition and takes none away.
  if ((policy.using === null) !== (now.using === null) || (policy.check === null) !== (now.check === null)) return [];
  const using = policy.using === null ? "" : ` USING (${policy.using})`;
  const check = policy.check === null ? "" : ` WITH CHECK (${policy.check})`;
  const alter = `ALTER POLICY ${now.sqlName} ON ${target.sqlName}${using}${check}`;
  return [
    {
      name: now.name,
      relation: `${policy.table.schema}.${policy.table.name}`,
      candidate: {
        kind: "definition",
        title: `puts the condition of the policy \`${now.name}\` on ${policy.table.name} back as it was`,
        sql: `${alter};`,
        statements: [alter],
        restores: true,
      },
    },
  ];
}

/** The policy of its name; else the one that it was renamed to, where only one can be meant. */
function successor(policy: PolicyFacts, then: Definitions, there: Definitions): PolicyFacts | undefined {
  const onTable = ({ policies }: Definitions) =>
    policies.filter(({ table, scope }) => tableKey(table) === tableKey(policy.table) && scope === policy.scope);
  const [before, now] = [onTable(then), onTable(there)];
  const same = now.find(({ name }) => name === policy.name);
  if (same) return same;
  const gone = before.filter(({ name }) => !now.some((one) => one.name === name));
  const come = now.filter(({ name }) => !before.some((one) => one.name === name));
  return gone.length === 1 && come.length === 1 ? come[0] : undefined;
}
