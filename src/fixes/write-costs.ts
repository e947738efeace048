import type { Subject } from "../explain/ask.js";
import type { Planned } from "../explain/explain.js";
import type { Plan } from "../plan/plan.js";
import { walkPlan } from "../plan/walk.js";
import type { WriteCost } from "../verdict/verdict.js";
import { type TableName, tableKey } from "./candidate.js";
import type { Trial } from "./trial.js";

/** Each is executed on a copy of its own. */
const mostMeasured = 5;

interface Writes {
  readonly subjects: readonly Subject[];
  /** As they are without the index. */
  readonly planned: ReadonlyMap<Subject, Planned>;
  /** False: they are only named. */
  readonly mayExecute: boolean;
}

/** What an index that a trial made costs the registered queries that write its table, a line each; sorted by name. */
export async function writeCosts(
  table: TableName,
  trial: Trial,
  { subjects, planned, mayExecute }: Writes,
): Promise<readonly WriteCost[]> {
  const writers = subjects
    .filter((subject) => writesTo(planOf(planned, subject), table))
    .sort((a, b) => (a.query.name < b.query.name ? -1 : a.query.name > b.query.name ? 1 : 0));
  const executed = writers.filter((subject) => planOf(planned, subject)?.root.actual).slice(0, mostMeasured);
  const mended = mayExecute && executed.length > 0 ? await trial.plan(executed, true) : new Map<Subject, Planned>();
  const costs = new Map<string, WriteCost>();
  for (const subject of writers) {
    const [then, now] = [planOf(planned, subject)?.root.actual, planOf(mended, subject)?.root.actual];
    const { name } = subject.query;
    const cost = then && now ? { without: then.sharedBlocks, with: now.sharedBlocks } : undefined;
    const known = costs.get(name)?.blocks;
    // Of several cases the one that it costs most speaks.
    if (cost && (!known || cost.with - cost.without > known.with - known.without)) {
      costs.set(name, { query: name, blocks: cost });
    } else if (!costs.has(name)) costs.set(name, { query: name });
  }
  return [...costs.values()];
}

function planOf(plans: ReadonlyMap<Subject, Planned>, subject: Subject): Plan | undefined {
  const planned = plans.get(subject);
  return planned?.kind === "plan" ? planned.plan : undefined;
}

function writesTo(plan: Plan | undefined, table: TableName): boolean {
  if (!plan) return false;
  return walkPlan(plan.root).some(({ node: { operator, relation } }) => {
    const written = operator === "ModifyTable" ? (relation?.partitionOf ?? relation) : undefined;
    return written !== undefined && tableKey(written) === tableKey(table);
  });
}
