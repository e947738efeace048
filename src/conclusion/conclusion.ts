import type { Evaluation, Proposal } from "../evaluation/evaluation.js";
import type { Outcome } from "../verdict/verdict.js";
import type { Ending, EndingRow } from "./ending.js";

/** How a change of one query ended. */
export type Decision =
  /** Worse, and approved: `by` is a login. */
  | { readonly kind: "accepted"; readonly by: string }
  /** Could not be compared, or not enough is known. */
  | { readonly kind: "needs evidence" }
  /** Worse, and nobody approved it. */
  | { readonly kind: "blocked" };

/** One query's outcome that is more than a pass, and what was decided. */
export interface Decided {
  readonly config: string;
  readonly major: number | null;
  readonly outcome: Outcome;
  readonly decision: Decision;
}

/** A proposal that somebody approved. */
export interface Approved {
  readonly proposal: Proposal;
  readonly by: string;
}

/** What became of the approval label in this run. */
export type LabelState =
  /** No label, or approvals by label are off. */
  | { readonly kind: "absent" }
  /** In force: the label stays. */
  | { readonly kind: "in force"; readonly by: string; readonly at: string }
  /** Void: the label is to be removed, and the reason told. */
  | { readonly kind: "void"; readonly by: string | null; readonly reason: string }
  /** It could not be found out; the label stays as it is and counts for nothing. */
  | { readonly kind: "unknown"; readonly reason: string };

/** What a whole run comes to: every evaluation, and what was approved of it. Every telling reads this and nothing else. */
export interface Conclusion {
  readonly ending: Ending;
  /** The ending's own, but 0 where `enforce` is off and a plan or an approval would block. */
  readonly exitCode: EndingRow["exitCode"];
  /** False where the base's settings say `enforce: false`: "would block". */
  readonly enforced: boolean;
  readonly evaluations: readonly Evaluation[];
  /** Sorted as the evaluations are. */
  readonly decided: readonly Decided[];
  readonly approved: readonly Approved[];
  /** Proposals that count once they are approved, and are not. */
  readonly waiting: readonly Proposal[];
  /** Proposals that never count. */
  readonly refused: readonly Proposal[];
  readonly label: LabelState;
  /** The shown state in short: equal digests mean that a reader was shown the same plans. Hexadecimal. */
  readonly digest: string;
}
