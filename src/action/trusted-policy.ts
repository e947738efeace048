import { parseSettings, type Settings } from "../config/settings.js";
import { PlanGateError } from "../errors.js";
import type { Evaluation, EvaluationSet } from "../evaluation/evaluation.js";
import type { GitHub } from "../github/github.js";

type Reading = Pick<GitHub, "readFile" | "defaultBranch" | "branch" | "mergeBase">;

/** Where the policy of a base is read: on its branch; where just anybody may push there, where the default branch's history met it. */
export async function policyRef(github: Reading, branch: string, base: string): Promise<string> {
  const defaultBranch = await github.defaultBranch();
  if (branch === defaultBranch || (await github.branch(branch))?.protected === true) return branch;
  return github.mergeBase(defaultBranch, base);
}

/**
 * The set with what decides over it read anew at `ref`, a branch or commit: a stranger's document may say that nothing
 * is enforced, or that strangers may approve, or leave a settings file out. `expected`: the settings files that the
 * telling workflow names; globs are not expanded.
 */
export async function underPolicyAt(
  github: Reading,
  set: EvaluationSet,
  ref: string,
  expected: readonly string[],
): Promise<EvaluationSet> {
  const found = new Map<string, Settings | undefined>();
  for (const config of new Set([...set.evaluations.map((one) => one.config), ...expected])) {
    const text = await github.readFile(ref, config);
    found.set(config, text === undefined ? undefined : parseSettings(text, config));
  }
  const silent = expected.find((config) => found.get(config) && set.evaluations.every((one) => one.config !== config));
  if (silent !== undefined) throw silentAbout(silent, ref);
  return { ...set, evaluations: set.evaluations.map((one) => trusted(one, found.get(one.config), ref)) };
}

function trusted(evaluation: Evaluation, settings: Settings | undefined, ref: string): Evaluation {
  const { config, kind, verdict } = evaluation;
  if (settings === undefined) {
    // What could not run may have failed by the very file that is to be adopted. It lets nothing pass.
    if (kind !== "set-up" && verdict.exitCode !== 2) throw altered(`has ${config}`, ref);
    return evaluation;
  }
  if (kind === "set-up") throw altered(`has no ${config}`, ref);
  const { enforce, approval } = settings;
  return { ...evaluation, enforce, approval };
}

function altered(claim: string, ref: string): PlanGateError {
  return new PlanGateError("artifact-refused", `the artifact says that \`${ref}\` ${claim}, which is not so`, {
    hint: "Look at what the pull request's own run did: its result was altered, or the base moved. Run it again.",
  });
}

function silentAbout(config: string, ref: string): PlanGateError {
  return new PlanGateError("artifact-refused", `the artifact says nothing about ${config}, which \`${ref}\` has`, {
    hint: "Look at what the pull request's own run did: its result was altered, or its workflow names other files.",
  });
}
