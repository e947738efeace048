import { createHash } from "node:crypto";
import type { Candidate } from "./evaluation/evaluation.js";
import { type Branch, type GitHub, GitHubError, type NewCommit } from "./github/github.js";
import { refreshBody, refreshTitle } from "./nightly/refresh-text.js";
import type { NightStory } from "./nightly/story.js";

/** The branch that is ours alone: what others commit to it is replaced. */
export const refreshBranch = "plan-gate/refresh";

/** What a refresh needs. */
export interface RefreshRequest {
  readonly github: Pick<
    GitHub,
    | "repository"
    | "defaultBranch"
    | "branch"
    | "createBranch"
    | "resetBranch"
    | "changedFiles"
    | "mergeBase"
    | "readFile"
    | "commitOnBranch"
    | "openPullRequests"
    | "createPullRequest"
    | "updatePullRequest"
  >;
  /** What was judged, and what of it drifted. */
  readonly story: NightStory;
  /** Whether a workflow that the pull request should start runs by itself, waits for a click, or never starts. */
  readonly botCommits: "run" | "wait" | "never";
  /** Writes a patch where a person finds it, and gives the command that applies it. */
  readonly keepPatch: (candidates: readonly Candidate[]) => Promise<string>;
  /** One line for the log. */
  readonly tell: (line: string) => void;
}

/** What became of a refresh. */
export type Refreshed =
  | { readonly kind: "nothing to do" }
  | { readonly kind: "pull request"; readonly number: number; readonly change: "opened" | "updated" | "unchanged" }
  /** GitHub refused: a person has to apply it. */
  | { readonly kind: "patch"; readonly command: string; readonly reason: string };

/**
 * Opens or updates the one pull request that accepts what drifted. Refuses nothing on its own account: whether the new
 * plans are fine is for its reviewers to say. Done twice it changes nothing more.
 */
export async function refresh(request: RefreshRequest): Promise<Refreshed> {
  const { story, tell, keepPatch } = request;
  const candidates = refreshCandidates(story);
  if (candidates.length === 0) return { kind: "nothing to do" };
  try {
    return await refreshOnGitHub(request, candidates);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const command = await keepPatch(candidates);
    const reason = reasonOf(error);
    tell(`no pull request with new baselines: ${reason}. Apply them by: ${command}`);
    return { kind: "patch", command, reason };
  }
}

/** New baselines of the queries that drifted; those that nobody has accepted yet are for a person to accept. */
export function refreshCandidates({ tonight, drifts }: NightStory): readonly Candidate[] {
  const drifted = new Set(drifts.map(({ config, query }) => JSON.stringify([config, query])));
  const found = tonight.parts.flatMap(({ evaluation: { config, candidates } }) =>
    candidates.filter(({ query }) => drifted.has(JSON.stringify([config, query]))),
  );
  const byPath = new Map(found.map((candidate) => [candidate.path, candidate]));
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function refreshOnGitHub(request: RefreshRequest, candidates: readonly Candidate[]): Promise<Refreshed> {
  const { github, story, botCommits } = request;
  const base = await github.defaultBranch();
  const owner = github.repository.split("/")[0] ?? "";
  const open = await github.openPullRequests({ owner, branch: refreshBranch });
  const [pull] = open.filter((one) => one.head.repository === github.repository && one.base.branch === base);
  const isNew = await bringBranch(request, candidates, { base, isProposed: pull !== undefined });
  const text = { title: refreshTitle(story), body: refreshBody(story, candidates, botCommits) };
  if (pull === undefined) {
    const { number } = await github.createPullRequest({ ...text, head: refreshBranch, base });
    return { kind: "pull request", number, change: "opened" };
  }
  if (isNew) await github.updatePullRequest(pull.number, text);
  return { kind: "pull request", number: pull.number, change: isNew ? "updated" : "unchanged" };
}

/** Where the branch stands, and what it is to hold. */
interface Branching {
  readonly base: string;
  /** Of the base. */
  readonly tip: string;
  readonly branch: Branch | undefined;
  readonly isProposed: boolean;
  /** Folders of baselines: what else lies on the branch is not ours. */
  readonly folders: readonly string[];
}

/** Makes the branch hold these baselines and no others. False where it did already. */
async function bringBranch(
  request: RefreshRequest,
  candidates: readonly Candidate[],
  { base, isProposed }: Pick<Branching, "base" | "isProposed">,
): Promise<boolean> {
  const { github, story } = request;
  const [tip, branch] = [await github.branch(base), await github.branch(refreshBranch)];
  if (tip === undefined) throw new GitHubError(`the branch ${base} is gone`, 404);
  const folders = [...new Set(story.tonight.parts.map(({ evaluation }) => evaluation.baselines))];
  const branching = { base, tip: tip.sha, branch, isProposed, folders };
  return isProposed && branch
    ? addCommit(request, candidates, branching, branch)
    : rebuild(request, candidates, branching);
}

/** On top of what is proposed: a branch that is set back to its base has its pull request closed by GitHub. */
async function addCommit(
  request: RefreshRequest,
  candidates: readonly Candidate[],
  { base, folders }: Branching,
  branch: Branch,
): Promise<boolean> {
  const { github, story } = request;
  const there = await ownFiles(request, base, folders);
  const additions: Addition[] = candidates.filter(({ path, text }) => !isBlobOf(there.get(path), text));
  const deletions: string[] = [];
  const wanted = new Set(candidates.map(({ path }) => path));
  // Where something could not be judged, a file without a candidate may still have drifted.
  const gone = story.failures.length > 0 ? [] : [...there.keys()].filter((one) => !wanted.has(one));
  for (const path of gone) {
    // It drifts no more: as the base has it.
    const text = await github.readFile(base, path);
    if (text === undefined) deletions.push(path);
    else if (!isBlobOf(there.get(path), text)) additions.push({ path, text });
  }
  if (additions.length + deletions.length === 0) return false;
  await commit(request, { expectedHead: branch.sha, additions, deletions });
  return true;
}

/** From the base's tip: whatever is left on the branch of a pull request that was merged or closed is old. */
async function rebuild(
  request: RefreshRequest,
  candidates: readonly Candidate[],
  { base, tip, branch, folders }: Branching,
): Promise<boolean> {
  const { github } = request;
  if (branch !== undefined && (await github.mergeBase(base, refreshBranch)) === tip) {
    const there = await ownFiles(request, base, folders);
    if (there.size === candidates.length && candidates.every(({ path, text }) => isBlobOf(there.get(path), text))) {
      return false;
    }
  }
  if (branch === undefined) await github.createBranch(refreshBranch, tip);
  else if (branch.sha !== tip) await github.resetBranch(refreshBranch, tip);
  await commit(request, { expectedHead: tip, additions: candidates, deletions: [] });
  return true;
}

type Addition = Pick<Candidate, "path" | "text">;

async function commit(
  { github, story }: RefreshRequest,
  { expectedHead, additions, deletions }: Pick<NewCommit, "expectedHead" | "additions" | "deletions">,
): Promise<void> {
  await github.commitOnBranch({
    branch: refreshBranch,
    expectedHead,
    headline: refreshTitle(story),
    body: [...additions.map(({ path }) => path), ...deletions].join("\n"),
    additions: additions.map(({ path, text }) => ({ path, text })),
    deletions,
  });
}

/** Baselines that the branch changes, with their blobs. */
async function ownFiles(
  { github }: RefreshRequest,
  base: string,
  folders: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const files = await github.changedFiles(base, refreshBranch);
  const isOurs = (path: string) => folders.some((folder) => path.startsWith(`${folder}/pg`)) && path.endsWith(".yml");
  return new Map(files.filter(({ path }) => isOurs(path)).map(({ path, blob }) => [path, blob]));
}

/** By SHA-1 or SHA-256, whichever the repository counts by. */
function isBlobOf(blob: string | null | undefined, text: string): boolean {
  if (blob === null || blob === undefined) return false;
  const algorithm = blob.length === 40 ? "sha1" : "sha256";
  const hash = createHash(algorithm)
    .update(`blob ${Buffer.byteLength(text)}\0`)
    .update(text);
  return hash.digest("hex") === blob;
}

function reasonOf({ message, permission, status }: GitHubError): string {
  if (permission !== undefined) return `${message} (the job needs \`permissions: ${permission}\`)`;
  if (status !== 403 && status !== 404) return message;
  return `${message} (the job needs \`permissions: contents: write\` and \`pull-requests: write\`, and the repository's settings must allow GitHub Actions to open pull requests)`;
}
