import { PlanGateError, problemOf } from "../errors.js";
import type { Subject } from "../explain/ask.js";
import { openBuild, type RunRequest } from "../measure.js";
import type { Plans } from "./question.js";

/** What a fresh build under other circumstances gave. */
export type Trial =
  | { readonly kind: "plans"; readonly plans: Plans }
  /** It could not be built: what failed, in one line. */
  | { readonly kind: "failed"; readonly message: string }
  /** There was no time left. */
  | { readonly kind: "skipped" };

/** Fresh builds, as many as the budget allows. */
export interface Trials {
  /** How many were made. */
  readonly count: number;
  /** Whether the time has run out: nothing more is to be tried. */
  isOver(): boolean;
  /** Seconds until then, below 0 afterwards. */
  readonly secondsLeft: () => number;
  build(request: RunRequest, subjects: readonly Subject[], telling: string): Promise<Trial>;
  /** The plans of such a build; undefined where there are none. */
  plansOf(request: RunRequest, subjects: readonly Subject[], telling: string): Promise<Plans | undefined>;
}

/** `deadline` in milliseconds of `clock`; a build is not begun that would hardly end before it. */
export function openTrials(deadline: number, expectedSeconds: number, clock: () => number): Trials {
  let [count, slowest] = [0, expectedSeconds * 1_000];
  const secondsLeft = () => (deadline - clock()) / 1_000;
  const trials: Trials = {
    get count() {
      return count;
    },
    isOver: () => clock() > deadline,
    secondsLeft,
    async build(request, subjects, telling) {
      const began = clock();
      if (began + slowest > deadline) return { kind: "skipped" };
      count++;
      const trial = await tryBuild(request, subjects, telling, secondsLeft);
      slowest = Math.max(slowest, clock() - began);
      return trial;
    },
    async plansOf(request, subjects, telling) {
      const trial = await trials.build(request, subjects, telling);
      return trial.kind === "plans" ? trial.plans : undefined;
    },
  };
  return trials;
}

async function tryBuild(
  request: RunRequest,
  subjects: readonly Subject[],
  telling: string,
  secondsLeft: () => number,
): Promise<Trial> {
  try {
    await using build = await openBuild({
      ...request,
      // No query of its own: it is asked for those of the finding.
      wanted: [],
      selectsName: () => false,
      progress: { phase: () => undefined, detail: () => request.progress.detail(telling) },
    });
    return { kind: "plans", plans: await build.explain(subjects, { secondsLeft }) };
  } catch (error) {
    request.signal.throwIfAborted();
    // Anything else is a bug of ours, and hides behind no experiment.
    if (!(error instanceof PlanGateError)) throw error;
    return { kind: "failed", message: problemOf(error).message };
  }
}
