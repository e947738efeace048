import ora from "ora";
import type { Progress } from "./measure.js";
import { phaseWords, startPhase } from "./phases.js";

/** A progress that ends. */
export interface ShownProgress extends Progress, Disposable {}

/** How often, in milliseconds, a log is told what a phase is at: a runner's log cannot be redrawn. */
const logEvery = 10_000;

interface Phase {
  readonly words: string;
  /** What is worth keeping on the line: which server it was and why, not what was vacuumed last. */
  readonly kept: string[];
  readonly since: number;
  toldAt: number;
}

/** Shows a run on standard error: a spinner on a terminal, elsewhere a line a phase, and more where it takes long. */
export function showProgress(clock: () => number): ShownProgress {
  // Standard input is left alone: Ctrl-C must stay a signal.
  const spinner = ora({ stream: process.stderr, discardStdin: false });
  const say = (text: string) => process.stderr.write(`- ${text}\n`);
  let current: Phase | undefined;
  const finish = () => {
    if (!current) return;
    const seconds = ((clock() - current.since) / 1_000).toFixed(1);
    const kept = current.kept.length > 0 ? `: ${current.kept.join("; ")}` : "";
    const words = `${current.words}${kept} (${seconds} s)`;
    if (spinner.isEnabled) spinner.succeed(words);
    else say(words);
    current = undefined;
  };
  return {
    phase(name) {
      finish();
      const now = clock();
      current = { words: phaseWords(name), kept: [], since: now, toldAt: now };
      if (spinner.isEnabled) spinner.start(current.words);
    },
    detail(text) {
      if (!current) return;
      if (current.words.startsWith(phaseWords(startPhase))) current.kept.push(text);
      const now = clock();
      if (spinner.isEnabled) spinner.text = `${current.words}: ${text}`;
      else if (now - current.toldAt >= logEvery) {
        say(`${current.words}: ${text} …`);
        current.toldAt = now;
      }
    },
    [Symbol.dispose]() {
      spinner.stop();
    },
  };
}

/** No progress: `--quiet`. */
export const silentProgress: ShownProgress = { phase() {}, detail() {}, [Symbol.dispose]() {} };
