import { posix } from "node:path";
import type { LoadedSettings } from "./config/load.js";
import { type DecisionFile, readDecisions } from "./decisions/decision-file.js";
import { type LogEntry, logOf } from "./decisions/log.js";
import { type Problem, problemOf } from "./errors.js";
import { folderInRepository, git, listCommit, readBlobs } from "./files/git.js";
import { workTree } from "./files/tree.js";
import { historyBranch } from "./history/append.js";
import { type HistoryEntry, readHistory } from "./history/entry.js";

/** What was decided, as far as this clone knows. */
export interface DecisionLog {
  /** Newest first, what is undated last. */
  readonly entries: readonly LogEntry[];
  /** Whether this clone has the history: without it nothing says when, and what was never merged is missing. */
  readonly hasHistory: boolean;
  /** Files that cannot be read. */
  readonly problems: readonly Problem[];
}

/** Reads the files of decisions beside the baselines, and the history where the clone has its branch. Asks no server. */
export async function readLog(
  { settings, root, file }: LoadedSettings,
  selectsName: (name: string) => boolean,
): Promise<DecisionLog> {
  const { decisions, problems } = await decisionsIn(root, settings.baselines);
  const history = await historyOf(root, file);
  const entries = logOf(decisions, history ?? []);
  return {
    entries: entries.filter(({ query }) => query === null || selectsName(query)),
    hasHistory: history !== undefined,
    problems,
  };
}

async function decisionsIn(
  root: string,
  baselines: string,
): Promise<{ readonly decisions: readonly DecisionFile[]; readonly problems: readonly Problem[] }> {
  const tree = workTree(root);
  const decisions: DecisionFile[] = [];
  const problems: Problem[] = [];
  for (const path of await tree.find([`${baselines.replace(/\/+$/, "")}/decisions/`], ".yml")) {
    try {
      const [text = ""] = await tree.read([path]);
      decisions.push(readDecisions(text, path));
    } catch (error) {
      problems.push(problemOf(error));
    }
  }
  return { decisions, problems };
}

/** What was fetched is newer than a branch that somebody once checked out. */
const places = [`refs/remotes/origin/${historyBranch}`, `refs/heads/${historyBranch}`] as const;

/** The lines about this settings file; undefined where the clone does not have the branch, or is none. */
async function historyOf(root: string, file: string): Promise<readonly HistoryEntry[] | undefined> {
  const commits = await Promise.all(places.map((place) => commitAt(root, place)));
  const commit = commits.find((one) => one !== undefined);
  if (commit === undefined) return undefined;
  const config = posix.join(await folderInRepository(root), file);
  const files = (await listCommit(root, commit)).filter(({ path, isFile }) => isFile && path.endsWith(".jsonl"));
  const texts = await readBlobs(
    root,
    files.map(({ blob }) => blob),
  );
  return readHistory(texts.join("\n")).entries.filter((entry) => entry.config === config);
}

async function commitAt(root: string, ref: string): Promise<string | undefined> {
  return git(root, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]).then(
    (printed) => printed.trim(),
    // No such branch, no repository, or no git.
    () => undefined,
  );
}
