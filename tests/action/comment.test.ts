import type { Actor, FakeGitHub } from "../support/github/types.js";
import { openPullRequest, pullRequestEvent, pushToPull } from "../support/github/world.js";
import { dropIndex } from "./support/project.js";
import { beginStory } from "./support/story.js";

const stranger: Actor = { login: "mallory" };
const undone = { "migrations/2_tidy.sql": null };
const red = { exitCode: 1, outputs: { verdict: "worse" } };
const green = { exitCode: 0, outputs: { verdict: "pass" } };

function bodies({ state }: FakeGitHub, number: number): readonly { readonly author: string; readonly body: string }[] {
  return state.comments.filter((one) => one.number === number).map(({ author, body }) => ({ author, body }));
}

test("ours is found by who wrote it, healed where somebody edited it, and brought to green; strangers' are left alone", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  // First, so that it is the oldest with the marker.
  const planted = `<!-- plan-gate:plan-gate.yml {"head":"${await fake.pullHead(number)}","run":999999,"attempt":1,"digest":"d1","record":null} -->\n\nall is well`;
  fake.comment(number, planted, stranger);
  expect(await story.check(number, "opened")).toMatchObject(red);
  const ours = story.commentOn(number) ?? "";
  expect(ours).toContain("Blocks merging.");

  const copied = ours.replace("Blocks merging.", "Does not block merging.").replaceAll(/"run":\d+/g, '"run":999999');
  fake.comment(number, copied, stranger);
  const comment = fake.state.comments.find(({ body }) => body === ours);
  Object.assign(comment ?? {}, { body: ours.replace("Blocks merging.", "Does not block merging.") });
  expect(await story.check(number, "edited")).toMatchObject(red);
  expect(story.commentOn(number)).toContain("Blocks merging.");
  expect(bodies(fake, number).filter(({ author }) => author === "mallory")).toEqual([
    { author: "mallory", body: planted },
    { author: "mallory", body: copied },
  ]);

  await pushToPull(fake, number, undone);
  expect(await story.check(number, "synchronize")).toMatchObject(green);
  expect(story.commentOn(number)).toContain("Does not block merging.");
  expect(bodies(fake, number)).toHaveLength(3);
  expect(fake.problems).toEqual([]);
}, 120_000);

test("of two runs that race one comment is left; an older one that ends last, or is about an old head, says nothing", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  // Both look, find nothing and write, before either looks again.
  fake.fail({ method: "POST", path: /\/issues\/\d+\/comments$/, kind: { slowMilliseconds: 4_000 } });
  const both = await Promise.all([story.check(number, "opened"), story.check(number, "edited")]);
  expect(both).toMatchObject([red, red]);
  const wrote = fake.requests.filter(({ method, path }) => method === "POST" && /\/comments$/.test(path));
  expect(wrote).toHaveLength(2);
  expect(story.commentOn(number)).toContain("Blocks merging.");
  fake.heal();

  // The older one is kept waiting by its first question.
  fake.fail({ method: "GET", path: /\/pulls\/\d+$/, kind: { slowMilliseconds: 8_000 }, times: 1 });
  const payload = await pullRequestEvent(fake, number, "edited");
  const older = story.replay(number, payload);
  await fakeHasBeenAsked(fake, fake.requests.length);
  const newer = await story.replay(number, payload);
  const said = story.commentOn(number);
  expect(said).toContain(`"run":${newer.runId},`);
  expect((await older).runId).toBeLessThan(newer.runId);
  expect(story.commentOn(number)).toBe(said);

  // A push comes while a run is under way: its own run has told already.
  fake.fail({ method: "GET", path: /\/pulls\?/, kind: { slowMilliseconds: 12_000 }, times: 1 });
  const before = fake.requests.length;
  const outdated = story.replay(number, payload);
  await fakeHasBeenAsked(fake, before + 1);
  await pushToPull(fake, number, undone);
  expect(await story.check(number, "synchronize")).toMatchObject(green);
  expect(await outdated).toMatchObject(red);
  expect(story.commentOn(number)).toContain("Does not block merging.");
  expect(fake.problems).toEqual([]);
}, 120_000);

async function fakeHasBeenAsked({ requests }: FakeGitHub, before: number): Promise<void> {
  while (requests.length <= before) await new Promise((resolve) => setTimeout(resolve, 50));
}

test("a comment that GitHub finds too long is told in fewer words", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  fake.fail({ method: "POST", path: /\/issues\/\d+\/comments$/, kind: { status: 422 }, times: 1 });
  const run = await story.check(number, "opened");
  expect(run).toMatchObject(red);
  const comment = story.commentOn(number) ?? "";
  expect(comment).toContain("Left out, to fit:");
  expect(comment.length).toBeLessThan(run.summary.length);
  expect(comment).toContain("by-customer");
  expect(run.stdout).not.toContain("could not");
  expect(fake.problems).toEqual([]);
}, 120_000);

test("each mode comments when it says, brings up to date what is there, and is silent where there is nothing to say", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const clean = await openPullRequest(fake, { branch: "words", files: { "README.md": "# Words\n" } });
  const mode = (comment: string) => ({ inputs: { comment } });
  for (const silent of [{}, mode("on-change"), mode("on-failure"), mode("off")]) {
    expect(await story.check(clean.number, "opened", silent)).toMatchObject(green);
    expect(bodies(fake, clean.number)).toEqual([]);
  }
  expect(await story.check(clean.number, "edited", mode("always"))).toMatchObject(green);
  expect(story.commentOn(clean.number)).toContain("Does not block merging.");

  // A new query is worth saying, and no failure.
  const fresh = await openPullRequest(fake, {
    branch: "fresh",
    files: { "queries/by-id.sql": "SELECT * FROM orders WHERE id = 3;\n" },
  });
  const fine = { exitCode: 0 };
  expect(await story.check(fresh.number, "opened", mode("on-failure"))).toMatchObject(fine);
  expect(bodies(fake, fresh.number)).toEqual([]);
  const told = await story.check(fresh.number, "edited");
  expect(told).toMatchObject(fine);
  expect(story.commentOn(fresh.number)).toContain("by-id");
  expect(told.outputs["comment-url"]).toContain("#issuecomment-");
  const kept = story.commentOn(fresh.number);
  expect(await story.check(fresh.number, "edited", mode("off"))).toMatchObject(fine);
  expect(story.commentOn(fresh.number)).toBe(kept);
  const updated = await story.check(fresh.number, "edited", mode("on-failure"));
  expect(story.commentOn(fresh.number)).toContain(`"run":${updated.runId},`);
  expect(fake.problems).toEqual([]);
}, 180_000);
