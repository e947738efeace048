import { type Accepted, coversProposal } from "../approval/coverage.js";
import type { Evaluation, Proposal } from "../evaluation/evaluation.js";
import { blocksOtherwise, missesExpectation } from "../verdict/expected.js";
import type { Outcome } from "../verdict/verdict.js";
import type { Approved, Decision } from "./conclusion.js";

/** What a label or a record that is in force accepts, and whose word it is. */
export interface Acceptance extends Accepted {
  readonly by: string;
}

/** What became of an outcome, with what is proposed about its query taken in. */
export interface SettledOutcome {
  readonly outcome: Outcome;
  /** Undefined where there is nothing to decide. */
  readonly decision: Decision | undefined;
  /** Whether a baseline of this pull request states the plan, and counts. */
  readonly isRestated: boolean;
}

/** One evaluation, approvals taken in. */
export interface Settled {
  readonly evaluation: Evaluation;
  readonly outcomes: readonly SettledOutcome[];
  readonly approved: readonly Approved[];
  readonly waiting: readonly Proposal[];
  readonly refused: readonly Proposal[];
}

/** Whose approval a committed file has where code owners review: GitHub asks for it before the merge, not us. */
export const codeOwners = "code owners";

/** Decides every proposal and every outcome of an evaluation. Where plan-gate is only adopted, nothing is to be decided. */
export function settle(evaluation: Evaluation, acceptance: Acceptance | undefined): Settled {
  const { kind, proposals, verdict } = evaluation;
  if (kind === "set-up") return { evaluation, outcomes: [], approved: [], waiting: [], refused: [] };
  const approverOf = (proposal: Proposal) => approver(proposal, evaluation, acceptance);
  return {
    evaluation,
    outcomes: verdict.outcomes.map((outcome) => settleOutcome(outcome, proposals, approverOf)),
    approved: proposals.flatMap((proposal) => {
      const by = approverOf(proposal);
      return by === undefined ? [] : [{ proposal, by }];
    }),
    waiting: proposals.filter((proposal) => proposal.counts === "once approved" && approverOf(proposal) === undefined),
    refused: proposals.filter(({ counts }) => counts === "never"),
  };
}

/** Who approved a proposal; undefined where nobody did, or where it counts freely or never. */
function approver(
  proposal: Proposal,
  { approval }: Evaluation,
  acceptance: Acceptance | undefined,
): string | undefined {
  if (proposal.counts !== "once approved") return undefined;
  switch (approval.mode) {
    case "label":
      return acceptance && coversProposal(acceptance, proposal) ? acceptance.by : undefined;
    case "codeowners":
      return proposal.files.length > 0 ? codeOwners : undefined;
    case "off":
      return undefined;
  }
}

type ApproverOf = (proposal: Proposal) => string | undefined;

function settleOutcome(outcome: Outcome, proposals: readonly Proposal[], approverOf: ApproverOf): SettledOutcome {
  const mine = proposals.filter(({ query }) => query === outcome.name);
  if (outcome.kind === "orphaned") {
    const removals = mine.filter(({ kind }) => kind === "removal");
    return { outcome, isRestated: false, decision: decideOrphan(outcome, standing(removals, approverOf)) };
  }
  const baselines = standing(
    mine.filter(({ kind }) => kind === "baseline"),
    approverOf,
  );
  const policy = standing(
    mine.filter(({ kind }) => kind === "policy"),
    approverOf,
  );
  const isRestated = baselines.kind === "free" || baselines.kind === "approved";
  return { outcome, isRestated, decision: decide(outcome, { baselines, policy }, isRestated) };
}

/** What several proposals about one query come to: as much as the one that counts least. */
type Standing =
  | { readonly kind: "none" }
  | { readonly kind: "free" }
  | { readonly kind: "approved"; readonly by: string }
  | { readonly kind: "open" };

function standing(proposals: readonly Proposal[], approverOf: ApproverOf): Standing {
  if (proposals.length === 0) return { kind: "none" };
  const conditional = proposals.filter(({ counts }) => counts !== "freely");
  const approvers = conditional.map(approverOf);
  if (approvers.includes(undefined)) return { kind: "open" };
  const [by] = approvers;
  return by === undefined ? { kind: "free" } : { kind: "approved", by };
}

/** A baseline that nothing is compared with goes the way of the proposal that made it one. */
function decideOrphan(outcome: Outcome, removals: Standing): Decision | undefined {
  switch (removals.kind) {
    case "none":
      return blocks(outcome) ? { kind: "blocked" } : undefined;
    case "free":
      return undefined;
    case "approved":
      return { kind: "accepted", by: removals.by };
    case "open":
      return { kind: "blocked" };
  }
}

/** How what is proposed about one query stands. */
interface Standings {
  readonly baselines: Standing;
  readonly policy: Standing;
}

function decide(outcome: Outcome, { baselines, policy }: Standings, isRestated: boolean): Decision | undefined {
  if (missesExpectation(outcome)) {
    // A baseline says what is; what must be is for the header to say.
    if (policy.kind !== "approved") return { kind: "blocked" };
    if (!blocksOtherwise(outcome)) return { kind: "accepted", by: policy.by };
  }
  if (blocks(outcome)) {
    if (baselines.kind === "approved") return { kind: "accepted", by: baselines.by };
    // Only what nothing was accepted for can be put right freely: a plan that got worse never is.
    return baselines.kind === "free" && isUnaccepted(outcome) ? undefined : { kind: "blocked" };
  }
  if (outcome.kind === "broken") return { kind: "needs evidence" };
  return isUnaccepted(outcome) && !isRestated ? { kind: "needs evidence" } : undefined;
}

function blocks({ findings }: Outcome): boolean {
  return findings.some(({ severity }) => severity === "error");
}

function isUnaccepted({ kind }: Outcome): boolean {
  return kind === "unbaselined" || kind === "incomparable";
}
