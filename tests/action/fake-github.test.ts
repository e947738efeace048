import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startFakeGitHub } from "../support/github/fake-github.js";
import type { FakeGitHub, FakeGitHubOptions, Permissions } from "../support/github/types.js";
import {
  addCollaborator,
  commitFiles,
  enqueue,
  labelPull,
  mergePull,
  openPullRequest,
  pullRequestEvent,
  pushEvent,
  pushToPull,
  scheduleEvent,
  workflowRunEvent,
} from "../support/github/world.js";
import { checkoutMerge, parseFileCommands, runAction } from "../support/runner.js";

type Json = Record<string, unknown>;

/** A GitHub with a commit on main, and a pull request that changes a file. */
async function startWithPull(options: FakeGitHubOptions = {}) {
  const fake = await startFakeGitHub(options);
  await commitFiles(fake, "main", { "README.md": "shop\n", "queries/by-id.sql": "select 1;\n" });
  const pull = await openPullRequest(fake, { branch: "faster", files: { "queries/by-id.sql": "select 2;\n" } });
  return { fake, pull, head: await fake.pullHead(pull.number) };
}

interface Asked {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(fake: FakeGitHub, method: string, path: string, body?: unknown, { token, headers }: Asked = {}) {
  const response = await fetch(`${fake.apiUrl}/repos/${fake.repository}${path}`, {
    method,
    headers: {
      authorization: `token ${token ?? fake.jobToken}`,
      "x-github-api-version": "2022-11-28",
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: (text === "" ? {} : JSON.parse(text)) as Json,
    text,
  };
}

async function askGraphql(fake: FakeGitHub, query: string, variables: Json, token = fake.jobToken) {
  const headers = { authorization: `bearer ${token}` };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(fake.graphqlUrl, { method: "POST", headers, body });
  return (await response.json()) as { data?: Json; errors?: { type?: string; message: string }[] };
}

const bot = (permissions: Permissions) => ({
  actor: { login: "github-actions[bot]", type: "Bot", app: "github-actions" } as const,
  permissions,
});

describe("GitHub's description", () => {
  test("refuses 51 annotations, takes 50, and adds the next ones to them", async () => {
    const { fake, head } = await startWithPull();
    await using _ = fake;
    const annotation = { path: "a.sql", start_line: 1, end_line: 1, annotation_level: "failure", message: "slow" };
    const output = (count: number) => ({ title: "t", summary: "s", annotations: Array(count).fill(annotation) });
    const named = { name: "plan-gate report", head_sha: head };

    expect(await ask(fake, "POST", "/check-runs", { ...named, output: output(51) })).toMatchObject({ status: 422 });
    expect(fake.problems.splice(0)).toEqual([expect.stringContaining("must NOT have more than 50 items")]);

    const created = await ask(fake, "POST", "/check-runs", { ...named, output: output(50) });
    expect(created.status).toBe(201);
    await ask(fake, "PATCH", `/check-runs/${created.json["id"]}`, { conclusion: "failure", output: output(7) });
    expect(fake.state.checkRuns).toMatchObject([{ status: "completed", conclusion: "failure", app: "github-actions" }]);
    expect(fake.state.checkRuns[0]?.annotations).toHaveLength(57);
    expect(fake.problems).toEqual([]);
  });

  test("a field that GitHub would silently ignore, an unknown place and a missing version header are problems", async () => {
    const { fake, head } = await startWithPull();
    await using _ = fake;
    await ask(fake, "POST", "/check-runs", { name: "x", head_sha: head, headSha: head });
    await ask(fake, "GET", "/pulls?sate=open");
    await ask(fake, "GET", "/pulls/1/nonsense");
    await fetch(`${fake.apiUrl}/repos/${fake.repository}`, { headers: { authorization: `token ${fake.jobToken}` } });
    expect(fake.problems).toEqual([
      "POST /repos/acme/shop/check-runs: GitHub ignores /headSha",
      "GET /repos/acme/shop/pulls: GitHub ignores sate",
      "GET /repos/acme/shop/pulls/1/nonsense: not described, or not part of the fake",
      "GET /repos/acme/shop: no header `x-github-api-version`",
    ]);
  });

  test("our own answers are held to it too, whatever is asked", async () => {
    const { fake, pull, head } = await startWithPull();
    await using _ = fake;
    const all: Permissions = Object.fromEntries(
      ["contents", "pull-requests", "issues", "checks", "statuses", "actions"].map((name) => [name, "write"]),
    );
    const token = fake.createToken(bot(all));
    addCollaborator(fake, "rita", "triage");
    fake.label(pull.number, "slow", { login: "rita" });
    fake.comment(pull.number, "hello", { login: "rita" });
    fake.state.collaborators.set("mia", "maintain");
    const run = fake.createRun({ event: "pull_request", headSha: head, headBranch: "faster" });
    fake.createArtifact({ runId: run.id, name: "a", zip: Buffer.from("zip") });
    fake.createCheckRun({ name: "plan-gate", headSha: head, conclusion: "success" });
    const tree = await fake.git.run(["rev-parse", `${head}^{tree}`]);
    const blob = await fake.git.blobOf(head, "README.md");
    const made = await ask(
      fake,
      "POST",
      "/git/trees",
      { base_tree: tree, tree: [{ path: "b", mode: "100644", type: "blob", content: "b" }] },
      { token },
    );
    const commit = await ask(
      fake,
      "POST",
      "/git/commits",
      { message: "m", tree: made.json["sha"], parents: [head] },
      { token },
    );
    const requests: [string, string, unknown?][] = [
      ["GET", ""],
      ["GET", "/branches/main"],
      ["GET", `/compare/main...${head}`],
      ["GET", "/collaborators/rita/permission"],
      ["GET", "/contents/README.md"],
      ["GET", "/contents/queries"],
      ["GET", `/pulls/${pull.number}`],
      ["GET", "/pulls?state=open&head=acme:faster"],
      ["GET", `/issues/${pull.number}/timeline`],
      ["GET", `/issues/${pull.number}/comments`],
      ["GET", `/issues/${pull.number}`],
      ["GET", "/issues?labels=slow&state=all"],
      ["POST", "/issues", { title: "drift", body: "text", labels: ["plan-gate"] }],
      ["POST", "/labels", { name: "plan-gate:approve", color: "0e8a16" }],
      ["GET", "/labels/plan-gate%3Aapprove"],
      ["POST", `/issues/${pull.number}/labels`, { labels: ["plan-gate:approve"] }],
      ["DELETE", `/issues/${pull.number}/labels/plan-gate%3Aapprove`],
      ["GET", `/commits/${head}/check-runs?check_name=plan-gate`],
      ["GET", `/check-runs/${fake.state.checkRuns[0]?.id}`],
      ["POST", `/statuses/${head}`, { state: "success", context: "plan-gate/verdict", description: "fine" }],
      ["GET", `/commits/${head}/status`],
      ["GET", `/actions/runs/${run.id}`],
      ["GET", `/actions/runs/${run.id}/artifacts`],
      ["GET", "/git/ref/heads/main"],
      ["POST", "/git/refs", { ref: "refs/heads/history", sha: head }],
      ["PATCH", "/git/refs/heads/history", { sha: commit.json["sha"] }],
      ["GET", `/git/commits/${head}`],
      ["GET", `/git/trees/${tree}?recursive=1`],
      ["GET", `/git/blobs/${blob}`],
      ["POST", "/git/blobs", { content: "text", encoding: "utf-8" }],
      ["POST", "/pulls", { title: "refresh", head: "history", base: "main" }],
      ["PATCH", "/pulls/3", { title: "refreshed" }],
    ];
    const failed: string[] = [];
    for (const [method, path, body] of requests) {
      const { status, text } = await ask(fake, method, path, body, { token });
      if (status >= 300) failed.push(`${method} ${path}: ${status} ${text}`);
    }
    expect(failed).toEqual([]);
    expect(fake.problems).toEqual([]);
    expect(await fake.git.read("history", "b")).toBe("b");
    expect(fake.state.pulls.get(3)).toMatchObject({ title: "refreshed", branch: "history" });
  });
});

describe("permissions", () => {
  test("what a token's permissions do not cover is answered by 403, naming what would do", async () => {
    const { fake, pull } = await startWithPull();
    await using _ = fake;
    fake.setPermissions(fake.jobToken, { contents: "read", "pull-requests": "read" });
    const comment = await ask(fake, "POST", `/issues/${pull.number}/comments`, { body: "hello" });
    expect(comment).toMatchObject({ status: 403, json: { message: "Resource not accessible by integration" } });
    expect(comment.headers.get("x-accepted-github-permissions")).toBe("issues=write; pull_requests=write");
    expect((await ask(fake, "GET", `/pulls/${pull.number}`)).status).toBe(200);
    expect((await ask(fake, "GET", "", undefined, { token: "wrong" })).status).toBe(401);
    expect(fake.state.comments).toEqual([]);
  });

  test("`pull-requests: write` comments on pull requests, and on nothing else", async () => {
    const { fake, pull } = await startWithPull();
    await using _ = fake;
    const token = fake.createToken(bot({ issues: "write" }));
    const { json } = await ask(fake, "POST", "/issues", { title: "drift" }, { token });
    expect((await ask(fake, "POST", `/issues/${json["number"]}/comments`, { body: "x" })).status).toBe(403);
    expect((await ask(fake, "POST", `/issues/${pull.number}/comments`, { body: "x" })).status).toBe(201);
  });

  test("only Apps write check runs, and each only its own", async () => {
    const { fake, head } = await startWithPull();
    await using _ = fake;
    const rita = fake.createToken({ actor: { login: "rita" }, permissions: { checks: "write" } });
    const app = { login: "other[bot]", type: "Bot", app: "other" } as const;
    const other = fake.createToken({ actor: app, permissions: { checks: "write" } });
    const body = { name: "plan-gate approval", head_sha: head };
    expect((await ask(fake, "POST", "/check-runs", body, { token: rita })).status).toBe(403);
    const { json } = await ask(fake, "POST", "/check-runs", body);
    const change = { conclusion: "success" };
    expect((await ask(fake, "PATCH", `/check-runs/${json["id"]}`, change, { token: other })).status).toBe(403);
    expect(fake.state.checkRuns).toMatchObject([{ app: "github-actions", conclusion: null }]);
  });

  test("triage shows as read and maintain as write, with the role beside it; bots are no users", async () => {
    const { fake } = await startWithPull();
    await using _ = fake;
    addCollaborator(fake, "tim", "triage");
    addCollaborator(fake, "mia", "maintain");
    const of = async (login: string) => (await ask(fake, "GET", `/collaborators/${login}/permission`)).json;
    expect(await of("tim")).toMatchObject({ permission: "read", role_name: "triage" });
    expect(await of("mia")).toMatchObject({ permission: "write", role_name: "maintain" });
    expect(await of("github-actions[bot]")).toEqual({ message: "github-actions[bot] is not a user", status: "404" });
  });

  test("teams are hidden from the job's token", async () => {
    const { fake } = await startWithPull();
    await using _ = fake;
    fake.state.teams.set("acme/dba", new Map([["rita", "active"]]));
    const organisation = fake.createToken({ actor: { login: "robot" }, permissions: { members: "read" } });
    const of = async (token: string) => {
      const headers = { authorization: `token ${token}`, "x-github-api-version": "2022-11-28" };
      const response = await fetch(`${fake.apiUrl}/orgs/acme/teams/dba/memberships/rita`, { headers });
      return { status: response.status, json: await response.json() };
    };
    expect(await of(fake.jobToken)).toMatchObject({ status: 404 });
    expect(await of(organisation)).toMatchObject({ status: 200, json: { state: "active" } });
    expect(fake.problems).toEqual([]);
  });
});

describe("limits", () => {
  test("a comment over 65,536 characters is refused; an issue's body over it is silently kept as it was", async () => {
    const { fake, pull } = await startWithPull();
    await using _ = fake;
    const long = "x".repeat(65_537);
    expect((await ask(fake, "POST", `/issues/${pull.number}/comments`, { body: long })).status).toBe(422);
    const token = fake.createToken(bot({ issues: "write" }));
    const { json } = await ask(fake, "POST", "/issues", { title: "drift", body: "old" }, { token });
    const updated = await ask(fake, "PATCH", `/issues/${json["number"]}`, { body: long }, { token });
    expect(updated).toMatchObject({ status: 200, json: { body: "old" } });
    expect(fake.problems).toEqual([]);
  });

  test("lists come in pages, linked to one another", async () => {
    const { fake, pull } = await startWithPull();
    await using _ = fake;
    for (let i = 1; i <= 45; i++) fake.comment(pull.number, `comment ${i}`, { login: "rita" });
    const bodies: unknown[] = [];
    let path: string | undefined = `/issues/${pull.number}/comments?per_page=20`;
    while (path !== undefined) {
      const { json, headers }: Awaited<ReturnType<typeof ask>> = await ask(fake, "GET", path);
      bodies.push(...(json as unknown as Json[]).map(({ body }) => body));
      const next: string | undefined = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
      path = next?.replace(`${fake.apiUrl}/repos/${fake.repository}`, "");
    }
    expect(bodies).toEqual(Array.from({ length: 45 }, (_, i) => `comment ${i + 1}`));
    expect(fake.requests.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe("faults", () => {
  test("befall the requests that were named, as often as was said", async () => {
    const { fake } = await startWithPull();
    await using _ = fake;
    fake.fail({ path: /\/branches\//, times: 1, kind: { secondaryLimit: true, retryAfterSeconds: 3 } });
    fake.fail({ path: /\/branches\//, times: 1, kind: { status: 502 } });
    const limited = await ask(fake, "GET", "/branches/main");
    expect(limited).toMatchObject({ status: 403, json: { message: expect.stringContaining("secondary rate limit") } });
    expect(limited.headers.get("retry-after")).toBe("3");
    expect((await ask(fake, "GET", "")).status).toBe(200);
    expect((await ask(fake, "GET", "/branches/main")).status).toBe(502);
    expect((await ask(fake, "GET", "/branches/main")).status).toBe(200);
    expect(fake.requests.map(({ status }) => status)).toEqual([403, 200, 502, 200]);
  });

  test("an answer may be lost, cut short, or never come", async () => {
    const { fake, pull } = await startWithPull();
    await using _ = fake;
    fake.fail({ method: "POST", path: /comments$/, times: 1, kind: "answer-lost" });
    await expect(ask(fake, "POST", `/issues/${pull.number}/comments`, { body: "hello" })).rejects.toThrow(
      "fetch failed",
    );
    expect(fake.state.comments).toHaveLength(1);
    fake.fail({ path: /\/pulls\//, times: 1, kind: "truncated" });
    await expect(ask(fake, "GET", `/pulls/${pull.number}`)).rejects.toThrow(/JSON/);
    fake.fail({ path: /\/pulls\//, kind: "hang" });
    const signal = AbortSignal.timeout(100);
    const headers = { authorization: `token ${fake.jobToken}`, "x-github-api-version": "2022-11-28" };
    const hanging = fetch(`${fake.apiUrl}/repos/${fake.repository}/pulls/1`, { signal, headers });
    await expect(hanging).rejects.toThrow("aborted due to timeout");
    fake.heal();
    expect((await ask(fake, "GET", `/pulls/${pull.number}`)).status).toBe(200);
  });
});

describe("GraphQL", () => {
  const comments = `query ($owner: String!, $name: String!, $number: Int!, $after: String) {
    repository(owner: $owner, name: $name) { pullRequest(number: $number) { comments(first: 2, after: $after) {
      nodes { databaseId body viewerDidAuthor isMinimized createdAt url author { login __typename } }
      pageInfo { hasNextPage endCursor } } } } }`;

  test("tells whose a comment is and whether it is hidden, page by page", async () => {
    const { fake, pull } = await startWithPull();
    await using _ = fake;
    fake.comment(pull.number, "planted", { login: "stranger" });
    await ask(fake, "POST", `/issues/${pull.number}/comments`, { body: "ours" });
    fake.comment(pull.number, "hidden", { login: "rita" }).minimized = true;
    const where = { owner: "acme", name: "shop", number: pull.number };
    const first = await askGraphql(fake, comments, where);
    expect(first).toMatchObject({
      data: {
        repository: {
          pullRequest: {
            comments: {
              nodes: [
                { body: "planted", viewerDidAuthor: false, author: { login: "stranger", __typename: "User" } },
                { body: "ours", viewerDidAuthor: true, author: { login: "github-actions", __typename: "Bot" } },
              ],
              pageInfo: { hasNextPage: true },
            },
          },
        },
      },
    });
    const cursor = Buffer.from("cursor:2").toString("base64");
    const second = await askGraphql(fake, comments, { ...where, after: cursor });
    expect(JSON.stringify(second)).toContain('"body":"hidden","viewerDidAuthor":false,"isMinimized":true');
    expect(fake.problems).toEqual([]);
  });

  test("a field that GitHub's schema does not have is a problem", async () => {
    const { fake } = await startWithPull();
    await using _ = fake;
    const answer = await askGraphql(fake, "query { viewer { login isHandsome } }", {});
    expect(answer.data).toBeUndefined();
    expect(fake.problems).toEqual([expect.stringContaining('Cannot query field "isHandsome"')]);
  });

  const commit = `mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }`;
  const inputFor = (expectedHeadOid: string) => ({
    input: {
      branch: { repositoryNameWithOwner: "acme/shop", branchName: "faster" },
      message: { headline: "Accept plans" },
      expectedHeadOid,
      fileChanges: {
        additions: [{ path: "baselines/by-id.yml", contents: Buffer.from("plan: é\n").toString("base64") }],
        deletions: [{ path: "README.md" }],
      },
    },
  });

  test("commits where the branch is as expected, and not where it moved", async () => {
    const { fake, pull, head } = await startWithPull();
    await using _ = fake;
    expect(await askGraphql(fake, commit, inputFor(head))).toMatchObject({ errors: [{ type: "FORBIDDEN" }] });
    const token = fake.createToken(bot({ contents: "write" }));
    const done = await askGraphql(fake, commit, inputFor(head), token);
    const now = await fake.pullHead(pull.number);
    expect(done).toEqual({ data: { createCommitOnBranch: { commit: { oid: now } } } });
    expect(await fake.git.run(["rev-parse", `${now}^`])).toBe(head);
    expect(await fake.git.list(now)).toEqual(["baselines/by-id.yml", "queries/by-id.sql"]);
    expect(await fake.git.read(now, "baselines/by-id.yml")).toBe("plan: é\n");
    const again = await askGraphql(fake, commit, inputFor(head), token);
    expect(again).toMatchObject({ data: { createCommitOnBranch: null }, errors: [{ type: "STALE_DATA" }] });
    expect(await fake.pullHead(pull.number)).toBe(now);
    expect(fake.problems).toEqual([]);
  });
});

describe("branch protection", () => {
  test("looks at the newest check run of each name on the head", async () => {
    const { fake, pull, head } = await startWithPull();
    await using _ = fake;
    const blockedBy = async () => (await fake.mergeable(pull.number, ["plan-gate"])).blockedBy;
    expect(await blockedBy()).toEqual(["plan-gate: missing"]);
    fake.createCheckRun({ name: "plan-gate", headSha: head, conclusion: "success" });
    expect(await blockedBy()).toEqual([]);
    const running = fake.createCheckRun({ name: "plan-gate", headSha: head, status: "in_progress" });
    expect(await blockedBy()).toEqual(["plan-gate: in_progress"]);
    for (const conclusion of ["cancelled", "failure"]) {
      running.conclusion = conclusion;
      expect(await blockedBy()).toEqual([`plan-gate: ${conclusion}`]);
    }
    for (const conclusion of ["skipped", "neutral"]) {
      running.conclusion = conclusion;
      expect(await fake.mergeable(pull.number, ["plan-gate"])).toEqual({ mergeable: true, blockedBy: [] });
    }
    await pushToPull(fake, pull.number, { "new.txt": "" });
    expect(await blockedBy()).toEqual(["plan-gate: missing"]);
  });

  test("a status of the same name must pass as well", async () => {
    const { fake, pull, head } = await startWithPull();
    await using _ = fake;
    fake.createCheckRun({ name: "both", headSha: head, conclusion: "success" });
    const token = fake.createToken(bot({ statuses: "write" }));
    await ask(fake, "POST", `/statuses/${head}`, { state: "failure", context: "both" }, { token });
    expect((await fake.mergeable(pull.number, ["both"])).blockedBy).toEqual(["both: failure"]);
    await ask(fake, "POST", `/statuses/${head}`, { state: "success", context: "both" }, { token });
    expect((await fake.mergeable(pull.number, ["both"])).mergeable).toBe(true);
  });

  test("nobody pushes to a protected branch", async () => {
    const { fake, head } = await startWithPull();
    await using _ = fake;
    fake.state.settings.protectedBranches.add("main");
    const token = fake.createToken(bot({ contents: "write" }));
    const moved = await ask(fake, "PATCH", "/git/refs/heads/main", { sha: head }, { token });
    expect(moved).toMatchObject({ status: 422, json: { message: expect.stringContaining("Protected branch") } });
    expect((await ask(fake, "GET", "/branches/main")).json).toMatchObject({ protected: true });
  });
});

describe("what happens to a pull request", () => {
  test("labels leave events with actor and time, among others that have neither", async () => {
    const { fake, pull } = await startWithPull({ startsAt: "2026-03-01T12:00:00Z" });
    await using _ = fake;
    const rita = addCollaborator(fake, "rita", "write");
    const payload = await labelPull(fake, pull.number, "plan-gate:approve", rita);
    expect(payload).toMatchObject({
      action: "labeled",
      label: { name: "plan-gate:approve" },
      sender: { login: "rita" },
    });
    fake.clock.advance(3_600);
    await ask(fake, "DELETE", `/issues/${pull.number}/labels/plan-gate%3Aapprove`);
    const { json } = await ask(fake, "GET", `/issues/${pull.number}/timeline`);
    expect(json).toMatchObject([
      { event: "committed" },
      { event: "labeled", actor: { login: "rita", type: "User" }, performed_via_github_app: null },
      { event: "unlabeled", actor: { type: "Bot" }, performed_via_github_app: { slug: "github-actions" } },
    ]);
    const [, labeled, unlabeled] = (json as unknown as Json[]).map((event) => Date.parse(String(event["created_at"])));
    expect((unlabeled ?? 0) - (labeled ?? 0)).toBe(3_601_000);
    expect(fake.problems).toEqual([]);
  });

  test("`base.sha` lags behind the base until the head moves, while the merge is with the base as it is", async () => {
    const { fake, pull } = await startWithPull();
    await using _ = fake;
    const before = await fake.git.resolve("main");
    const now = await commitFiles(fake, "main", { "other.txt": "x" });
    const payload = await pullRequestEvent(fake, pull.number, "edited");
    expect(payload).toMatchObject({ pull_request: { base: { sha: before } } });
    const merge = (await fake.mergeCommit(pull.number)) ?? "";
    expect(await fake.git.run(["rev-parse", `${merge}^1`])).toBe(now);
    await pushToPull(fake, pull.number, { "more.txt": "y" });
    expect(await pullRequestEvent(fake, pull.number, "synchronize")).toMatchObject({
      pull_request: { base: { sha: now } },
    });
  });

  test("a conflict has no merge commit, a merged one is closed, and queued ones stand on one another", async () => {
    const { fake, pull } = await startWithPull();
    await using _ = fake;
    const other = await openPullRequest(fake, { branch: "other", files: { "queries/by-id.sql": "select 3;\n" } });
    const third = await openPullRequest(fake, { branch: "third", files: { "third.txt": "" } });
    const ahead = await enqueue(fake, pull.number);
    const behind = await enqueue(fake, third.number, { behind: ahead.head });
    expect(behind.payload).toMatchObject({ merge_group: { base_sha: ahead.head, head_sha: behind.head } });
    expect(await fake.git.list(behind.head)).toContain("third.txt");
    const merged = await mergePull(fake, pull.number);
    expect(await fake.git.resolve("main")).toBe(merged);
    expect(await fake.mergeCommit(other.number)).toBeUndefined();
    expect((await ask(fake, "GET", "/pulls")).json).toHaveLength(2);
  });

  test("a fork's branch is no branch here, and its head can be read all the same", async () => {
    const { fake } = await startWithPull();
    await using _ = fake;
    const files = { "queries/by-id.sql": "select 4;\n" };
    const pull = await openPullRequest(fake, {
      branch: "theirs",
      fork: "stranger",
      author: { login: "stranger" },
      files,
    });
    const head = await fake.pullHead(pull.number);
    expect((await fake.git.branches()).map(({ name }) => name)).toEqual(["faster", "main"]);
    const { json } = await ask(fake, "GET", "/pulls?state=open&head=stranger:theirs");
    expect(json).toMatchObject([{ number: pull.number, head: { sha: head, repo: { full_name: "stranger/shop" } } }]);
    expect((await ask(fake, "GET", `/contents/queries%2Fby-id.sql?ref=${head}`)).status).toBe(200);
    pull.headGone = true;
    expect((await ask(fake, "GET", `/pulls/${pull.number}`)).json).toMatchObject({ head: { repo: null } });
    expect(fake.problems).toEqual([]);
  });
});

describe("git", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fake-github-test-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const git = async (...args: string[]) => (await promisify(execFile)("git", args, { cwd: folder })).stdout.trim();

  test("the merge commit is fetched at depth 1 without parents, any other commit by its SHA", async () => {
    const { fake, pull } = await startWithPull({ private: true });
    await using _ = fake;
    const merge = await checkoutMerge(fake, pull.number, folder, { depth: 1 });
    expect(await git("rev-parse", "HEAD")).toBe(merge);
    expect(await readFile(join(folder, "queries/by-id.sql"), "utf8")).toBe("select 2;\n");
    const base = (await fake.git.resolve("main")) ?? "";
    await expect(git("cat-file", "-e", `${base}^{tree}`)).rejects.toThrow();
    await expect(git("fetch", "origin", base)).rejects.toThrow(/could not read Username|Authentication failed/);
    const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${fake.jobToken}`).toString("base64")}`;
    await git("-c", `http.${fake.serverUrl}/.extraheader=${header}`, "fetch", "--depth=1", "origin", base);
    expect(await git("cat-file", "-t", `${base}^{tree}`)).toBe("tree");
  });

  test("at depth 2 both parents are there, and no credentials are left behind", async () => {
    const { fake, pull, head } = await startWithPull();
    await using _ = fake;
    await checkoutMerge(fake, pull.number, folder);
    expect(await git("rev-parse", "HEAD^2")).toBe(head);
    expect(await git("cat-file", "-t", "HEAD^1^{tree}")).toBe("tree");
    expect(await readFile(join(folder, ".git/config"), "utf8")).not.toMatch(/extraheader|token/i);
    await expect(git("push", "origin", "HEAD:refs/heads/x")).rejects.toThrow("403");
  });
});

describe("a run", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fake-run-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("uploads by the toolkit, and REST gives the artifact back", async () => {
    const { fake, pull, head } = await startWithPull();
    await using _ = fake;
    const file = join(folder, "evaluation.json");
    await writeFile(file, '{"version":1}');
    process.env["STRAY"] = "must not get through";
    const run = await runAction({
      fake,
      workspace: folder,
      event: "pull_request",
      payload: await pullRequestEvent(fake, pull.number, "opened"),
      inputs: { file },
      entry: "tests/support/github/steps/upload.mjs",
      post: "tests/support/github/steps/upload-post.mjs",
    });
    delete process.env["STRAY"];
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: "" });
    const [artifact] = fake.state.artifacts.values();
    expect(run.outputs).toEqual({ "artifact-id": String(artifact?.id), lines: "one\ntwo" });
    expect(run.summary.trim()).toBe("uploaded");
    expect(run.post.stdout).toBe(`state ${artifact?.zip.length}, stray none\n`);

    fake.setPermissions(fake.jobToken, { actions: "read" });
    const { json } = await ask(fake, "GET", `/actions/runs/${run.runId}/artifacts?name=evaluation`);
    expect(json).toMatchObject({ total_count: 1, artifacts: [{ id: artifact?.id, expired: false }] });
    const zip = join(folder, "got.zip");
    const response = await fetch(`${fake.apiUrl}/repos/acme/shop/actions/artifacts/${artifact?.id}/zip`, {
      headers: { authorization: `token ${fake.jobToken}`, "x-github-api-version": "2022-11-28" },
    });
    expect(response.status).toBe(200);
    await writeFile(zip, Buffer.from(await response.arrayBuffer()));
    const { stdout } = await promisify(execFile)("unzip", ["-p", zip]);
    expect(stdout).toBe('{"version":1}');

    expect(fake.state.checkRuns).toMatchObject([{ id: run.jobCheck, headSha: head, conclusion: "success" }]);
    expect((await fake.mergeable(pull.number, ["plan-gate"])).mergeable).toBe(true);
    expect(fake.problems).toEqual([]);
  });

  test("on a GHES the toolkit refuses to upload, and the API has its prefix", async () => {
    const { fake, pull } = await startWithPull({ enterprise: true });
    await using _ = fake;
    const file = join(folder, "evaluation.json");
    await writeFile(file, "{}");
    const run = await runAction({
      fake,
      workspace: folder,
      event: "pull_request",
      payload: await pullRequestEvent(fake, pull.number, "opened"),
      inputs: { file },
      entry: "tests/support/github/steps/upload.mjs",
    });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("GHES");
    expect(fake.apiUrl).toMatch(/\/api\/v3$/);
    expect((await ask(fake, "GET", `/pulls/${pull.number}`)).status).toBe(200);
    expect(await askGraphql(fake, "query { viewer { login } }", {})).toEqual({
      data: { viewer: { login: "github-actions[bot]" } },
    });
    expect(fake.requests.map(({ path }) => path)).toEqual([`/repos/acme/shop/pulls/${pull.number}`, "/graphql"]);
    expect(fake.problems).toEqual([]);
    await fetch(fake.apiUrl.replace("/api/v3", "/repos/acme/shop"));
    expect(fake.problems).toEqual(["GET /repos/acme/shop: not where the API is"]);
    expect((await fake.mergeable(pull.number, ["plan-gate"])).blockedBy).toEqual(["plan-gate: failure"]);
  });

  test("each event has its commit, its ref, and the commit on which its job shows", async () => {
    const { fake, pull, head } = await startWithPull();
    await using _ = fake;
    const main = await fake.git.resolve("main");
    const queued = await enqueue(fake, pull.number);
    const stage = fake.createRun({ event: "pull_request", headSha: head, headBranch: "faster", conclusion: "success" });
    const shown = async (event: string, payload: Json) => {
      const entry = "tests/support/github/steps/show-subject.mjs";
      const { stdout, jobCheck } = await runAction({ fake, workspace: folder, event, payload, entry });
      const { "INPUT_GITHUB-TOKEN": token, ...subject } = JSON.parse(stdout) as Json;
      expect(token).toBe(fake.jobToken);
      return { ...subject, on: fake.state.checkRuns.find(({ id }) => id === jobCheck)?.headSha };
    };
    const onMain = { GITHUB_SHA: main, GITHUB_REF: "refs/heads/main", on: main };
    const branches = { GITHUB_HEAD_REF: "faster", GITHUB_BASE_REF: "main" };
    const payload = await pullRequestEvent(fake, pull.number, "opened");
    expect(await shown("pull_request", payload)).toEqual({
      GITHUB_SHA: await fake.mergeCommit(pull.number),
      GITHUB_REF: `refs/pull/${pull.number}/merge`,
      ...branches,
      on: head,
    });
    expect(await shown("pull_request_target", payload)).toEqual({ ...onMain, ...branches });
    expect(await shown("merge_group", queued.payload)).toEqual({
      GITHUB_SHA: queued.head,
      GITHUB_REF: `refs/heads/gh-readonly-queue/main/pr-${pull.number}-${main}`,
      on: queued.head,
    });
    expect(await shown("push", await pushEvent(fake, "main"))).toEqual(onMain);
    expect(workflowRunEvent(fake, stage.id)).toMatchObject({ workflow_run: { head_sha: head, conclusion: "success" } });
    expect(await shown("workflow_run", workflowRunEvent(fake, stage.id))).toEqual(onMain);
    expect(await shown("schedule", scheduleEvent(fake))).toEqual(onMain);
  });

  test("a run that is cancelled leaves `cancelled` on the head, one that is killed half-way runs its post step", async () => {
    const { fake, pull } = await startWithPull();
    await using _ = fake;
    const step = {
      fake,
      workspace: folder,
      event: "pull_request",
      payload: await pullRequestEvent(fake, pull.number, "opened"),
      entry: "tests/support/github/steps/wait.mjs",
      post: "tests/support/github/steps/upload-post.mjs",
    };
    const cancelled = await runAction({ ...step, stop: { when: /waiting/, how: "cancel" } });
    expect(cancelled).toMatchObject({ exitCode: 130, stdout: "waiting\n" });
    expect((await fake.mergeable(pull.number, ["plan-gate"])).blockedBy).toEqual(["plan-gate: cancelled"]);
    const killed = await runAction({ ...step, stop: { when: /waiting/, how: "kill" }, rerun: cancelled.runId });
    expect(killed).toMatchObject({ exitCode: null, runId: cancelled.runId, post: { exitCode: 0 } });
    expect(fake.state.runs.get(killed.runId)?.attempt).toBe(2);
  });

  test("the runner's files are read as a runner reads them", () => {
    expect(parseFileCommands("a=1=2\nb<<END\nx=1\n\nEND\n")).toEqual({ a: "1=2", b: "x=1\n" });
    expect(() => parseFileCommands("b<<END\nx\n")).toThrow("`b` is never ended by END");
    expect(() => parseFileCommands("nonsense\n")).toThrow("the runner cannot read `nonsense`");
  });
});

test("nothing is left when it ends", async () => {
  const { fake } = await startWithPull();
  const { folder } = fake.git;
  expect(await readdir(folder)).toContain("objects");
  await fake[Symbol.asyncDispose]();
  await expect(readdir(folder)).rejects.toThrow("ENOENT");
  await expect(fetch(fake.apiUrl)).rejects.toThrow("fetch failed");
});
