import { existsSync } from "node:fs";
import { join } from "node:path";
import { PlanGateError } from "../errors.js";
import type { EvaluationSet } from "../evaluation/evaluation.js";
import { mergeEvaluations } from "../evaluation/merge.js";
import type { Artifact, GitHub, WorkflowRun } from "../github/github.js";
import { largestArtifact, readHandedOver } from "../stage/handed-over.js";
import type { Step } from "./step.js";

/** What every artifact of an evaluation is called, or begins with. */
const artifactPrefix = "plan-gate-evaluation";

/** A job that tells what others evaluated has none: nothing of the repository can run in it. */
export function hasCheckout({ workspace }: Pick<Step, "workspace">): boolean {
  return existsSync(join(workspace, ".git"));
}

/** The evaluations that jobs of a run handed over. */
export async function handedOver(github: GitHub, runId: number): Promise<readonly Artifact[]> {
  return named(await github.artifacts(runId), artifactPrefix);
}

/** Of this name, or of it with a suffix: a matrix numbers its parts, and a second attempt cannot use a name again. */
export function named(artifacts: readonly Artifact[], prefix: string): readonly Artifact[] {
  return artifacts.filter(({ name, expired }) => !expired && (name === prefix || name.startsWith(`${prefix}-`)));
}

/** Everything that a run's jobs evaluated, as one set. Refuses what another run or commit claims to be. */
export async function collect(
  step: Step,
  github: GitHub,
  run: Pick<WorkflowRun, "id" | "headSha">,
  uploaded?: readonly Artifact[],
): Promise<EvaluationSet> {
  const artifacts = named(uploaded ?? (await github.artifacts(run.id)), artifactPrefix);
  if (artifacts.length === 0) {
    throw new PlanGateError("artifact-refused", `run ${run.id} has no artifact called \`${artifactPrefix}\``, {
      hint: "See its log: the evaluation ended before it wrote one, the step that uploads it is missing, or it has expired.",
    });
  }
  refuseTooMany(artifacts);
  const sets: EvaluationSet[] = [];
  for (const { id, name } of artifacts) {
    step.log.foreign(`reading ${name}`);
    sets.push(await readHandedOver(await github.downloadArtifact(id, largestArtifact), run));
  }
  return mergeEvaluations(sets);
}

/** GitHub starts no more jobs of one matrix. */
const mostParts = 256;

function refuseTooMany(artifacts: readonly Artifact[]): void {
  const bytes = artifacts.reduce((sum, artifact) => sum + artifact.bytes, 0);
  if (artifacts.length <= mostParts && bytes <= largestArtifact) return;
  throw new PlanGateError(
    "artifact-refused",
    `${artifacts.length} artifacts of together ${bytes} bytes are more than ${mostParts}, or than ${largestArtifact} bytes`,
    {
      hint: "Let the workflow that evaluates upload one artifact a job, with nothing but the file that plan-gate wrote.",
    },
  );
}

/** Majors of settings files that the input `postgres-version` names and nobody evaluated. */
export function missingMajors(
  { inputs }: Pick<Step, "inputs">,
  { evaluations }: Pick<EvaluationSet, "evaluations">,
): readonly { readonly config: string; readonly major: string }[] {
  const configs = [...new Set(evaluations.map(({ config }) => config))];
  return inputs.postgresVersions.flatMap((wanted) =>
    configs
      .filter((config) => {
        // Without a major it needed no server, or failed before one: that says enough, whatever was wanted.
        const isIt = ({ major }: (typeof evaluations)[number]) => major === null || `${major}` === wanted;
        return !evaluations.some((one) => one.config === config && isIt(one));
      })
      .map((config) => ({ config, major: wanted })),
  );
}
