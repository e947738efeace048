import type { Fault } from "./types.js";

/** Faults that tests asked for. */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** The fault that this request meets, and uses up. */
  meet(method: string, path: string): Fault["kind"] | undefined;
}

export function createFaults(): Faults {
  let waiting: { readonly fault: Fault; left: number; toPass: number }[] = [];
  return {
    add(fault) {
      waiting.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY, toPass: fault.after ?? 0 });
    },
    clear() {
      waiting = [];
    },
    meet(method, path) {
      const fitting = waiting.filter(
        ({ fault, left }) => left > 0 && (fault.method ?? method) === method && fault.path.test(path),
      );
      for (const found of fitting) {
        if (found.toPass > 0) {
          found.toPass -= 1;
          continue;
        }
        found.left -= 1;
        return found.fault.kind;
      }
      return undefined;
    },
  };
}

/** The answer of a fault that is one; undefined for those that befall an answer. */
export function faultAnswer(
  kind: Fault["kind"],
):
  | { readonly status: number; readonly message: string; readonly headers: Readonly<Record<string, string>> }
  | undefined {
  if (typeof kind === "string" || "slowMilliseconds" in kind) return undefined;
  if ("secondaryLimit" in kind) {
    const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    return { status: 403, message, headers: { "retry-after": String(kind.retryAfterSeconds) } };
  }
  if (kind.status === 429) {
    return { status: 429, message: "Too many requests", headers: { "retry-after": String(kind.retryAfterSeconds) } };
  }
  return { status: kind.status, message: kind.message ?? messages[kind.status], headers: {} };
}

const messages = {
  403: "Resource not accessible by integration",
  404: "Not Found",
  422: "Validation Failed",
  500: "Server Error",
  502: "Server Error",
  503: "Service Unavailable",
} as const;
