import { judgeStability, type Stability } from "./calibration/stability.js";
import { analyzeSampled, readSampledTables, type SampledTable } from "./database/sampled.js";
import type { Problem } from "./errors.js";
import type { Subject } from "./explain/ask.js";
import type { Planned } from "./explain/explain.js";
import { openBuild, type RunRequest } from "./measure.js";
import type { Plan } from "./plan/plan.js";

/** A run of `calibrate`. */
export interface CalibrateRequest extends RunRequest {
  /** How often the tables are analyzed anew. */
  readonly runs: number;
}

/** How one query, case and kind of plan fared. */
export interface CalibratedSubject {
  readonly subject: Subject;
  readonly stability: Stability;
}

/** Which queries' plans hang on the sample that ANALYZE happens to draw. */
export interface Calibrated {
  /** How often the tables were analyzed anew; 0 where every table is read whole anyway. */
  readonly runs: number;
  readonly major: number;
  /** Tables with more rows than ANALYZE reads: the statistics of the others do not change. */
  readonly sampled: readonly SampledTable[];
  /** All that could be planned, in the order in which they are registered. */
  readonly subjects: readonly CalibratedSubject[];
  /** What could not be planned, and query files that could not be read. */
  readonly problems: readonly Problem[];
}

/** Builds once, then analyzes with samples as production does and plans every query again, `runs` times. Nothing is left. */
export async function calibrate(request: CalibrateRequest): Promise<Calibrated> {
  await using build = await openBuild(request);
  const { measurement, databases } = build;
  const { subjects, planned, queryProblems, environment } = measurement;
  const tables = await readSampledTables(databases.build.url);
  const sampled = tables.filter(({ rows, sampleRows }) => rows > sampleRows);
  const runs = sampled.length > 0 ? request.runs : 0;
  const problems = [...queryProblems, ...subjects.flatMap((subject) => problemWith(subject, planned.get(subject)))];
  const plannable = subjects.filter((subject) => planned.get(subject)?.kind === "plan");

  const rounds: ReadonlyMap<Subject, Planned>[] = [];
  for (let run = 1; run <= runs; run++) {
    request.signal.throwIfAborted();
    request.progress.phase(`calibrate (run ${run} of ${runs})`);
    const detail = (text: string) => request.progress.detail(text);
    await analyzeSampled(databases.build.url, tables, detail, request.signal);
    rounds.push(await build.explain(plannable, { analyze: false }));
  }
  const { tieMaxRatio } = request.loaded.settings;
  return {
    runs,
    major: environment.major,
    sampled,
    subjects: plannable.flatMap((subject) => {
      const checked = planOf(planned.get(subject));
      const plans = rounds.flatMap((round) => planOf(round.get(subject)) ?? []);
      return checked ? [{ subject, stability: judgeStability(checked, plans, tieMaxRatio) }] : [];
    }),
    problems,
  };
}

function planOf(planned: Planned | undefined): Plan | undefined {
  return planned?.kind === "plan" ? planned.plan : undefined;
}

function problemWith({ query }: Subject, planned: Planned | undefined): readonly Problem[] {
  if (planned?.kind === "unknown") return [planned.problem];
  if (planned?.kind !== "failed") return [];
  const { message, hint } = planned.failure;
  return [
    {
      code: "query-invalid",
      message: `PostgreSQL refuses the query \`${query.name}\`: ${message}`,
      hint: hint ?? "Mend the query, or the migration that should have made what it names.",
      place: { file: query.file, line: query.line },
    },
  ];
}
