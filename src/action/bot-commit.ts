import { createHash } from "node:crypto";
import { posix } from "node:path";
import { neededFiles } from "../approval/coverage.js";
import { conclude } from "../conclusion/conclude.js";
import type { Conclusion } from "../conclusion/conclusion.js";
import { writeDecisions } from "../decisions/decision-file.js";
import { decisionsOf } from "../decisions/decisions-of.js";
import type { Candidate, Evaluation, FileVersion, Proposal } from "../evaluation/evaluation.js";

/** Who approved, by which label event. */
export interface Approver {
  readonly login: string;
  /** Server time of the label's event, ISO 8601. */
  readonly at: string;
  readonly pullRequest: number;
}

/** What a bot commits for an author, and what the pull request comes to with it. */
export interface BotCommit {
  /** Baselines and the log of decisions, sorted by path. */
  readonly additions: readonly { readonly path: string; readonly text: string }[];
  /** Every file version that the approval accepts: those above, and what the pull request proposes besides. */
  readonly files: readonly FileVersion[];
  /** With the additions in place and the approval in force. */
  readonly conclusion: Conclusion;
}

/**
 * Commits what is measured here as the accepted plans. Baselines only where `folders` has the settings file's folder of
 * them, as the base's settings name it. Undefined where no baseline has to change.
 */
export function planBotCommit(
  evaluations: readonly Evaluation[],
  folders: ReadonlyMap<string, string>,
  { login, at, pullRequest }: Approver,
): BotCommit | undefined {
  const isOurs = ({ config, baselines, kind }: Evaluation) => kind === "judged" && folders.get(config) === baselines;
  const candidates = evaluations.filter(isOurs).flatMap((evaluation) => below(evaluation));
  if (candidates.length === 0) return undefined;
  const written = new Map(candidates.map(({ path, text }) => [path, { path, blob: blobId(text) }]));
  const settled = evaluations.map((evaluation) =>
    isOurs(evaluation) ? withBaselines(evaluation, written) : evaluation,
  );
  const accepted = neededFiles(settled.flatMap(({ proposals }) => proposals));
  const conclusion = conclude({
    evaluations: settled,
    approved: { by: login, files: accepted },
    label: { kind: "in force", by: login, at },
  });
  const decisions = decisionsOf(conclusion, pullRequest).map(({ path, decisions: file }) => {
    return { path, text: writeDecisions(file) };
  });
  const log = decisions.map(({ path, text }) => ({ path, blob: blobId(text) }));
  return {
    additions: [...candidates.map(({ path, text }) => ({ path, text })), ...decisions].sort(byPath),
    files: [...accepted, ...log].sort(byPath),
    conclusion,
  };
}

/** The document's own check holds that each lies where its query's baseline belongs, and is written as we write it. */
function below({ baselines, candidates }: Evaluation): readonly Candidate[] {
  return candidates.filter(({ path }) => posix.normalize(path) === path && path.startsWith(`${baselines}/pg`));
}

/** The evaluation as it will be: what was proposed for these files before is replaced by what is committed. */
function withBaselines(evaluation: Evaluation, written: ReadonlyMap<string, FileVersion>): Evaluation {
  const { proposals, candidates } = evaluation;
  const isReplaced = ({ kind, files }: Proposal) =>
    (kind === "baseline" || kind === "removal") && files.length > 0 && files.every(({ path }) => written.has(path));
  const committed = candidates.flatMap(({ query, path }): readonly Proposal[] => {
    const file = written.get(path);
    return file === undefined
      ? []
      : [{ kind: "baseline", query, files: [file], counts: "once approved", what: "accepts the plan", next: "" }];
  });
  return { ...evaluation, proposals: [...proposals.filter((one) => !isReplaced(one)), ...committed] };
}

/** As git names a file's content on GitHub, which counts by SHA-1. */
function blobId(text: string): string {
  const content = Buffer.from(text);
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
