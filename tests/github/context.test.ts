import { PlanGateError } from "../../src/errors.js";
import { queuedPullRequest, readContext } from "../../src/github/context.js";

const a = "a".repeat(40);
const b = "b".repeat(40);
const repository = { default_branch: "main", full_name: "acme/shop" };
const sender = { login: "ann" };
const pull = {
  repository,
  sender,
  number: 7,
  action: "synchronize",
  before: b,
  pull_request: {
    head: { sha: a, ref: "topic", repo: { full_name: "bob/shop" } },
    base: { ref: "main", sha: b },
  },
};

function read(event: string, payload: unknown) {
  return readContext({ GITHUB_EVENT_NAME: event }, payload);
}

test("a push to a pull request names its head, base branch and the head before", () => {
  expect(read("pull_request", pull)).toEqual({
    kind: "pull-request",
    number: 7,
    action: "synchronize",
    head: { sha: a, branch: "topic", repository: "bob/shop" },
    base: { branch: "main" },
    before: b,
    sender: "ann",
    defaultBranch: "main",
  });
});

test("a pull request whose fork is gone has no head repository", () => {
  const head = { ...pull.pull_request.head, repo: null };
  const context = read("pull_request", { ...pull, pull_request: { ...pull.pull_request, head } });
  expect(context).toMatchObject({ kind: "pull-request", head: { repository: null } });
});

test("a label event names the label", () => {
  const context = read("pull_request", { ...pull, action: "labeled", label: { name: "plan-gate:approve" } });
  expect(context).toMatchObject({ kind: "pull-request", action: "labeled", label: "plan-gate:approve" });
});

test("a label on pull_request_target is a kind of its own; its other actions are none", () => {
  const labeled = { ...pull, action: "labeled", label: { name: "plan-gate:approve" } };
  expect(read("pull_request_target", labeled)).toEqual({
    kind: "label-target",
    number: 7,
    label: "plan-gate:approve",
    sender: "ann",
    defaultBranch: "main",
  });
  expect(read("pull_request_target", pull)).toEqual({
    kind: "other",
    event: "pull_request_target",
    defaultBranch: "main",
  });
});

test("a merge group names its commits, its base branch and its pull request", () => {
  const merge_group = {
    head_sha: a,
    base_sha: b,
    head_ref: `refs/heads/gh-readonly-queue/release/2.x/pr-104-${b}`,
    base_ref: "refs/heads/release/2.x",
  };
  expect(read("merge_group", { repository, merge_group })).toEqual({
    kind: "merge-group",
    head: a,
    base: b,
    baseBranch: "release/2.x",
    number: 104,
    defaultBranch: "main",
  });
});

test("only a queue's own branch names a pull request", () => {
  expect(queuedPullRequest(`gh-readonly-queue/main/pr-12-${a}`)).toBe(12);
  expect(queuedPullRequest(`refs/heads/gh-readonly-queue/main/pr-12-${a}`)).toBe(12);
  expect(queuedPullRequest(`gh-readonly-queue/main/pr-1-${a}/pr-12-${a}`)).toBe(12);
  for (const branch of ["main", `topic/gh-readonly-queue/main/pr-12-${a}`, `gh-readonly-queue/main/pr-0-${a}`]) {
    expect(queuedPullRequest(branch)).toBeUndefined();
  }
});

test("a push says whether it was to the default branch, and what was there before", () => {
  const push = { repository, ref: "refs/heads/main", before: b, after: a };
  expect(read("push", push)).toEqual({
    kind: "push",
    sha: a,
    branch: "main",
    isDefault: true,
    before: b,
    defaultBranch: "main",
  });
  const created = read("push", { ...push, ref: "refs/heads/feat/x", before: "0".repeat(40) });
  expect(created).toMatchObject({ branch: "feat/x", isDefault: false });
  expect(created).not.toHaveProperty("before");
  expect(read("push", { ...push, ref: "refs/tags/main" })).toMatchObject({ isDefault: false });
});

test("another workflow's run, the clock and anything else", () => {
  expect(read("workflow_run", { repository, workflow_run: { id: 5 } })).toMatchObject({
    kind: "workflow-run",
    runId: 5,
  });
  expect(read("schedule", { schedule: "7 3 * * *" })).toEqual({ kind: "schedule", defaultBranch: "" });
  expect(read("workflow_dispatch", { repository })).toEqual({
    kind: "other",
    event: "workflow_dispatch",
    defaultBranch: "main",
  });
});

test.each([
  ["pull_request", { ...pull, number: "7" }, "number"],
  [
    "pull_request",
    { ...pull, pull_request: { ...pull.pull_request, head: { sha: "--upload-pack=x", ref: "t", repo: null } } },
    "pull_request.head.sha",
  ],
  ["pull_request", null, ""],
  ["merge_group", { repository }, "merge_group"],
  ["push", { repository, ref: "refs/heads/main", before: "main", after: a }, "before"],
  ["workflow_run", { workflow_run: { id: -1 } }, "workflow_run.id"],
])("a payload of %s that GitHub would not send is refused", (event, payload, where) => {
  const reading = () => read(event, payload);
  expect(reading).toThrow(PlanGateError);
  expect(reading).toThrow(`the payload of \`${event}\` is not as GitHub sends it${where && ` at \`${where}\``}`);
});
