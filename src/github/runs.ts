import type { Api } from "./api.js";
import { type GitHub, GitHubError } from "./github.js";

type Runs = Pick<GitHub, "workflowRun" | "artifacts" | "downloadArtifact">;

/** Runs of workflows, and what they uploaded. */
export function runsOf(api: Api): Runs {
  const { at } = api;
  return {
    async workflowRun(id) {
      const { data } = await api.request("GET /repos/{owner}/{repo}/actions/runs/{run_id}", { ...at, run_id: id });
      // GitHub's description says that it is always there; it is not where the fork was deleted.
      const repository: typeof data.head_repository | null = data.head_repository;
      return {
        id: Number(data.id),
        event: data.event,
        headSha: data.head_sha,
        headBranch: data.head_branch ?? "",
        headRepository: repository ? { owner: repository.owner.login, fullName: repository.full_name } : null,
        path: data.path,
        attempt: data.run_attempt ?? 1,
      };
    },
    async artifacts(runId) {
      const found = await api.paginate("GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts", {
        ...at,
        run_id: runId,
        per_page: 100,
      });
      return found.map(({ id, name, size_in_bytes: bytes, expired }) => ({ id, name, bytes, expired }));
    },
    async downloadArtifact(id, maxBytes) {
      const { data } = await api.request("GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}", {
        ...at,
        artifact_id: id,
        archive_format: "zip",
        request: { maxBytes },
      });
      if (!Buffer.isBuffer(data)) throw new GitHubError(`GitHub sent no file for artifact ${id}`, 0);
      return data;
    },
  };
}
