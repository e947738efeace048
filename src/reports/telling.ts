import type { Conclusion } from "../conclusion/conclusion.js";
import type { Commits } from "../evaluation/evaluation.js";

/** What a pull request is told: the conclusion, and what a reader needs to place it. Everything in it may be hostile. */
export interface Telling {
  readonly conclusion: Conclusion;
  readonly commits: Commits;
  /** `owner/name`, for links. */
  readonly repository: string;
  /** "https://github.com" or a GHES's address. */
  readonly serverUrl: string;
  /** The run's page; the comment says where the whole report and the patch are. */
  readonly runUrl: string;
  /** Increases from run to run and try to try: an older run never overwrites a newer one's comment. */
  readonly run: { readonly id: number; readonly attempt: number };
  /** Hint where the approval in force is recorded: a check run's id. Never evidence. */
  readonly record: number | null;
  /** The `git apply` line for the offered patch; null where none was uploaded. */
  readonly patch: string | null;
  /** A fork's branch cannot be pushed to by us. */
  readonly fromFork: boolean;
  /** Whether a bot's commit will wait for a click before workflows run ("wait"), or starts none at all ("never"). */
  readonly botCommits: "run" | "wait" | "never";
  readonly version: string;
}
