import { type ZipEntry, zipOf } from "../stage/zip.js";
import type { Actor, FakeGitHub } from "../support/github/types.js";
import {
  addCollaborator,
  commitFiles,
  enqueue,
  labelPull,
  openPullRequest,
  pullRequestEvent,
  pushToPull,
} from "../support/github/world.js";
import { approveLabel, recordsOn } from "./support/approvals.js";
import { baselinesOf, dropIndex, project } from "./support/project.js";
import { beginStory, type Story } from "./support/story.js";
import {
  bothStages,
  evaluatePull,
  reportRun,
  stagedProject,
  statusOn,
  uploadDocument,
  workflowFile,
} from "./support/two-stage.js";

const required = ["plan-gate/verdict"];
const stranger: Actor = { login: "stranger" };
const anna: Actor = { login: "anna" };

async function begin(files: Readonly<Record<string, string>> = {}): Promise<Story> {
  const story = await beginStory({ ...stagedProject, ...(await baselinesOf(project)), ...files });
  addCollaborator(story.fake, "anna", "write");
  return story;
}

function fromFork(
  fake: FakeGitHub,
  files: Readonly<Record<string, string>>,
  more: { branch?: string; base?: string } = {},
) {
  return openPullRequest(fake, { branch: "tidy", fork: "stranger", author: stranger, files, ...more });
}

async function isMergeable(fake: FakeGitHub, number: number): Promise<boolean> {
  return (await fake.mergeable(number, required)).mergeable;
}

/** What was sent that could change something. */
function writesOf({ requests }: FakeGitHub): readonly string[] {
  const writes = requests.filter(({ method, path }) => method !== "GET" && path !== "/graphql");
  return writes.map(({ method, path }) => `${method} ${path}`);
}

test("a fork's pull request is evaluated by a token that reads, told, approved by label, and queued", async () => {
  await using story = await begin();
  const { fake } = story;
  const { number } = await fromFork(fake, dropIndex);
  const first = await evaluatePull(fake, number, "opened");
  expect(first).toMatchObject({ exitCode: 0, outputs: { patch: expect.stringMatching(/plan-gate\.patch$/) } });
  expect(writesOf(fake)).toEqual([]);
  expect(first.stdout).not.toContain("::notice");
  expect([...fake.state.artifacts.values()].map(({ name }) => name)).toEqual(["plan-gate-patch"]);
  uploadDocument(fake, first.runId, first.document);
  fake.createArtifact({ runId: first.runId, name: "plan-gate-patch-$(id)", zip: zipOf([]) });

  const red = await reportRun(fake, first.runId);
  expect(red).toMatchObject({ exitCode: 0, outputs: { verdict: "worse", blocked: "1", patch: "" } });
  expect(red.summary).toContain("by-customer");
  expect(story.commentOn(number)).toContain("migrations/2_tidy.sql:2");
  expect(story.commentOn(number)).toContain(
    `gh run download ${first.runId} --name plan-gate-patch && git apply plan-gate.patch`,
  );
  expect(story.commentOn(number)).not.toContain("$(id)");
  const firstHead = await fake.pullHead(number);
  const [report] = fake.state.checkRuns.filter((run) => run.name === "plan-gate report" && run.headSha === firstHead);
  expect(report).toMatchObject({ status: "completed", conclusion: "failure" });
  expect(report?.annotations).toContainEqual(expect.objectContaining({ path: "migrations/2_tidy.sql", start_line: 2 }));
  expect(statusOn(fake, firstHead)).toMatchObject({ state: "failure", description: expect.stringContaining("worse") });
  expect(await isMergeable(fake, number)).toBe(false);

  // A label that was on before the push approves nothing of it.
  fake.label(number, approveLabel, anna);
  const head = await pushToPull(fake, number, await baselinesOf({ ...project, ...dropIndex }));
  const { evaluated: second, told } = await bothStages(fake, number, "synchronize");
  expect(told).toMatchObject({ exitCode: 0, outputs: { verdict: "worse", "approved-by": "" } });
  expect(statusOn(fake, head)).toMatchObject({ state: "failure" });

  // The old head's run comes once more: nobody is told.
  const before = { comment: story.commentOn(number), statuses: fake.state.statuses.length };
  const late = await reportRun(fake, first.runId);
  expect(late).toMatchObject({ exitCode: 0, outputs: {} });
  expect(late.stdout).toContain("its head moved on");
  expect({ comment: story.commentOn(number), statuses: fake.state.statuses.length }).toEqual(before);

  const payload = await labelPull(fake, number, approveLabel, anna);
  const { told: green } = await bothStages(fake, number, "labeled", { payload });
  expect(green).toMatchObject({ exitCode: 0, outputs: { verdict: "pass", "approved-by": "anna" } });
  expect(recordsOn(story, head)).toMatchObject([{ conclusion: "success" }]);
  expect(statusOn(fake, head)).toMatchObject({ state: "success" });
  expect(await isMergeable(fake, number)).toBe(true);

  // What an older run of the same head found arrives last.
  const overtaken = await reportRun(fake, second.runId);
  expect(overtaken.stdout).toMatch(/run \d+ is newer, and has been told on the same commit/);
  expect(statusOn(fake, head)).toMatchObject({ state: "success" });

  const queued = await enqueue(fake, number);
  const inQueue = await evaluatePull(fake, number, "", {
    event: "merge_group",
    commit: queued.head,
    payload: queued.payload,
  });
  uploadDocument(fake, inQueue.runId, inQueue.document);
  const comment = story.commentOn(number);
  expect(await reportRun(fake, inQueue.runId)).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
  expect(statusOn(fake, queued.head)).toMatchObject({ state: "success" });
  expect(story.commentOn(number)).toBe(comment);

  fake.closePull(number);
  expect((await reportRun(fake, second.runId)).stdout).toContain("no open pull request comes from");
  expect(fake.problems).toEqual([]);
}, 180_000);

/** Another run of the first stage for the same head. */
function runAgain(fake: FakeGitHub, runId: number): number {
  const before = fake.state.runs.get(runId);
  if (!before) throw new Error(`no run ${runId}`);
  const { event, headSha, headBranch, headRepository } = before;
  return fake.createRun({ event, headSha, headBranch, headRepository, conclusion: "success" }).id;
}

const file = "plan-gate-evaluation.json";

/** The document with lies in it, at the top and in each evaluation. */
function lying(document: string, top: Record<string, unknown>, inEach: Record<string, unknown> = {}): string {
  const parsed = JSON.parse(document) as Record<string, unknown>;
  const evaluations = (parsed["evaluations"] as object[]).map((one) => ({ ...one, ...inEach }));
  return `${JSON.stringify({ ...parsed, evaluations, ...top })}\n`;
}

test("what a stranger hands over is refused with the reason in the log, and no success stays on the head", async () => {
  await using story = await begin();
  const { fake } = story;
  const older = await fake.git.resolve("main");
  await commitFiles(fake, "main", { "docs/shop.md": "# The shop\n" });
  const { number } = await fromFork(fake, { "README.md": "# Shop\n" });
  const head = await fake.pullHead(number);
  const { evaluated, told } = await bothStages(fake, number, "opened");
  expect(told).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
  expect(await isMergeable(fake, number)).toBe(true);
  const [success] = fake.state.statuses.slice(-1);
  if (!success) throw new Error("no status");

  const { document } = evaluated;
  const elsewhere = await commitFiles(fake, "elsewhere", { "README.md": "# Elsewhere\n" }, { from: "main" });
  const commits = (JSON.parse(document) as { commits: object }).commits;
  const good: ZipEntry = { name: file, content: document };
  const zip = (content: string) => zipOf([{ name: file, content }]);
  const attacks: readonly (readonly [what: string, zip: Buffer | undefined, reason: RegExp, name?: string])[] = [
    ["missing", undefined, /has no artifact called/],
    ["expired", zipOf([good]), /has no artifact called/],
    ["under another name", zipOf([good]), /has no artifact called/, "plan-gate-evaluations"],
    ["no zip", Buffer.from("nothing of the kind"), /the artifact is refused/],
    ["too large", Buffer.alloc(20_000_001), /more than 20000000 bytes|than 20000000 bytes/],
    [
      "of another head",
      zip(lying(document, { commits: { ...commits, head: elsewhere } })),
      /speaks of .*the run was of/,
    ],
    [
      "of another base",
      zip(lying(document, { commits: { ...commits, base: elsewhere } })),
      /cannot be the base on main/,
    ],
    ["of an old base", zip(lying(document, { commits: { ...commits, base: older } })), /cannot be the base on main/],
    ["of no commit", zip(lying(document, { commits: { ...commits, base: "f".repeat(40) } })), /cannot be the base/],
    ["without a base", zip(lying(document, { commits: { ...commits, base: null } })), /cannot be the base on main/],
    ["malformed", zip("{"), /is no JSON/],
    ["with another pull request's number", zip(lying(document, { pullRequest: 7 })), /is not as it must be/],
    ["a bomb", zipOf([{ ...good, content: Buffer.alloc(5_000_000) }]), /inflates to more than 200 times its size/],
    ["huge", zipOf([{ ...good, size: 60_000_001 }]), /inflates to 60000001 bytes/],
    ["upwards", zipOf([{ ...good, name: `../${file}` }]), /invalid relative path/],
    ["two files", zipOf([good, { name: "more.sh", content: "" }]), /holds `more.sh` beside/],
    ["set-up", zip(lying(document, {}, { kind: "set-up" })), /says that `main` has no plan-gate.yml/],
    ["of another file", zip(lying(document, {}, { config: "lax/plan-gate.yml" })), /says nothing about plan-gate.yml/],
    ["silent", zip(lying(document, { evaluations: [] })), /no part evaluated anything/],
  ];
  for (const [what, bytes, reason, name = "plan-gate-evaluation"] of attacks) {
    const runId = runAgain(fake, evaluated.runId);
    if (bytes) fake.createArtifact({ runId, name, zip: bytes }).expired = what === "expired";
    const run = await reportRun(fake, runId);
    expect([what, run.exitCode, run.outputs["verdict"]]).toEqual([what, 2, "could not run"]);
    expect(run.stdout).toMatch(reason);
    expect([what, statusOn(fake, head).state]).toEqual([what, "error"]);
    expect(await isMergeable(fake, number)).toBe(false);
    // It is about the same head, on which a success of before may stand.
    fake.state.statuses.push(success);
  }
  expect(fake.problems).toEqual([]);
}, 180_000);

test("what decides over a verdict is read from the base, whatever the document says of it", async () => {
  await using story = await begin({
    "plan-gate.yml": `${project["plan-gate.yml"]}approval: { approvers: [anna] }\n`,
  });
  const { fake } = story;
  addCollaborator(fake, "bob", "write");
  const files = { ...dropIndex, ...(await baselinesOf({ ...project, ...dropIndex })) };
  const { number } = await fromFork(fake, files);
  const head = await fake.pullHead(number);
  const { evaluated, told } = await bothStages(fake, number, "opened");
  expect(told).toMatchObject({ exitCode: 0, outputs: { verdict: "worse" } });

  const approval = {
    mode: "label",
    label: approveLabel,
    minimumRole: "write",
    authorMayApprove: true,
    baselines: "author",
  };
  const tellOf = (inEach: Record<string, unknown>) => {
    const runId = runAgain(fake, evaluated.runId);
    uploadDocument(fake, runId, lying(evaluated.document, { pushed: false }, inEach));
    return reportRun(fake, runId);
  };
  expect(await tellOf({ enforce: false })).toMatchObject({ exitCode: 0, outputs: { verdict: "worse" } });
  expect(statusOn(fake, head)).toMatchObject({ state: "failure", description: expect.not.stringContaining("would") });

  for (const lie of [{ approval }, { approval: { ...approval, mode: "codeowners" } }, {}]) {
    fake.label(number, approveLabel, { login: "bob" });
    expect(await tellOf(lie)).toMatchObject({ outputs: { verdict: "worse", "approved-by": "" } });
    expect(statusOn(fake, head)).toMatchObject({ state: "failure" });
  }
  fake.label(number, approveLabel, anna);
  expect(await tellOf({ approval })).toMatchObject({ outputs: { verdict: "pass", "approved-by": "anna" } });
  expect(await isMergeable(fake, number)).toBe(true);

  // The same in the queue, which is no pull request's own run.
  const queued = await enqueue(fake, number);
  const { payload } = queued;
  const inQueue = await evaluatePull(fake, number, "", { event: "merge_group", commit: queued.head, payload });
  uploadDocument(fake, inQueue.runId, lying(inQueue.document, {}, { kind: "set-up" }));
  expect(await reportRun(fake, inQueue.runId)).toMatchObject({ exitCode: 2 });
  expect(statusOn(fake, queued.head)).toMatchObject({ state: "error" });
  expect(fake.problems).toEqual([]);
}, 180_000);

test("a fork that edits the workflow gets no success, and a label on another head approves nothing here", async () => {
  await using story = await begin();
  const { fake } = story;
  const edited = await fromFork(
    fake,
    { [workflowFile]: "name: plan-gate\n# Nothing to see here.\n" },
    { branch: "edit" },
  );
  const { told } = await bothStages(fake, edited.number, "opened");
  expect(told).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
  expect(told.stdout).toContain("workflow changed, review it");
  expect(statusOn(fake, edited.seenHead)).toMatchObject({
    state: "failure",
    description: expect.stringMatching(/^workflow changed, review it/),
  });
  expect(await isMergeable(fake, edited.number)).toBe(false);

  // Shown a harmless head, somebody puts the label on; then the bad head of before comes back.
  const { number } = await fromFork(fake, { ...dropIndex, ...(await baselinesOf({ ...project, ...dropIndex })) });
  const bad = await fake.pullHead(number);
  const first = await bothStages(fake, number, "opened");
  expect(first.told).toMatchObject({ outputs: { verdict: "worse" } });
  const harmless = await commitFiles(fake, "harmless", { "README.md": "# Shop\n" }, { from: "main" });
  await fake.git.setRef("refs/forks/stranger/tidy", harmless);
  await fake.pullHead(number);
  fake.label(number, approveLabel, anna);
  await fake.git.setRef("refs/forks/stranger/tidy", bad);
  await fake.pullHead(number);
  const runId = runAgain(fake, first.evaluated.runId);
  uploadDocument(fake, runId, first.evaluated.document);
  expect(await reportRun(fake, runId)).toMatchObject({ outputs: { verdict: "worse", "approved-by": "" } });
  expect(statusOn(fake, bad)).toMatchObject({ state: "failure" });
  expect(recordsOn(story, bad)).toEqual([]);
  expect(fake.problems).toEqual([]);
}, 180_000);

test("one head proposed to two branches is judged against both, and the worse verdict is its status", async () => {
  await using story = await begin();
  const { fake } = story;
  const worse = { ...dropIndex, ...(await baselinesOf({ ...project, ...dropIndex })) };
  await commitFiles(fake, "release", worse, { from: "main" });
  fake.state.settings.protectedBranches.add("release");
  const { number } = await openPullRequest(fake, { branch: "tidy", files: worse });
  const head = await fake.pullHead(number);
  const toMain = await evaluatePull(fake, number, "opened");
  await fake.git.setRef("refs/heads/copy", head);
  const copy = await fake.openPull({ branch: "copy", base: "release" });
  const toRelease = await evaluatePull(fake, copy.number, "opened");
  uploadDocument(fake, toMain.runId, toMain.document);
  uploadDocument(fake, toRelease.runId, toRelease.document);

  // Its run to the lax branch, before anything is known of the other one.
  const early = await reportRun(fake, toRelease.runId);
  expect(early).toMatchObject({ exitCode: 0, outputs: { verdict: "pass" } });
  expect(early.stdout).toContain("not judged against `main` yet");
  expect(statusOn(fake, head)).toMatchObject({ state: "failure" });

  const runs = [toMain, toRelease].map(({ document, runId }) => ({ document, runId: runAgain(fake, runId) }));
  for (const { document, runId } of runs) {
    uploadDocument(fake, runId, document);
    expect(await reportRun(fake, runId)).toMatchObject({ exitCode: 0, outputs: { verdict: "worse" } });
    expect(statusOn(fake, head)).toMatchObject({ state: "failure", description: expect.not.stringContaining("yet") });
  }
  expect(await isMergeable(fake, number)).toBe(false);

  // Both from one branch: an approval of the one is no approval of the other.
  fake.closePull(copy.number);
  const second = await fake.openPull({ branch: "tidy", base: "release" });
  const before = await reportAgain(fake, runs[0]);
  expect(before).toMatchObject({ outputs: { verdict: "worse" } });
  const payload = await pullRequestEvent(fake, number, "labeled", { label: approveLabel, sender: "anna" });
  fake.label(number, approveLabel, anna);
  const { told } = await bothStages(fake, number, "labeled", { payload });
  expect(told).toMatchObject({ outputs: { verdict: "worse" } });
  expect(statusOn(fake, head)).toMatchObject({ state: "failure" });
  expect(story.commentOn(number)).toContain("`anna`");
  expect(story.commentOn(second.number)).toContain("got worse");
  expect(fake.problems).toEqual([]);
}, 180_000);

function reportAgain(fake: FakeGitHub, run: { readonly runId: number; readonly document: string } | undefined) {
  if (!run) throw new Error("no run");
  const runId = runAgain(fake, run.runId);
  uploadDocument(fake, runId, run.document);
  return reportRun(fake, runId);
}
