import { addCollaborator, enqueue, labelPull, openPullRequest, pushToPull } from "../support/github/world.js";
import { baselinesOf, dropIndex, project } from "./support/project.js";
import { beginStory, type Story } from "./support/story.js";

const settings = project["plan-gate.yml"] ?? "";
const readme = { "README.md": "# Shop\n" };

/** A pull request that drops the index, with the baseline for it approved by anna. */
async function approvedDrop(story: Story) {
  const { fake } = story;
  addCollaborator(fake, "anna", "write");
  const files = { ...dropIndex, ...(await baselinesOf({ ...project, ...dropIndex })) };
  const pull = await openPullRequest(fake, { branch: "tidy", files });
  expect(await story.check(pull.number, "opened")).toMatchObject({ exitCode: 1 });
  const labeled = await labelPull(fake, pull.number, "plan-gate:approve", { login: "anna" });
  expect(await story.replay(pull.number, labeled)).toMatchObject({ exitCode: 0, outputs: { "approved-by": "anna" } });
  return pull;
}

test("an approval holds in the queue where its files are in the queue's tree and their plans pass, and not behind a change that moves them", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const pull = await approvedDrop(story);

  const alone = await story.checkQueue(pull.number);
  expect(alone).toMatchObject({ exitCode: 0, outputs: { verdict: "pass", "approved-by": "anna" } });
  expect(story.reportOn(alone.head)).toMatchObject({ conclusion: "success" });
  expect(story.reportOn(pull.seenHead)?.headSha).not.toBe(alone.head);

  // Another one enters first: it gives the same query a third plan.
  const wider = { "migrations/3_wider.sql": "CREATE INDEX orders_wide_idx ON orders (customer, total, id);\n" };
  const ahead = await openPullRequest(fake, { branch: "wider", files: wider });
  const first = await story.checkQueue(ahead.number);
  expect(first).toMatchObject({ exitCode: 0 });
  const second = await story.checkQueue(pull.number, first.head);
  expect(second).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  expect(story.reportOn(second.head)).toMatchObject({ conclusion: "failure" });
  expect(story.reportOn(second.head)?.summary).toContain("disagrees with");
  // The queue neither takes the label off nor comments: the pull request has its own report.
  expect(fake.state.pulls.get(pull.number)?.labels).toContain("plan-gate:approve");
  expect(story.commentOn(pull.number)).toContain("`anna`");
  expect(fake.problems).toEqual([]);
}, 180_000);

test("a queued pull request is judged on the tree of the one ahead, and what was not approved before stays red", async () => {
  await using story = await beginStory();
  const { fake } = story;
  addCollaborator(fake, "anna", "write");
  const pull = await approvedDrop(story);
  const first = await story.checkQueue(pull.number);
  // Ahead the index is gone, so this one did not drop it; alone it would be to blame for nothing either.
  const harmless = await openPullRequest(fake, { branch: "readme", files: readme });
  const second = await story.checkQueue(harmless.number, first.head);
  expect(second).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
  // Nothing that counts changed, and yet the queue plans.
  expect(second.stdout).toContain("Starting Postgres");

  // A label that is put on while it is in the queue gives nothing away there, whatever was reported on the queue.
  const more = { ...dropIndex, "migrations/4_total.sql": "DROP INDEX orders_total_idx;\n" };
  const { "baselines/pg17/by-total.yml": byTotal = "" } = await baselinesOf({ ...project, ...more });
  const other = await openPullRequest(fake, {
    branch: "total",
    files: { "migrations/4_total.sql": more["migrations/4_total.sql"], "baselines/pg17/by-total.yml": byTotal },
  });
  const { head, payload } = await enqueue(fake, other.number, { behind: second.head });
  const red = { exitCode: 1, outputs: { verdict: "worse", "approved-by": "" } };
  expect(await story.checkAt(head, payload, { event: "merge_group" })).toMatchObject(red);
  await labelPull(fake, other.number, "plan-gate:approve", { login: "anna" });
  expect(await story.checkAt(head, payload, { event: "merge_group" })).toMatchObject(red);
  // Unlabelled before it is merged: revoked.
  fake.unlabel(pull.number, "plan-gate:approve", { login: "anna" });
  expect(await story.checkQueue(pull.number)).toMatchObject({ exitCode: 1 });
  expect(fake.problems).toEqual([]);
}, 180_000);

test("a queue's run that cannot be traced to a pull request, or cannot run, reports on the queue's own commit", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const pull = await openPullRequest(fake, { branch: "readme", files: readme });
  const { head, payload } = await enqueue(fake, pull.number);
  const head_ref = "refs/heads/gh-readonly-queue/main/group-1";
  const nameless = { ...payload, merge_group: { ...(payload["merge_group"] as object), head_ref } };
  const run = await story.checkAt(head, nameless, { event: "merge_group" });
  expect(run).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
  expect(story.reportOn(head)).toMatchObject({ status: "completed", conclusion: "success" });

  const broken = await openPullRequest(fake, {
    branch: "broken",
    files: { "migrations/5_broken.sql": "CREATE TABLE orders (id int);\n" },
  });
  const failed = await story.checkQueue(broken.number);
  expect(failed).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run", "exit-code": "2" } });
  expect(story.reportOn(failed.head)).toMatchObject({
    conclusion: "failure",
    title: expect.stringContaining("could not run"),
  });
  expect(fake.problems).toEqual([]);
}, 180_000);

describe("what cannot be judged is exit code 2, and says so on the head", () => {
  test("a broken migration, a base that cannot be fetched, and settings that cannot be read", async () => {
    await using story = await beginStory();
    const { fake } = story;
    const pull = await openPullRequest(fake, {
      branch: "broken",
      files: { "migrations/5_broken.sql": "CREATE TABLE orders (id int);\n" },
    });
    const unfetched = await story.check(pull.number, "opened", {
      depth: 1,
      env: { GITHUB_SERVER_URL: "http://127.0.0.1:9" },
    });
    expect(unfetched).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run", "exit-code": "2" } });
    const couldNot = { conclusion: "failure", title: expect.stringContaining("could not run") };
    expect(story.reportOn(pull.seenHead)).toMatchObject(couldNot);
    expect(unfetched.summary).toContain("could not run");
    expect(story.commentOn(pull.number)).toContain("cannot fetch commit");

    const failed = await story.check(pull.number, "edited");
    expect(failed).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run" } });
    expect(story.reportOn(pull.seenHead)).toMatchObject(couldNot);
    expect(story.commentOn(pull.number)).toContain("migrations/5_broken.sql:1");
    expect(fake.state.checkRuns.filter(({ status }) => status !== "completed")).toEqual([]);

    // It is not repeated as if it were a verdict: what was mended outside is noticed.
    const again = await story.check(pull.number, "edited");
    expect(again.stdout).toContain("Starting Postgres");
    await pushToPull(fake, pull.number, { "migrations/5_broken.sql": null, "plan-gate.yml": `${settings}rule: {}\n` });
    const unread = await story.check(pull.number, "synchronize");
    expect(unread).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run" } });
    expect(story.commentOn(pull.number)).toContain("plan-gate.yml:3");
    expect(fake.problems).toEqual([]);
  }, 180_000);
});
