import { type Identity, relationNow } from "./identity.js";
import type { PlanNode, Relation } from "./plan.js";

/** What is read, and by which node. */
interface Occurrence {
  readonly relation: Relation;
  readonly alias: string;
  readonly node: PlanNode;
}

/** The same thing in two plans. */
interface Pair<T> {
  readonly before: T;
  readonly after: T;
}

type KeyOf<T> = (occurrence: T) => string | undefined;

/**
 * Pairs what two plans read, by relation and alias; a renamed relation by what `identity` knows of it, else by its
 * alias, then by being the only one left.
 */
export function pairOccurrences<T extends Occurrence>(
  before: readonly T[],
  after: readonly T[],
  identity: Identity,
): readonly Pair<T>[] {
  const [left, right] = [[...before], [...after]];
  const now = new Map(before.map((one) => [one, relationNow(one.relation, identity)]));
  const relationOf = (one: T) => now.get(one) ?? one.relation;
  const aliasOf = (one: T) => aliasNow(one, relationOf(one));
  const [numbersBefore, numbersAfter] = [numberedAliases(before, relationOf), numberedAliases(after, relationOf)];
  const unnumbered = (one: T) => numbersBefore.get(one) ?? numbersAfter.get(one);
  const pass = (keyOf: KeyOf<T>) => takePairs(left, right, keyOf);
  const pairs = [
    ...pass((one) => unnumbered(one) && JSON.stringify([nameOf(relationOf(one)), unnumbered(one), signatureOf(one)])),
    ...pass((one) => JSON.stringify([nameOf(relationOf(one)), aliasOf(one)])),
    ...pass((one) => unnumbered(one) && JSON.stringify([nameOf(relationOf(one)), unnumbered(one)])),
    ...pass((one) => JSON.stringify([parentSchema(relationOf(one)), relationOf(one).name, aliasOf(one)])),
    ...pass(({ alias, relation }) => (alias === relation.name ? undefined : alias)),
  ];
  const parents = [left, right].map((side) => new Set(side.map((one) => parentName(relationOf(one)))));
  return parents.every(({ size }) => size === 1) ? [...pairs, ...pass(() => "renamed")] : pairs;
}

/** A relation without an alias goes by its name, and by its new one once it is renamed. */
function aliasNow({ relation, alias }: Occurrence, now: Relation): string {
  const [old, renamed] = [relation.partitionOf ?? relation, now.partitionOf ?? now];
  return alias === old.name ? renamed.name : alias;
}

function nameOf({ schema, name }: Relation): string {
  return JSON.stringify([schema, name]);
}

function parentSchema({ schema, partitionOf }: Relation): string {
  return partitionOf?.schema ?? schema;
}

function parentName(relation: Relation): string {
  return nameOf(relation.partitionOf ?? relation);
}

/**
 * Aliases that PostgreSQL numbered because the query uses one of them several times (`o`, `o_1`), without the number.
 * Numbers follow the order of the query's text: another order of joins would swap them.
 */
function numberedAliases<T extends Occurrence>(
  plan: readonly T[],
  relationOf: (one: T) => Relation,
): ReadonlyMap<T, string> {
  const groups = Map.groupBy(plan, (one) => nameOf(relationOf(one)));
  return new Map(
    [...groups.values()].flatMap((group) => {
      const aliases = new Set(group.map(({ alias }) => alias));
      const bare = (alias: string) => alias.replace(/_\d+$/, "");
      const numbered = group.filter(({ alias }) => bare(alias) !== alias && aliases.has(bare(alias)));
      const bases = new Set(numbered.map(({ alias }) => bare(alias)));
      return group.flatMap((one): [T, string][] => {
        if (bases.has(one.alias)) return [[one, one.alias]];
        return numbered.includes(one) ? [[one, bare(one.alias)]] : [];
      });
    }),
  );
}

/** How a node reads, in words that do not depend on its alias. */
function signatureOf({ node: { operator, index, details }, alias }: Occurrence): string {
  return JSON.stringify([
    operator,
    index,
    details.map(({ label, text }) => [label, text.replaceAll(`${alias}.`, ".")]),
  ]);
}

/** Moves what has the same key on both sides, in plan order, out of `left` and `right` into pairs. */
function takePairs<T>(left: T[], right: T[], keyOf: KeyOf<T>): Pair<T>[] {
  const pairs: Pair<T>[] = [];
  for (const before of [...left]) {
    const key = keyOf(before);
    const index = key === undefined ? -1 : right.findIndex((after) => keyOf(after) === key);
    const [after] = index < 0 ? [] : right.splice(index, 1);
    if (!after) continue;
    left.splice(left.indexOf(before), 1);
    pairs.push({ before, after });
  }
  return pairs;
}
