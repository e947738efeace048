import type { ApprovalSettings } from "../config/settings.js";
import { PlanGateError } from "../errors.js";
import type { Outcome, OutcomeKind } from "../verdict/verdict.js";
import type { Evaluation, EvaluationSet } from "./evaluation.js";
import { joinCandidates, joinProposals, joinVerdicts, keyOf, outcomeId } from "./join.js";
import { byConfigAndMajor, nameOf } from "./order.js";

/**
 * One head judged against several bases, as one set that is as bad as the worst of them, query by query. The first
 * set's base is the one that is named; of policies the stricter counts. Evaluations are sorted, each pair is there once.
 */
export function worstOf(sets: readonly EvaluationSet[]): EvaluationSet {
  const [first, ...others] = sets;
  if (!first) throw new Error("there is no evaluation to choose from");
  for (const { commits } of others) {
    if (commits.head === first.commits.head) continue;
    throw new PlanGateError("evaluation-invalid", `\`${commits.head}\` is not the head that was judged first`, {
      hint: "Run the job once more: evaluations of two heads were mixed up.",
    });
  }
  const judged = new Set(
    sets.flatMap(({ evaluations }) => evaluations.filter(({ kind }) => kind === "judged").map(({ config }) => config)),
  );
  const all = sets
    .flatMap(({ evaluations }) => evaluations)
    // What one base lets pass unseen says nothing where another one was judged.
    .filter(({ config, kind }) => kind !== "untouched" || !judged.has(config));
  const groups = Map.groupBy(all, nameOf);
  const evaluations = [...groups.values()].map((group) => group.reduce(worseOfTwo));
  return { ...first, key: keyOf(sets), evaluations: evaluations.sort(byConfigAndMajor) };
}

const kinds = ["untouched", "set-up", "judged"] as const satisfies readonly Evaluation["kind"][];

function worseOfTwo(a: Evaluation, b: Evaluation): Evaluation {
  const outcomes = new Map<string, Outcome>();
  for (const outcome of [...a.verdict.outcomes, ...b.verdict.outcomes]) {
    const id = outcomeId(outcome);
    const known = outcomes.get(id);
    if (!known || badness(outcome) > badness(known)) outcomes.set(id, outcome);
  }
  // A base with another folder has other paths; the plans in them are the same.
  const candidates = [a, b].flatMap((one) => (one.baselines === a.baselines ? one.candidates : []));
  return {
    ...a,
    kind: kinds.indexOf(a.kind) > kinds.indexOf(b.kind) ? a.kind : b.kind,
    enforce: a.enforce || b.enforce,
    approval: stricter(a.approval, b.approval),
    verdict: joinVerdicts([a.verdict, b.verdict], [...outcomes.values()]),
    proposals: joinProposals([...a.proposals, ...b.proposals]),
    candidates: joinCandidates(candidates),
  };
}

/** Least bad first. What could not be compared is worse than a warning: a warning lets pass. */
const badKinds = [
  ...(["passed", "improved", "tie", "drift", "flagged", "unbaselined", "incomparable", "orphaned", "broken"] as const),
] satisfies readonly OutcomeKind[];

function badness({ kind, findings }: Outcome): number {
  const blocks = findings.some(({ severity }) => severity === "error");
  return badKinds.indexOf(kind) + (blocks ? badKinds.length : 0);
}

const roles = ["write", "maintain", "admin"] as const;

/** Nobody may approve who may not by both. Label and committer are the first's. */
function stricter(a: ApprovalSettings, b: ApprovalSettings): ApprovalSettings {
  const { approvers: _, ...first } = a;
  const approvers =
    a.approvers && b.approvers ? a.approvers.filter((one) => b.approvers?.includes(one)) : (a.approvers ?? b.approvers);
  const mode = [a.mode, b.mode].includes("off") || approvers?.length === 0 ? "off" : stricterMode(a.mode, b.mode);
  return {
    ...first,
    mode,
    minimumRole: roles.indexOf(a.minimumRole) > roles.indexOf(b.minimumRole) ? a.minimumRole : b.minimumRole,
    authorMayApprove: a.authorMayApprove && b.authorMayApprove,
    ...(approvers && approvers.length > 0 ? { approvers } : {}),
  };
}

function stricterMode(a: ApprovalSettings["mode"], b: ApprovalSettings["mode"]): ApprovalSettings["mode"] {
  return a === b ? a : "label";
}
