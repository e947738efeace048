import { type Baseline, isOfSame } from "./baselines/baseline.js";
import { addBeside } from "./baselines/beside.js";
import { type FoundBaselines, readBaselines, type WrittenBaseline, writeBaselines } from "./baselines/store.js";
import { PlanGateError, type Problem, problemOf } from "./errors.js";
import type { Subject } from "./explain/ask.js";
import { workTree } from "./files/tree.js";
import { type Measurement, measure, type RunRequest } from "./measure.js";

/** What `accept` did. */
export interface Accepted {
  readonly written: readonly WrittenBaseline[];
  /** Queries whose baseline was left as it is, and why. */
  readonly left: readonly { readonly query: string; readonly problem: Problem }[];
  /** Queries for which several plans were accepted, of which only today's is left: how many are gone. */
  readonly replaced: readonly { readonly query: string; readonly plans: number }[];
  /** Baseline files whose query is gone: named, never deleted. */
  readonly orphans: readonly string[];
  /** Query files that could not be read. */
  readonly problems: readonly Problem[];
}

/** A run of `accept`. */
export interface AcceptRequest extends RunRequest {
  /** Whether today's plans go beside those that are accepted already, instead of replacing them. */
  readonly beside: boolean;
}

/** Writes today's plans as accepted ones. A query of which one case cannot be planned is left alone. */
export async function acceptPlans(request: AcceptRequest): Promise<Accepted> {
  if (request.beside && request.wanted.length === 0) {
    throw new PlanGateError("input-missing", "`accept --also` needs the names of queries", {
      hint: "Name those whose other plans stay accepted: `plan-gate accept --also QUERY`.",
    });
  }
  const measured = await measure(request);
  const { root, settings } = request.loaded;
  const before = await readBaselines(workTree(root), settings.baselines, measured.environment.major);
  const baselines: Baseline[] = [];
  const left: Accepted["left"][number][] = [];
  for (const { name } of measured.queries) {
    const today = baselineOf(measured, name);
    const made = request.beside && !("problem" in today) ? besideAccepted(today, before) : today;
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
  const replaced = baselines.flatMap((made) => lostBy(made, before.byQuery.get(made.query)));
  return { written, left, replaced, orphans: orphans.sort(), problems: measured.queryProblems };
}

function besideAccepted(today: Baseline, { byQuery, problems }: FoundBaselines): Baseline | { problem: Problem } {
  const accepted = byQuery.get(today.query);
  // A file that cannot be read may be this query's: writing it anew would drop what it accepts.
  const [unreadable] = accepted ? [] : problems;
  if (unreadable) return { problem: unreadable };
  try {
    return accepted ? addBeside(accepted, today) : today;
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** How many plans that stood beside another one are gone. */
function lostBy(made: Baseline, before: Baseline | undefined): Accepted["replaced"] {
  const several = (before?.plans ?? []).filter((plan) =>
    before?.plans.some((other) => other !== plan && isOfSame(other, plan)),
  );
  const kept = made.plans.filter((plan) => several.some((one) => isOfSame(one, plan)));
  const plans = several.length - kept.length;
  return plans > 0 ? [{ query: made.query, plans }] : [];
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
    message: `PostgreSQL refuses it: ${message}`,
    hint: hint ?? "Mend the query, or the migration that should have made what it names.",
    place: { file: query.file, line: query.line },
  };
}
