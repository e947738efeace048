import { type GitHub, GitHubError, type PullRequest, type WorkflowRun } from "../github/github.js";

/** Whom a finished run of the first stage is about. */
export type Addressee =
  /** Never empty. Several where one branch is proposed to several bases: each is judged and told. */
  | { readonly kind: "pull-requests"; readonly pullRequests: readonly PullRequest[] }
  /** A merge queue's run: it has no pull request, and its commit gets the status. */
  | { readonly kind: "queue" }
  | { readonly kind: "none"; readonly reason: string };

/**
 * The open pull requests whose head is the run's, by branch, commit and repository: what the run's artifact says of
 * itself is no evidence, and GitHub lists none for a fork's commit. Throws GitHubError.
 */
export async function resolvePullRequest(
  github: Pick<GitHub, "openPullRequests">,
  run: WorkflowRun,
): Promise<Addressee> {
  if (run.event === "merge_group") return { kind: "queue" };
  if (run.event !== "pull_request") return none(`a run by \`${run.event}\` is about no pull request`);
  const { headRepository: repository, headBranch: branch, headSha } = run;
  if (!repository) return none("the repository of its head was deleted");
  const found = await github.openPullRequests({ owner: repository.owner, branch });
  const ofBranch = found.filter(
    ({ state, head }) => state === "open" && head.repository !== null && sameName(head.repository, repository.fullName),
  );
  if (ofBranch.length === 0) return none(`no open pull request comes from \`${repository.fullName}:${branch}\``);
  const pullRequests = ofBranch.filter(({ head }) => head.sha === headSha);
  if (pullRequests.length === 0) return none(`its head moved on from \`${headSha}\`; a newer run speaks for it`);
  return { kind: "pull-requests", pullRequests: pullRequests.toSorted((a, b) => a.number - b.number) };
}

function none(reason: string): Addressee {
  return { kind: "none", reason };
}

/** GitHub's names do not tell upper case from lower case. */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Whether the workflow that evaluated is the one that this repository has agreed to. */
export type WorkflowState =
  | { readonly kind: "unchanged" }
  | { readonly kind: "changed"; readonly reason: string }
  /** GitHub did not say: counts as changed, and may be tried again. */
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * Compares the run's workflow file at the head, and on the branches it is to be merged into, with the default branch's.
 * A pull request runs the file of its merge with the base: where head, base and default branch agree, that file was it.
 * A fork's head is asked of our own repository, which has it as `refs/pull/<n>/head`. Not seen are files that the
 * workflow itself calls: reusable workflows and actions of the same repository.
 */
export async function workflowUnchanged(
  github: Pick<GitHub, "blobOf" | "defaultBranch">,
  run: Pick<WorkflowRun, "path" | "headSha">,
  bases: readonly string[],
): Promise<WorkflowState> {
  // GitHub may name the file with the branch that it was read from.
  const path = run.path.replace(/(\.ya?ml)@.*$/s, "$1");
  try {
    const agreed = await github.defaultBranch();
    const blob = await github.blobOf(path, agreed);
    if (blob === undefined) return changed(`\`${path}\` is not on \`${agreed}\``);
    for (const ref of new Set([run.headSha, ...bases].filter((one) => one !== agreed))) {
      if ((await github.blobOf(path, ref)) !== blob)
        return changed(`\`${path}\` at \`${ref}\` is not the one on \`${agreed}\``);
    }
    return { kind: "unchanged" };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    return { kind: "unknown", reason: `could not compare \`${path}\`: ${error.message}` };
  }
}

function changed(reason: string): WorkflowState {
  return { kind: "changed", reason: `workflow changed, review it: ${reason}` };
}
