import { load } from "js-yaml";
import type { EvaluationSet } from "../../src/evaluation/evaluation.js";
import { packMemo, unpackMemo } from "../../src/evaluation/memo.js";
import type { CheckRunState, FakeGitHub } from "../support/github/types.js";
import {
  addCollaborator,
  commitFiles,
  labelPull,
  openPullRequest,
  pullRequestEvent,
  pushToPull,
} from "../support/github/world.js";
import type { FinishedRun } from "../support/runner.js";
import { runWithoutCheckout } from "./support/bot.js";
import { baselinesOf, dropIndex, project } from "./support/project.js";
import { beginStory, type Story } from "./support/story.js";

const approveLabel = "plan-gate:approve";
const botProject = { ...project, "plan-gate.yml": `${project["plan-gate.yml"]}approval: { baselines: bot }\n` };

/** What the ready workflow gives the job. */
const permissions = { contents: "read", "pull-requests": "read", checks: "write", statuses: "write" } as const;

async function beginBotStory(): Promise<Story> {
  const story = await beginStory({ ...botProject, ...(await baselinesOf(botProject)) });
  addCollaborator(story.fake, "anna", "write");
  return story;
}

/** The App whose token commits. */
function committer(fake: FakeGitHub): string {
  return fake.createToken({
    actor: { login: "keeper[bot]", type: "Bot", app: "keeper" },
    permissions: { contents: "write" },
  });
}

async function approve(
  fake: FakeGitHub,
  number: number,
  { label = approveLabel, by = "anna", token = committer(fake) } = {},
): Promise<FinishedRun> {
  return runWithoutCheckout(fake, {
    event: "pull_request_target",
    payload: await pullRequestEvent(fake, number, "labeled", { sender: by, label }),
    permissions,
    inputs: { command: "approve", "commit-token": token },
    job: "approve",
  });
}

function reportOn(fake: FakeGitHub, sha: string): CheckRunState {
  const report = fake.state.checkRuns.findLast((run) => run.name === "plan-gate report" && run.headSha === sha);
  if (!report) throw new Error(`no report on ${sha}`);
  return report;
}

test("a label lets a bot commit the baselines, and the new head is green with the label in force", async () => {
  await using story = await beginBotStory();
  const { fake } = story;
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  expect(await story.check(number, "opened")).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  const before = await fake.pullHead(number);

  // The required check can accept nothing that is not committed: it stays red, and leaves the label to the second workflow.
  const labeled = await labelPull(fake, number, approveLabel, { login: "anna" });
  expect(await story.replay(number, labeled)).toMatchObject({ exitCode: 1 });
  expect(fake.state.pulls.get(number)?.labels).toContain(approveLabel);

  const approved = await approve(fake, number);
  expect(approved).toMatchObject({ exitCode: 0 });
  const head = await fake.pullHead(number);
  expect(head).not.toBe(before);
  expect(await fake.git.run(["rev-parse", `${head}^`])).toBe(before);
  const changed = (await fake.git.run(["diff", "--name-only", before, head])).split("\n");
  expect(changed).toEqual([`baselines/decisions/pr-${number}.yml`, "baselines/pg17/by-customer.yml"]);
  const written = await baselinesOf({ ...botProject, ...dropIndex });
  expect(await fake.git.read(head, "baselines/pg17/by-customer.yml")).toBe(written["baselines/pg17/by-customer.yml"]);
  const decisions = load((await fake.git.read(head, `baselines/decisions/pr-${number}.yml`)) ?? "");
  expect(decisions).toMatchObject({
    pullRequest: number,
    plans: [{ decision: "accepted", by: "anna", query: "by-customer", cause: { file: "migrations/2_tidy.sql" } }],
  });
  expect(fake.state.statuses).toMatchObject([{ sha: head, context: "plan-gate/verdict", state: "success" }]);
  expect(await fake.mergeable(number, ["plan-gate/verdict"])).toEqual({ mergeable: true, blockedBy: [] });
  // Only the App commits, and only the job keeps the record.
  expect(fake.requests.filter(({ by, method }) => by === "keeper[bot]" && method !== "GET")).toMatchObject([
    { fields: ["createCommitOnBranch"] },
  ]);

  const green = await story.check(number, "synchronize");
  expect(green).toMatchObject({ exitCode: 0, outputs: { verdict: "pass", "approved-by": "anna" } });
  expect(fake.state.pulls.get(number)?.labels).toContain(approveLabel);
  expect(await fake.mergeable(number, ["plan-gate", "plan-gate/verdict"])).toEqual({ mergeable: true, blockedBy: [] });

  // Run again on its old payload, there is nothing left to commit.
  expect((await approve(fake, number)).stdout).toContain("Nothing was committed");
  expect(await fake.pullHead(number)).toBe(head);
  expect(fake.problems).toEqual([]);
}, 120_000);

test("what else the pull request proposes is kept approved, and the status is no success where something still blocks", async () => {
  await using story = await beginBotStory();
  const { fake } = story;
  // A seed of the base changes as well: that waits for an approval of its own, and the label is one.
  const { number } = await openPullRequest(fake, {
    branch: "seeded",
    files: { ...dropIndex, "seeds/orders.sql": project["seeds/orders.sql"]?.replace("% 997", "% 990") ?? "" },
  });
  expect(await story.check(number, "opened")).toMatchObject({ exitCode: 1 });
  await labelPull(fake, number, approveLabel, { login: "anna" });
  expect(await approve(fake, number)).toMatchObject({ exitCode: 0 });
  expect(fake.state.statuses.at(-1)).toMatchObject({ state: "success" });
  expect(await story.check(number, "synchronize")).toMatchObject({
    exitCode: 0,
    outputs: { "approved-by": "anna", verdict: "pass" },
  });

  // A query that PostgreSQL cannot plan has no baseline that a bot could write.
  const broken = await openPullRequest(fake, {
    branch: "broken",
    files: {
      "migrations/3_gone.sql": "DROP INDEX orders_customer_idx;\nALTER TABLE orders RENAME COLUMN total TO amount;\n",
    },
  });
  expect(await story.check(broken.number, "opened")).toMatchObject({ exitCode: 1 });
  await labelPull(fake, broken.number, approveLabel, { login: "anna" });
  expect(await approve(fake, broken.number)).toMatchObject({ exitCode: 0 });
  const head = await fake.pullHead(broken.number);
  expect(fake.state.statuses.at(-1)).toMatchObject({ sha: head, state: "failure" });
  expect(await fake.mergeable(broken.number, ["plan-gate/verdict"])).toMatchObject({ mergeable: false });
  expect(fake.problems).toEqual([]);
}, 120_000);

test("nothing is committed for a label that does not approve, and the log says why", async () => {
  await using story = await beginBotStory();
  const { fake } = story;
  addCollaborator(fake, "tom", "triage");
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  const before = await fake.pullHead(number);
  const refused = async (run: Promise<FinishedRun>, reason: RegExp) => {
    const { exitCode, stdout } = await run;
    expect(stdout).toMatch(/Nothing was committed/);
    expect(stdout).toMatch(reason);
    expect(exitCode).toBe(0);
    expect(await fake.pullHead(number)).toBe(before);
    expect(fake.state.checkRuns.filter(({ name }) => name === "plan-gate approval")).toEqual([]);
    expect(fake.state.statuses).toEqual([]);
  };

  // Nobody can approve what nobody was shown.
  await labelPull(fake, number, approveLabel, { login: "anna" });
  await refused(approve(fake, number), /no report on this head yet/);
  await story.check(number, "opened");
  expect(fake.state.pulls.get(number)?.labels).not.toContain(approveLabel);
  await refused(approve(fake, number), /the label is not on any more/);

  await labelPull(fake, number, "documentation", { login: "anna" });
  await refused(approve(fake, number, { label: "documentation" }), /another label/);

  await labelPull(fake, number, approveLabel, { login: "tom" });
  await refused(approve(fake, number, { by: "tom" }), /`tom` may only triage/);

  // A report that another App wrote is none, whatever it holds.
  const real = reportOn(fake, before);
  const genuine = unpackMemo(real.text ?? "");
  if (!genuine) throw new Error("the report holds no evaluation");
  await labelPull(fake, number, approveLabel, { login: "anna" });
  Object.assign(real, { app: "evil" });
  await refused(approve(fake, number), /no report on this head yet/);
  Object.assign(real, { app: "github-actions" });

  // A migration can write check runs with the job's token: what it says of folders and policy counts for nothing.
  const forge = (change: (set: EvaluationSet) => EvaluationSet) => {
    real.text = packMemo(change(genuine)) ?? "";
  };
  const [evaluation] = genuine.evaluations;
  if (!evaluation) throw new Error("nothing was evaluated");
  forge((set) => ({
    ...set,
    evaluations: [
      {
        ...evaluation,
        baselines: "elsewhere",
        candidates: evaluation.candidates.map((one) => ({ ...one, path: one.path.replace("baselines", "elsewhere") })),
      },
    ],
  }));
  await refused(approve(fake, number), /no baseline has to change/);
  forge((set) => ({ ...set, evaluations: [{ ...evaluation, config: "tests/plan-gate.yml" }] }));
  await refused(approve(fake, number), /does not name tests\/plan-gate.yml/);
  forge((set) => ({ ...set, evaluations: [{ ...evaluation, kind: "set-up" }] }));
  await refused(approve(fake, number), /does not fit what/);
  // A workflow is no baseline: such a text is no evaluation at all.
  real.text = (packMemo(genuine) ?? "").replace(/: [A-Za-z0-9]/, ": AAAA");
  await refused(approve(fake, number), /no report on this head yet/);
  forge((set) => set);

  // Somebody pushes while the job looks at the label: compare and swap.
  fake.fail({ path: /\/collaborators\//, times: 1, kind: { slowMilliseconds: 2_500 } });
  const running = approve(fake, number);
  const asked = fake.requests.length;
  while (!fake.requests.slice(asked).some(({ path }) => path.includes("/timeline"))) {
    await new Promise((resume) => setTimeout(resume, 20));
  }
  const pushed = await pushToPull(fake, number, { "README.md": "# Changed meanwhile\n" });
  const late = await running;
  expect(late.stdout).toMatch(/Nothing was committed: .*tidy has moved/);
  expect(await fake.pullHead(number)).toBe(pushed);
  expect(fake.state.statuses).toEqual([]);
  expect(fake.problems).toEqual([]);
}, 120_000);

test("the base says whether a bot commits, and a fork's branch is never pushed to", async () => {
  await using story = await beginStory();
  const { fake } = story;
  addCollaborator(fake, "anna", "write");
  const own = await openPullRequest(fake, {
    branch: "grab",
    files: { ...dropIndex, "plan-gate.yml": botProject["plan-gate.yml"] },
  });
  await story.check(own.number, "opened");
  await labelPull(fake, own.number, approveLabel, { login: "anna" });
  const before = await fake.pullHead(own.number);
  expect((await approve(fake, own.number)).stdout).toMatch(/do not say `approval.baselines: bot`/);
  expect(await fake.pullHead(own.number)).toBe(before);

  await commitFiles(fake, "main", { "plan-gate.yml": botProject["plan-gate.yml"] });
  const forked = await openPullRequest(fake, { branch: "tidy", fork: "stranger", files: dropIndex });
  await story.check(forked.number, "opened");
  await labelPull(fake, forked.number, approveLabel, { login: "anna" });
  expect((await approve(fake, forked.number)).stdout).toMatch(/a fork's branch cannot be pushed to/);
  expect(fake.requests.some(({ fields }) => fields?.includes("createCommitOnBranch"))).toBe(false);
  expect(fake.problems).toEqual([]);
}, 120_000);
