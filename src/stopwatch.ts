import type { Phases } from "./build.js";
import type { RunRequest } from "./measure.js";

/** Seconds per phase. A phase that comes again counts on. */
export interface Stopwatch extends Phases {
  /** Ends the phase that runs. */
  stop(): void;
  readonly seconds: Readonly<Record<string, number>>;
}

/** `clock` in milliseconds; each phase is told as it begins. */
export function stopwatch({ clock, progress }: Pick<RunRequest, "clock" | "progress">): Stopwatch {
  const seconds: Record<string, number> = {};
  let current: { phase: string; since: number } | undefined;
  const stop = () => {
    if (current) seconds[current.phase] = (seconds[current.phase] ?? 0) + (clock() - current.since) / 1_000;
    current = undefined;
  };
  return {
    start(phase) {
      stop();
      current = { phase, since: clock() };
      progress.phase(phase);
    },
    stop,
    seconds,
  };
}
