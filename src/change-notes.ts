import type { Policy } from "./base.js";
import type { FoundBaselines } from "./baselines/store.js";
import { noteUnfilledViews } from "./cause/unfilled-views.js";
import { noteUnwatched } from "./cause/unwatched.js";
import type { Looked } from "./look.js";
import type { Measurement, RunRequest } from "./measure.js";
import type { AppliedStatement } from "./migrations/layout.js";
import { sameNames } from "./plan/identity.js";
import { changedFiles } from "./proposals/side.js";

/** Statements of migrations that the base does not have: the others did nothing to its plans. */
export async function ownStatements(
  { base }: Policy,
  applied: readonly AppliedStatement[],
): Promise<readonly AppliedStatement[]> {
  if (!base) return applied;
  const changed = await changedFiles(
    base.sides,
    applied.map(({ file }) => file),
  );
  const own = new Set(changed.map(({ path }) => path));
  return applied.filter(({ file }) => own.has(file));
}

/** What is known of a change, beside its outcomes. */
interface Known {
  readonly measured: Measurement;
  readonly looked: Looked;
  readonly baselines: FoundBaselines;
  readonly own: readonly AppliedStatement[];
  readonly request: Pick<RunRequest, "selectsName">;
}

/** What a change does that no plan can show: to what no registered query uses, and to views that it leaves empty. */
export async function noteChange(policy: Policy, known: Known): Promise<readonly string[]> {
  if (!policy.base) return [];
  return [...(await noteWhatNobodyWatches(policy.base, known)), ...(await noteUnfilledViews(known.own))];
}

/** Only where every query takes part can it be said that none of them uses a thing. */
async function noteWhatNobodyWatches(
  { sides }: NonNullable<Policy["base"]>,
  { measured, looked, baselines, own, request }: Known,
): Promise<readonly string[]> {
  if (!sides.head.queries.queries.every(({ name }) => request.selectsName(name))) return [];
  const made = [measured, looked.base?.measurement].flatMap((one) => [...(one?.planned.values() ?? [])]);
  const plans = [
    ...made.flatMap((planned) => (planned.kind === "plan" ? [planned.plan] : [])),
    ...[...baselines.byQuery.values()].flatMap(({ plans: accepted }) => accepted.map(({ plan }) => plan)),
  ];
  const { identity = sameNames } = looked;
  return noteUnwatched({ plans, own, applied: measured.applied, identity });
}
