import { PlanGateError } from "../errors.js";
import { readEvaluations } from "../evaluation/document.js";
import type { EvaluationSet } from "../evaluation/evaluation.js";
import type { WorkflowRun } from "../github/github.js";
import { readArtifact } from "./artifact.js";

export { largestArtifact } from "./artifact.js";

/** Name of the file in the artifact of the stage that evaluates. */
export const handedOverFile = "plan-gate-evaluation.json";

/**
 * What the first stage evaluated, out of its artifact. Of the run only its head is sure: a set that claims another one is
 * refused, else one pull request could speak for another. Throws PlanGateError.
 */
export async function readHandedOver(zip: Buffer, run: Pick<WorkflowRun, "headSha">): Promise<EvaluationSet> {
  const set = readEvaluations(await readArtifact(zip, handedOverFile));
  if (set.commits.head !== run.headSha) {
    throw new PlanGateError(
      "artifact-refused",
      `the artifact is refused: it speaks of \`${set.commits.head}\`, the run was of \`${run.headSha}\``,
      { hint: "Let the workflow evaluate the commit that it was started for; do not edit or reuse its result." },
    );
  }
  return set;
}
