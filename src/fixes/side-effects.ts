import type { Subject } from "../explain/ask.js";
import type { Planned } from "../explain/explain.js";

/** Costs that differ by less are the same to a reader. */
const minChange = 0.1;

/** Other queries whose cost a fix changes, by name. */
export interface SideEffects {
  readonly helps: readonly string[];
  readonly hurts: readonly string[];
}

/** Compares every other query's cost without and with a fix. A query that it helps in one case and hurts in another is in both. */
export function sideEffects(
  own: string,
  without: ReadonlyMap<Subject, Planned>,
  mended: ReadonlyMap<Subject, Planned>,
): SideEffects {
  const [helps, hurts] = [new Set<string>(), new Set<string>()];
  for (const [subject, now] of mended) {
    const then = without.get(subject);
    const { name } = subject.query;
    if (name === own || then?.kind !== "plan" || now.kind !== "plan") continue;
    const [before, after] = [then.plan.root.totalCost, now.plan.root.totalCost];
    if (after < before * (1 - minChange)) helps.add(name);
    if (after > before * (1 + minChange)) hurts.add(name);
  }
  return { helps: [...helps].sort(), hurts: [...hurts].sort() };
}
