import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EvaluationSet } from "../evaluation/evaluation.js";
import { patchOf } from "../evaluation/patch.js";
import { commitTree } from "../files/tree.js";
import type { Artifact } from "../github/github.js";
import type { Step } from "./step.js";

/** What the patch is called, as an artifact and as a file. */
const artifact = "plan-gate-patch";
const file = "plan-gate.patch";

/** The patch with the baselines that `accept` would write. */
export interface OfferedPatch {
  /** Absolute; null where another run made it. */
  readonly file: string | null;
  /** How to get and apply it; null where it could not be uploaded. */
  readonly command: string | null;
}

/** Writes the patch, and uploads it where this runner can. Undefined where there is nothing to write. */
export async function offerPatch(step: Step, set: EvaluationSet): Promise<OfferedPatch | undefined> {
  const candidates = set.evaluations.flatMap(({ candidates: some }) => some);
  if (candidates.length === 0) return undefined;
  const tree = await commitTree(step.workspace, set.commits.tested);
  const texts = new Map<string, string>();
  for (const { path } of candidates) {
    if (await tree.has(path)) texts.set(path, (await tree.read([path]))[0] ?? "");
  }
  const folder = join(step.env["RUNNER_TEMP"] ?? step.workspace, "plan-gate");
  await mkdir(folder, { recursive: true });
  const path = join(folder, file);
  await writeFile(
    path,
    patchOf(candidates, (name) => texts.get(name)),
  );
  const name = await upload(step, path, folder);
  return { file: path, command: name === undefined ? null : commandFor(Number(step.env["GITHUB_RUN_ID"]), [name]) };
}

/** Several are downloaded into folders of their names. */
function commandFor(run: number, names: readonly string[]): string {
  const files = names.length > 1 ? names.map((name) => `${name}/${file}`) : [file];
  const wanted = names.map((name) => `--name ${name}`);
  return `gh run download ${run} ${wanted.join(" ")} && git apply ${files.join(" ")}`;
}

/** Nothing else: a stranger may have named it, and a reader is about to type it into a shell. */
const patchName = /^plan-gate-patch((?:-pg[0-9.]+)?(?:-\d+of\d+)?)(?:-(\d+))?$/;

/** The patch that jobs of a run made beside these evaluations, each by its newest attempt. */
export function uploadedPatch(
  run: number,
  artifacts: readonly Artifact[],
  { evaluations }: Pick<EvaluationSet, "evaluations">,
): OfferedPatch | undefined {
  if (evaluations.every(({ candidates }) => candidates.length === 0)) return undefined;
  const newest = new Map<string, { readonly name: string; readonly attempt: number }>();
  for (const { name, expired } of artifacts) {
    const [found, job = "", digits = "1"] = patchName.exec(name) ?? [];
    const attempt = Number(digits);
    if (found !== undefined && !expired && attempt > (newest.get(job)?.attempt ?? 0))
      newest.set(job, { name, attempt });
  }
  const names = [...newest.values()].map(({ name }) => name).sort();
  return names.length > 0 ? { file: null, command: commandFor(run, names) } : undefined;
}

/** Which job of a matrix made it: jobs of one run may not upload the same name. */
function jobOf({ postgresVersions, shard }: Step["inputs"]): string {
  const majors = postgresVersions.length > 0 ? `-pg${postgresVersions.join(".")}` : "";
  return `${majors}${shard === undefined ? "" : `-${shard.replace("/", "of")}`}`;
}

/** The artifact's name. Where there is no artifact service, as on GHES, the patch stays a file of the job. */
async function upload({ env, inputs, log }: Step, path: string, folder: string): Promise<string | undefined> {
  if (inputs.dryRun || !env["ACTIONS_RUNTIME_TOKEN"] || !env["ACTIONS_RESULTS_URL"]) return undefined;
  try {
    const { uploadArtifact } = await import("./upload.js");
    // A job that is run again may not upload the same name twice.
    const attempt = Number(env["GITHUB_RUN_ATTEMPT"] ?? 1);
    const name = `${artifact}${jobOf(inputs)}${attempt > 1 ? `-${attempt}` : ""}`;
    await uploadArtifact(name, path, folder);
    return name;
  } catch (error) {
    log.foreign(`could not upload the patch: ${(error as Error).message}`);
    return undefined;
  }
}
