import type { Baseline } from "./baselines/baseline.js";
import { readBaselines, type WrittenBaseline, writeBaselines } from "./baselines/store.js";
import type { Problem } from "./errors.js";
import type { Subject } from "./explain/ask.js";
import { workTree } from "./files/tree.js";
import { type Measurement, measure, type RunRequest } from "./measure.js";

/** What `accept` did. */
export interface Accepted {
  readonly written: readonly WrittenBaseline[];
  /** Queries whose baseline was left as it is, and why. */
  readonly left: readonly { readonly query: string; readonly problem: Problem }[];
  /** Baseline files whose query is gone: named, never deleted. */
  readonly orphans: readonly string[];
  /** Query files that could not be read. */
  readonly problems: readonly Problem[];
}

/** Writes today's plans as the accepted ones. A query of which one case cannot be planned is left alone. */
export async function acceptPlans(request: RunRequest): Promise<Accepted> {
  const measured = await measure(request);
  const { root, settings } = request.loaded;
  const baselines: Baseline[] = [];
  const left: Accepted["left"][number][] = [];
  for (const { name } of measured.queries) {
    const made = baselineOf(measured, name);
    if ("problem" in made) left.push({ query: name, problem: made.problem });
    else baselines.push(made);
  }
  const written = await writeBaselines(root, settings.baselines, baselines);
  const { byQuery } = await readBaselines(workTree(root), settings.baselines, measured.environment.major);
  const known = new Set(measured.queries.map(({ name }) => name));
  const orphans =
    measured.queryProblems.length > 0
      ? []
      : [...byQuery.keys()].filter((name) => request.selectsName(name) && !known.has(name));
  return { written, left, orphans: orphans.sort(), problems: measured.queryProblems };
}

/** Today's plans of a query as a baseline; a problem where one of them could not be had. */
export function baselineOf(
  { subjects, planned, environment }: Measurement,
  query: string,
): Baseline | { problem: Problem } {
  const plans: Baseline["plans"][number][] = [];
  for (const subject of subjects.filter((one) => one.query.name === query)) {
    const result = planned.get(subject);
    if (result?.kind === "plan") plans.push({ case: subject.case.name, kind: subject.kind, plan: result.plan });
    else if (result?.kind === "unknown") return { problem: result.problem };
    else if (result) return { problem: refused(subject, result.failure.message, result.failure.hint) };
  }
  return { query, environment, plans };
}

function refused({ query }: Subject, message: string, hint: string | undefined): Problem {
  return {
    code: "query-invalid",
    message: `PostgreSQL refuses to plan it: ${message}`,
    hint: hint ?? "Mend the query, or the migration that should have made what it names.",
    place: { file: query.file, line: query.line },
  };
}
