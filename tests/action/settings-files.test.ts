import { commitFiles, openPullRequest, pushToPull } from "../support/github/world.js";
import { baselinesOf, dropIndex, project } from "./support/project.js";
import { beginStory, type Story } from "./support/story.js";

const settings = project["plan-gate.yml"] ?? "";
const readme = { "README.md": "# Shop\n" };

/** The files in a folder of their own. */
function below(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}

/** A busy machine may take longer once. */
async function quickest(story: Story, number: number, first: number): Promise<number> {
  let least = first;
  for (let tries = 0; least >= 2_000 && tries < 4; tries++) {
    await pushToPull(story.fake, number, { "README.md": `# Shop ${tries}\n` });
    least = Math.min(least, (await story.check(number, "synchronize")).milliseconds);
  }
  return least;
}

describe("where no file that can matter changed", () => {
  test("a pull request passes in two seconds without a database, and says what was looked at", async () => {
    await using story = await beginStory();
    const { fake } = story;
    const pull = await openPullRequest(fake, { branch: "readme", files: readme });
    const run = await story.check(pull.number, "opened");
    expect(run).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
    expect(run.stdout).not.toContain("Starting Postgres");
    expect(await quickest(story, pull.number, run.milliseconds)).toBeLessThan(2_000);
    expect(run.stdout).toMatch(/none of 1 changed files can change a plan; looked at .*migrations.*seeds\/\*\.sql/);
    expect(run.summary).toContain("none of which can change a plan");
    expect(story.commentOn(pull.number)).toBeUndefined();

    // The workflow says which version of plan-gate judges.
    await pushToPull(fake, pull.number, { ".github/workflows/plan-gate.yml": "on: pull_request\n" });
    const edited = await story.check(pull.number, "synchronize");
    expect(edited).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
    expect(edited.stdout).toContain("Starting Postgres");
    expect(fake.problems).toEqual([]);
  }, 180_000);

  test("but only where it is known what a command reads", async () => {
    const seed = `${project["migrations/1_orders.sql"]}${project["seeds/orders.sql"]}`;
    const byCommand = {
      ...project,
      "plan-gate.yml": `${settings}migrations: { command: "true" }\n`,
      "seeds/orders.sql": seed,
      "migrations/1_orders.sql": "",
    };
    await using story = await beginStory({ ...byCommand, ...(await baselinesOf(byCommand)) });
    const { fake } = story;
    const pull = await openPullRequest(fake, { branch: "readme", files: readme });
    const planned = await story.check(pull.number, "opened");
    expect(planned).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
    expect(planned.stdout).toContain("Starting Postgres");

    await commitFiles(fake, "main", { "plan-gate.yml": `${byCommand["plan-gate.yml"]}watch: [src/entities/**]\n` });
    const passed = await story.check(pull.number, "edited");
    expect(passed).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
    expect(passed.stdout).not.toContain("Starting Postgres");
    await pushToPull(fake, pull.number, { "src/entities/order.ts": "export {};\n" });
    expect((await story.check(pull.number, "synchronize")).stdout).toContain("Starting Postgres");
    expect(fake.problems).toEqual([]);
  }, 180_000);
});

test("no input lets a change through that the settings would not", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const pull = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  const silent = await story.check(pull.number, "opened", { inputs: { comment: "off" } });
  expect(silent).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  expect(story.commentOn(pull.number)).toBeUndefined();
  const loosening: readonly (readonly [code: string, inputs: Record<string, string>])[] = [
    // Nothing was accepted for it: the base is planned on it as well.
    ["1", { "postgres-version": "16" }],
    ["2", { shard: "1/2" }],
    ["2", { shard: "2/2" }],
    ["2", { provider: "url", "database-url": "postgres://nobody@127.0.0.1:9/none" }],
    ["2", { config: "elsewhere.yml" }],
    ["1", { "dry-run": "true" }],
  ];
  for (const [code, inputs] of loosening) {
    const run = await story.check(pull.number, "edited", { inputs });
    expect({ inputs, exit: `${run.exitCode}`, said: run.outputs["exit-code"] }).toEqual({
      inputs,
      exit: code,
      said: code,
    });
  }
  expect(fake.problems).toEqual([]);
}, 180_000);

test("with `enforce: false` in the base everything is told and nothing is blocked", async () => {
  const tried = { ...project, "plan-gate.yml": `${settings}enforce: false\n` };
  await using story = await beginStory({ ...tried, ...(await baselinesOf(project)) });
  const { fake } = story;
  const pull = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  const run = await story.check(pull.number, "opened");
  expect(run).toMatchObject({ exitCode: 0, outputs: { verdict: "worse", "exit-code": "0", blocked: "1" } });
  expect(story.commentOn(pull.number)).toContain("would block");
  expect(story.commentOn(pull.number)).toContain("migrations/2_tidy.sql:2");
  expect(story.reportOn(pull.seenHead)).toMatchObject({ conclusion: "neutral" });
  expect(await fake.mergeable(pull.number, ["plan-gate"])).toMatchObject({ mergeable: true });

  const broken = { "migrations/3_broken.sql": "CREATE TABLE orders (id int);\n" };
  await pushToPull(fake, pull.number, broken);
  expect(await story.check(pull.number, "synchronize")).toMatchObject({
    exitCode: 2,
    outputs: { verdict: "could not run" },
  });
  expect(fake.problems).toEqual([]);
}, 180_000);

test("a checkout of depth 1 is enough, in a private repository as well", async () => {
  await using story = await beginStory(undefined, { private: true });
  const { fake } = story;
  const pull = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  const run = await story.check(pull.number, "opened", { depth: 1 });
  expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  expect(story.commentOn(pull.number)).toContain("migrations/2_tidy.sql:2");
  expect(fake.problems).toEqual([]);
}, 180_000);

describe("several settings files", () => {
  const strict = { ...project, "plan-gate.yml": `${settings}approval: { minimumRole: maintain }\n` };
  const inputs = { config: "a/plan-gate.yml\npackages/*/plan-gate.yml" };

  test("are found by name and by glob, and one that is deleted, broken or worse decides for all", async () => {
    const files = { ...strict, ...(await baselinesOf(project)) };
    await using story = await beginStory({ ...below("a", files), ...below("packages/b", files) });
    const { fake } = story;

    const worse = await openPullRequest(fake, { branch: "worse", files: below("packages/b", dropIndex) });
    const red = await story.check(worse.number, "opened", { inputs });
    expect(red).toMatchObject({ exitCode: 1, outputs: { verdict: "worse", blocked: "1" } });
    expect(story.commentOn(worse.number)).toContain("packages/b/migrations/2_tidy.sql:2");

    const gone = await openPullRequest(fake, { branch: "gone", files: { "packages/b/plan-gate.yml": null } });
    const waits = await story.check(gone.number, "opened", { inputs });
    expect(waits).toMatchObject({ exitCode: 1, outputs: { verdict: "environment changed" } });
    expect(story.commentOn(gone.number)).toContain("removes `packages/b/plan-gate.yml`");

    const broken = await openPullRequest(fake, { branch: "broken", files: { "a/plan-gate.yml": "rule: {}\n" } });
    const failed = await story.check(broken.number, "opened", { inputs });
    expect(failed).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run" } });
    expect(story.commentOn(broken.number)).toContain("`rule`");
    expect(fake.problems).toEqual([]);
  }, 180_000);

  test("cannot be hidden by a branch that does not have one of them", async () => {
    const files = { ...strict, ...(await baselinesOf(project)) };
    await using story = await beginStory({ ...below("a", files), ...below("packages/b", files) });
    const { fake } = story;
    await commitFiles(fake, "without", { "packages/b/plan-gate.yml": null }, { from: "main" });
    const pull = await openPullRequest(fake, {
      branch: "hidden",
      base: "without",
      files: below("packages/b", dropIndex),
    });
    const run = await story.check(pull.number, "opened", { inputs });
    expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: "environment changed" } });
    expect(fake.problems).toEqual([]);
  }, 180_000);

  test("two majors are judged each against its own baselines", async () => {
    const sixteen = { ...project, "plan-gate.yml": settings.replace("17", "16") };
    await using story = await beginStory({
      ...project,
      ...(await baselinesOf(project)),
      ...(await baselinesOf(sixteen)),
    });
    const { fake } = story;
    const majors = { inputs: { "postgres-version": "16, 17" } };
    const fine = await openPullRequest(fake, {
      branch: "note",
      files: { "migrations/2_note.sql": "ALTER TABLE orders ADD COLUMN note text;\n" },
    });
    expect(await story.check(fine.number, "opened", majors)).toMatchObject({
      exitCode: 0,
      outputs: { verdict: "pass" },
    });
    // What is accepted on one of them is worse on the other.
    const path = "baselines/pg17/by-customer.yml";
    const pull = await openPullRequest(fake, {
      branch: "tidy",
      files: { ...dropIndex, [path]: (await baselinesOf({ ...project, ...dropIndex }))[path] ?? "" },
    });
    const red = await story.check(pull.number, "opened", majors);
    expect(red).toMatchObject({ exitCode: 1, outputs: { verdict: "worse", blocked: "2" } });
    expect(story.commentOn(pull.number)).toMatch(/PostgreSQL 16/);
    expect(fake.problems).toEqual([]);
  }, 180_000);
});
