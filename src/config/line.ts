import * as z from "zod";

/** Text that may stand in a command line, a path or a message: one line, not empty. */
export const line = z
  .string()
  .min(1)
  .regex(/^\P{Cc}*$/u, { error: "must be one line, without control characters" });
