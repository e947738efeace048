import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipOf } from "../../stage/zip.js";
import type { FakeGitHub, Permissions } from "../../support/github/types.js";
import { pullRequestEvent, workflowRunEvent } from "../../support/github/world.js";
import { type ActionRun, checkoutCommit, type FinishedRun, runAction } from "../../support/runner.js";
import { jobToken, runWithoutCheckout } from "./bot.js";
import { project } from "./project.js";

export const workflowFile = ".github/workflows/plan-gate.yml";
/** A project whose default branch has the first stage's workflow. */
export const stagedProject = { ...project, [workflowFile]: "name: plan-gate\n" };

const dist = process.env["PLAN_GATE_DIST"] ?? "dist";
const documentFile = "plan-gate-evaluation.json";

/** What the first stage's token may do. */
const reading: Permissions = { contents: "read" };
/** What the ready workflow grants the second stage. */
const telling: Permissions = {
  actions: "read",
  contents: "read",
  checks: "write",
  "pull-requests": "write",
  statuses: "write",
};

export interface Evaluated extends FinishedRun {
  /** What the job hands over. */
  readonly document: string;
}

type Job = Partial<Pick<ActionRun, "event" | "payload" | "inputs" | "joins" | "rerun">> & {
  readonly permissions?: Permissions;
  /** The commit that is checked out. */
  readonly commit?: string;
};

/** The first stage's run for a pull request as it is now: it evaluates, and hands nothing over yet. */
export async function evaluatePull(
  fake: FakeGitHub,
  number: number,
  action: string,
  { permissions = reading, inputs, commit, ...more }: Job = {},
): Promise<Evaluated> {
  const folder = await mkdtemp(join(tmpdir(), "plan-gate-stage-"));
  try {
    const workspace = join(folder, "workspace");
    await checkoutCommit(fake, commit ?? (await fake.mergeCommit(number)) ?? "", workspace, { depth: 2 });
    const finished = await runAction({
      fake,
      workspace,
      entry: `${dist}/index.js`,
      post: `${dist}/post.js`,
      event: "pull_request",
      payload: more.payload ?? (await pullRequestEvent(fake, number, action)),
      env: { RUNNER_TEMP: join(folder, "temp") },
      inputs: { command: "evaluate", "github-token": jobToken(fake, permissions), ...inputs },
      job: "evaluate",
      ...more,
    });
    const document = await readFile(finished.outputs["report-json"] ?? "", "utf8").catch(() => "");
    return { ...finished, document };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As `actions/upload-artifact` does in the ready workflow. */
export function uploadDocument(fake: FakeGitHub, runId: number, document: string, suffix = ""): void {
  const zip = zipOf([{ name: documentFile, content: document }]);
  fake.createArtifact({ runId, name: `plan-gate-evaluation${suffix}`, zip });
}

/** The second stage's run after a first one has ended: in an empty folder. */
export function reportRun(fake: FakeGitHub, runId: number, inputs: Record<string, string> = {}): Promise<FinishedRun> {
  return runWithoutCheckout(fake, {
    event: "workflow_run",
    payload: workflowRunEvent(fake, runId),
    permissions: telling,
    inputs: { command: "report", ...inputs },
    job: "report",
  });
}

/** Both stages for a pull request as it is now. */
export async function bothStages(
  fake: FakeGitHub,
  number: number,
  action: string,
  job: Job = {},
): Promise<{ readonly evaluated: Evaluated; readonly told: FinishedRun }> {
  const evaluated = await evaluatePull(fake, number, action, job);
  expect(evaluated).toMatchObject({ exitCode: 0 });
  uploadDocument(fake, evaluated.runId, evaluated.document);
  return { evaluated, told: await reportRun(fake, evaluated.runId) };
}

/** The newest status `plan-gate/verdict` on a commit, as branch protection reads it. */
export function statusOn(fake: FakeGitHub, sha: string): { readonly state: string; readonly description: string } {
  const found = fake.state.statuses.findLast((one) => one.sha === sha && one.context === "plan-gate/verdict");
  return { state: found?.state ?? "missing", description: found?.description ?? "" };
}
