import type { Proposal } from "../evaluation/evaluation.js";
import { type BaselineMatter, proposedBaselines } from "./baselines.js";
import { type EnvironmentChange, proposedEnvironment } from "./environment.js";
import { proposedPolicy } from "./policy.js";
import { proposedRemovals } from "./removals.js";
import type { Sides } from "./side.js";

/** Everything that the tested tree changes about how it is judged. Without `baselines` no plan was made. */
export async function findProposals(
  sides: Sides,
  environment: readonly EnvironmentChange[],
  baselines: BaselineMatter | undefined,
): Promise<readonly Proposal[]> {
  return [
    ...(await proposedPolicy(sides)),
    ...(await proposedEnvironment(sides, environment)),
    ...(await proposedRemovals(sides, baselines?.major ?? null)),
    ...(baselines ? await proposedBaselines(sides, baselines) : []),
  ];
}

/** The tested tree has no settings file any more: nothing would be watched. */
export function proposedEnd(path: string): Proposal {
  return {
    kind: "removal",
    query: null,
    files: [{ path, blob: null }],
    counts: "once approved",
    what: `removes \`${path}\`: none of its queries would be watched any more`,
    next: "Bring the file back, or have it approved.",
  };
}
