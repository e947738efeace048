import type { Json } from "../description.js";
import type { Hub } from "../hub.js";
import { repositoryJson, statusJson, userJson } from "../shapes.js";
import type { Role } from "../types.js";
import { type Call, invalid, notFound, page, type Routes, refused, text } from "./route.js";

/** What the repository is, who may what in it, and what its commits hold. */
export const repositoryRoutes: Routes = {
  "repos/get": ({ hub }) => ({ status: 200, json: repositoryJson(hub) }),

  "repos/get-branch": async ({ hub, params }) => {
    const name = params["branch"] ?? "";
    const sha = await hub.git.resolve(`refs/heads/${name}`);
    if (sha === undefined) return { status: 404, json: { message: "Branch not found" } };
    const isProtected = hub.state.settings.protectedBranches.has(name);
    return { status: 200, json: { name, protected: isProtected, commit: await commitJson(hub, sha) } };
  },

  "repos/get-collaborator-permission-level": ({ hub, params }) => {
    const login = params["username"] ?? "";
    const type = hub.state.users.get(login)?.type ?? "User";
    if (type === "Bot" || login.endsWith("[bot]")) {
      return { status: 404, json: { message: `${login} is not a user`, status: "404" } };
    }
    if (!hub.state.users.has(login) && !hub.state.collaborators.has(login)) return notFound;
    const role = hub.state.collaborators.get(login) ?? (hub.state.settings.private ? "none" : "read");
    const user = { ...userJson(hub, login), role_name: role };
    return { status: 200, json: { permission: permissionOf(role), role_name: role, user } };
  },

  "repos/compare-commits-with-basehead": async (call) => {
    const { hub, params } = call;
    const [from = "", to = ""] = (params["basehead"] ?? "").split("...");
    const [base, head] = await Promise.all([from, to].map((ref) => resolveRevision(hub, ref)));
    if (base === undefined || head === undefined) return notFound;
    const mergeBase = await hub.git.run(["merge-base", base, head]).catch(() => undefined);
    if (mergeBase === undefined) {
      return { status: 404, json: { message: `No common ancestor between ${from} and ${to}.`, status: "404" } };
    }
    const counts = await hub.git.run(["rev-list", "--left-right", "--count", `${base}...${head}`]);
    const [behind = 0, ahead = 0] = counts.split("\t").map(Number);
    const commits = (await hub.git.run(["rev-list", "--reverse", `${base}..${head}`])).split("\n").filter(Boolean);
    const shown = page(call, commits, (some) => some);
    return {
      ...shown,
      json: {
        base_commit: await commitJson(hub, base),
        merge_base_commit: await commitJson(hub, mergeBase),
        status: ahead > 0 && behind > 0 ? "diverged" : ahead > 0 ? "ahead" : behind > 0 ? "behind" : "identical",
        ahead_by: ahead,
        behind_by: behind,
        total_commits: ahead,
        commits: await Promise.all((shown.json as string[]).map((sha) => commitJson(hub, sha))),
        files: await changedFiles(hub, mergeBase, head),
      },
    };
  },

  "repos/get-content": readContent,

  "repos/create-commit-status": async ({ hub, params, body, token }) => {
    const sha = await hub.git.resolve(params["sha"] ?? "");
    if (sha === undefined) return refused(`No commit found for SHA: ${params["sha"]}`);
    const description = text(body, "description") ?? null;
    if (description !== null && description.length > 140) {
      return invalid("description is too long (maximum is 140 characters)", "description", "Status");
    }
    const status = {
      id: hub.ids.id(),
      sha,
      context: text(body, "context") ?? "default",
      state: body["state"] as "error" | "failure" | "pending" | "success",
      description,
      targetUrl: text(body, "target_url") ?? null,
      by: token.actor.login,
      at: hub.clock.stamp(),
    };
    hub.state.statuses.push(status);
    return { status: 201, json: statusJson(hub, status) };
  },

  "repos/get-combined-status-for-ref": async ({ hub, params }) => {
    const sha = await resolveRevision(hub, params["ref"] ?? "");
    if (sha === undefined) return notFound;
    const newest = new Map(hub.state.statuses.filter((one) => one.sha === sha).map((one) => [one.context, one]));
    const statuses = [...newest.values()];
    const worst = ["error", "failure", "pending"].find((state) => statuses.some((one) => one.state === state));
    return {
      status: 200,
      json: {
        state: worst === "error" ? "failure" : (worst ?? (statuses.length === 0 ? "pending" : "success")),
        sha,
        total_count: statuses.length,
        statuses: statuses.map((status) => statusJson(hub, status)),
        repository: repositoryJson(hub),
      },
    };
  },
};

/** A branch, `owner:branch`, a full or half ref, or a SHA. */
export async function resolveRevision(hub: Hub, revision: string): Promise<string | undefined> {
  const [owner, branch] = revision.includes(":") ? revision.split(":", 2) : [hub.state.settings.owner, revision];
  if (branch === undefined) return undefined;
  if (owner !== hub.state.settings.owner) return hub.git.resolve(`refs/forks/${owner}/${branch}`);
  if (/^(heads|tags|pull)\//.test(branch)) return hub.git.resolve(`refs/${branch}`);
  return (await hub.git.resolve(branch)) ?? hub.git.resolve(`refs/tags/${branch}`);
}

/** The API has fewer words for it than there are roles. */
function permissionOf(role: Role): string {
  if (role === "triage") return "read";
  return role === "maintain" ? "write" : role;
}

async function commitJson(hub: Hub, sha: string): Promise<Json> {
  const format = "%T%n%P%n%an%n%ae%n%aI%n%B";
  const [tree, parents = "", name, email, date, ...message] = (
    await hub.git.run(["show", "--no-patch", `--format=${format}`, sha])
  ).split("\n");
  const who = { name, email, date };
  return {
    sha,
    parents: parents.split(" ").flatMap((parent) => (parent === "" ? [] : [{ sha: parent }])),
    commit: { message: message.join("\n").trimEnd(), tree: { sha: tree }, author: who, committer: who },
    author: null,
    committer: null,
  };
}

async function changedFiles(hub: Hub, from: string, to: string): Promise<readonly Json[]> {
  const words = { A: "added", M: "modified", D: "removed" } as const;
  const fields = (await hub.git.run(["diff-tree", "-r", "-z", "--no-renames", "--name-status", from, to])).split("\0");
  const files: Json[] = [];
  for (let i = 0; i + 1 < fields.length && files.length < 300; i += 2) {
    const filename = fields[i + 1] ?? "";
    const sha = (await hub.git.blobOf(to, filename)) ?? null;
    files.push({ filename, sha, status: words[fields[i] as keyof typeof words] ?? "changed" });
  }
  return files;
}

async function readContent({ hub, params, query, accept }: Call) {
  const path = (params["path"] ?? "").replace(/\/+$/, "");
  const commit = await resolveRevision(hub, query.get("ref") ?? hub.state.settings.defaultBranch);
  const sha = commit && (await hub.git.blobOf(commit, path));
  if (!sha) return notFound;
  const name = path.split("/").at(-1) ?? "";
  if ((await hub.git.run(["cat-file", "-t", sha])) === "tree") {
    const lines = (await hub.git.run(["ls-tree", "-z", "-l", sha])).split("\0").filter(Boolean);
    return { status: 200, json: lines.map((line) => treeEntry(line, path)) };
  }
  const bytes = await hub.git.bytes(["cat-file", "blob", sha]);
  if (/\braw\b/.test(accept)) return { status: 200, bytes };
  // Over a megabyte GitHub gives everything but the content.
  const fits = bytes.length <= 1_000_000;
  const content = fits
    ? { encoding: "base64", content: inLines(bytes.toString("base64")) }
    : { encoding: "none", content: "" };
  return { status: 200, json: { type: "file", name, path, sha, size: bytes.length, ...content } };
}

/** A line of `git ls-tree -l` as an entry of a folder. */
function treeEntry(line: string, folder: string): Json {
  const [details = "", name = ""] = line.split("\t");
  const [, type, sha, size] = details.split(/ +/);
  const path = folder === "" ? name : `${folder}/${name}`;
  return { type: type === "tree" ? "dir" : "file", name, path, sha, size: Number(size) || 0 };
}

/** base64 as GitHub breaks it. */
export function inLines(base64: string): string {
  return base64.replaceAll(/.{60}/g, "$&\n");
}
