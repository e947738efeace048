import { isOfSame } from "./baselines/baseline.js";
import { readBaselines } from "./baselines/store.js";
import { PlanGateError, type Problem } from "./errors.js";
import { workTree } from "./files/tree.js";
import { measure, type RunRequest } from "./measure.js";
import type { Plan } from "./plan/plan.js";
import type { PlanKind, Query } from "./queries/query.js";

/** A query's plans now, each beside the accepted one. */
export interface Shown {
  readonly query: Query;
  readonly plans: readonly {
    readonly case: string | null;
    readonly kind: PlanKind;
    /** Each of them is accepted; empty where none is. */
    readonly accepted: readonly Plan[];
    readonly now?: Plan;
    /** PostgreSQL's words where it would not plan the query. */
    readonly failure?: string;
  }[];
  readonly problems: readonly Problem[];
}

/** Plans one query, in one case or all of its cases. */
export async function showQuery(request: RunRequest, onlyCase: string | undefined): Promise<Shown> {
  const { queries, subjects, planned, environment, queryProblems } = await measure(request);
  const [query] = queries;
  if (!query) {
    throw new PlanGateError("input-missing", "this query's file cannot be read", {
      hint: "`plan-gate list` says what is wrong with it.",
    });
  }
  const wanted = subjects.filter(
    (subject) => subject.query === query && (onlyCase === undefined || subject.case.name === onlyCase),
  );
  if (wanted.length === 0) {
    const names = query.cases.map(({ name }) => `\`${name}\``).join(", ");
    throw new PlanGateError("input-missing", `\`${query.name}\` has no case \`${onlyCase}\``, {
      hint: `Its cases are ${names}.`,
    });
  }
  const { root, settings } = request.loaded;
  const { byQuery, problems } = await readBaselines(workTree(root), settings.baselines, environment.major);
  const accepted = byQuery.get(query.name)?.plans ?? [];
  const failed: Problem[] = [];
  const plans = wanted.map((subject) => {
    const now = planned.get(subject);
    if (now?.kind === "unknown") failed.push(now.problem);
    const then = accepted.filter((one) => isOfSame(one, { case: subject.case.name, kind: subject.kind }));
    return {
      case: subject.case.name,
      kind: subject.kind,
      accepted: then.map(({ plan }) => plan),
      ...(now?.kind === "plan" ? { now: now.plan } : {}),
      ...(now?.kind === "failed" ? { failure: now.failure.message } : {}),
    };
  });
  return { query, plans, problems: [...queryProblems, ...problems, ...failed] };
}
