import { PlanGateError } from "../errors.js";

/** The commit that a merge queue's branch is built on, as GitHub writes it into the branch's name. */
export function queueBase(branch: string): string {
  const [, base] = /^gh-readonly-queue\/.+\/pr-\d+-([0-9a-f]{40}(?:[0-9a-f]{24})?)$/.exec(branch) ?? [];
  if (base !== undefined) return base;
  throw new PlanGateError("artifact-refused", `\`${branch}\` is not named as GitHub names a merge queue's branch`, {
    hint: "Let `command: report` follow runs of `pull_request` and `merge_group` only.",
  });
}
