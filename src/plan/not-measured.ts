/** Why a query was planned and not executed; plans keep it as the text that reports show. */
export type NotMeasuredKind = "too dear" | "took too long" | "failed" | "other";

/** Its expected cost is above the limit up to which queries are executed. */
export function tooDear(maxAnalyzeCost: number): string {
  return `${tooDearStart} (${maxAnalyzeCost})`;
}

/** PostgreSQL refused it while it ran; `failure` is its message. */
export function failedWhenExecuted(failure: string): string {
  return `${failedStart}${failure}`;
}

/** It ran into the time-out. */
export function tookTooLong(timeoutSeconds: number): string {
  return `${tookStart}${timeoutSeconds} s`;
}

const tooDearStart = "its cost is above `explain.maxAnalyzeCost`";
const failedStart = "it failed when executed: ";
const tookStart = "it took longer than ";

/** Which of the reasons a plan's `notMeasured` is, and for one that failed PostgreSQL's message. */
export function readNotMeasured(reason: string): { readonly kind: NotMeasuredKind; readonly failure?: string } {
  if (reason.startsWith(tooDearStart)) return { kind: "too dear" };
  if (reason.startsWith(tookStart)) return { kind: "took too long" };
  if (reason.startsWith(failedStart)) return { kind: "failed", failure: reason.slice(failedStart.length) };
  return { kind: "other" };
}
