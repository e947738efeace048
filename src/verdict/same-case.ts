import { type AcceptedPlan, type Baseline, isOfSame } from "../baselines/baseline.js";
import type { Subject } from "../explain/ask.js";

/**
 * The name under which a subject's plans were accepted. It is the subject's own case, unless the query has one case
 * only, then and now, and the two have different names: a query that gains or loses its values is the same query.
 */
export function acceptedCase(subject: Subject, subjects: readonly Subject[], accepted: Baseline["plans"]) {
  const own = subject.case.name;
  const [then, ...otherThen] = casesOf(accepted, subject.kind);
  if (then === undefined || otherThen.length > 0) return own;
  return isOnlyCase(subject, subjects) ? then : own;
}

/** Whether a query is planned in this case alone. */
function isOnlyCase({ query, kind }: Subject, subjects: readonly Subject[]): boolean {
  return subjects.filter((one) => one.query.name === query.name && one.kind === kind).length === 1;
}

function casesOf(accepted: Baseline["plans"], kind: AcceptedPlan["kind"]): readonly (string | null)[] {
  return [...new Set(accepted.filter((one) => one.kind === kind).map((one) => one.case))];
}

/** The plans that were accepted for a subject. */
export function acceptedPlans(subject: Subject, subjects: readonly Subject[], { plans }: Baseline) {
  const name = acceptedCase(subject, subjects, plans);
  return plans.filter((one) => isOfSame(one, { case: name, kind: subject.kind }));
}

/** The subject among the base's that is this one. */
export function twinOf(
  subject: Subject,
  subjects: readonly Subject[],
  others: readonly Subject[],
): Subject | undefined {
  const same = others.filter((one) => one.query.name === subject.query.name && one.kind === subject.kind);
  const [only, ...more] = same;
  if (only && more.length === 0 && isOnlyCase(subject, subjects)) return only;
  return same.find((one) => one.case.name === subject.case.name);
}
