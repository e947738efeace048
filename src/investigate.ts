import type { BaseBuild } from "./base.js";
import { causesNote, findCauses } from "./cause/find-causes.js";
import { problemOf } from "./errors.js";
import { proveFixes } from "./fixes/prove-fixes.js";
import type { Build, RunRequest } from "./measure.js";
import type { Matter } from "./verdict/judge.js";
import { judgeAgain } from "./verdict/judge-again.js";
import { blockWhereProven } from "./verdict/mendable.js";
import type { Outcome, Verdict } from "./verdict/verdict.js";

/** What is to be explained and mended, and what it was judged by. */
interface Investigation {
  readonly outcomes: readonly Outcome[];
  readonly matter: Matter;
  readonly build: Build;
  /** Absent where only the tested tree was built. */
  readonly base: BaseBuild | undefined;
  readonly request: RunRequest;
}

/** The outcomes with what was found out, what could not be tried, and seconds per phase. */
type Found = Pick<Verdict, "outcomes" | "notes"> & Partial<Pick<Verdict, "timings">>;

/**
 * Finds out who made each query worse, then tries what mends it, within one budget of time. That something cannot be
 * found out takes nothing from the verdict.
 */
export async function investigate(asked: Investigation): Promise<Found> {
  const { build, outcomes, request } = asked;
  if (build.needsServerAlone) {
    const isAsked = outcomes.some(({ kind }) => kind === "flagged" || kind === "broken");
    const why = "the migrations make roles, and the server that `postgres.url` names can hold those of one build only";
    return { outcomes, notes: isAsked ? [`neither causes nor fixes were tried out: ${why}`] : [] };
  }
  const deadline = request.clock() + request.loaded.settings.investigate.budgetSeconds * 1_000;
  const blamed = await blame(asked, deadline);
  const mended = await mend({ ...asked, outcomes: blamed.outcomes }, deadline);
  return {
    outcomes: mended.outcomes.map(blockWhereProven),
    notes: [...blamed.notes, ...mended.notes],
    timings: { ...blamed.timings, ...mended.timings },
  };
}

async function blame({ outcomes, matter, build, base, request }: Investigation, deadline: number): Promise<Found> {
  if (!request.loaded.settings.investigate.causes) return { outcomes, notes: [] };
  try {
    return await findCauses({ outcomes, head: build, base, comparing: matter, request, deadline });
  } catch (error) {
    request.signal.throwIfAborted();
    return { outcomes, notes: [causesNote(error)] };
  }
}

async function mend({ outcomes, matter, build, base, request }: Investigation, deadline: number): Promise<Found> {
  const { clock, signal, progress, loaded } = request;
  if (!loaded.settings.investigate.fixes) return { outcomes, notes: [] };
  try {
    return await proveFixes({
      ...{ outcomes, build, clock, signal, progress },
      ...{ subjects: matter.subjects, planned: matter.planned, applied: build.measurement.applied },
      baseUrl: base?.databases.build.url,
      rejudge: (outcome, plan) => judgeAgain(matter, outcome, plan),
      deadline,
      budgetSeconds: loaded.settings.investigate.budgetSeconds,
    });
  } catch (error) {
    signal.throwIfAborted();
    return { outcomes, notes: [`fixes could not be tried: ${problemOf(error).message}`] };
  }
}
