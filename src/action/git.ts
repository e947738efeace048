import * as core from "@actions/core";
import type { Git } from "../github/tested-commit.js";
import type { Step } from "./step.js";

/** The checked-out repository, and how more of its commits are fetched. */
export function openGit({ workspace, env, signal }: Step): Git {
  return {
    workspace,
    env,
    signal,
    serverUrl: env["GITHUB_SERVER_URL"] || "https://github.com",
    repository: env["GITHUB_REPOSITORY"] ?? "",
    token: core.getInput("github-token"),
  };
}
