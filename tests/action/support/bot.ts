import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeGitHub, Permissions } from "../../support/github/types.js";
import { type ActionRun, type FinishedRun, runAction } from "../../support/runner.js";

const dist = process.env["PLAN_GATE_DIST"] ?? "dist";

/** Runs a command as a job without a checkout does: in an empty folder, with a token of these permissions. */
export async function runWithoutCheckout(
  fake: FakeGitHub,
  { permissions, inputs, ...run }: Omit<ActionRun, "fake" | "workspace"> & { readonly permissions: Permissions },
): Promise<FinishedRun> {
  const workspace = await mkdtemp(join(tmpdir(), "plan-gate-empty-"));
  const token = jobToken(fake, permissions);
  try {
    return await runAction({
      fake,
      workspace,
      entry: `${dist}/index.js`,
      post: `${dist}/post.js`,
      inputs: { "github-token": token, ...inputs },
      ...run,
    });
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

/** The token of another job of GitHub Actions. */
export function jobToken(fake: FakeGitHub, permissions: Permissions): string {
  return fake.createToken({
    actor: { login: "github-actions[bot]", type: "Bot", app: "github-actions" },
    permissions,
  });
}
