import type { Conclusion } from "../conclusion/conclusion.js";
import { endings } from "../conclusion/ending.js";
import type { CommentMode } from "./comment-mode.js";
import { alarming } from "./ranking.js";

export type { CommentMode };

/** Whether there is anything to say or to bring up to date; `before` is the digest of the comment that is there. */
export function saysSomething(mode: CommentMode, conclusion: Conclusion, before: string | undefined): boolean {
  switch (mode) {
    case "off":
      return false;
    case "always":
      return true;
    case "on-change":
      return before !== undefined || isWorthSaying(conclusion);
    case "on-failure":
      return before !== undefined || endings[conclusion.ending].exitCode !== 0;
  }
}

/** False where a first comment would be noise: everything was compared, and nothing is better, worse, new or proposed. */
export function isWorthSaying({ ending, evaluations, approved, waiting, refused, label }: Conclusion): boolean {
  if (ending !== "pass" && ending !== "tie") return true;
  if (approved.length + waiting.length + refused.length > 0) return true;
  if (label.kind === "void" || label.kind === "unknown") return true;
  return evaluations.some(({ kind, verdict }) => {
    if (kind === "set-up" || verdict.problems.length > 0) return true;
    return verdict.outcomes.some((outcome) => !isQuiet(outcome.kind) || alarming(outcome).length > 0);
  });
}

function isQuiet(kind: string): boolean {
  return kind === "passed" || kind === "tie";
}
