import type { PlanChange } from "../plan/change.js";
import { hiddenWork } from "../plan/effects.js";

/** What is to be said about what triggers, foreign keys and functions did, where it could not be compared. */
export function effectNotes({ before, after, bothMeasured }: PlanChange, when: string): readonly string[] {
  const notes: string[] = [];
  if (bothMeasured && !hiddenWork(before) && hiddenWork(after)) {
    notes.push(
      `what triggers and foreign keys do was not counted ${when}: run \`plan-gate accept\`, and it is compared from then on`,
    );
  }
  if (after.deferredFailed !== undefined) {
    notes.push(
      `deferred constraints fail on the query alone (${after.deferredFailed}), so what they read is not counted`,
    );
  }
  return notes;
}
