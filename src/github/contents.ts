import { type Api, unlessMissing } from "./api.js";
import type { GitHub } from "./github.js";

type Contents = Pick<GitHub, "blobOf" | "readFile" | "mergeBase" | "changedFiles">;

/** Files of commits and branches, and what lies between two of them. */
export function contentsOf(api: Api): Contents {
  return {
    blobOf: async (path, ref) => (await fileAt(api, path, ref))?.sha,
    readFile: (branch, path) => textAt(api, path, branch),
    async mergeBase(base, head) {
      return (await compare(api, base, head)).merge_base_commit.sha;
    },
    async changedFiles(base, head) {
      const { files = [] } = await compare(api, base, head);
      return files.flatMap(({ filename, previous_filename: before, sha, status }) => [
        { path: filename, blob: status === "removed" ? null : sha },
        ...(status === "renamed" && before !== undefined ? [{ path: before, blob: null }] : []),
      ]);
    },
  };
}

/** The first page has every file that GitHub tells; commits are not asked for. */
async function compare(api: Api, base: string, head: string) {
  const route = { ...api.at, basehead: `${base}...${head}`, per_page: 1 };
  return (await api.request("GET /repos/{owner}/{repo}/compare/{basehead}", route)).data;
}

/** A text file at a branch or commit; undefined where it is not there, or no file. */
export async function textAt(api: Api, path: string, ref: string): Promise<string | undefined> {
  const file = await fileAt(api, path, ref);
  if (!file) return undefined;
  if (file.encoding === "base64") return decoded(file.content);
  // Beyond a megabyte the content is left out.
  const { data } = await api.request("GET /repos/{owner}/{repo}/git/blobs/{file_sha}", {
    ...api.at,
    file_sha: file.sha,
  });
  return decoded(data.content);
}

async function fileAt(api: Api, path: string, ref: string) {
  const answer = await unlessMissing(
    api.request("GET /repos/{owner}/{repo}/contents/{path}", { ...api.at, path, ref }),
  );
  if (!answer || Array.isArray(answer.data) || answer.data.type !== "file") return undefined;
  const { sha, encoding, content } = answer.data;
  return { sha, encoding, content };
}

function decoded(content: string): string {
  return Buffer.from(content, "base64").toString("utf8");
}
