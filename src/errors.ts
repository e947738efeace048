/** What went wrong, for machines; the message and the hint are for people. */
export type ErrorCode =
  | "settings-invalid"
  | "query-invalid"
  | "baseline-invalid"
  | "input-missing"
  | "database-unreachable"
  | "database-refused"
  | "disk-full"
  | "migration-failed"
  | "seed-failed"
  | "freeze-failed"
  | "explain-failed"
  | "base-unreadable"
  | "write-refused"
  | "evaluation-invalid"
  | "artifact-refused"
  | "nothing-compared"
  | "interrupted";

/** Where in the user's files a failure lies. */
export interface Place {
  /** Relative to the settings file's folder, with `/` between folders. */
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
}

/** A failure the user can act on. Any other error is a bug of ours and keeps its stack trace. */
export class PlanGateError extends Error {
  override readonly name = "PlanGateError";
  readonly code: ErrorCode;
  /** What to do next, a full sentence. Required: an error without it is not finished. */
  readonly hint: string;
  readonly place?: Place;

  /** `message`: lower case, names the thing in backquotes or by path. It is printed after the place. */
  constructor(code: ErrorCode, message: string, how: { hint: string; place?: Place; cause?: unknown }) {
    super(message, how.cause === undefined ? undefined : { cause: how.cause });
    this.code = code;
    this.hint = how.hint;
    if (how.place) this.place = how.place;
  }
}

/** A failure as reports carry it: what it is, where it is, what to do next. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly place?: Place;
}

/** A known failure in the form that reports print. Throws what is not one: a bug must not pass for a message. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof PlanGateError)) throw error;
  const { code, message, hint, place } = error;
  return { code, message, hint, ...(place ? { place } : {}) };
}
