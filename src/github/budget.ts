/** What is left of the time that a run may wait for GitHub. */
export interface Budget {
  leftMs(): number;
  /** Counts the time that this takes; what runs side by side is counted once. */
  spend<T>(work: () => Promise<T>): Promise<T>;
}

/** `clock`: milliseconds, monotonic. */
export function openBudget(totalMs: number, clock: () => number): Budget {
  let spentMs = 0;
  let running = 0;
  let since = 0;
  return {
    leftMs: () => totalMs - spentMs - (running > 0 ? clock() - since : 0),
    async spend(work) {
      if (running === 0) since = clock();
      running += 1;
      try {
        return await work();
      } finally {
        running -= 1;
        if (running === 0) spentMs += clock() - since;
      }
    },
  };
}
