import { PlanGateError } from "../errors.js";
import type { Context } from "./context.js";
import { type Git, GitFailure, gitHere, gitThere, remoteUrl } from "./git-command.js";
import type { GitHub } from "./github.js";

export type { Git };

/** What finding the base needs besides git. */
export interface BaseQuestion {
  readonly context: Extract<Context, { kind: "pull-request" }>;
  readonly github: Pick<GitHub, "mergeBase">;
}

const shortLength = 12;

/** The commit that is checked out: what is tested. */
export async function headCommit(git: Git): Promise<string> {
  try {
    return (await gitHere(git, ["rev-parse", "--verify", "HEAD^{commit}"])).trim();
  } catch (cause) {
    throw unreadable(`git cannot read the commit that is checked out${reason(cause)}`, cause);
  }
}

/**
 * The commit that a pull request is compared with, fetched: the first parent of GitHub's merge of base and head, which
 * is the base as it was tested. Where no such merge is checked out, where both histories meet.
 */
export async function findBase(git: Git, { context, github }: BaseQuestion): Promise<string> {
  const parents = await parentsOfHead(git);
  const [first, second, ...more] = parents;
  if (first !== undefined && second === context.head.sha && more.length === 0) {
    await fetchCommit(git, first);
    return first;
  }
  if (second !== undefined && (await headCommit(git)) !== context.head.sha) {
    throw unreadable(
      `what is checked out merges ${short(second)}, which is not the pull request's head ${short(context.head.sha)}`,
    );
  }
  const base = await github.mergeBase(context.base.branch, context.head.sha);
  await fetchCommit(git, base);
  return base;
}

/** As the commit itself names them: in a shallow clone git's history ends before its parents. */
async function parentsOfHead(git: Git): Promise<readonly string[]> {
  const head = await headCommit(git);
  const [header = ""] = (await gitHere(git, ["cat-file", "-p", head])).split("\n\n");
  return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = ""]) => parent);
}

/** Makes a commit's files readable: fetches the commit alone, unless it is there. */
export async function fetchCommit(git: Git, sha: string): Promise<void> {
  requireSha(sha);
  if (await isHere(git, sha)) return;
  // A fetch of depth 1 would cut the history of a clone that has all of it.
  const shallow = (await gitHere(git, ["rev-parse", "--is-shallow-repository"])).trim() === "true";
  const depth = shallow ? ["--depth=1"] : [];
  const quiet = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"];
  try {
    await gitThere(git, ["fetch", ...quiet, ...depth, "--", remoteUrl(git), sha]);
  } catch (cause) {
    throw unreadable(`git cannot fetch commit ${short(sha)} from ${remoteUrl(git)}${reason(cause)}`, cause);
  }
}

/** A branch's newest commit, fetched. */
export async function fetchBranch(git: Git, branch: string): Promise<string> {
  const ref = `refs/heads/${branch}`;
  let listed: string;
  try {
    listed = await gitThere(git, ["ls-remote", "--", remoteUrl(git), ref]);
  } catch (cause) {
    throw unreadable(`git cannot ask ${remoteUrl(git)} for its branches${reason(cause)}`, cause);
  }
  const line = listed.split("\n").find((each) => each.endsWith(`\t${ref}`));
  const sha = line?.split("\t")[0];
  if (sha === undefined) throw unreadable(`${remoteUrl(git)} has no branch \`${branch}\``);
  await fetchCommit(git, sha);
  return sha;
}

/** Paths that differ between two commits, from the repository's top; both names of what was renamed. */
export async function changedFiles(git: Git, base: string, tested: string): Promise<readonly string[]> {
  requireSha(base);
  requireSha(tested);
  const args = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", base, tested];
  try {
    return (await gitHere(git, args)).split("\0").filter((path) => path !== "");
  } catch (cause) {
    throw unreadable(`git cannot compare ${short(base)} with ${short(tested)}${reason(cause)}`, cause);
  }
}

async function isHere(git: Git, sha: string): Promise<boolean> {
  try {
    await gitHere(git, ["cat-file", "-e", `${sha}^{tree}`]);
    return true;
  } catch (error) {
    if (error instanceof GitFailure) return false;
    throw error;
  }
}

/** Else a name could pass for an option. */
function requireSha(sha: string): void {
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(sha)) throw unreadable(`\`${short(sha)}\` is not a commit's full name`);
}

function short(sha: string): string {
  return sha.slice(0, shortLength);
}

function reason(cause: unknown): string {
  if (cause instanceof GitFailure) return `: ${cause.message}`;
  throw cause;
}

function unreadable(message: string, cause?: unknown): PlanGateError {
  return new PlanGateError("base-unreadable", message, {
    hint: "Check out by `actions/checkout` without `ref`, with `fetch-depth: 2`, and grant `permissions: contents: read`.",
    ...(cause === undefined ? {} : { cause }),
  });
}
