import type { Json } from "./description.js";
import type { Actor, FakeGitHub, Files, NewPull, PullState } from "./types.js";

/** Commits files on top of a branch (null deletes). A branch that is not there yet starts at `from`. */
export async function commitFiles(
  fake: FakeGitHub,
  branch: string,
  files: Files,
  { from, message }: { readonly from?: string; readonly message?: string } = {},
): Promise<string> {
  const start = (await fake.git.resolve(branch)) === undefined ? from : undefined;
  const ref = branch;
  return fake.git.commit({ ref, files, ...(start ? { from: start } : {}), ...(message ? { message } : {}) });
}

/** A branch off the base with these files changed, and the pull request for it. */
export async function openPullRequest(
  fake: FakeGitHub,
  { files, ...pull }: NewPull & { readonly files: Files },
): Promise<PullState> {
  const from = pull.base ?? fake.state.settings.defaultBranch;
  const ref = pull.fork === undefined ? pull.branch : `refs/forks/${pull.fork}/${pull.branch}`;
  const start = (await fake.git.resolve(ref)) === undefined ? { from } : {};
  await fake.git.commit({ ref, files, message: pull.title ?? "change", ...start });
  return fake.openPull(pull);
}

/** Commits on the head branch of a pull request, wherever it is. Returns the new head. */
export async function pushToPull(fake: FakeGitHub, number: number, files: Files): Promise<string> {
  const pull = pullOf(fake, number);
  const { owner } = fake.state.settings;
  const ref = pull.headOwner === owner ? pull.branch : `refs/forks/${pull.headOwner}/${pull.branch}`;
  await fake.git.commit({ ref, files });
  return fake.pullHead(number);
}

/** Merges a pull request into its base, as its button does. Returns the merge commit. */
export async function mergePull(fake: FakeGitHub, number: number): Promise<string> {
  const pull = pullOf(fake, number);
  const commit = await fake.mergeCommit(number);
  if (commit === undefined) throw new Error(`pull request ${number} conflicts`);
  await fake.git.setRef(pull.base, commit);
  pull.merged = true;
  fake.closePull(number);
  return commit;
}

/** Gives somebody a role; they are a user then. */
export function addCollaborator(
  fake: FakeGitHub,
  login: string,
  role: "read" | "triage" | "write" | "maintain" | "admin",
): Actor {
  const actor: Actor = { login, type: "User" };
  fake.state.users.set(login, actor);
  fake.state.collaborators.set(login, role);
  return actor;
}

/** The payload of `pull_request` (or `pull_request_target`), as things are now. */
export async function pullRequestEvent(
  fake: FakeGitHub,
  number: number,
  action: string,
  { sender, label, before }: { readonly sender?: string; readonly label?: string; readonly before?: string } = {},
): Promise<Json> {
  const pull = pullOf(fake, number);
  const json = await fake.pullJson(number);
  return {
    action,
    number,
    pull_request: json,
    ...(label === undefined ? {} : { label: { name: label, color: "ededed", description: null } }),
    ...(before === undefined ? {} : { before, after: (json["head"] as Json)["sha"] }),
    ...everyEvent(fake, sender ?? pull.author),
  };
}

/** Somebody puts the label on; the payload of the event that follows. */
export async function labelPull(fake: FakeGitHub, number: number, label: string, by: Actor): Promise<Json> {
  fake.label(number, label, by);
  return pullRequestEvent(fake, number, "labeled", { sender: by.login, label });
}

/** A pull request enters the queue behind `behind` (a queue's commit), or the base's tip: its commit and payload. */
export async function enqueue(
  fake: FakeGitHub,
  number: number,
  { behind }: { readonly behind?: string } = {},
): Promise<{ readonly head: string; readonly base: string; readonly payload: Json }> {
  const pull = pullOf(fake, number);
  const base = behind ?? (await fake.git.resolve(pull.base)) ?? "";
  const tree = await fake.git.run(["merge-tree", "--write-tree", base, await fake.pullHead(number)]);
  const message = `Merge pull request #${number}`;
  const head = await fake.git.run(["commit-tree", tree, "-p", base, "-p", pull.seenHead, "-m", message]);
  const ref = `refs/heads/gh-readonly-queue/${pull.base}/pr-${number}-${base}`;
  await fake.git.setRef(ref, head);
  const payload = {
    action: "checks_requested",
    merge_group: {
      head_sha: head,
      head_ref: ref,
      base_sha: base,
      base_ref: `refs/heads/${pull.base}`,
      head_commit: { id: head, tree_id: tree, message },
    },
    ...everyEvent(fake, "github-merge-queue[bot]"),
  };
  return { head, base, payload };
}

/** The payload of `push` to a branch as it is now. */
export async function pushEvent(fake: FakeGitHub, branch: string, before = "0".repeat(40)): Promise<Json> {
  const after = await fake.git.resolve(branch);
  const ref = `refs/heads/${branch}`;
  return { ref, before, after, created: false, deleted: false, forced: false, ...everyEvent(fake, "author") };
}

/** The payload of `workflow_run` when a run has ended. */
export function workflowRunEvent(fake: FakeGitHub, runId: number): Json {
  const run = fake.state.runs.get(runId);
  if (run === undefined) throw new Error(`no run ${runId}`);
  const [owner = ""] = (run.headRepository ?? "").split("/");
  return {
    action: "completed",
    workflow_run: {
      id: run.id,
      name: "plan-gate",
      event: run.event,
      head_sha: run.headSha,
      head_branch: run.headBranch,
      head_repository: run.headRepository && { full_name: run.headRepository, owner: { login: owner } },
      path: run.path,
      run_attempt: run.attempt,
      status: run.status,
      conclusion: run.conclusion,
      pull_requests: [],
    },
    ...everyEvent(fake, "author"),
  };
}

/** The payload of `schedule`. */
export function scheduleEvent(fake: FakeGitHub): Json {
  return { schedule: "17 3 * * *", ...everyEvent(fake, fake.state.settings.owner) };
}

function everyEvent(fake: FakeGitHub, sender: string): Json {
  return { repository: fake.repositoryJson(), sender: fake.userJson(sender) };
}

function pullOf(fake: FakeGitHub, number: number): PullState {
  const pull = fake.state.pulls.get(number);
  if (pull === undefined) throw new Error(`no pull request ${number}`);
  return pull;
}
