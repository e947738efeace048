import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readRecord, writeRecord } from "../../src/approval/record-text.js";
import type { Actor } from "../support/github/types.js";
import {
  addCollaborator,
  commitFiles,
  labelPull,
  mergePull,
  openPullRequest,
  pullRequestEvent,
  pushToPull,
} from "../support/github/world.js";
import { checkoutCommit } from "../support/runner.js";
import {
  approveAs,
  approveLabel,
  dropBoth,
  isLabelled,
  isMergeable,
  openProposal,
  pushAndCheck,
  recordsOn,
} from "./support/approvals.js";
import { baselinesOf, dropIndex, project } from "./support/project.js";
import { beginStory, type Story } from "./support/story.js";

const anna: Actor = { login: "anna" };

async function begin(): Promise<Story> {
  const story = await beginStory();
  addCollaborator(story.fake, "anna", "write");
  return story;
}

test("who may not approve is told why and who may, and taking the label off revokes", async () => {
  await using story = await begin();
  const { fake } = story;
  const tess = addCollaborator(fake, "tess", "triage");
  const number = await openProposal(story, { author: "stranger" });
  const refused: readonly (readonly [Actor, string])[] = [
    [tess, "`tess` may only triage"],
    [{ login: "renovate[bot]", type: "Bot", app: "renovate" }, "`renovate[bot]` is not a person"],
    [{ login: "anna", app: "helper" }, "the app `helper` put the label on for `anna`"],
    [{ login: "stranger" }, "`stranger` may only read"],
  ];
  for (const [actor, why] of refused) {
    const run = await approveAs(story, number, actor);
    expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: "worse", "approved-by": "" } });
    expect(isLabelled(story, number)).toBe(false);
    for (const told of [story.commentOn(number), run.summary]) {
      expect(told).toContain(why);
      expect(told).toContain("somebody with write access has to put the label on");
    }
  }
  const head = await fake.pullHead(number);
  expect(recordsOn(story, head)).toEqual([]);
  expect(await isMergeable(fake, number)).toBe(false);

  const green = await approveAs(story, number, anna);
  expect(green).toMatchObject({ exitCode: 0, outputs: { verdict: "pass", "approved-by": "anna" } });
  expect(isLabelled(story, number)).toBe(true);
  expect(await isMergeable(fake, number)).toBe(true);

  // Somebody who started a run of before, with the label in its payload, does not bring it back.
  const payload = await pullRequestEvent(fake, number, "labeled", { sender: "anna", label: approveLabel });
  fake.unlabel(number, approveLabel, anna);
  expect(await story.check(number, "unlabeled")).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });
  expect(await story.replay(number, payload, { rerun: green.runId })).toMatchObject({ exitCode: 1 });
  expect(recordsOn(story, head)).toMatchObject([{ conclusion: "neutral", title: "Revoked: the label was taken off" }]);
  expect(await isMergeable(fake, number)).toBe(false);
  expect(fake.problems).toEqual([]);
}, 180_000);

test("a label counts only when it is younger than the report on this head", async () => {
  await using story = await begin();
  const { fake } = story;
  const files = { ...dropIndex, ...(await baselinesOf({ ...project, ...dropIndex })) };
  const { number } = await openPullRequest(fake, { branch: "tidy", files });
  fake.label(number, approveLabel, anna);
  expect(await story.check(number, "opened")).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  expect(isLabelled(story, number)).toBe(false);
  expect(story.commentOn(number)).toContain("the label was put on before this commit had a report");

  // While the report on a new head is being made.
  const head = await pushToPull(fake, number, { "README.md": "# Shop\n" });
  const running = story.check(number, "synchronize");
  const isStarted = () =>
    fake.state.checkRuns.some(
      (run) => run.headSha === head && run.status === "in_progress" && run.name === "plan-gate report",
    );
  while (!isStarted()) await sleep(20);
  const labeled = await labelPull(fake, number, approveLabel, anna);
  expect(await running).toMatchObject({ exitCode: 1 });
  expect(isLabelled(story, number)).toBe(true);
  expect(await story.replay(number, labeled)).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  expect(isLabelled(story, number)).toBe(false);
  expect(story.commentOn(number)).toContain("the label was put on before the report on this commit was there");
  expect(recordsOn(story, head)).toEqual([]);

  expect(await approveAs(story, number, anna)).toMatchObject({ exitCode: 0 });
  expect(await isMergeable(fake, number)).toBe(true);
  expect(fake.problems).toEqual([]);
}, 180_000);

test("a push between the label and its run is judged anew, and going back to a head of old does not help", async () => {
  await using story = await begin();
  const { fake } = story;
  const number = await openProposal(story);
  const bad = await fake.pullHead(number);
  const merge = (await fake.mergeCommit(number)) ?? "";

  // The label is put on what was shown, and the run that it starts finds another head.
  const labeled = await labelPull(fake, number, approveLabel, anna);
  await pushToPull(fake, number, { ...dropBoth, ...(await baselinesOf({ ...project, ...dropBoth })) });
  const workspace = await mkdtemp(join(tmpdir(), "plan-gate-workspace-"));
  try {
    await checkoutCommit(fake, merge, workspace, { depth: 2 });
    const commentBefore = story.commentOn(number);
    const late = await story.replay(number, labeled, { workspace, env: { GITHUB_SHA: merge } });
    expect(late).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });
    expect(story.commentOn(number)).toBe(commentBefore);
    expect(isLabelled(story, number)).toBe(true);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
  expect(await story.check(number, "synchronize")).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  expect(isLabelled(story, number)).toBe(false);
  expect(story.commentOn(number)).toContain("the label was put on before this commit had a report");

  // Somebody is shown a harmless head, puts the label on, and the old one comes back before the label's run.
  const before = await fake.pullHead(number);
  await fake.git.setRef("refs/heads/tidy", bad);
  await fake.pullHead(number);
  fake.label(number, approveLabel, anna);
  const back = await pullRequestEvent(fake, number, "synchronize", { before });
  expect(await story.replay(number, back)).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });
  expect(isLabelled(story, number)).toBe(false);
  expect(recordsOn(story, bad)).toEqual([]);
  expect(await isMergeable(fake, number)).toBe(false);
  expect(fake.problems).toEqual([]);
}, 180_000);

test("an approval outlives pushes that leave its files alone, and no others", async () => {
  await using story = await begin();
  const { fake } = story;
  const number = await openProposal(story);
  expect(await approveAs(story, number, anna)).toMatchObject({ exitCode: 0 });

  // Found on the head before.
  expect(await pushAndCheck(story, number, { "README.md": "# Shop\n" })).toMatchObject({ exitCode: 0 });
  expect(isLabelled(story, number)).toBe(true);
  expect(recordsOn(story, await fake.pullHead(number))).toMatchObject([{ conclusion: "success" }]);
  expect(await isMergeable(fake, number)).toBe(true);

  // A rebase on a base that moved; found by what our comment says.
  await commitFiles(fake, "main", { "docs/shop.md": "# The shop\n" });
  await fake.git.commit({
    ref: "tidy",
    from: (await fake.git.resolve("main")) ?? "",
    files: { ...dropIndex, ...(await baselinesOf({ ...project, ...dropIndex })) },
  });
  expect(await story.check(number, "synchronize")).toMatchObject({ exitCode: 0, outputs: { "approved-by": "anna" } });
  expect(await isMergeable(fake, number)).toBe(true);

  // Another plan gets worse under the label.
  const second = await pushAndCheck(story, number, {
    ...dropBoth,
    ...(await baselinesOf({ ...project, ...dropBoth })),
  });
  expect(second).toMatchObject({ exitCode: 1, outputs: { verdict: "worse", "approved-by": "" } });
  expect(isLabelled(story, number)).toBe(false);
  expect(story.commentOn(number)).toContain("what it accepted has changed since, or more has to be approved");
  expect(await isMergeable(fake, number)).toBe(false);

  expect(await approveAs(story, number, anna)).toMatchObject({ exitCode: 0, outputs: { "approved-by": "anna" } });
  expect(await isMergeable(fake, number)).toBe(true);

  // Who approved is no longer somebody who may: nobody's approval is left.
  addCollaborator(fake, "anna", "triage");
  expect(await story.check(number, "edited")).toMatchObject({ exitCode: 1 });
  expect(recordsOn(story, await fake.pullHead(number))).toMatchObject([{ conclusion: "neutral" }]);
  expect(isLabelled(story, number)).toBe(false);
  expect(fake.problems).toEqual([]);
}, 180_000);

test("a record of another pull request, of another App, or of another name approves nothing", async () => {
  await using story = await begin();
  const { fake } = story;
  const first = await openProposal(story);
  expect(await approveAs(story, first, anna)).toMatchObject({ exitCode: 0 });
  const [genuine] = recordsOn(story, await fake.pullHead(first));
  const record = readRecord(genuine?.text ?? "");
  if (!genuine || !record) throw new Error("there is no record");

  // The same change once more; its label is older than any report, so that only a record could help.
  const { number } = await openPullRequest(fake, {
    branch: "copy",
    files: { ...dropIndex, ...(await baselinesOf({ ...project, ...dropIndex })), "README.md": "# Shop\n" },
  });
  const { id } = fake.label(number, approveLabel, anna);
  const headSha = await fake.pullHead(number);
  const plant = (text: string, more: { readonly app?: string; readonly name?: string } = {}) =>
    fake.createCheckRun({ name: "plan-gate approval", headSha, conclusion: "success", text, ...more });
  const forged = writeRecord({ ...record, event: id, pullRequest: number, head: headSha }).text;
  plant(genuine.text ?? "");
  plant(writeRecord({ ...record, event: id }).text);
  plant(writeRecord({ ...record, pullRequest: number }).text);
  plant(forged, { app: "evil" });
  plant(forged, { name: "plan-gate report" });
  plant(forged, { name: "approval" });
  fake.comment(
    number,
    `<!-- plan-gate:plan-gate.yml {"head":"${headSha}","run":1,"attempt":1,"digest":"00","record":${genuine.id}} -->\nApproved`,
    { login: "mallory" },
  );

  expect(await story.check(number, "opened")).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });
  expect(isLabelled(story, number)).toBe(false);
  expect(await isMergeable(fake, number)).toBe(false);
  expect(await isMergeable(fake, first)).toBe(true);
  await mergePull(fake, first);
  expect(fake.problems).toEqual([]);
}, 180_000);

test("a red pull request stays red under other labels, a new title, and a burst of label events", async () => {
  await using story = await begin();
  const { fake } = story;
  const tess = addCollaborator(fake, "tess", "triage");
  const number = await openProposal(story);
  const head = await fake.pullHead(number);
  const bug = await labelPull(fake, number, "bug", anna);
  expect(await story.replay(number, bug)).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  expect(await story.check(number, "edited")).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });

  const burst = [
    await labelPull(fake, number, "urgent", anna),
    await labelPull(fake, number, approveLabel, tess),
    await labelPull(fake, number, "database", anna),
  ];
  const runs = await Promise.all(burst.map((payload) => story.replay(number, payload)));
  for (const run of runs) {
    expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
    expect(run.stdout).not.toContain("Starting Postgres");
  }
  expect(fake.state.checkRuns.filter((run) => run.headSha === head && run.conclusion !== "failure")).toEqual([]);
  expect(story.commentOn(number)).toContain("got worse");
  expect(await isMergeable(fake, number)).toBe(false);
  expect(fake.problems).toEqual([]);
}, 180_000);
