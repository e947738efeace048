import type { Fault } from "../support/github/types.js";
import { addCollaborator, labelPull, openPullRequest, pullRequestEvent, pushToPull } from "../support/github/world.js";
import type { FinishedRun } from "../support/runner.js";
import { baselinesOf, dropIndex, project } from "./support/project.js";
import { readLog } from "./support/read-log.js";
import { beginStory, type Story } from "./support/story.js";

const anything = /./;
const red = { exitCode: 1, outputs: { verdict: "worse", "exit-code": "1", blocked: "1" } };

/** What a run asks of GitHub, and how it is answered. A lost answer to a check run that says the same is none. */
const failures: readonly (Pick<Fault, "method" | "path"> & { readonly ways: readonly Fault["kind"][] })[] = [
  { method: "GET", path: /\/pulls\/\d+$/, ways: [{ status: 403 }, "reset"] },
  { method: "GET", path: /\/pulls\?/, ways: [{ status: 500 }, { status: 422 }] },
  { method: "GET", path: /\/check-runs\?/, ways: [{ status: 404 }, "truncated"] },
  {
    method: "POST",
    path: /\/check-runs$/,
    ways: [{ status: 403 }, { status: 429, retryAfterSeconds: 3_600 }, { status: 422 }],
  },
  { method: "POST", path: /^\/graphql$/, ways: [{ status: 422 }, { status: 502 }] },
  {
    method: "PATCH",
    path: /\/issues\/comments\/\d+$/,
    ways: [{ secondaryLimit: true, retryAfterSeconds: 61 }, { status: 503 }, { status: 404 }],
  },
];

/** A pull request that is red, and was told so. */
async function beginRed(options: Parameters<typeof beginStory>[1] = {}): Promise<Story & { readonly number: number }> {
  const story = await beginStory(undefined, options);
  const { number } = await openPullRequest(story.fake, { branch: "tidy", files: dropIndex });
  expect(await story.check(number, "opened")).toMatchObject(red);
  return { ...story, number };
}

function notices({ stdout }: FinishedRun): readonly string[] {
  return readLog(stdout).commands.flatMap(({ name, data }) => (name === "notice" ? [data] : []));
}

function untold({ summary }: FinishedRun): string {
  return summary.split("What GitHub did not say or take")[1] ?? "";
}

/** In the log and in the summary. */
function expectSaid(run: FinishedRun, what: RegExp): void {
  expect(notices(run)).toContainEqual(expect.stringMatching(what));
  expect(untold(run)).toMatch(what);
}

test("however GitHub fails, at whichever endpoint, the verdict stays and what is missing is said", async () => {
  const inTurn = async (mine: (index: number) => boolean) => {
    await using story = await beginRed();
    const { fake, number } = story;
    for (const [index, { ways, ...endpoint }] of failures.entries()) {
      if (!mine(index)) continue;
      for (const kind of ways) {
        fake.fail({ ...endpoint, kind });
        const run = await story.check(number, "edited");
        fake.heal();
        const missing = /could not/.test(notices(run).join("")) && /could not/.test(untold(run));
        // The whole run comes along so that a failure shows which fault it was.
        expect({ endpoint, kind, missing, ...run }).toMatchObject({ ...red, missing: true });
        expect(run.milliseconds).toBeLessThan(40_000);
      }
    }
    expect(fake.problems).toEqual([]);
  };
  const silence = async () => {
    await using story = await beginRed();
    const { fake, number } = story;
    fake.fail({ path: anything, kind: "hang" });
    const run = await story.check(number, "edited");
    expect(run).toMatchObject(red);
    expect(run.milliseconds).toBeGreaterThan(55_000);
    expect(run.milliseconds).toBeLessThan(85_000);
    expectSaid(run, /could not read the pull request/);
    expectSaid(run, /could not write the check run/);
    expect(fake.problems).toEqual([]);
  };
  await Promise.all([
    ...(process.env["QUICK"] ? [] : [silence()]),
    inTurn((index) => index % 2 === 0),
    inTurn((index) => index % 2 === 1),
  ]);
}, 180_000);

test("what a token may not do is named as the workflow would grant it", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  fake.setPermissions(fake.jobToken, { contents: "read", "pull-requests": "write" });
  const noChecks = await story.check(number, "opened");
  expect(noChecks).toMatchObject(red);
  expectSaid(noChecks, /`permissions: checks: write`/);
  expect(story.commentOn(number)).toContain("by-customer");

  fake.setPermissions(fake.jobToken, { contents: "read", checks: "write", "pull-requests": "read" });
  const noComment = await story.check(number, "edited");
  expect(noComment).toMatchObject(red);
  expectSaid(noComment, /`permissions: pull-requests: write`/);
  expect(noComment.summary).toContain("by-customer");
  expect(fake.problems).toEqual([]);
}, 120_000);

test("a usual run takes fewer than 15 requests", async () => {
  await using story = await beginStory();
  const { fake } = story;
  addCollaborator(fake, "anna", "write");
  const counted = async (run: () => Promise<FinishedRun>, exitCode: number) => {
    const before = fake.requests.length;
    expect(await run()).toMatchObject({ exitCode });
    expect(fake.requests.length - before).toBeLessThan(15);
  };
  const clean = await openPullRequest(fake, {
    branch: "clean",
    files: { "migrations/2_more.sql": "CREATE TABLE more (id int);\n" },
  });
  await counted(() => story.check(clean.number, "opened"), 0);
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  await counted(() => story.check(number, "opened"), 1);
  await counted(() => story.check(number, "edited"), 1);
  await pushToPull(fake, number, await baselinesOf({ ...project, ...dropIndex }));
  await counted(() => story.check(number, "synchronize"), 1);
  const labeled = await labelPull(fake, number, "plan-gate:approve", { login: "anna" });
  await counted(() => story.replay(number, labeled), 0);
  await counted(() => story.replay(number, labeled), 0);
  expect(fake.problems).toEqual([]);
}, 180_000);

test("a dry run prints every write, and sends none", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  const run = await story.check(number, "opened", { inputs: { "dry-run": "true" } });
  expect(run).toMatchObject(red);
  const isWrite = ({ method, path }: { readonly method: string; readonly path: string }) =>
    method !== "GET" && path !== "/graphql";
  expect(fake.requests.filter(isWrite)).toEqual([]);
  expect(fake.requests.flatMap(({ fields = [] }) => fields)).toEqual(
    expect.not.arrayContaining([expect.stringMatching(/^(create|update|delete|add)/)]),
  );
  expect([...fake.state.artifacts.values()]).toEqual([]);
  const printed = run.stdout.split("\n").filter((line) => /^(POST|PATCH|PUT|DELETE) /.test(line));
  expect(printed).toEqual([
    "POST /repos/acme/shop/check-runs",
    "PATCH /repos/acme/shop/check-runs/0",
    `POST /repos/acme/shop/issues/${number}/comments`,
  ]);
  expect(run.stdout).toContain('"name": "plan-gate report"');
  const { shown } = readLog(run.stdout);
  expect(shown.filter((line) => line.includes(fake.jobToken))).toEqual([]);
  expect(fake.problems).toEqual([]);
}, 120_000);

test("on GitHub Enterprise Server all is asked under /api, and nothing is uploaded", async () => {
  await using story = await beginStory(undefined, { enterprise: true });
  const { fake } = story;
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  const run = await story.check(number, "opened");
  expect(run).toMatchObject(red);
  expect(notices(run)).toEqual([]);
  const comment = story.commentOn(number) ?? "";
  expect(comment).toContain(`${fake.serverUrl}/acme/shop/blob/`);
  expect(comment).not.toMatch(/github\.com|gh run download|patch/);
  expect(run.outputs["patch"]).toMatch(/plan-gate\.patch$/);
  expect(run.outputs["comment-url"]).toContain(fake.serverUrl);
  const again = await story.replay(number, await pullRequestEvent(fake, number, "edited"));
  expect(again).toMatchObject(red);
  expect(again.stdout).not.toContain("Starting Postgres");
  expect(fake.requests.map(({ status }) => status).filter((status) => status >= 400)).toEqual([]);
  expect(fake.problems).toEqual([]);
}, 120_000);
