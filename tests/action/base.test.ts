import { commitFiles, openPullRequest, pullRequestEvent } from "../support/github/world.js";
import { baselinesOf, dropIndex, laxSettings, project } from "./support/project.js";
import { beginStory } from "./support/story.js";

const settings = project["plan-gate.yml"] ?? "";
const addColumn = { "migrations/3_note.sql": "ALTER TABLE orders ADD COLUMN note text;\n" };

describe("a branch that is lax", () => {
  test("has no say while anybody may write to it, and has it once it is protected", async () => {
    await using story = await beginStory();
    const { fake } = story;
    await commitFiles(
      fake,
      "lax",
      { ...laxSettings, ...(await baselinesOf({ ...project, ...dropIndex })) },
      { from: "main" },
    );
    const pull = await openPullRequest(fake, { branch: "tidy", base: "lax", files: dropIndex });
    const judged = await story.check(pull.number, "opened");
    expect(judged).toMatchObject({ exitCode: 1, outputs: { verdict: "worse", blocked: "1" } });
    expect(judged.stdout).toContain("lax is neither the default branch nor protected: the rules of main count");

    fake.state.settings.protectedBranches.add("lax");
    const itsOwn = await story.check(pull.number, "edited");
    expect(itsOwn).toMatchObject({ exitCode: 0 });
    expect(fake.problems).toEqual([]);
  }, 180_000);

  test("cannot be an old commit of the default branch, from before its rules", async () => {
    await using story = await beginStory({ ...project, ...laxSettings, ...(await baselinesOf(project)) });
    const { fake } = story;
    const before = (await fake.git.resolve("main")) ?? "";
    await fake.git.setRef("old", before);
    await commitFiles(fake, "main", {
      "plan-gate.yml": settings,
      "queries/by-id.sql": "SELECT total FROM orders WHERE id = 3;\n",
    });
    const pull = await openPullRequest(fake, { branch: "tidy", base: "old", files: dropIndex });
    expect(await story.check(pull.number, "opened")).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
    // What was added to the default branch since is not missing there.
    expect(story.commentOn(pull.number)).not.toContain("by-id");
    expect(fake.problems).toEqual([]);
  }, 180_000);

  test("does not help a head that is to be merged elsewhere too, whatever its other branch is called, nor an old run of it", async () => {
    await using story = await beginStory();
    const { fake } = story;
    await commitFiles(fake, "lax", laxSettings, { from: "main" });
    fake.state.settings.protectedBranches.add("lax");
    const pull = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
    const red = await story.check(pull.number, "opened");
    expect(red.exitCode).toBe(1);

    // Opened last, and from another branch: checks belong to the commit.
    await fake.git.setRef("tidy-again", pull.seenHead);
    const twin = await fake.openPull({ branch: "tidy-again", base: "lax" });
    const ofTwin = await story.check(twin.number, "opened");
    expect(ofTwin).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
    expect(ofTwin.stdout).toContain("also judged against main");
    expect(await fake.mergeable(pull.number, ["plan-gate"])).toMatchObject({ mergeable: false });

    // Alone, it is let through by the lax branch; retargeted, it is not, and its old run does not bring that back.
    fake.closePull(pull.number);
    const payload = await pullRequestEvent(fake, twin.number, "opened");
    const merged = (await fake.mergeCommit(twin.number)) ?? "";
    expect(await story.checkAt(merged, payload)).toMatchObject({ exitCode: 0 });
    twin.base = "main";
    expect(await story.check(twin.number, "edited")).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
    expect(await story.checkAt(merged, payload)).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
    expect(await fake.mergeable(twin.number, ["plan-gate"])).toMatchObject({ mergeable: false });
    expect(fake.problems).toEqual([]);
  }, 180_000);
});

test("a pull request is not blamed for what its base did meanwhile, and is judged anew when the base moves", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const pull = await openPullRequest(fake, { branch: "note", files: addColumn });
  const before = await story.check(pull.number, "opened");
  expect(before).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });

  // Equal head, base, settings and version: repeated, without a database.
  const again = await story.check(pull.number, "edited");
  expect(again).toMatchObject({ exitCode: 0, outputs: { verdict: "pass", digest: before.outputs["digest"] } });
  expect(again.stdout).toContain("its evaluation is repeated");
  expect(again.stdout).not.toContain("Starting Postgres");

  await commitFiles(fake, "main", { ...dropIndex, ...(await baselinesOf({ ...project, ...dropIndex })) });
  const event = await pullRequestEvent(fake, pull.number, "edited");
  expect(event).toHaveProperty("pull_request.base.sha", pull.baseSha);
  expect(await fake.git.resolve("main")).not.toBe(pull.baseSha);
  const after = await story.check(pull.number, "edited");
  expect(after).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
  expect(after.stdout).toContain("Starting Postgres");

  // A head that is checked out itself is compared with where it left the base.
  const own = await story.checkAt(pull.seenHead, event);
  expect(own).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
  expect(fake.problems).toEqual([]);
}, 180_000);
