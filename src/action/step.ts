import type { Context } from "../github/context.js";
import type { Inputs } from "./inputs.js";
import type { ActionLog } from "./log.js";

/** One step of a workflow: what it was asked, and what it has to hand. */
export interface Step {
  readonly inputs: Inputs;
  /** The event, as its payload says: labels, head and base in it may be old. */
  readonly context: Context;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly workspace: string;
  readonly log: ActionLog;
  readonly signal: AbortSignal;
  /** plan-gate's. */
  readonly version: string;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
}
