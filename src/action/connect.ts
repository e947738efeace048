import * as core from "@actions/core";
import packageJson from "../../package.json" with { type: "json" };
import { connectGitHub } from "../github/client.js";
import type { GitHub } from "../github/github.js";
import type { ActionLog } from "./log.js";

interface Connecting {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: ActionLog;
  readonly signal: AbortSignal;
}

/** GitHub as the workflow's environment and inputs name it: addresses are never written down here. */
export function openGitHub({ env, log, signal }: Connecting): GitHub {
  const serverUrl = env["GITHUB_SERVER_URL"] || "https://github.com";
  const apiUrl = env["GITHUB_API_URL"] || "https://api.github.com";
  return connectGitHub({
    token: core.getInput("github-token"),
    commitToken: core.getInput("commit-token") || undefined,
    orgToken: core.getInput("org-token") || undefined,
    repository: env["GITHUB_REPOSITORY"] ?? "",
    serverUrl,
    apiUrl,
    graphqlUrl: env["GITHUB_GRAPHQL_URL"] || `${apiUrl}/graphql`,
    version: packageJson.version,
    dryRun: core.getInput("dry-run") === "true",
    tell: (line) => log.foreign(line),
    clock: () => performance.now(),
    signal,
  });
}
