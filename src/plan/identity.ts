import type { Relation } from "./plan.js";
import type { ReadPair } from "./reads.js";
import { indexesOf } from "./walk.js";

/** What a change renamed: under which name each thing of the plan before is known in the plan after. */
export interface Identity {
  /** `schema.name` before → `schema.name` after. What is absent has kept its name. */
  readonly relations: ReadonlyMap<string, string>;
  /** Name of an index before → name of the index that took its place: the same one, or one of the same definition. */
  readonly indexes: ReadonlyMap<string, string>;
}

/** Nothing was renamed, or nothing is known of it. */
export const sameNames: Identity = { relations: new Map(), indexes: new Map() };

/** A relation of the plan before, under its name of after. */
export function relationNow(relation: Relation, { relations }: Identity): Relation {
  if (relations.size === 0) return relation;
  const { partitionOf } = relation;
  return { ...renamed(relation, relations), ...(partitionOf ? { partitionOf: renamed(partitionOf, relations) } : {}) };
}

function renamed({ schema, name }: Pick<Relation, "schema" | "name">, relations: ReadonlyMap<string, string>) {
  const now = relations.get(`${schema}.${name}`);
  if (now === undefined) return { schema, name };
  // A schema with a dot in its name keeps it: the new name is cut behind as long a schema as before, if it is the same.
  const at = now.startsWith(`${schema}.`) ? schema.length : now.indexOf(".");
  return { schema: now.slice(0, at), name: now.slice(at + 1) };
}

/**
 * Indexes through which the old plan reads a relation and the new one does not, whatever they are called now. Of a
 * partitioned table only partitions that both plans read are compared: each has indexes of its own.
 */
export function lostIndexes({ before, after }: ReadPair, identity: Identity): readonly string[] {
  const kept = new Set(after.indexes);
  const nameOf = ({ schema, name }: Relation) => JSON.stringify([schema, name]);
  const readNow = new Set(after.accesses.map(({ relation }) => nameOf(relation)));
  const compared = before.accesses.filter(
    ({ relation }) => !relation.partitionOf || readNow.has(nameOf(relationNow(relation, identity))),
  );
  const lost = compared
    .flatMap(({ node }) => indexesOf(node))
    .filter((index) => !kept.has(identity.indexes.get(index) ?? index));
  return [...new Set(lost)].sort();
}
