import { dirname } from "node:path";
import type { Conclusion } from "../conclusion/conclusion.js";
import type { Artifact, GitHub, WorkflowRun } from "../github/github.js";
import { appendHistory } from "../history/append.js";
import { entriesOf } from "../history/entries-of.js";
import { type HistoryEntry, readHistory, writeHistory } from "../history/entry.js";
import { readArtifact } from "../stage/artifact.js";
import { largestArtifact } from "../stage/handed-over.js";
import { named } from "./hand-over.js";
import { keepAside } from "./keep-aside.js";
import type { Step } from "./step.js";

/** The file with a run's lines, and the artifact that holds it. */
export const historyFile = "plan-gate-history.jsonl";
const historyArtifact = "plan-gate-history";

/** What a push to the default branch came to, as lines of the history. None for other branches: their plans are nobody's past. */
export function pushEntries(step: Step, conclusion: Conclusion, commit: string): readonly HistoryEntry[] {
  const { context, version } = step;
  if (context.kind !== "push" || !context.isDefault) return [];
  const run = { at: new Date().toISOString(), kind: "push", commit, pullRequest: null, tool: version } as const;
  return entriesOf(run, conclusion);
}

/** In a job that ran the repository's code and must not write to it: the lines go into a file, and where possible an artifact. */
export async function keepHistory(step: Step, entries: readonly HistoryEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const file = await keepAside(step, historyFile, writeHistory(entries));
  const artifact = await upload(step, file);
  step.log.foreign(
    `the history's lines are in ${file}${artifact === undefined ? "" : ` and in the artifact ${artifact}`}: a job with \`command: report\` appends them`,
  );
}

/** Appends lines in a job that runs nothing of the repository. */
export async function appendEntries(step: Step, github: GitHub, entries: readonly HistoryEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const { log } = step;
  const { kind } = await appendHistory(github, {
    entries,
    keep: (lines) => keepAside(step, historyFile, lines),
    tell: (line) => log.foreign(line),
  });
  if (kind === "appended") log.line("Appended to the history.");
}

/** The artifacts with lines that another job of this run kept; the newest attempt's last. */
export function keptHistory(artifacts: readonly Artifact[]): readonly Artifact[] {
  return [...named(artifacts, historyArtifact)].sort((a, b) => a.id - b.id);
}

/** The lines of a kept history, as far as they are of this very run's commit. */
export async function readKept(
  github: GitHub,
  kept: Artifact,
  { headSha }: Pick<WorkflowRun, "headSha">,
): Promise<readonly HistoryEntry[]> {
  const text = await readArtifact(await github.downloadArtifact(kept.id, largestArtifact), historyFile);
  return readHistory(text).entries.filter(({ commit, kind }) => commit === headSha && kind === "push");
}

/** The artifact's name; undefined where there is no artifact service. */
async function upload({ env, inputs, log }: Step, file: string): Promise<string | undefined> {
  if (inputs.dryRun || !env["ACTIONS_RUNTIME_TOKEN"] || !env["ACTIONS_RESULTS_URL"]) return undefined;
  try {
    const { uploadArtifact } = await import("./upload.js");
    const attempt = Number(env["GITHUB_RUN_ATTEMPT"] ?? 1);
    const name = attempt > 1 ? `${historyArtifact}-${attempt}` : historyArtifact;
    await uploadArtifact(name, file, dirname(file));
    return name;
  } catch (error) {
    log.foreign(`could not upload the history: ${(error as Error).message}`);
    return undefined;
  }
}
