import { patchOf } from "../../evaluation/patch.js";
import { commitTree } from "../../files/tree.js";
import { refresh } from "../../refresh.js";
import { openGitHub } from "../connect.js";
import { hasCheckout } from "../hand-over.js";
import { keepAside } from "../keep-aside.js";
import type { Step } from "../step.js";
import { judgeNight } from "./nightly.js";

/** After drift: one pull request with the baselines as they would be accepted now, for people to review. */
export async function runRefresh(step: Step): Promise<number> {
  const night = await judgeNight(step);
  const { log, inputs } = step;
  const github = openGitHub(step);
  const refreshed = await refresh({
    github,
    story: night.story,
    botCommits: inputs.commitToken !== "" ? "run" : github.enterprise ? "never" : "wait",
    async keepPatch(candidates) {
      const { commit } = night.story.tonight;
      const tree = hasCheckout(step) ? await commitTree(step.workspace, commit) : undefined;
      const texts = new Map<string, string>();
      for (const { path } of candidates) {
        const text = tree
          ? (await tree.has(path)) && (await tree.read([path]))[0]
          : await github.readFile(commit, path);
        if (typeof text === "string") texts.set(path, text);
      }
      return `git apply ${await keepAside(
        step,
        "plan-gate.patch",
        patchOf(candidates, (path) => texts.get(path)),
      )}`;
    },
    tell: (line) => log.foreign(line),
  });
  if (refreshed.kind === "nothing to do") log.line("No accepted plan has drifted: there is nothing to refresh.");
  if (refreshed.kind === "pull request") log.line(`Pull request #${refreshed.number}: ${refreshed.change}.`);
  return night.exitCode;
}
