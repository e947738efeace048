import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipOf } from "../../stage/zip.js";
import type { FakeGitHub, Permissions } from "../../support/github/types.js";
import { type ActionRun, checkoutCommit, type FinishedRun, runAction } from "../../support/runner.js";
import { jobToken } from "./bot.js";

const dist = process.env["PLAN_GATE_DIST"] ?? "dist";

type Job = Pick<ActionRun, "event" | "payload" | "inputs" | "rerun" | "job"> & {
  readonly permissions: Permissions;
  /** A branch or commit; the default branch where absent. */
  readonly ref?: string;
};

/** Runs a job that has checked out a branch. */
export async function runOnBranch(
  fake: FakeGitHub,
  { permissions, inputs, ref = "main", ...run }: Job,
): Promise<FinishedRun & { readonly document: string | undefined }> {
  const folder = await mkdtemp(join(tmpdir(), "plan-gate-branch-"));
  try {
    const workspace = join(folder, "workspace");
    await checkoutCommit(fake, (await fake.git.resolve(ref)) ?? "", workspace);
    const finished = await runAction({
      fake,
      workspace,
      entry: `${dist}/index.js`,
      post: `${dist}/post.js`,
      env: { RUNNER_TEMP: join(folder, "temp") },
      inputs: { "github-token": jobToken(fake, permissions), ...inputs },
      ...run,
    });
    const document = await readFile(finished.outputs["report-json"] ?? "", "utf8").catch(() => undefined);
    return { ...finished, document };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What `actions/upload-artifact` does with the evaluation in the ready workflows. */
export function handOver(fake: FakeGitHub, { runId, document }: { runId: number; document: string | undefined }): void {
  if (document === undefined) throw new Error("there is nothing to hand over");
  const zip = zipOf([{ name: "plan-gate-evaluation.json", content: document }]);
  fake.createArtifact({ runId, name: "plan-gate-evaluation", zip });
}
