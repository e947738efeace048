import { PlanGateError } from "../errors.js";

/**
 * A runner that cancels sends SIGINT, SIGTERM 7.5 seconds later, and SIGKILL 2.5 seconds after that. The first signal
 * lets the run remove what it started; the second ends it.
 */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(code);
      controller.abort(
        new PlanGateError("interrupted", `stopped by ${signal}`, { hint: "Everything that was started is removed." }),
      );
    });
  }
  return controller.signal;
}
