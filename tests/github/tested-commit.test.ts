import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Context } from "../../src/github/context.js";
import {
  changedFiles,
  fetchBranch,
  fetchCommit,
  findBase,
  type Git,
  headCommit,
} from "../../src/github/tested-commit.js";
import type { FakeGitHub } from "../support/github/types.js";
import { connectTo, startWithPull } from "./connect.js";

const run = promisify(execFile);

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  return (await run("git", [...args], { cwd: folder })).stdout.trim();
}

/** A workspace as `actions/checkout` leaves it: one ref fetched to some depth, no credentials. */
async function checkOut(fake: FakeGitHub, ref: string, depth?: number) {
  const workspace = await mkdtemp(join(tmpdir(), "plan-gate-workspace-"));
  await git(workspace, "init", "--quiet");
  const depths = depth === undefined ? [] : [`--depth=${depth}`];
  await git(workspace, "fetch", "--quiet", "--no-tags", ...depths, `file://${fake.git.folder}`, ref);
  await git(workspace, "checkout", "--quiet", "--detach", "FETCH_HEAD");
  const here: Git = {
    workspace,
    env: process.env,
    signal: new AbortController().signal,
    serverUrl: fake.serverUrl,
    repository: fake.repository,
    token: fake.jobToken,
  };
  return Object.assign(here, {
    [Symbol.asyncDispose]: () => rm(workspace, { recursive: true, force: true }),
  });
}

function pullRequest(sha: string): Extract<Context, { kind: "pull-request" }> {
  return {
    kind: "pull-request",
    number: 1,
    action: "opened",
    head: { sha, branch: "topic", repository: "acme/shop" },
    base: { branch: "main" },
    sender: "ann",
    defaultBranch: "main",
  };
}

describe.each([1, 2])("in a clone of depth %d", (depth) => {
  test("the base is the first parent of GitHub's merge, not what the pull request says", async () => {
    await using fake = await startWithPull({ private: true });
    const main = await fake.git.commit({ ref: "refs/heads/main", files: { "moved.txt": "on\n" } });
    const merge = await fake.mergeCommit(1);
    await using here = await checkOut(fake, "refs/pull/1/merge", depth);
    const head = await fake.pullHead(1);
    const github = connectTo(fake);
    expect(await headCommit(here)).toBe(merge);
    expect(await findBase(here, { context: pullRequest(head), github })).toBe(main);
    expect(github.sent).toBe(0);
    expect(await git(here.workspace, "cat-file", "-t", `${main}^{tree}`)).toBe("tree");
    expect(await changedFiles(here, main, merge ?? "")).toEqual(["a.txt", "dir/b.txt"]);
  });
});

test("without a merge the base is where both histories meet", async () => {
  await using fake = await startWithPull({ private: true });
  const fork = await fake.git.resolve("main");
  await fake.git.commit({ ref: "refs/heads/main", files: { "moved.txt": "on\n" } });
  const head = await fake.pullHead(1);
  await using here = await checkOut(fake, "refs/heads/topic", 1);
  expect(await findBase(here, { context: pullRequest(head), github: connectTo(fake) })).toBe(fork);
  expect(await changedFiles(here, fork ?? "", head)).toEqual(["a.txt", "dir/b.txt"]);
  expect(fake.problems).toEqual([]);
});

test("a head that merges by itself is compared from where both histories meet", async () => {
  await using fake = await startWithPull();
  const main = await fake.git.commit({ ref: "refs/heads/main", files: { "moved.txt": "on\n" } });
  const topic = await fake.git.resolve("topic");
  const tree = await fake.git.run(["rev-parse", "topic^{tree}"]);
  const parents = ["-p", topic ?? "", "-p", main];
  const head = await fake.git.run(["commit-tree", ...parents, "-m", "merge main", tree]);
  await fake.git.setRef("refs/heads/topic", head);
  await using here = await checkOut(fake, "refs/heads/topic", 1);
  expect(await findBase(here, { context: pullRequest(head), github: connectTo(fake) })).toBe(main);
});

test("a merge of another head is refused", async () => {
  await using fake = await startWithPull();
  const old = await fake.pullHead(1);
  await fake.git.commit({ ref: "refs/heads/topic", files: { "a.txt": "again\n" } });
  await fake.mergeCommit(1);
  await using here = await checkOut(fake, "refs/pull/1/merge", 2);
  await expect(findBase(here, { context: pullRequest(old), github: connectTo(fake) })).rejects.toThrow(
    `which is not the pull request's head ${old.slice(0, 12)}`,
  );
});

test("a branch's newest commit is fetched, and the token is left nowhere", async () => {
  await using fake = await startWithPull({ private: true });
  const lax = await fake.git.commit({
    ref: "refs/heads/feat/lax",
    from: (await fake.git.resolve("main")) ?? "",
    files: { "c.txt": "c\n" },
  });
  await using here = await checkOut(fake, "refs/heads/topic", 1);
  expect(await fetchBranch(here, "feat/lax")).toBe(lax);
  expect(await git(here.workspace, "show", `${lax}:c.txt`)).toBe("c");
  const config = await readFile(join(here.workspace, ".git/config"), "utf8");
  const secret = Buffer.from(`x-access-token:${fake.jobToken}`).toString("base64");
  expect(config).not.toContain(fake.jobToken);
  expect(config).not.toContain(secret);
  await expect(fetchBranch(here, "gone")).rejects.toMatchObject({
    code: "base-unreadable",
    message: `${fake.serverUrl}/acme/shop has no branch \`gone\``,
  });
});

test("what a checkout left in the configuration does not stand beside the token", async () => {
  await using fake = await startWithPull({ private: true });
  const main = (await fake.git.resolve("main")) ?? "";
  await using here = await checkOut(fake, "refs/heads/topic", 1);
  const stale = `AUTHORIZATION: basic ${Buffer.from("x-access-token:stale").toString("base64")}`;
  await git(here.workspace, "config", `http.${fake.serverUrl}/.extraheader`, stale);
  await fetchCommit(here, main);
  expect(await git(here.workspace, "cat-file", "-t", main)).toBe("commit");
});

test("hooks and programs that the repository's configuration names are not run", async () => {
  await using fake = await startWithPull({ private: true });
  const main = (await fake.git.resolve("main")) ?? "";
  await using here = await checkOut(fake, "refs/heads/topic", 1);
  const trace = join(here.workspace, "was-run");
  for (const key of ["core.fsmonitor", "core.askPass", "credential.helper"]) {
    await git(here.workspace, "config", key, key === "credential.helper" ? `!touch ${trace}` : `touch ${trace}; false`);
  }
  await fetchCommit({ ...here, token: "wrong" }, main).catch(() => {});
  await fetchCommit(here, main);
  await changedFiles(here, main, await headCommit(here));
  await expect(readFile(trace)).rejects.toThrow("ENOENT");
});

test("a clone with its whole history keeps it", async () => {
  await using fake = await startWithPull();
  await using here = await checkOut(fake, "refs/heads/topic");
  const lax = await fake.git.commit({
    ref: "refs/heads/lax",
    from: (await fake.git.resolve("main")) ?? "",
    files: { "c.txt": "c\n" },
  });
  await fetchCommit(here, lax);
  expect(await git(here.workspace, "rev-parse", "--is-shallow-repository")).toBe("false");
});

test("a commit that cannot be fetched is said, with git's reason and without the token", async () => {
  await using fake = await startWithPull({ private: true });
  await using here = await checkOut(fake, "refs/heads/topic", 1);
  const missing = "1".repeat(40);
  const failed = await fetchCommit({ ...here, token: "wrong" }, missing).catch((error: unknown) => error);
  expect(failed).toMatchObject({
    code: "base-unreadable",
    message: expect.stringContaining(`git cannot fetch commit 111111111111 from ${fake.serverUrl}/acme/shop: fatal: `),
    hint: expect.stringContaining("`fetch-depth: 2`"),
  });
  expect(String((failed as Error).message)).not.toContain("wrong");
  await expect(fetchCommit(here, "--upload-pack=touch x")).rejects.toThrow("is not a commit's full name");
});

test("names with line breaks and other letters come through whole", async () => {
  await using fake = await startWithPull();
  const main = (await fake.git.resolve("main")) ?? "";
  const files = { "é\n::set-output.txt": "x", '"quoted".sql': "y" };
  const next = await fake.git.commit({ ref: "refs/heads/main", files });
  await using here = await checkOut(fake, "refs/heads/main", 2);
  expect(await changedFiles(here, main, next)).toEqual(Object.keys(files).sort());
});

test("a workspace that is no repository is a failure of the user's, and a cancelled run ends git", async () => {
  await using fake = await startWithPull();
  await using here = await checkOut(fake, "refs/heads/topic", 1);
  await rm(join(here.workspace, ".git"), { recursive: true });
  await expect(headCommit(here)).rejects.toMatchObject({ code: "base-unreadable" });
  const reason = new Error("cancelled");
  await expect(headCommit({ ...here, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
