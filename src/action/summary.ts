import * as core from "@actions/core";
import type { ActionLog } from "./log.js";

/** Adds to the step summary. Where the runner has none, or it cannot be written, the log says so and that is all. */
export async function addToSummary(log: ActionLog, markdown: string): Promise<void> {
  if (markdown === "") return;
  try {
    await core.summary.addRaw(markdown).write();
  } catch (error) {
    core.summary.emptyBuffer();
    log.foreign(`could not write the step summary: ${(error as Error).message}`);
  }
}
