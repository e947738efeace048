import type { Actor } from "../support/github/types.js";
import { addCollaborator, labelPull, mergePull, openPullRequest, pushToPull } from "../support/github/world.js";
import {
  approveAs,
  approveLabel,
  isLabelled,
  isMergeable,
  openProposal,
  pushAndCheck,
  recordsOn,
} from "./support/approvals.js";
import { baselinesOf, dropIndex, project } from "./support/project.js";
import { beginStory, type Story } from "./support/story.js";

const anna: Actor = { login: "anna" };

/** The project under other rules for approvals. */
function ruledBy(approval: string): typeof project {
  return { ...project, "plan-gate.yml": `${project["plan-gate.yml"]}approval: ${approval}\n` };
}

async function beginUnder(base: typeof project): Promise<Story> {
  const story = await beginStory({ ...base, ...(await baselinesOf(base)) });
  addCollaborator(story.fake, "anna", "write");
  return story;
}

test("the base says who may approve: by role, by login, by team, and not the author", async () => {
  const base = ruledBy("{ minimumRole: maintain, approvers: [anna, mia, acme/database], authorMayApprove: false }");
  await using story = await beginUnder(base);
  const { fake } = story;
  for (const login of ["mia", "bert", "dora", "paul"]) addCollaborator(fake, login, "maintain");
  fake.state.teams.set(
    "acme/database",
    new Map([
      ["dora", "active"],
      ["paul", "pending"],
    ]),
  );
  const orgToken = fake.createToken({ actor: { login: "acme-reader" }, permissions: { members: "read" } });
  const inputs = { "org-token": orgToken };
  const number = await openProposal(story, { base, author: "mia" });

  // What the pull request itself says of approvals is proposed, and decides nothing.
  const own = `${project["plan-gate.yml"]}approval: { approvers: [bert, anna], authorMayApprove: true }\n`;
  expect(await pushAndCheck(story, number, { "plan-gate.yml": own })).toMatchObject({ exitCode: 1 });
  expect(story.commentOn(number)).toContain("changes `approval` in `plan-gate.yml`");

  const refused = [
    ["anna", "`anna` has no more than write access"],
    ["mia", "`mia` is the author, who may not approve this"],
    ["bert", "`bert` is not one of `approval.approvers`"],
    ["paul", "`paul` is not one of `approval.approvers`"],
  ] as const;
  for (const [login, why] of refused) {
    const run = await approveAs(story, number, { login }, { inputs });
    expect(run).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });
    expect(isLabelled(story, number)).toBe(false);
    expect(story.commentOn(number)).toContain(why);
  }

  // A team that cannot be seen is no answer: nobody is approved, and nobody is refused.
  const unseen = await approveAs(story, number, { login: "dora" });
  expect(unseen).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });
  expect(unseen.summary).toContain("set org-token");
  for (const status of [403, 404] as const) {
    fake.fail({ path: /^\/orgs\//, times: 1, kind: { status } });
    const run = await story.check(number, "labeled", { inputs });
    expect(run).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });
    for (const told of [run.stdout, run.summary, story.commentOn(number)]) {
      expect(told).toMatch(/may not see the team acme\/database|org-token may not see/);
    }
    expect(isLabelled(story, number)).toBe(true);
  }
  const blind = fake.createToken({ actor: { login: "blind" }, permissions: {} });
  expect(await story.check(number, "labeled", { inputs: { "org-token": blind } })).toMatchObject({ exitCode: 1 });
  expect(isLabelled(story, number)).toBe(true);

  expect(await story.check(number, "labeled", { inputs })).toMatchObject({
    exitCode: 0,
    outputs: { "approved-by": "dora" },
  });
  expect(await isMergeable(fake, number)).toBe(true);
  const [record] = recordsOn(story, await fake.pullHead(number));
  expect(record).toMatchObject({ conclusion: "success", summary: expect.stringContaining("member of acme/database") });
  expect(fake.problems).toEqual([]);
}, 180_000);

test("with approval.mode off nothing can be approved, whatever the pull request says", async () => {
  const base = ruledBy("{ mode: off }");
  await using story = await beginUnder(base);
  const { fake } = story;
  const number = await openProposal(story, { base });
  await pushAndCheck(story, number, { "plan-gate.yml": project["plan-gate.yml"] ?? "" });
  expect(await approveAs(story, number, anna)).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });
  expect(story.commentOn(number)).toContain("nothing can be approved in a pull request here");
  expect(recordsOn(story, await fake.pullHead(number))).toEqual([]);
  expect(await isMergeable(fake, number)).toBe(false);
  expect(fake.problems).toEqual([]);
}, 180_000);

test("with approval.mode codeowners committed baselines count without a label, in the queue as well", async () => {
  const base = ruledBy("{ mode: codeowners }");
  await using story = await beginUnder(base);
  const { fake } = story;
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  expect(await story.check(number, "opened")).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  expect(await approveAs(story, number, anna)).toMatchObject({ exitCode: 1 });

  const committed = await pushAndCheck(story, number, await baselinesOf({ ...base, ...dropIndex }));
  expect(committed).toMatchObject({ exitCode: 0, outputs: { verdict: "pass", "approved-by": "" } });
  expect(story.commentOn(number)).toContain("code owner");
  expect(recordsOn(story, await fake.pullHead(number))).toEqual([]);
  expect(await isMergeable(fake, number)).toBe(true);
  expect(await story.checkQueue(number)).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
  await mergePull(fake, number);
  expect(fake.problems).toEqual([]);
}, 180_000);

test("a label accepts neither a baseline that lies nor one that is not there", async () => {
  await using story = await beginUnder(project);
  const { fake } = story;
  const { number } = await openPullRequest(fake, { branch: "tidy", files: dropIndex });
  expect(await story.check(number, "opened")).toMatchObject({ exitCode: 1 });
  expect(await approveAs(story, number, anna)).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });
  expect(isLabelled(story, number)).toBe(false);
  expect(story.commentOn(number)).toContain("`plan-gate accept` writes it, then put the label on again");

  const path = "baselines/pg17/by-customer.yml";
  const honest = await baselinesOf({ ...project, ...dropIndex });
  // Each leaves room for what gets worse later.
  for (const [truth, lie] of [
    [/shared=\d+/, "shared=99999"],
    [/ \(actual [^)]*\)/, ""],
    [/cost=0\.\.\d+/, "cost=0..9999"],
  ] as const) {
    const lying = (honest[path] ?? "").replace(truth, lie);
    expect(lying).not.toBe(honest[path]);
    expect(await pushAndCheck(story, number, { ...honest, [path]: lying })).toMatchObject({ exitCode: 1 });
    expect(story.commentOn(number)).toContain("the plan made here disagrees with");
  }
  const lying = await approveAs(story, number, anna);
  expect(lying).toMatchObject({ exitCode: 1, outputs: { verdict: "worse", "approved-by": "" } });
  expect(isLabelled(story, number)).toBe(false);
  expect(recordsOn(story, await fake.pullHead(number))).toEqual([]);
  expect(await isMergeable(fake, number)).toBe(false);

  expect(await pushAndCheck(story, number, honest)).toMatchObject({ exitCode: 1 });
  expect(await approveAs(story, number, anna)).toMatchObject({ exitCode: 0 });
  expect(await isMergeable(fake, number)).toBe(true);

  // Where nothing is worse, a label has nothing to do.
  const { number: harmless } = await openPullRequest(fake, { branch: "docs", files: { "README.md": "# Shop\n" } });
  expect(await story.check(harmless, "opened")).toMatchObject({ exitCode: 0 });
  expect(await approveAs(story, harmless, anna)).toMatchObject({ exitCode: 0, outputs: { "approved-by": "" } });
  expect(isLabelled(story, harmless)).toBe(false);
  expect(story.commentOn(harmless)).toContain("nothing here needs an approval");
  expect(fake.problems).toEqual([]);
}, 180_000);

test("without checks: write an approval cannot be kept: red, and the missing permission is named", async () => {
  await using story = await beginUnder(project);
  const { fake } = story;
  const files = { ...dropIndex, ...(await baselinesOf({ ...project, ...dropIndex })) };
  const { number } = await openPullRequest(fake, { branch: "tidy", files });
  const usual = { contents: "read", "pull-requests": "write" } as const;
  for (const checks of ["none", "read"] as const) {
    fake.setPermissions(fake.jobToken, { ...usual, checks });
    expect(await story.check(number, "opened")).toMatchObject({ exitCode: 1 });
    expect(story.commentOn(number)).not.toContain("could not be checked");
    const run = await approveAs(story, number, anna);
    expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: "worse", "approved-by": "" } });
    for (const told of [run.stdout, run.summary]) expect(told).toContain("`permissions: checks: write`");
    expect(isLabelled(story, number)).toBe(true);
    expect(await isMergeable(fake, number)).toBe(false);
    fake.unlabel(number, approveLabel, anna);
  }

  // The report could be written, and what keeps the approval not.
  fake.setPermissions(fake.jobToken, { ...usual, checks: "write" });
  expect(await story.check(number, "edited")).toMatchObject({ exitCode: 1 });
  fake.setPermissions(fake.jobToken, { ...usual, checks: "read" });
  const unkept = await approveAs(story, number, anna);
  expect(unkept).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });
  for (const told of [unkept.stdout, unkept.summary]) expect(told).toContain("`permissions: checks: write`");
  expect(isLabelled(story, number)).toBe(true);

  fake.setPermissions(fake.jobToken, { ...usual, checks: "write" });
  expect(await story.check(number, "labeled")).toMatchObject({ exitCode: 0, outputs: { "approved-by": "anna" } });
  expect(await isMergeable(fake, number)).toBe(true);
  expect(fake.problems).toEqual([]);
}, 180_000);

test("GitHub's silence approves nothing and takes no label off", async () => {
  await using story = await beginUnder(project);
  const { fake } = story;
  const number = await openProposal(story);
  const labeled = await labelPull(fake, number, approveLabel, anna);
  const silent = [
    /\/timeline/,
    /\/collaborators\/anna\/permission/,
    /\/check-runs\?check_name=plan-gate%20approval/,
    /\/pulls\/\d+$/,
  ];
  for (const path of silent) {
    fake.fail({ method: "GET", path, kind: { status: 502 } });
    const run = await story.replay(number, labeled);
    expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: "worse", "approved-by": "" } });
    for (const told of [run.stdout, run.summary]) expect(told).toContain("could not be checked");
    expect(isLabelled(story, number)).toBe(true);
    fake.heal();
  }
  expect(await story.replay(number, labeled)).toMatchObject({ exitCode: 0, outputs: { "approved-by": "anna" } });
  expect(await isMergeable(fake, number)).toBe(true);

  // Nor does a standing one count while nobody says whether its approver still may.
  fake.fail({ method: "GET", path: /\/permission$/, kind: { status: 503 } });
  expect(await story.check(number, "edited")).toMatchObject({ exitCode: 1, outputs: { "approved-by": "" } });
  expect(isLabelled(story, number)).toBe(true);
  fake.heal();

  // A run that cannot do its job says nothing about the label.
  const before = await fake.pullHead(number);
  await pushToPull(fake, number, { "migrations/3_wrong.sql": "ALTER TABLE nowhere ADD COLUMN a int;\n" });
  expect(await story.check(number, "synchronize")).toMatchObject({
    exitCode: 2,
    outputs: { verdict: "could not run" },
  });
  expect(isLabelled(story, number)).toBe(true);
  await pushToPull(fake, number, { "migrations/3_wrong.sql": null });
  expect(await fake.pullHead(number)).not.toBe(before);
  expect(await story.check(number, "synchronize")).toMatchObject({ exitCode: 0, outputs: { "approved-by": "anna" } });
  expect(await isMergeable(fake, number)).toBe(true);
  expect(fake.problems).toEqual([]);
}, 180_000);
