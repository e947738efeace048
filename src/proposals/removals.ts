import { baselinePath } from "../baselines/baseline.js";
import type { Proposal } from "../evaluation/evaluation.js";
import type { Case, Query } from "../queries/query.js";
import { type Sides, same, versionsOf } from "./side.js";

const next = "Bring it back, or have it approved: what is removed is no longer watched.";

/**
 * Queries, cases and kinds of plans that the base watches and the tested tree does not. Nothing is said while a query
 * file cannot be read: its queries would look removed.
 */
export async function proposedRemovals(sides: Sides, major: number | null): Promise<readonly Proposal[]> {
  const { base, head, selectsName } = sides;
  if (head.queries.problems.length > 0) return [];
  const now = new Map(head.queries.queries.map((query) => [query.name, query]));
  const added = head.queries.queries.filter(({ name }) => !base.queries.queries.some((one) => one.name === name));
  const watched = base.queries.queries.filter(({ name }) => selectsName(name));
  const removed = await Promise.all(
    watched
      .filter(({ name }) => !now.has(name))
      .map((query) => {
        const twin = added.find(({ sql }) => sql === query.sql);
        return proposal(sides, query, queryWords(twin), [
          ...filesOf(sides, query, major),
          ...(twin ? [twin.file] : []),
        ]);
      }),
  );
  const narrowed = await Promise.all(
    watched.flatMap((query) => {
      const kept = now.get(query.name);
      if (!kept) return [];
      return narrowings(query, kept).map(async ({ what, counts }): Promise<Proposal> => {
        const narrowed = await proposal(sides, query, what, [kept.file]);
        return counts === "freely" ? { ...narrowed, counts, next: "" } : narrowed;
      });
    }),
  );
  return [...removed, ...narrowed];
}

function queryWords(twin: Query | undefined): string {
  return twin ? `renames the query to \`${twin.name}\`, which has the same text` : "removes the query";
}

/** Its file, and the baseline that goes with it. */
function filesOf({ base }: Sides, { file, name }: Query, major: number | null): readonly string[] {
  return major === null ? [file] : [file, baselinePath(base.settings.baselines, major, name)];
}

interface Narrowing {
  readonly what: string;
  readonly counts: "freely" | "once approved";
}

/** How a query is watched less than it was. */
function narrowings(before: Query, after: Query): readonly Narrowing[] {
  const kinds = before.plans.filter((kind) => !after.plans.includes(kind));
  return [
    ...before.cases.flatMap((one) => narrowedCase(one, after)),
    ...kinds.map((kind): Narrowing => ({ what: `no longer asks for the ${kind} plan`, counts: "once approved" })),
  ];
}

function narrowedCase(before: Case, { cases }: Query): readonly Narrowing[] {
  const after = cases.find(({ name }) => name === before.name);
  if (!after && before.name === null) {
    // A query that has got parameters cannot be planned without them.
    return [{ what: "gives the query parameters: its plan without them is no longer watched", counts: "freely" }];
  }
  if (!after) return [{ what: `removes the case \`${before.name}\``, counts: "once approved" }];
  // With another number of parameters the old values no longer fit, and the change of the text is judged by its plan.
  if (after.values.length !== before.values.length || same(after.values, before.values)) return [];
  return [{ what: `changes the values of the case \`${before.name ?? ""}\``, counts: "once approved" }];
}

async function proposal(sides: Sides, query: Query, what: string, files: readonly string[]): Promise<Proposal> {
  const versions = await versionsOf(sides, files);
  return { kind: "removal", query: query.name, files: versions, counts: "once approved", what, next };
}
