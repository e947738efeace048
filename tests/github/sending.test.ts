import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { connectGitHub } from "../../src/github/client.js";
import type { Fault } from "../support/github/types.js";
import { connectTo, hasty, refusal, startWithPull } from "./connect.js";

test("every request names its API version and plan-gate, and carries the token", async () => {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ default_branch: "main" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const github = connectGitHub({
      token: "secret",
      repository: "acme/shop",
      apiUrl: `${origin}/`,
      graphqlUrl: `${origin}/graphql`,
      serverUrl: `${origin}/`,
      version: "1.2.3",
      tell: () => {},
      clock: () => performance.now(),
      signal: new AbortController().signal,
    });
    expect(await github.defaultBranch()).toBe("main");
    expect(await github.defaultBranch()).toBe("main");
    expect(github.serverUrl).toBe(origin);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      "x-github-api-version": "2022-11-28",
      "user-agent": "plan-gate/1.2.3",
      authorization: "token secret",
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe("a read is tried three times", () => {
  const faults: Record<string, Fault["kind"]> = {
    "where GitHub answers 500": { status: 500 },
    "where GitHub answers 503": { status: 503 },
    "where the connection is reset": "reset",
    "where nothing comes": "hang",
    "where half an answer comes": "truncated",
    "where GitHub answers 429": { status: 429, retryAfterSeconds: 0 },
    "at a secondary limit": { secondaryLimit: true, retryAfterSeconds: 0 },
  };
  test.each(Object.entries(faults))(
    "%s",
    async (_, kind) => {
      await using fake = await startWithPull();
      // Long enough for an answer that comes, on a machine that is busy.
      const github = connectTo(
        fake,
        kind === "hang" ? { limits: { ...hasty, requestMs: 2_000, totalMs: 30_000 } } : {},
      );
      fake.fail({ path: /\/pulls\/1$/, kind, times: 2 });
      expect((await github.pullRequest(1)).number).toBe(1);
      expect(github.sent).toBe(3);

      fake.fail({ path: /\/pulls\/1$/, kind });
      await refusal(github.pullRequest(1));
      expect(github.sent).toBe(6);
      expect(fake.problems).toEqual([]);
    },
    60_000,
  );

  test("by GraphQL as well, on github.com and on a GHES", async () => {
    for (const enterprise of [false, true]) {
      await using fake = await startWithPull({ enterprise });
      const github = connectTo(fake);
      fake.fail({ path: /graphql/, kind: { status: 502 }, times: 2 });
      expect(await github.ownComments(1, "<!--")).toEqual([]);
      expect(github.sent).toBe(3);
      expect(github.enterprise).toBe(enterprise);
      expect(fake.problems).toEqual([]);
    }
  });
});

test.each([403, 404, 422] as const)("a refusal by %d is not tried again", async (status) => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  fake.fail({ path: /\/pulls\/1$/, kind: { status } });
  expect((await refusal(github.pullRequest(1))).status).toBe(status);
  expect(github.sent).toBe(1);
});

test("a limit that lasts longer than the run may wait is not waited for", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake, { limits: hasty });
  fake.fail({ path: /\/pulls\/1$/, kind: { secondaryLimit: true, retryAfterSeconds: 30 } });
  const begun = performance.now();
  const error = await refusal(github.pullRequest(1));
  expect(performance.now() - begun).toBeLessThan(1_000);
  expect(error.message).toMatch(/wait 30 s, and 3 s are left for this run/);
  expect(github.sent).toBe(1);
});

test("GitHub's wish to wait is honoured", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  fake.fail({ path: /\/pulls\/1$/, kind: { status: 429, retryAfterSeconds: 1 }, times: 1 });
  const begun = performance.now();
  await github.pullRequest(1);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(990);
});

test("a GitHub that hangs costs a run its budget once, and then fails at once", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake, { limits: { ...hasty, totalMs: 1_000 } });
  fake.fail({ path: /./, kind: "hang" });
  const begun = performance.now();
  const errors = [];
  for (let asked = 0; asked < 5; asked += 1) errors.push(await refusal(github.pullRequest(1)));
  expect(performance.now() - begun).toBeLessThan(1_500);
  expect(errors[0]).toMatchObject({
    status: 0,
    message: expect.stringMatching(/^GET \/repos\/acme\/shop\/pulls\/1: GitHub did not answer within 0\.\d s$/),
  });
  expect(errors[4]?.message).toBe(
    "GET /repos/acme/shop/pulls/1 was not sent: this run has waited 1 s for GitHub, which is all it may",
  );
  expect(github.sent).toBeLessThan(5);
});

test("an answer that trickles is ended as well", async () => {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.write("{");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using fake = await startWithPull();
  try {
    const github = connectTo(fake, { apiUrl: origin, limits: { ...hasty, requestMs: 100 } });
    expect((await refusal(github.pullRequest(1))).message).toContain("did not answer within 0.1 s");
    expect(github.sent).toBe(3);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("a run that is cancelled ends what is under way with its own reason", async () => {
  await using fake = await startWithPull();
  const controller = new AbortController();
  const github = connectTo(fake, { signal: controller.signal });
  fake.fail({ path: /./, kind: "hang" });
  const reason = new Error("cancelled");
  const asked = github.pullRequest(1);
  setTimeout(() => controller.abort(reason), 50);
  await expect(asked).rejects.toBe(reason);
  await expect(github.defaultBranch()).rejects.toBe(reason);
  expect(github.sent).toBe(1);
});

test("a refusal says which permission was missing", async () => {
  await using fake = await startWithPull();
  fake.setPermissions(fake.jobToken, { contents: "read" });
  const github = connectTo(fake);
  const comment = await refusal(github.createComment(1, "hello"));
  expect(comment).toMatchObject({ status: 403, missing: "pull_requests=write" });
  expect(comment.message).toBe(
    "GitHub answered 403 to POST /repos/acme/shop/issues/1/comments: Resource not accessible by integration",
  );
  const check = await refusal(github.createCheckRun({ name: "plan-gate report", headSha: await fake.pullHead(1) }));
  expect(check).toMatchObject({ status: 403, missing: "checks=write" });
  expect(fake.problems).toEqual([]);
});

test("what GitHub says is shown as one harmless line", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake);
  const message = `no\n::set-output name=x::y\u001b[31m\u202e${"long ".repeat(200)}`;
  fake.fail({ path: /\/pulls\/1$/, kind: { status: 422, message } });
  const error = await refusal(github.pullRequest(1));
  expect(error.message).toMatch(/^GitHub answered 422 to GET \/repos\/acme\/shop\/pulls\/1: no ::set-output/);
  expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(error.message.length).toBeLessThanOrEqual(300);
});

test("an address where nobody listens is said to be unreachable", async () => {
  await using fake = await startWithPull();
  const github = connectTo(fake, { apiUrl: "http://127.0.0.1:9" });
  const error = await refusal(github.pullRequest(1));
  expect(error.status).toBe(0);
  expect(error.message).toMatch(/GitHub cannot be reached: .+/);
});

describe("a write whose answer is lost is not done twice", () => {
  const lost: Fault = { path: /./, kind: "answer-lost", times: 1 };

  test("a comment", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    fake.fail({ ...lost, method: "POST", path: /\/comments$/ });
    const made = await github.createComment(1, "hello\n");
    expect(fake.state.comments.map(({ id }) => id)).toEqual([made.id]);
  });

  test("a check run, and its annotations", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    const headSha = await fake.pullHead(1);
    fake.fail({ ...lost, path: /\/check-runs$/, method: "POST" });
    const made = await github.createCheckRun({ name: "plan-gate report", headSha, status: "in_progress", title: "t" });
    expect(fake.state.checkRuns.map(({ id }) => id)).toEqual([made.id]);

    const annotations = Array.from({ length: 120 }, (_, index) => ({
      path: "a.txt",
      line: index + 1,
      level: "failure" as const,
      title: "worse",
      message: "so it is",
    }));
    fake.fail({ ...lost, method: "PATCH", path: /\/check-runs\// });
    fake.fail({ ...lost, method: "PATCH", path: /\/check-runs\//, after: 1 });
    await github.updateCheckRun(made.id, { status: "completed", conclusion: "failure", title: "done", annotations });
    expect(fake.state.checkRuns[0]?.annotations.map(({ start_line }) => start_line)).toEqual(
      annotations.map(({ line }) => line),
    );
    expect(fake.problems).toEqual([]);
  });

  test("an issue", async () => {
    await using fake = await startWithPull();
    fake.setPermissions(fake.jobToken, { issues: "write" });
    const github = connectTo(fake);
    fake.fail({ ...lost, method: "POST", path: /\/issues$/ });
    const made = await github.createIssue({ title: "drift", body: "so", labels: ["plan-gate:drift"] });
    expect([...fake.state.issues.keys()]).toEqual([made.number]);
    expect(fake.problems).toEqual([]);
  });

  test("a branch and a commit", async () => {
    await using fake = await startWithPull();
    fake.setPermissions(fake.jobToken, { contents: "write" });
    const github = connectTo(fake);
    const main = (await fake.git.resolve("main")) ?? "";
    fake.fail({ ...lost, method: "POST", path: /\/git\/refs$/ });
    await github.createBranch("new", main);
    fake.fail({ ...lost, path: /graphql/ });
    const sha = await github.commitOnBranch({
      branch: "new",
      expectedHead: main,
      headline: "more",
      body: "",
      additions: [{ path: "c.txt", text: "c\n" }],
      deletions: [],
    });
    expect(await fake.git.resolve("new")).toBe(sha);
    expect(await fake.git.run(["rev-list", "--count", `${main}..${sha}`])).toBe("1");
  });

  test("and is sent again where it did not arrive", async () => {
    await using fake = await startWithPull();
    const github = connectTo(fake);
    fake.fail({ method: "POST", path: /\/comments$/, kind: { status: 502 }, times: 2 });
    await github.createComment(1, "hello");
    expect(fake.state.comments).toHaveLength(1);
    fake.fail({ method: "POST", path: /\/comments$/, kind: { status: 502 } });
    expect((await refusal(github.createComment(1, "other"))).status).toBe(502);
    expect(fake.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/comments"))).toHaveLength(6);
  });
});

test("a dry run tells its writes without the token, sends its reads, and changes nothing", async () => {
  await using fake = await startWithPull();
  const told: string[] = [];
  const github = connectTo(fake, { dryRun: true, tell: (text) => told.push(...text.split("\n")) });
  const { head } = await github.pullRequest(1);
  expect((await github.createComment(1, "one\ntwo \u202e")).body).toBe("one\ntwo \u202e");
  const run = await github.createCheckRun({ name: "plan-gate report", headSha: head.sha, status: "in_progress" });
  await github.updateCheckRun(run.id, { status: "completed", conclusion: "success", title: "ok" });
  await github.createStatus(head.sha, { context: "plan-gate/verdict", state: "success", description: "ok" });
  await github.removeLabel(1, "plan-gate:approve");
  const commit = { branch: "topic", expectedHead: head.sha, headline: "x", body: "", additions: [], deletions: [] };
  expect(await github.commitOnBranch(commit)).toMatch(/^0{40}$/);
  await github.appendToFile({ branch: "plan-gate-history", path: "h.jsonl", lines: "{}\n", message: "m" });
  await github.updateIssue(7, { body: "b" });
  expect(told.slice(0, 4)).toEqual([
    "POST /repos/acme/shop/issues/1/comments",
    "  {",
    '    "body": "one\\ntwo \\u202e"',
    "  }",
  ]);
  expect(told.filter((line) => !line.startsWith(" "))).toEqual([
    "POST /repos/acme/shop/issues/1/comments",
    "POST /repos/acme/shop/check-runs",
    "PATCH /repos/acme/shop/check-runs/0",
    `POST /repos/acme/shop/statuses/${head.sha}`,
    "DELETE /repos/acme/shop/issues/1/labels/plan-gate%3Aapprove",
    "POST /graphql",
    "POST /repos/acme/shop/git/trees",
    "POST /repos/acme/shop/git/commits",
    "POST /repos/acme/shop/git/refs",
    "PATCH /repos/acme/shop/issues/7",
  ]);
  expect(told.join("\n")).not.toContain(fake.jobToken);
  expect(fake.requests.map(({ method }) => method)).toEqual(["GET", "GET"]);
  expect(github.sent).toBe(2);
});
