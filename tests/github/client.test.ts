import { createHash } from "node:crypto";
import { connectTo, refusal, startWithPull } from "./connect.js";

const ann = { login: "ann" } as const;
const stranger = { login: "mallory" } as const;
const approve = "plan-gate:approve";

describe("pull requests", () => {
  test("are read with their labels, head and base, of a fork as well", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    fake.label(1, approve, ann);
    const sha = await fake.pullHead(1);
    const base = { sha: await fake.git.resolve("main"), branch: "main" };
    expect(await github.pullRequest(1)).toMatchObject({
      number: 1,
      state: "open",
      labels: [approve],
      head: { sha, branch: "topic", repository: "acme/shop" },
      base,
    });
    await fake.git.setRef("refs/forks/bob/topic", sha);
    const forked = await fake.openPull({ branch: "topic", fork: "bob", author: { login: "bob" } });
    expect(await github.pullRequest(forked.number)).toMatchObject({
      author: "bob",
      head: { repository: "bob/shop" },
    });
    forked.headGone = true;
    expect((await github.pullRequest(forked.number)).head.repository).toBeNull();
    const own = await github.openPullRequests({ owner: "acme", branch: "topic" });
    expect(own.map(({ number }) => number)).toEqual([1]);
    // Of one commit whatever its branches are called, and wherever they are.
    const sameHead = await github.openPullRequestsAt(sha);
    expect(sameHead.map(({ number }) => number)).toEqual([forked.number, 1]);
    expect(await github.openPullRequestsAt(base.sha ?? "")).toEqual([]);
    fake.closePull(1);
    expect(await github.openPullRequests({ owner: "acme", branch: "topic" })).toEqual([]);
    expect((await github.pullRequest(1)).state).toBe("closed");
    expect(fake.problems).toEqual([]);
  });

  test("are opened and changed in the name of the commit token", async () => {
    await using fake = await startWithPull();
    const app = { login: "mover[bot]", type: "Bot", app: "mover" } as const;
    const commitToken = fake.createToken({
      actor: app,
      permissions: { contents: "write", "pull-requests": "write" },
    });
    const github = connectTo(fake, { commitToken });
    const main = (await fake.git.resolve("main")) ?? "";
    await github.createBranch("plan-gate/refresh", main);
    const sha = await github.commitOnBranch({
      branch: "plan-gate/refresh",
      expectedHead: main,
      headline: "Refresh",
      body: "since it drifted",
      additions: [{ path: "baselines/a.yml", text: "é\n" }],
      deletions: ["dir/b.txt"],
    });
    expect(await fake.git.list("plan-gate/refresh")).toEqual(["a.txt", "baselines/a.yml"]);
    expect(await fake.git.read(sha, "baselines/a.yml")).toBe("é\n");
    const opened = await github.createPullRequest({ title: "t", body: "b", head: "plan-gate/refresh", base: "main" });
    await github.updatePullRequest(opened.number, { body: "new" });
    expect(fake.state.pulls.get(opened.number)).toMatchObject({ title: "t", body: "new", author: "mover[bot]" });
    await github.resetBranch("plan-gate/refresh", main);
    expect(await fake.git.resolve("plan-gate/refresh")).toBe(main);
    expect(fake.problems).toEqual([]);
  });
});

test("a commit on a branch that moved is refused, and nothing is forced", async () => {
  await using fake = await startWithPull();
  fake.setPermissions(fake.jobToken, { contents: "write" });
  const github = connectTo(fake);
  const expectedHead = await fake.pullHead(1);
  const moved = await fake.git.commit({ ref: "refs/heads/topic", files: { "a.txt": "again\n" } });
  const commit = { branch: "topic", expectedHead, headline: "x", body: "", additions: [], deletions: [] };
  expect(await refusal(github.commitOnBranch(commit))).toMatchObject({
    status: 409,
    message: expect.stringContaining("Expected branch to point to"),
  });
  expect(await fake.git.resolve("topic")).toBe(moved);
});

describe("branches and files", () => {
  test("a branch says whether it is protected; one that is not there is undefined", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    fake.state.settings.protectedBranches.add("main");
    const sha = await fake.git.commit({ ref: "refs/heads/feat/x", from: "main", files: { "x.txt": "x" } });
    expect(await github.defaultBranch()).toBe("main");
    expect(await github.branch("main")).toMatchObject({ name: "main", protected: true });
    expect(await github.branch("feat/x")).toEqual({ name: "feat/x", sha, protected: false });
    expect(await github.branch("gone")).toBeUndefined();
    expect(fake.problems).toEqual([]);
  });

  test("files are read at branches and commits, large ones too; folders are none", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    const large = "é 1234567\n".repeat(150_000);
    const sha = await fake.git.commit({ ref: "refs/heads/feat/x", from: "main", files: { "dir/large.txt": large } });
    expect(await github.readFile("feat/x", "dir/large.txt")).toBe(large);
    expect(await github.readFile("main", "dir/b.txt")).toBe("b\n");
    expect(await github.readFile("main", "dir")).toBeUndefined();
    expect(await github.readFile("main", "dir/large.txt")).toBeUndefined();
    expect(await github.readFile("gone", "dir/b.txt")).toBeUndefined();
    expect(await github.blobOf("dir/large.txt", sha)).toBe(await fake.git.blobOf(sha, "dir/large.txt"));
    expect(await github.blobOf("dir/none.txt", sha)).toBeUndefined();
    expect(fake.problems).toEqual([]);
  });

  test("two commits have a merge base, and files that differ since", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    const fork = await fake.git.resolve("main");
    await fake.git.commit({ ref: "refs/heads/main", files: { "moved.txt": "on\n" } });
    const head = await fake.pullHead(1);
    expect(await github.mergeBase("main", head)).toBe(fork);
    expect(await github.changedFiles("main", head)).toEqual([
      { path: "a.txt", blob: await fake.git.blobOf(head, "a.txt") },
      { path: "dir/b.txt", blob: null },
    ]);
    expect(fake.problems).toEqual([]);
  });
});

describe("the newest label event", () => {
  test("is the last one that was not taken back, over all pages", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    expect(await github.newestLabeled(1, approve)).toBeUndefined();
    fake.label(1, approve, stranger);
    fake.unlabel(1, approve, stranger);
    expect(await github.newestLabeled(1, approve)).toBeUndefined();
    for (let more = 0; more < 110; more += 1) fake.label(1, `other ${more}`, stranger);
    const event = fake.label(1, approve, ann);
    fake.label(1, "plan-gate:other", stranger);
    fake.unlabel(1, "plan-gate:other", stranger);
    expect(await github.newestLabeled(1, approve.toUpperCase())).toEqual({
      id: event.id,
      login: "ann",
      type: "User",
      viaApp: null,
      at: event.at,
    });
    expect(fake.problems).toEqual([]);
  });

  test("says when a bot, or an App in somebody's name, put it on", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    fake.label(1, approve, { login: "helper[bot]", type: "Bot", app: "helper" });
    expect(await github.newestLabeled(1, approve)).toMatchObject({ type: "Bot", viaApp: "helper" });
    fake.label(1, approve, { ...ann, app: "helper" });
    expect(await github.newestLabeled(1, approve)).toMatchObject({ login: "ann", type: "User", viaApp: "helper" });
  });
});

test("a label is made once and taken off once; asking again is no failure", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const label = { name: approve, color: "0e8a16", description: "Accepts plans" };
  await github.createLabel(label);
  await github.createLabel(label);
  expect([...fake.state.labels.values()].filter(({ name }) => name === approve)).toEqual([label]);
  fake.label(1, approve, ann);
  await github.removeLabel(1, approve);
  await github.removeLabel(1, approve);
  expect([...(fake.state.pulls.get(1)?.labels ?? [])]).toEqual([]);
  expect((await refusal(github.createLabel({ ...label, name: "x", color: "no colour" }))).status).toBe(422);
});

describe("roles and teams", () => {
  test("a role is the real one, triage not read, and a stranger has none", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    for (const role of ["read", "triage", "write", "maintain", "admin"] as const) {
      fake.state.users.set(role, { login: role });
      fake.state.collaborators.set(role, role);
      expect(await github.role(role)).toBe(role);
    }
    expect(["none", "read"]).toContain(await github.role("mallory"));
    fake.fail({ path: /collaborators/, kind: { status: 404 }, times: 1 });
    expect(await github.role("nobody")).toBe("none");
    fake.fail({ path: /collaborators/, kind: { status: 403 }, times: 1 });
    expect((await refusal(github.role("ann"))).status).toBe(403);
  });

  test("a team is asked with its own token, and without one nobody is said to be no member", async () => {
    await using fake = await startWithPull();
    fake.state.teams.set(
      "acme/dba",
      new Map([
        ["ann", "active"],
        ["bob", "pending"],
      ]),
    );
    expect((await refusal(connectTo(fake).isInTeam("acme/dba", "ann"))).message).toMatch(/set org-token/);
    const blind = connectTo(fake, { orgToken: fake.jobToken });
    expect((await refusal(blind.isInTeam("acme/dba", "ann"))).message).toMatch(
      /org-token may not see the team acme\/dba/,
    );
    const orgToken = fake.createToken({ actor: { login: "reader" }, permissions: { members: "read" } });
    const github = connectTo(fake, { orgToken });
    expect(await github.isInTeam("acme/dba", "ann")).toBe(true);
    expect(await github.isInTeam("acme/dba", "bob")).toBe(false);
    expect(await github.isInTeam("acme/dba", "mallory")).toBe(false);
    expect((await refusal(github.isInTeam("acme/none", "ann"))).status).toBe(404);
    expect((await refusal(github.isInTeam("dba", "ann"))).message).toMatch(/organisation\/team/);
  });
});

describe("check runs", () => {
  test("only those of workflows are told, newest first", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    const headSha = await fake.pullHead(1);
    const name = "plan-gate approval";
    for (let more = 0; more < 105; more += 1) fake.createCheckRun({ name, headSha });
    fake.createCheckRun({ name, headSha, app: "mallorys-app" });
    fake.createCheckRun({ name: "plan-gate report", headSha });
    const newest = await github.createCheckRun({
      name,
      headSha,
      status: "completed",
      conclusion: "success",
      externalId: "7",
      title: "Approved",
      summary: "by ann",
      text: "{}",
    });
    const found = await github.checkRuns(headSha, name);
    expect(found).toHaveLength(106);
    expect(found[0]).toEqual(newest);
    expect(newest).toMatchObject({
      name,
      headSha,
      app: "github-actions",
      externalId: "7",
      status: "completed",
      conclusion: "success",
      title: "Approved",
      summary: "by ann",
      text: "{}",
    });
    expect(newest.completedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(await github.checkRun(newest.id)).toEqual(newest);
    expect(await github.checkRun(999_999)).toBeUndefined();
    expect(fake.problems).toEqual([]);
  });

  test("annotations are sent fifty at a time, the verdict with the first", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    const annotations = Array.from({ length: 101 }, (_, index) => ({
      path: "migrations/1.sql",
      line: index + 1,
      level: "failure" as const,
      title: "worse",
      message: "so it is",
    }));
    const headSha = await fake.pullHead(1);
    const verdict = { status: "completed", conclusion: "failure", title: "worse", summary: "s", text: "t" } as const;
    const made = await github.createCheckRun({ name: "plan-gate report", headSha, ...verdict, annotations });
    expect(made).toMatchObject({ conclusion: "failure", title: "worse", summary: "s", text: "t" });
    expect(fake.state.checkRuns[0]?.annotations.map(({ start_line }) => start_line)).toEqual(
      annotations.map(({ line }) => line),
    );
    expect(github.sent).toBe(3);
    fake.fail({ method: "PATCH", path: /check-runs/, kind: { status: 403 }, after: 1 });
    await refusal(github.updateCheckRun(made.id, { ...verdict, title: "again", annotations }));
    expect(fake.state.checkRuns[0]?.title).toBe("again");
    expect(fake.problems).toEqual([]);
  });

  test("a status carries at most as much text as GitHub takes", async () => {
    await using fake = await startWithPull();
    fake.setPermissions(fake.jobToken, { statuses: "write" });
    const github = connectTo(fake);
    const sha = (await fake.git.resolve("topic")) ?? "";
    const status = { context: "plan-gate/verdict", state: "failure", description: "é".repeat(300) } as const;
    await github.createStatus(sha, { ...status, targetUrl: "https://example.org/run" });
    expect(fake.state.statuses).toMatchObject([
      { sha, state: "failure", description: "é".repeat(140), targetUrl: "https://example.org/run" },
    ]);
    expect(fake.problems).toEqual([]);
  });
});

test("a workflow's run and its artifacts are read, and no more bytes than asked for", async () => {
  await using fake = await startWithPull();
  fake.setPermissions(fake.jobToken, { actions: "read" });
  const github = connectTo(fake);
  const headSha = (await fake.git.resolve("topic")) ?? "";
  const run = fake.createRun({ event: "pull_request", headSha, headBranch: "topic", headRepository: "bob/shop" });
  expect(await github.workflowRun(run.id)).toEqual({
    id: run.id,
    event: "pull_request",
    headSha,
    headBranch: "topic",
    headRepository: { owner: "bob", fullName: "bob/shop" },
    path: ".github/workflows/plan-gate.yml",
    attempt: 1,
  });
  const gone = fake.createRun({ event: "pull_request", headSha, headBranch: "topic", headRepository: null });
  expect((await github.workflowRun(gone.id)).headRepository).toBeNull();
  const zip = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, index) => index));
  const { id } = fake.createArtifact({ runId: run.id, name: "plan-gate-evaluation", zip });
  expect(await github.artifacts(run.id)).toEqual([
    { id, name: "plan-gate-evaluation", bytes: 100_000, expired: false },
  ]);
  const downloaded = await github.downloadArtifact(id, 100_000);
  expect(createHash("sha256").update(downloaded).digest("hex")).toBe(createHash("sha256").update(zip).digest("hex"));
  const error = await refusal(github.downloadArtifact(id, 99_999));
  expect(error).toMatchObject({ status: 413, message: expect.stringContaining("larger than 99999 bytes") });
  // GitHub's description knows no deleted repository, and GitHub does.
  expect(fake.problems.filter((problem) => !problem.includes("/head_repository"))).toEqual([]);
});

describe("issues", () => {
  test("only ours are told, newest first, whether open or closed, and no pull requests", async () => {
    await using fake = await startWithPull();
    fake.setPermissions(fake.jobToken, { issues: "write" });
    const github = connectTo(fake);
    const label = "plan-gate:drift";
    const first = await github.createIssue({ title: "one", body: "1", labels: [label] });
    const second = await github.createIssue({ title: "two", body: "2", labels: [label] });
    const planted = await github.createIssue({ title: "planted", body: "3", labels: [label] });
    const state = fake.state.issues.get(planted.number);
    if (state) state.author = "mallory";
    fake.label(1, label, ann);
    const pull = fake.state.pulls.get(1);
    if (pull) pull.author = "github-actions[bot]";
    await github.createComment(second.number, "still so");
    const closed = await github.updateIssue(first.number, { state: "closed" });
    expect(closed.closedAt).not.toBeNull();
    const found = await github.ownIssues(label);
    expect(found.map(({ number, state, body, labels }) => [number, state, body, labels])).toEqual([
      [second.number, "open", "2", [label]],
      [first.number, "closed", "1", [label]],
    ]);
    expect(fake.problems).toEqual([]);
  });

  test("a text that GitHub silently did not take is an error", async () => {
    await using fake = await startWithPull();
    fake.setPermissions(fake.jobToken, { issues: "write" });
    const github = connectTo(fake);
    const { number } = await github.createIssue({ title: "one", body: "1", labels: [] });
    expect((await github.updateIssue(number, { title: "new", body: "2\r\n" })).title).toBe("new");
    const error = await refusal(github.updateIssue(number, { body: "x".repeat(70_000) }));
    expect(error.message).toBe(`GitHub kept the old text of issue ${number}: the new one has 70000 characters`);
  });
});

describe("appending to a file", () => {
  const append = { branch: "plan-gate-history", path: "history/2026-11.jsonl", message: "m" };

  test("begins a branch of its own, and then adds to it", async () => {
    await using fake = await startWithPull();
    fake.setPermissions(fake.jobToken, { contents: "write" });
    const github = connectTo(fake);
    await github.appendToFile({ ...append, lines: '{"a":1}\n' });
    await github.appendToFile({ ...append, lines: '{"b":2}' });
    await github.appendToFile({ ...append, path: "history/2026-12.jsonl", lines: '{"c":3}\n' });
    expect(await fake.git.list(append.branch)).toEqual(["history/2026-11.jsonl", "history/2026-12.jsonl"]);
    expect(await fake.git.read(append.branch, append.path)).toBe('{"a":1}\n{"b":2}\n');
    expect(await fake.git.run(["rev-list", "--count", append.branch])).toBe("3");
    expect(await fake.git.run(["merge-base", "main", append.branch]).catch(() => "none")).toBe("none");
    expect(fake.problems).toEqual([]);
  });

  test("loses no line when several append at once, from the first commit on", async () => {
    await using fake = await startWithPull();
    fake.setPermissions(fake.jobToken, { contents: "write" });
    const lines = ["1\n", "2\n", "3\n"];
    await Promise.all(lines.map((line) => connectTo(fake).appendToFile({ ...append, lines: line })));
    await Promise.all(lines.map((line) => connectTo(fake).appendToFile({ ...append, lines: line })));
    const text = (await fake.git.read(append.branch, append.path)) ?? "";
    expect(text.split("\n").sort().join("")).toBe("112233");
    expect(fake.problems).toEqual([]);
  }, 30_000);

  test("adds lines once where the answer to the last step is lost", async () => {
    await using fake = await startWithPull();
    fake.setPermissions(fake.jobToken, { contents: "write" });
    const github = connectTo(fake);
    for (const line of ["1\n", "2\n"]) {
      fake.fail({ path: /\/git\/refs/, kind: "answer-lost", times: 1 });
      await github.appendToFile({ ...append, lines: line });
    }
    expect(await fake.git.read(append.branch, append.path)).toBe("1\n2\n");
  });

  test("gives up after three races, and says what GitHub said", async () => {
    await using fake = await startWithPull();
    fake.setPermissions(fake.jobToken, { contents: "write" });
    const github = connectTo(fake);
    fake.fail({ path: /\/git\/refs/, kind: { status: 422, message: "Update is not a fast forward" } });
    const error = await refusal(github.appendToFile({ ...append, lines: "1\n" }));
    expect(error.message).toContain("Update is not a fast forward");
    expect(fake.requests.filter(({ path }) => path.endsWith("/git/refs"))).toHaveLength(3);
    fake.setPermissions(fake.jobToken, { contents: "read" });
    expect(await refusal(github.appendToFile({ ...append, lines: "1\n" }))).toMatchObject({
      status: 403,
      missing: "contents=write",
    });
  });
});
