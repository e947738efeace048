import type { Progress } from "../measure.js";
import { phaseWords, startPhase } from "../phases.js";
import type { ActionLog } from "./log.js";

/** A run as groups of the log, one a phase, each ending with how long it took. */
export interface LoggedProgress extends Progress {
  /** Closes the last phase's group. */
  end(): void;
}

/** How often, in milliseconds, a phase may say what it is at. */
const tellEvery = 5_000;

/** `clock`: milliseconds, monotonic. `prefix` tells evaluations apart where there are several. */
export function logProgress(
  log: ActionLog,
  clock: () => number,
  prefix: string,
  onServer: (text: string) => void,
): LoggedProgress {
  let current: { readonly name: string; readonly since: number; toldAt: number } | undefined;
  const end = () => {
    if (current) log.line(`took ${((clock() - current.since) / 1_000).toFixed(1)} s`);
    current = undefined;
    log.endGroup();
  };
  return {
    phase(name) {
      end();
      const now = clock();
      log.group(`${prefix}${phaseWords(name)}`);
      // The first detail of a phase says most: which server, which file.
      current = { name, since: now, toldAt: now - tellEvery };
    },
    detail(text) {
      const now = clock();
      if (current?.name.startsWith(startPhase)) onServer(text);
      if (!current || (!current.name.startsWith(startPhase) && now - current.toldAt < tellEvery)) return;
      current.toldAt = now;
      log.foreign(text);
    },
    end,
  };
}
