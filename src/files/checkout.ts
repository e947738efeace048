import { PlanGateError } from "../errors.js";
import { git } from "./git.js";

/**
 * Writes every file of a commit into an empty folder. The repository's index, work tree and hooks take no part in it,
 * nor does its `.gitattributes`: a pull request may have changed that.
 */
export async function checkOut(
  root: string,
  commit: string,
  into: { readonly folder: string; readonly index: string },
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  try {
    const repository = (await git(root, ["rev-parse", "--absolute-git-dir"])).trim();
    const own = { ...env, GIT_DIR: repository, GIT_WORK_TREE: into.folder, GIT_INDEX_FILE: into.index };
    await git(into.folder, ["read-tree", commit], own);
    await git(into.folder, ["checkout-index", "--all", "--quiet"], own);
  } catch (cause) {
    throw new PlanGateError("base-unreadable", `git cannot check out commit ${commit.slice(0, 12)}`, {
      hint: "Is it fetched whole? Run `git fsck`, and `git fetch` without `--filter`; the temporary folder needs room for it.",
      cause,
    });
  }
}
