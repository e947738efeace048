import type { Commits } from "../evaluation/evaluation.js";
import type { Context } from "../github/context.js";
import { type GitHub, GitHubError, type PullRequest } from "../github/github.js";
import { fetchBranch, fetchCommit, findBase, type Git, headCommit } from "../github/tested-commit.js";
import type { ActionLog } from "./log.js";
import type { Step } from "./step.js";

/** A commit that a head is judged against. */
export interface Base {
  readonly commit: string;
  /** Whose settings, rules and baselines count: the base's own, or the default branch's where anybody may write to the base. */
  readonly policy: string;
  /** Whose rules and approvers count where the policy is that of an older commit: the default branch as it is now. */
  readonly newest?: string;
}

/** What is judged, and for whom. */
export interface Subject {
  readonly kind: "pull-request" | "merge-group" | "push" | "other";
  readonly commits: Commits;
  /** The base of this run first, then those of other open pull requests with the same head. Empty where there is none. */
  readonly bases: readonly Base[];
  /** As GitHub has it now, not as the event says: a re-run replays an old event. Absent where it could not be read. */
  readonly pullRequest: PullRequest | undefined;
  /** The pull request has another head by now: nothing is told, nothing is approved. */
  readonly outdated: boolean;
  readonly fromFork: boolean;
}

/** The commits of which the settings count. */
export function policyCommits({ bases }: Subject): readonly string[] {
  return bases.map(({ policy }) => policy);
}

/** What finding out needs. */
export interface Finding {
  readonly step: Step;
  readonly github: GitHub;
  readonly git: Git;
}

/** Finds out which commits are judged. Fails only where git does; what GitHub's API cannot say is said in the log. */
export async function findSubject(finding: Finding): Promise<Subject> {
  const { context } = finding.step;
  switch (context.kind) {
    case "pull-request":
      return pullRequestSubject(finding, context);
    case "merge-group":
      return queueSubject(finding, context);
    default: {
      const head = await headCommit(finding.git);
      const kind = context.kind === "push" ? "push" : "other";
      return {
        kind,
        commits: { head, tested: head, base: null },
        bases: [],
        pullRequest: undefined,
        outdated: false,
        fromFork: false,
      };
    }
  }
}

async function pullRequestSubject(
  finding: Finding,
  context: Extract<Context, { kind: "pull-request" }>,
): Promise<Subject> {
  const { github, git } = finding;
  const pullRequest = await asked(finding.step, "read the pull request", () => github.pullRequest(context.number));
  const tested = await headCommit(git);
  const base = await findBase(git, { context, github });
  const branch = context.base.branch;
  const bases = [await withPolicy(finding, branch, base)];
  for (const other of await otherBases(finding, context, pullRequest)) {
    const tip = await fetchBranch(git, other);
    if (bases.some(({ commit }) => commit === tip)) continue;
    finding.step.log.foreign(`also judged against ${other}: this head is to be merged into it as well`);
    bases.push(await withPolicy(finding, other, tip));
  }
  return {
    kind: "pull-request",
    commits: { head: context.head.sha, tested, base },
    bases,
    pullRequest,
    outdated: pullRequest !== undefined && pullRequest.head.sha !== context.head.sha,
    fromFork: context.head.repository !== github.repository,
  };
}

async function queueSubject(finding: Finding, context: Extract<Context, { kind: "merge-group" }>): Promise<Subject> {
  const { github, git } = finding;
  await fetchCommit(git, context.base);
  const { number } = context;
  const pullRequest =
    number === undefined
      ? undefined
      : await asked(finding.step, "read the queued pull request", () => github.pullRequest(number));
  return {
    kind: "merge-group",
    commits: { head: context.head, tested: await headCommit(git), base: context.base },
    bases: [await withPolicy(finding, context.baseBranch, context.base)],
    pullRequest,
    outdated: false,
    fromFork: false,
  };
}

/** Whose policy counts: on a branch that anybody may write to, the lax rules could be planted first. */
async function withPolicy({ step, github, git }: Finding, branch: string, commit: string): Promise<Base> {
  const { defaultBranch } = step.context;
  if (branch === defaultBranch) return { commit, policy: commit };
  const found = await asked(step, `ask whether ${branch} is protected`, () => github.branch(branch));
  if (found?.protected) return { commit, policy: commit };
  step.log.foreign(`${branch} is neither the default branch nor protected: the rules of ${defaultBranch} count`);
  const newest = await fetchBranch(git, defaultBranch);
  // Where the branch left it: queries that were added there since are not missing here.
  const met = await asked(step, `compare with ${defaultBranch}`, () => github.mergeBase(defaultBranch, commit));
  if (met === undefined || met === newest) return { commit, policy: newest };
  await fetchCommit(git, met);
  return { commit, policy: met, newest };
}

/**
 * Where else this head wants to go: checks belong to the commit, so that one pull request's would pass for another's.
 * The pull request itself is among them where it has another base by now than the event says.
 */
async function otherBases(
  { step, github }: Finding,
  { head, base }: Extract<Context, { kind: "pull-request" }>,
  own: PullRequest | undefined,
): Promise<readonly string[]> {
  const others = await asked(step, "look for other pull requests of this head", () =>
    github.openPullRequestsAt(head.sha),
  );
  const open = [own, ...(others ?? [])].filter((one) => one?.state === "open" && one.head.sha === head.sha);
  const branches = new Set(open.flatMap((one) => one?.base.branch ?? []));
  return [...branches].filter((branch) => branch !== base.branch).sort();
}

/** GitHub's answer; where it gives none the log says so, and the verdict does without. */
export async function asked<T>(
  { log }: { readonly log: ActionLog },
  what: string,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    log.missed(`could not ${what}: ${error.message}${missing(error)}`);
    return undefined;
  }
}

/** What to grant, where GitHub says what was missing. */
export function missing({ permission }: GitHubError): string {
  return permission === undefined ? "" : ` (the workflow needs \`permissions: ${permission}\`)`;
}
