import type { Actor, CheckRunState, FakeGitHub } from "../../support/github/types.js";
import { labelPull, openPullRequest, pullRequestEvent, pushToPull } from "../../support/github/world.js";
import type { ActionRun, FinishedRun } from "../../support/runner.js";
import { baselinesOf, dropIndex, project } from "./project.js";
import type { Story } from "./story.js";

export const approveLabel = "plan-gate:approve";

/** The migration that makes `by-total` worse as well. */
export const dropBoth = {
  "migrations/2_tidy.sql": `${dropIndex["migrations/2_tidy.sql"]}DROP INDEX orders_total_idx;\n`,
};

/** A plan that gets worse, and the baseline that says so: all it waits for is an approval. */
export async function openProposal(
  story: Story,
  { branch = "tidy", base = project, author = "author" } = {},
): Promise<number> {
  const files = { ...dropIndex, ...(await baselinesOf({ ...base, ...dropIndex })) };
  const { number } = await openPullRequest(story.fake, { branch, files, author: { login: author } });
  expect(await story.check(number, "opened")).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  return number;
}

/** Somebody puts the approval label on, and the run that this starts. */
export async function approveAs(
  story: Story,
  number: number,
  by: Actor,
  more: Partial<ActionRun> = {},
): Promise<FinishedRun> {
  return story.replay(number, await labelPull(story.fake, number, approveLabel, by), more);
}

/** A push, and the run that this starts; `tellsBefore`: whether the event names the head before it. */
export async function pushAndCheck(
  story: Story,
  number: number,
  files: Readonly<Record<string, string | null>>,
  { tellsBefore = true } = {},
): Promise<FinishedRun> {
  const before = await story.fake.pullHead(number);
  await pushToPull(story.fake, number, files);
  const payload = await pullRequestEvent(story.fake, number, "synchronize", tellsBefore ? { before } : {});
  return story.replay(number, payload);
}

export function isLabelled({ fake }: Story, number: number): boolean {
  return fake.state.pulls.get(number)?.labels.has(approveLabel) === true;
}

/** The check runs `plan-gate approval` on a head, oldest first. */
export function recordsOn({ fake }: Story, sha: string): readonly CheckRunState[] {
  return fake.state.checkRuns.filter(({ name, headSha }) => name === "plan-gate approval" && headSha === sha);
}

/** Whether the required check lets the pull request be merged. */
export async function isMergeable(fake: FakeGitHub, number: number): Promise<boolean> {
  return (await fake.mergeable(number, ["plan-gate"])).mergeable;
}
