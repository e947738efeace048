import type { Api } from "./api.js";
import { tipOf } from "./branches.js";
import { textAt } from "./contents.js";
import { noSha } from "./dry-run.js";
import { isUnclear } from "./failure.js";
import { type GitHub, GitHubError } from "./github.js";

type Append = Parameters<GitHub["appendToFile"]>[0];

const tries = 3;

/** Appends lines to a file by one commit of git's own objects: no clone, no force, nothing of others is lost. */
export async function appendToFile(api: Api, append: Append): Promise<void> {
  for (let done = 1; ; done += 1) {
    const tip = await tipOf(api, append.branch);
    const commit = await commitWith(api, append, tip);
    try {
      await (tip === undefined ? create(api, append.branch, commit) : advance(api, append.branch, commit));
      return;
    } catch (error) {
      if (await isThere(api, append.branch, commit, error)) return;
      if (!lostRace(error) || done === tries) throw error;
    }
  }
}

/** 409 and 422: the branch moved, or came to be, since we looked. */
function lostRace(error: unknown): boolean {
  return error instanceof GitHubError && (error.status === 409 || error.status === 422);
}

/** A lost answer may have been a yes. */
async function isThere(api: Api, branch: string, commit: string, error: unknown): Promise<boolean> {
  return isUnclear(error) && (await tipOf(api, branch)) === commit;
}

async function commitWith(api: Api, { path, lines, message }: Append, tip: string | undefined): Promise<string> {
  const { at } = api;
  const before = tip === undefined ? undefined : await textAt(api, path, tip);
  const harmless = { repeatable: true, standIn: { sha: noSha } };
  const content = joined(before ?? "", lines);
  const base = tip === undefined ? {} : { base_tree: await treeOf(api, tip) };
  const tree = await api.request("POST /repos/{owner}/{repo}/git/trees", {
    ...at,
    ...base,
    tree: [{ path, mode: "100644", type: "blob", content }],
    request: harmless,
  });
  const commit = await api.request("POST /repos/{owner}/{repo}/git/commits", {
    ...at,
    message,
    tree: tree.data.sha,
    parents: tip === undefined ? [] : [tip],
    request: harmless,
  });
  return commit.data.sha;
}

function joined(before: string, lines: string): string {
  const gap = before === "" || before.endsWith("\n") ? "" : "\n";
  return `${before}${gap}${lines}${lines.endsWith("\n") ? "" : "\n"}`;
}

async function treeOf(api: Api, commit: string): Promise<string> {
  const { data } = await api.request("GET /repos/{owner}/{repo}/git/commits/{commit_sha}", {
    ...api.at,
    commit_sha: commit,
  });
  return data.tree.sha;
}

async function create(api: Api, branch: string, sha: string): Promise<void> {
  await api.request("POST /repos/{owner}/{repo}/git/refs", { ...api.at, ref: `refs/heads/${branch}`, sha });
}

async function advance(api: Api, branch: string, sha: string): Promise<void> {
  await api.request("PATCH /repos/{owner}/{repo}/git/refs/{ref}", {
    ...api.at,
    ref: `heads/${branch}`,
    sha,
    force: false,
  });
}
