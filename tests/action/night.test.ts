import { readHistory, writeHistory } from "../../src/history/entry.js";
import { zipOf } from "../stage/zip.js";
import type { FakeGitHub, IssueState, Permissions } from "../support/github/types.js";
import { commitFiles, pushEvent, scheduleEvent } from "../support/github/world.js";
import { runWithoutCheckout } from "./support/bot.js";
import { handOver, runOnBranch } from "./support/night.js";
import { baselinesOf, dropIndex, project } from "./support/project.js";
import { beginStory } from "./support/story.js";

const accepted = "baselines/pg17/by-customer.yml";

/** The accepted plan of by-customer without its index: beside the schema that has it, a plan that moved. */
async function otherBaseline(): Promise<Record<string, string>> {
  return { [accepted]: (await baselinesOf({ ...project, ...dropIndex }))[accepted] ?? "" };
}

async function goodBaseline(): Promise<Record<string, string>> {
  return { [accepted]: (await baselinesOf(project))[accepted] ?? "" };
}

function night(fake: FakeGitHub, inputs: Record<string, string> = {}, permissions: Permissions = oneJob) {
  const payload = scheduleEvent(fake);
  return runOnBranch(fake, {
    event: "schedule",
    payload,
    permissions,
    inputs: { command: "nightly", ...inputs },
    job: "nightly",
  });
}

/** Of a job that runs the repository's code: it may not write to the repository. */
const oneJob: Permissions = { contents: "read", issues: "write" };
/** Of a job that tells what others evaluated, and runs nothing of the repository. */
const telling: Permissions = { actions: "read", contents: "write", issues: "write", "pull-requests": "write" };

async function history(fake: FakeGitHub) {
  const files = (await fake.git.resolve("plan-gate-history")) ? await fake.git.list("plan-gate-history") : [];
  const texts = await Promise.all(files.map((file) => fake.git.read("plan-gate-history", file)));
  return readHistory(texts.join("")).entries;
}

function issuesOf(fake: FakeGitHub): readonly IssueState[] {
  return [...fake.state.issues.values()];
}

/** Lets the issue's last night be the one before: two runs of one day are one night. */
function nextDay(issue: IssueState): void {
  const escaped = (date: Date) => date.toISOString().slice(0, 10).replaceAll("-", "\\u002d");
  const [marker = "", ...rest] = issue.body.split("\n");
  const before = marker.replaceAll(escaped(new Date()), escaped(new Date(Date.now() - 86_400_000)));
  expect(before).not.toBe(marker);
  issue.body = [before, ...rest].join("\n");
}

test("drift opens an issue, the next night edits it, clean nights close it, and a failed night is another issue", async () => {
  await using story = await beginStory();
  const { fake } = story;
  await commitFiles(fake, "main", await otherBaseline());

  const first = await night(fake);
  expect(first).toMatchObject({ exitCode: 0, outputs: { verdict: "drift", "exit-code": "0" } });
  expect(issuesOf(fake)).toMatchObject([{ state: "open", title: expect.stringContaining("by-customer") }]);
  const [issue] = issuesOf(fake);
  if (!issue) throw new Error("no issue");
  expect([...issue.labels]).toEqual(["plan-gate:drift"]);
  expect(first.summary).toContain("by-customer");
  // No `contents: write`: the lines are kept for an artifact, and the log says what was missing.
  expect(first.stdout).toMatch(/could not be appended .*contents: write.*plan-gate-history\.jsonl/);
  expect(await history(fake)).toEqual([]);

  // The same plan drifts on: the issue is edited at most, nobody is notified.
  nextDay(issue);
  expect(await night(fake, { "fail-on-drift": "true" })).toMatchObject({ exitCode: 1, outputs: { verdict: "drift" } });
  expect(issuesOf(fake)).toHaveLength(1);
  expect(fake.state.comments).toEqual([]);
  expect(issue.body).toContain(new Date().toISOString().slice(0, 10).replaceAll("-", "\\u002d"));

  await commitFiles(fake, "main", await goodBaseline());
  expect(await night(fake)).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
  expect(issue.state).toBe("open");
  nextDay(issue);
  await night(fake);
  expect(issue.state).toBe("closed");
  expect(fake.state.comments).toMatchObject([{ number: issue.number, body: expect.stringContaining("Clean") }]);

  await commitFiles(fake, "main", { "migrations/3_broken.sql": "CREATE TABLE;\n" });
  expect(await night(fake)).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run", "exit-code": "2" } });
  expect(issuesOf(fake)).toMatchObject([
    { state: "closed" },
    { state: "open", labels: new Set(["plan-gate:could-not-run"]) },
  ]);
  expect(issuesOf(fake)[1]?.body).toContain("migrations/3_broken.sql");
  expect(fake.problems).toEqual([]);
}, 120_000);

test("one job evaluates and may only read, another tells and runs nothing of the repository", async () => {
  await using story = await beginStory();
  const { fake } = story;
  await commitFiles(fake, "main", await otherBaseline());
  const payload = scheduleEvent(fake);
  const evaluated = await runOnBranch(fake, {
    event: "schedule",
    payload,
    permissions: { contents: "read" },
    inputs: { command: "evaluate" },
    job: "evaluate",
  });
  expect(evaluated).toMatchObject({ exitCode: 0 });
  expect(fake.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  handOver(fake, evaluated);
  const tell = (inputs: Record<string, string>, rerun: number | undefined, permissions = telling) =>
    runWithoutCheckout(fake, {
      event: "schedule",
      payload,
      permissions,
      inputs,
      job: "nightly",
      ...(rerun === undefined ? {} : { rerun }),
    });

  expect(await tell({ command: "nightly" }, evaluated.runId)).toMatchObject({
    exitCode: 0,
    outputs: { verdict: "drift" },
  });
  expect(issuesOf(fake)).toMatchObject([{ state: "open", labels: new Set(["plan-gate:drift"]) }]);
  const head = await fake.git.resolve("main");
  expect(await history(fake)).toMatchObject([
    { kind: "nightly", commit: head, major: 17, server: expect.stringMatching(/^17\.\d+$/), ending: "drift" },
  ]);

  // The refresh reads the same. Without the permission there is a patch; with it one pull request, and no more of it later.
  const patched = await tell({ command: "refresh" }, evaluated.runId, { ...telling, contents: "read" });
  expect(patched.stdout).toMatch(/no pull request with new baselines: .*git apply .*plan-gate\.patch/);
  expect(patched.exitCode).toBe(0);
  const refresh = () => tell({ command: "refresh" }, evaluated.runId);
  expect((await refresh()).stdout).toMatch(/Pull request #\d+: opened/);
  const [pull] = fake.state.pulls.values();
  expect(pull).toMatchObject({ branch: "plan-gate/refresh", base: "main", state: "open" });
  expect(await fake.git.read("plan-gate/refresh", accepted)).toBe((await goodBaseline())[accepted]);
  expect((await refresh()).stdout).toMatch(/Pull request #\d+: unchanged/);
  expect(fake.state.pulls.size).toBe(1);

  // A major that nobody evaluated, and a job that ended without a word, are nights that could not run.
  const partial = await tell({ command: "nightly", "postgres-version": "16, 17" }, evaluated.runId);
  expect(partial).toMatchObject({ exitCode: 2 });
  expect(issuesOf(fake).at(-1)?.body).toContain("PostgreSQL 16");
  const silent = await tell({ command: "nightly" }, undefined);
  expect(silent).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run" } });
  expect(issuesOf(fake)).toHaveLength(2);
  expect(issuesOf(fake)[1]?.body).toContain("no artifact called");
  expect(fake.problems).toEqual([]);
}, 120_000);

test("a push to the default branch is judged and never commented on, and its history is appended by another job", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const before = await fake.git.resolve("main");
  await commitFiles(fake, "main", dropIndex);
  const payload = await pushEvent(fake, "main", before);
  const judged = await runOnBranch(fake, {
    event: "push",
    payload,
    permissions: { contents: "read", "pull-requests": "write", checks: "write" },
    inputs: { command: "check" },
  });
  expect(judged).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  expect(judged.stdout).toMatch(
    /the history's lines are in .*plan-gate-history\.jsonl and in the artifact plan-gate-history/,
  );
  expect(fake.state.comments).toEqual([]);
  expect(await history(fake)).toEqual([]);

  const report = (rerun: number, permissions: Permissions) =>
    runWithoutCheckout(fake, {
      event: "push",
      payload,
      permissions,
      inputs: { command: "report" },
      job: "history",
      rerun,
    });
  const head = await fake.git.resolve("main");
  expect(await report(judged.runId, telling)).toMatchObject({ exitCode: 0 });
  expect(await history(fake)).toMatchObject([
    {
      kind: "push",
      commit: head,
      server: expect.stringMatching(/^17\.\d+$/),
      ending: "worse",
      decisions: [{ decision: "blocked" }],
    },
  ]);

  // Lines of another commit are not this run's to tell.
  const [line] = await history(fake);
  if (!line) throw new Error("nothing was appended");
  const foreign = writeHistory([
    { ...line, commit: "f".repeat(40) },
    { ...line, kind: "nightly" },
  ]);
  const zip = zipOf([{ name: "plan-gate-history.jsonl", content: foreign }]);
  fake.createArtifact({ runId: judged.runId, name: "plan-gate-history-2", zip });
  expect(await report(judged.runId, telling)).toMatchObject({ exitCode: 0 });
  expect(await history(fake)).toEqual([line]);

  // The same by jobs that only evaluate: the one that tells has the verdict as well.
  const good = { ...(await baselinesOf({ ...project, ...dropIndex })) };
  await commitFiles(fake, "main", good);
  const clean = await pushEvent(fake, "main", head);
  const evaluated = await runOnBranch(fake, {
    event: "push",
    payload: clean,
    permissions: { contents: "read" },
    inputs: { command: "evaluate" },
    job: "evaluate",
  });
  handOver(fake, evaluated);
  const told = await runWithoutCheckout(fake, {
    event: "push",
    payload: clean,
    permissions: { ...telling, checks: "write" },
    inputs: { command: "report" },
    rerun: evaluated.runId,
  });
  expect(told).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
  expect((await history(fake)).map(({ ending }) => ending)).toEqual(["worse", "pass"]);
  expect(fake.state.comments).toEqual([]);

  // Another branch is nobody's past.
  await commitFiles(fake, "topic", { "README.md": "# Topic\n" }, { from: "main" });
  const topic = await runOnBranch(fake, {
    event: "push",
    payload: await pushEvent(fake, "topic"),
    permissions: { contents: "read", checks: "write" },
    ref: "topic",
  });
  expect(topic).toMatchObject({ exitCode: 0 });
  expect(topic.stdout).not.toContain("history");
  expect(fake.problems).toEqual([]);
}, 120_000);
