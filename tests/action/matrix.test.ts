import type { FakeGitHub, Permissions } from "../support/github/types.js";
import { addCollaborator, labelPull, openPullRequest, pullRequestEvent } from "../support/github/world.js";
import { approveLabel, recordsOn } from "./support/approvals.js";
import { runWithoutCheckout } from "./support/bot.js";
import { baselinesOf, dropIndex, project } from "./support/project.js";
import { beginStory } from "./support/story.js";
import { type Evaluated, evaluatePull, uploadDocument } from "./support/two-stage.js";

const on16 = (files: Readonly<Record<string, string>>) => ({
  ...files,
  "plan-gate.yml": (files["plan-gate.yml"] ?? "").replace("version: 17", "version: 16"),
});

/** The accepted plans of both majors. */
async function bothBaselines(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  return { ...(await baselinesOf(files)), ...(await baselinesOf(on16(files))) };
}

/** What the ready workflow grants its jobs. */
const evaluating: Permissions = { contents: "read", "pull-requests": "read" };
const telling: Permissions = { actions: "read", contents: "read", checks: "write", "pull-requests": "write" };

const cells = [
  { "postgres-version": "16", shard: "1/2" },
  { "postgres-version": "16", shard: "2/2" },
  { "postgres-version": "17", shard: "1/2" },
  { "postgres-version": "17", shard: "2/2" },
] as const;

/** The jobs of one run: each evaluates its share. */
async function evaluateAll(fake: FakeGitHub, number: number): Promise<readonly [Evaluated, ...Evaluated[]]> {
  const [first, ...others] = cells;
  const begun = await evaluatePull(fake, number, "opened", { inputs: first, permissions: evaluating });
  const all: [Evaluated, ...Evaluated[]] = [begun];
  for (const inputs of others) {
    all.push(await evaluatePull(fake, number, "opened", { inputs, permissions: evaluating, joins: begun.runId }));
  }
  for (const one of all) expect(one).toMatchObject({ exitCode: 0, runId: begun.runId });
  return all;
}

test("majors and shards are judged by jobs of their own, and one last job tells, gates, and misses none of them", async () => {
  await using story = await beginStory({ ...project, ...(await bothBaselines(project)) });
  const { fake } = story;
  addCollaborator(fake, "anna", "write");
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  const head = await fake.pullHead(number);
  const finalJob = async (joins: number, payload?: Record<string, unknown>, wanted = "16, 17") =>
    runWithoutCheckout(fake, {
      event: "pull_request",
      payload: payload ?? (await pullRequestEvent(fake, number, "opened")),
      permissions: telling,
      inputs: { command: "report", "postgres-version": wanted },
      joins,
    });
  const isMergeable = async () => (await fake.mergeable(number, ["plan-gate"])).mergeable;

  const jobs = await evaluateAll(fake, number);
  const { runId } = jobs[0];
  jobs.forEach(({ document }, index) => {
    uploadDocument(fake, runId, document, `-${index}`);
  });
  const red = await finalJob(runId);
  expect(red).toMatchObject({ exitCode: 1, outputs: { verdict: "worse", "exit-code": "1", blocked: "2" } });
  expect(red.summary).toContain("by-customer");
  const comment = story.commentOn(number) ?? "";
  expect(comment).toContain("migrations/2_tidy.sql:2");
  const patches = [...fake.state.artifacts.values()].map(({ name }) => name).filter((name) => name.includes("patch"));
  expect(patches).toHaveLength(2);
  expect(patches).toEqual(expect.arrayContaining([expect.stringMatching(/^plan-gate-patch-pg16-[12]of2$/)]));
  const [first = "", second = ""] = patches.toSorted();
  expect(comment).toContain(
    `gh run download ${runId} --name ${first} --name ${second} && git apply ${first}/plan-gate.patch ${second}/plan-gate.patch`,
  );
  const isReport = (run: { readonly name: string; readonly headSha: string }) =>
    run.name === "plan-gate report" && run.headSha === head;
  expect(fake.state.checkRuns.filter(isReport)).toMatchObject([{ status: "completed", conclusion: "failure" }]);
  expect(await isMergeable()).toBe(false);

  // A job that ended without a word: one shard, or all of a major.
  const parts = jobs.map(({ document }) => document);
  const others = async (kept: readonly string[], reason: RegExp, wanted?: string) => {
    const { event, headSha, headBranch } = fake.state.runs.get(runId) ?? { event: "", headSha: "", headBranch: "" };
    const run = fake.createRun({ event, headSha, headBranch });
    kept.forEach((document, index) => {
      uploadDocument(fake, run.id, document, `-${index}`);
    });
    const told = await finalJob(run.id, undefined, wanted);
    expect(told).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run", "exit-code": "2" } });
    expect(told.stdout).toMatch(reason);
    expect(told.summary).toMatch(reason);
    expect(story.commentOn(number)).toContain("could not run");
    expect(await isMergeable()).toBe(false);
  };
  await others(parts.slice(0, 3), /shard 2\/2 of .*17.* is missing/);
  await others(parts.slice(2), /no job handed over PostgreSQL 16 of plan-gate\.yml/);
  await others([], /has no artifact called/);
  await others([...parts, parts[0] ?? ""], /shard 1\/2 of .*16.* is there twice/);
  const elsewhere = await fake.git.resolve("main");
  await others([...parts.slice(0, 3), (parts[3] ?? "").replaceAll(head, elsewhere ?? "")], /speaks of/);
  const [, , , last = ""] = parts;
  const tested = /"tested":"([0-9a-f]{40})"/.exec(last)?.[1] ?? "";
  await others([...parts.slice(0, 3), last.replaceAll(tested, elsewhere ?? "")], /is of another run: its tested is/);

  // The author accepts on both majors, a writer approves, and all four jobs run once more.
  const proposal = await bothBaselines({ ...project, ...dropIndex });
  await fake.git.commit({ ref: "tidy", files: proposal });
  const run = async (payload: Record<string, unknown>) => {
    const again = await evaluateAll(fake, number);
    again.forEach(({ document }, index) => {
      uploadDocument(fake, again[0].runId, document, `-${index}`);
    });
    return { again, told: await finalJob(again[0].runId, payload) };
  };
  const waiting = await run(await pullRequestEvent(fake, number, "synchronize"));
  expect(waiting.told).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  const labeled = await labelPull(fake, number, approveLabel, { login: "anna" });
  const green = await finalJob(waiting.again[0].runId, labeled);
  expect(green).toMatchObject({ exitCode: 0, outputs: { verdict: "pass", "approved-by": "anna" } });
  expect(recordsOn(story, await fake.pullHead(number))).toMatchObject([{ conclusion: "success" }]);
  expect(await isMergeable()).toBe(true);
  expect(fake.problems).toEqual([]);
}, 240_000);
