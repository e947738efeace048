import { GitHubError, type PullRequest, type WorkflowRun } from "../../src/github/github.js";
import { resolvePullRequest, workflowUnchanged } from "../../src/stage/resolve.js";

const head = "a".repeat(40);

const run: WorkflowRun = {
  id: 7,
  event: "pull_request",
  headSha: head,
  headBranch: "drop-index",
  headRepository: { owner: "stranger", fullName: "stranger/shop" },
  path: ".github/workflows/plan-gate.yml",
  attempt: 1,
};

function pull(
  number: number,
  more: Partial<PullRequest> & { readonly from?: Partial<PullRequest["head"]> } = {},
): PullRequest {
  const { from, ...rest } = more;
  return {
    number,
    state: "open",
    author: "stranger",
    labels: [],
    head: { sha: head, branch: "drop-index", repository: "stranger/shop", ...from },
    base: { sha: "b".repeat(40), branch: "main" },
    ...rest,
  };
}

/** GitHub as it answers when asked for the pull requests of one branch. */
function answering(...pulls: readonly PullRequest[]) {
  const asked: unknown[] = [];
  const openPullRequests = (question: { readonly owner: string; readonly branch: string }) => {
    asked.push(question);
    return Promise.resolve(pulls);
  };
  return { openPullRequests, asked };
}

test("a run is about the open pull request of its branch, head and repository", async () => {
  const github = answering(pull(12));
  expect(await resolvePullRequest(github, run)).toEqual({ kind: "pull-requests", pullRequests: [pull(12)] });
  expect(github.asked).toEqual([{ owner: "stranger", branch: "drop-index" }]);
});

test("several pull requests of one head are all meant, the oldest first", async () => {
  const lax = pull(9, { base: { sha: "c".repeat(40), branch: "old" } });
  const found = await resolvePullRequest(answering(pull(12), lax), run);
  expect(found).toMatchObject({ pullRequests: [{ number: 9 }, { number: 12 }] });
});

test("GitHub's names do not tell upper case from lower case", async () => {
  const found = await resolvePullRequest(answering(pull(12, { from: { repository: "Stranger/Shop" } })), run);
  expect(found).toMatchObject({ pullRequests: [{ number: 12 }] });
});

test.each<[string, readonly PullRequest[], RegExp]>([
  ["there is none", [], /no open pull request comes from `stranger\/shop:drop-index`/],
  ["it is closed", [pull(12, { state: "closed" })], /no open pull request/],
  ["it comes from another repository", [pull(12, { from: { repository: "acme/shop" } })], /no open pull request/],
  ["its repository is gone", [pull(12, { from: { repository: null } })], /no open pull request/],
  ["its head moved on", [pull(12, { from: { sha: "9".repeat(40) } })], /its head moved on from `a+`/],
])("nobody is meant where %s", async (_, pulls, reason) => {
  expect(await resolvePullRequest(answering(...pulls), run)).toEqual({
    kind: "none",
    reason: expect.stringMatching(reason),
  });
});

test("a run whose repository is gone, or of another event, is about nobody, and GitHub is not asked", async () => {
  const github = answering(pull(12));
  for (const other of [{ headRepository: null }, { event: "push" }, { event: "pull_request_target" }]) {
    expect(await resolvePullRequest(github, { ...run, ...other })).toMatchObject({ kind: "none" });
  }
  expect(github.asked).toEqual([]);
});

test("a queue's run has no pull request", async () => {
  expect(await resolvePullRequest(answering(pull(12)), { ...run, event: "merge_group" })).toEqual({ kind: "queue" });
});

/** GitHub with the workflow file of each ref. */
function holding(blobs: Readonly<Record<string, string>>) {
  return {
    defaultBranch: () => Promise.resolve("main"),
    blobOf: (path: string, ref: string) =>
      Promise.resolve(path === ".github/workflows/plan-gate.yml" ? blobs[ref] : undefined),
  };
}

test("the workflow is unchanged where head, bases and default branch agree", async () => {
  const github = holding({ main: "1", old: "1", [head]: "1" });
  expect(await workflowUnchanged(github, run, ["main", "old"])).toEqual({ kind: "unchanged" });
  const named = { ...run, path: ".github/workflows/plan-gate.yml@refs/heads/drop-index" };
  expect(await workflowUnchanged(github, named, ["main"])).toEqual({ kind: "unchanged" });
});

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ["was edited", { main: "1", [head]: "2" }, /at `a+` is not the one on `main`/],
  ["was deleted at the head", { main: "1" }, /at `a+` is not the one/],
  ["is new", { [head]: "2" }, /is not on `main`/],
  ["is another one on the base", { main: "1", old: "2", [head]: "1" }, /at `old` is not the one/],
])("the workflow is changed where it %s", async (_, blobs, reason) => {
  const bases = "old" in blobs ? ["old"] : ["main"];
  expect(await workflowUnchanged(holding(blobs), run, bases)).toEqual({
    kind: "changed",
    reason: expect.stringMatching(/^workflow changed, review it: /),
  });
  expect(await workflowUnchanged(holding(blobs), run, bases)).toMatchObject({
    reason: expect.stringMatching(reason),
  });
});

test("what GitHub does not say is unknown, never unchanged; a bug of ours is neither", async () => {
  const failing = (error: Error) => ({ ...holding({ main: "1" }), blobOf: () => Promise.reject(error) });
  expect(await workflowUnchanged(failing(new GitHubError("server error", 502)), run, [])).toEqual({
    kind: "unknown",
    reason: expect.stringContaining("server error"),
  });
  await expect(workflowUnchanged(failing(new TypeError("oops")), run, [])).rejects.toThrow("oops");
});
