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
  build(request: RunRequest, subjects: readonly Subject[], telling: string): Promise<Trial>;
}

/** `deadline` in milliseconds of `clock`; a build is not begun that would hardly end before it. */
export function openTrials(deadline: number, expectedSeconds: number, clock: () => number): Trials {
  let [count, slowest] = [0, expectedSeconds * 1_000];
  return {
    get count() {
      return count;
    },
    isOver: () => clock() > deadline,
    async build(request, subjects, telling) {
      const began = clock();
      if (began + slowest > deadline) return { kind: "skipped" };
      count++;
      const trial = await tryBuild(request, subjects, telling);
      slowest = Math.max(slowest, clock() - began);
      return trial;
    },
  };
}

async function tryBuild(request: RunRequest, subjects: readonly Subject[], telling: string): Promise<Trial> {
  try {
    await using build = await openBuild({
      ...request,
      // No query of its own: it is asked for those of the finding.
      wanted: [],
      selectsName: () => false,
      progress: { phase: () => undefined, detail: () => request.progress.detail(telling) },
    });
    return { kind: "plans", plans: await build.explain(subjects, {}) };
  } catch (error) {
    request.signal.throwIfAborted();
    // Anything else is a bug of ours, and hides behind no experiment.
    if (!(error instanceof PlanGateError)) throw error;
    return { kind: "failed", message: problemOf(error).message };
  }
}
