import { PlanGateError } from "../errors.js";
import { commitTree, type Tree, workTree } from "../files/tree.js";

/** What `loadSettings` looks for where nothing is named. */
const usual = ["plan-gate.yml", "plan-gate.yaml"] as const;

/**
 * The settings files that the input `config` names, by path or glob, sorted: those of the work tree and those of
 * `commits`, whose policy counts, since a pull request may have deleted one.
 */
export async function findConfigs(
  workspace: string,
  wanted: readonly string[],
  commits: readonly string[] = [],
): Promise<readonly string[]> {
  const trees = [workTree(workspace)];
  for (const commit of new Set(commits)) trees.push(await commitTree(workspace, commit));
  const found = new Set<string>();
  for (const tree of trees) for (const path of await findIn(tree, wanted)) found.add(path);
  if (found.size > 0) return [...found].sort();
  const named = wanted.length > 0 ? `no file matches the input \`config\`: ${wanted.join(", ")}` : "no settings file";
  throw new PlanGateError(
    "input-missing",
    `${named}${wanted.length > 0 ? "" : `: there is no ${usual.join(" or ")}`}`,
    {
      hint:
        wanted.length > 0
          ? "Correct the input; its paths and globs are relative to the repository's top."
          : "Run `npx plan-gate init` and commit what it writes, or name the file by the input `config`.",
    },
  );
}

async function findIn(tree: Tree, wanted: readonly string[]): Promise<readonly string[]> {
  if (wanted.length === 0) {
    const present = await Promise.all(usual.map((name) => tree.has(name)));
    return usual.filter((_, index) => present[index]);
  }
  const found: string[] = [];
  for (const pattern of wanted) {
    if (await tree.has(pattern)) found.push(pattern);
    else for (const extension of [".yml", ".yaml"]) found.push(...(await tree.find([pattern], extension)));
  }
  return found;
}
