import type { Baseline } from "../baselines/baseline.js";
import type { Subject } from "../explain/ask.js";
import type { Planned } from "../explain/explain.js";
import type { BaseLook } from "./decide.js";
import { judgeSubject, type Matter } from "./judge.js";
import { twinOf } from "./same-case.js";
import type { Environment } from "./verdict.js";

/** The base's plans, made in this run. */
export interface BasePlans {
  readonly subjects: readonly Subject[];
  readonly planned: ReadonlyMap<Subject, Planned>;
  readonly environment: Environment;
}

/** Compares a subject of `matter` with the base's plan of the same query, case and kind. */
export function lookAtBase(matter: Matter, base: BasePlans): (subject: Subject) => BaseLook {
  const plans = {
    ...matter,
    baselines: baselinesOf(base),
    elsewhere: new Map(),
    strict: false,
    against: "base",
  } as const;
  return (subject) => {
    const twin = twinOf(subject, matter.subjects, base.subjects);
    if (!twin) return { kind: "absent" };
    const then = base.planned.get(twin);
    if (!then || then.kind === "unknown") return { kind: "unknown" };
    if (then.kind === "failed") return { kind: "failed", message: then.failure.message };
    return { kind: "compared", judgement: judgeSubject(plans, subject) };
  };
}

function baselinesOf({ subjects, planned, environment }: BasePlans): ReadonlyMap<string, Baseline> {
  const byQuery = new Map<string, Baseline>();
  for (const subject of subjects) {
    const result = planned.get(subject);
    if (result?.kind !== "plan") continue;
    const query = subject.query.name;
    const plans = byQuery.get(query)?.plans ?? [];
    const one = { case: subject.case.name, kind: subject.kind, plan: result.plan };
    byQuery.set(query, { query, environment, plans: [...plans, one] });
  }
  return byQuery;
}
