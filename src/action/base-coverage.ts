import { PlanGateError } from "../errors.js";
import type { Commits, EvaluationSet } from "../evaluation/evaluation.js";
import { unpackMemo } from "../evaluation/memo.js";
import { type CheckRun, type GitHub, GitHubError } from "../github/github.js";
import { policyRef, underPolicyAt } from "./trusted-policy.js";

/** What a head has to be judged against, and by what that can be found out. */
export interface Coverage {
  /** This run's evaluation. */
  readonly own: EvaluationSet;
  /** Our reports on the same head, newest first: each holds what it was made of. */
  readonly reports: readonly CheckRun[];
  /** Branches that the head is to be merged into. */
  readonly bases: readonly string[];
  /** Settings files that must be spoken of where a base has them. */
  readonly expected: readonly string[];
}

/**
 * The evaluations that together judge a head against all of its bases, each under its base's policy, and the bases that
 * none of them was made for. An evaluation says itself which commit it compared with: only one that can be the branch's
 * own counts. Throws where GitHub does not answer, or an evaluation contradicts its base.
 */
export async function setsForBases(
  github: GitHub,
  { own, reports, bases, expected }: Coverage,
): Promise<{
  readonly sets: readonly EvaluationSet[];
  readonly uncovered: readonly string[];
}> {
  const sets: EvaluationSet[] = [];
  const uncovered: string[] = [];
  let isUsed = false;
  for (const branch of bases) {
    const found = await firstAgainst(github, branch, [own, ...remembered(reports, own)]);
    isUsed ||= found === own;
    if (found?.commits.base) {
      const ref = await policyRef(github, branch, found.commits.base);
      sets.push(await underPolicyAt(github, found, ref, expected));
    } else uncovered.push(branch);
  }
  if (!isUsed) throw ofNoBase(own, bases);
  return { sets, uncovered };
}

function ofNoBase({ commits: { base } }: EvaluationSet, bases: readonly string[]): PlanGateError {
  return new PlanGateError(
    "artifact-refused",
    `the artifact compares with \`${base ?? "nothing"}\`, which cannot be the base on ${bases.join(", ")}`,
    { hint: "Where the pull request has another base by now, its next run tells; else run it again." },
  );
}

/** Made anew from the check runs' text where a base asks for it. */
function* remembered(reports: readonly CheckRun[], { commits, tool }: EvaluationSet): Generator<EvaluationSet> {
  for (const { status, text } of reports) {
    const set = status === "completed" ? unpackMemo(text) : undefined;
    if (set?.commits.head === commits.head && set.tool === tool) yield set;
  }
}

async function firstAgainst(
  github: GitHub,
  branch: string,
  sets: Iterable<EvaluationSet>,
): Promise<EvaluationSet | undefined> {
  for (const set of sets) if (await isAgainst(github, branch, set.commits)) return set;
  return undefined;
}

/** Whether a commit can have been the base on that branch: it is of the branch, and no older than where the head left it. */
async function isAgainst(github: GitHub, branch: string, { head, base }: Commits): Promise<boolean> {
  if (base === null) return false;
  if ((await github.branch(branch))?.sha === base) return true;
  try {
    if ((await github.mergeBase(branch, base)) !== base) return false;
    return (await github.mergeBase(branch, head)) === (await github.mergeBase(base, head));
  } catch (error) {
    // A commit that is not there.
    if (error instanceof GitHubError && error.status === 404) return false;
    throw error;
  }
}
