import type { Json } from "../description.js";
import type { Hub } from "../hub.js";
import { inLines, resolveRevision } from "./repository.js";
import { type Answer, notFound, type Routes, record, refused, text } from "./route.js";

/** git's own objects and refs. */
export const gitDataRoutes: Routes = {
  "git/get-ref": async ({ hub, params }) => {
    const ref = `refs/${params["ref"]}`;
    const sha = await hub.git.resolve(ref);
    return sha === undefined ? notFound : { status: 200, json: refJson(ref, sha) };
  },

  "git/create-ref": async ({ hub, body }) => {
    const ref = text(body, "ref") ?? "";
    const sha = await hub.git.resolve(text(body, "sha") ?? "");
    if (!/^refs\/[^/]+\/.+/.test(ref)) return refused(`Reference name must start with 'refs/' and have two slashes.`);
    if (sha === undefined) return refused("Object does not exist");
    // Compared and set in one step: of two who create it, one is refused.
    const created = await hub.git.run(["update-ref", ref, sha, "0".repeat(40)]).then(
      () => true,
      () => false,
    );
    return created ? { status: 201, json: refJson(ref, sha) } : refused("Reference already exists");
  },

  "git/update-ref": async ({ hub, params, body }) => {
    const ref = `refs/${params["ref"]}`;
    const before = await hub.git.resolve(ref);
    const sha = await hub.git.resolve(text(body, "sha") ?? "");
    if (before === undefined) return refused("Reference does not exist");
    if (sha === undefined) return refused("Object does not exist");
    if (isProtected(hub, ref)) return refused(`Protected branch update failed for ${ref}.`);
    if (body["force"] !== true && !(await hub.git.isAncestor(before, sha))) {
      return refused("Update is not a fast forward");
    }
    const moved = await hub.git.run(["update-ref", ref, sha, before]).then(
      () => true,
      () => false,
    );
    return moved ? { status: 200, json: refJson(ref, sha) } : refused("Update is not a fast forward");
  },

  "git/get-commit": async ({ hub, params }) => {
    const sha = await hub.git.resolve(params["commit_sha"] ?? "");
    return sha === undefined ? notFound : { status: 200, json: await gitCommitJson(hub, sha) };
  },

  "git/create-commit": async ({ hub, body, token }) => {
    const parents = (body["parents"] ?? []) as readonly string[];
    const tree = text(body, "tree") ?? "";
    for (const parent of parents) {
      if ((await hub.git.resolve(parent)) === undefined) return refused("Parent SHA does not exist");
    }
    if ((await typeOf(hub, tree)) !== "tree") return refused("Tree SHA does not exist");
    const author = record(body, "author");
    const login = token.actor.login;
    const env = {
      GIT_AUTHOR_NAME: (author && text(author, "name")) ?? login,
      GIT_AUTHOR_EMAIL: (author && text(author, "email")) ?? `${login}@users.noreply.github.com`,
    };
    const flags = parents.flatMap((parent) => ["-p", parent]);
    const sha = await hub.git.run(["commit-tree", tree, ...flags], text(body, "message") ?? "", env);
    return { status: 201, json: await gitCommitJson(hub, sha) };
  },

  "git/get-tree": async ({ hub, params, query }) => {
    const given = params["tree_sha"] ?? "";
    const sha = (await typeOf(hub, given)) === "tree" ? given : await resolveRevision(hub, given);
    if (sha === undefined) return notFound;
    const tree = await hub.git.run(["rev-parse", `${sha}^{tree}`]);
    const recursive = query.has("recursive") ? ["-r", "-t"] : [];
    return { status: 200, json: await treeJson(hub, tree, recursive) };
  },

  "git/create-tree": async ({ hub, body }) => {
    const entries = body["tree"] as readonly Json[];
    const base = text(body, "base_tree");
    if (base !== undefined && (await typeOf(hub, base)) === undefined)
      return refused("base_tree is not a valid tree oid");
    return createTree(hub, base, entries);
  },

  "git/get-blob": async ({ hub, params }) => {
    const sha = params["file_sha"] ?? "";
    if ((await typeOf(hub, sha)) !== "blob") return notFound;
    const bytes = await hub.git.bytes(["cat-file", "blob", sha]);
    const json = { sha, size: bytes.length, encoding: "base64", content: inLines(bytes.toString("base64")) };
    return { status: 200, json };
  },

  "git/create-blob": async ({ hub, body }) => {
    const encoding = body["encoding"] === "base64" ? "base64" : "utf8";
    const bytes = Buffer.from(text(body, "content") ?? "", encoding);
    return { status: 201, json: { sha: await hub.git.run(["hash-object", "-w", "--stdin"], bytes) } };
  },
};

/** Whether nobody may move the ref directly. */
export function isProtected(hub: Hub, ref: string): boolean {
  return hub.state.settings.protectedBranches.has(ref.replace("refs/heads/", ""));
}

function refJson(ref: string, sha: string): Json {
  return { ref, object: { sha, type: "commit" } };
}

async function gitCommitJson(hub: Hub, sha: string): Promise<Json> {
  const [tree, parents = "", name, email, date, ...message] = (
    await hub.git.run(["show", "--no-patch", "--format=%T%n%P%n%an%n%ae%n%aI%n%B", sha])
  ).split("\n");
  return {
    sha,
    tree: { sha: tree },
    parents: parents.split(" ").flatMap((parent) => (parent === "" ? [] : [{ sha: parent }])),
    message: message.join("\n").trimEnd(),
    author: { name, email, date },
    committer: { name, email, date },
    verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
  };
}

async function treeJson(hub: Hub, sha: string, flags: readonly string[] = []): Promise<Json> {
  const lines = (await hub.git.run(["ls-tree", "-z", "-l", ...flags, sha])).split("\0").filter(Boolean);
  const tree = lines.map((line) => {
    const [details = "", path = ""] = line.split("\t");
    const [mode, type, object, size] = details.split(/ +/);
    return { path, mode, type, sha: object, ...(type === "blob" ? { size: Number(size) } : {}) };
  });
  return { sha, tree, truncated: false };
}

/** By an index of its own, so that two who make trees do not meet. */
async function createTree(hub: Hub, base: string | undefined, entries: readonly Json[]): Promise<Answer> {
  const index = { GIT_INDEX_FILE: `${hub.git.folder}/index-${hub.ids.id()}` };
  await hub.git.run(base === undefined ? ["read-tree", "--empty"] : ["read-tree", base], "", index);
  const lines: string[] = [];
  for (const entry of entries) {
    const content = text(entry, "content");
    const sha = content === undefined ? entry["sha"] : await hub.git.run(["hash-object", "-w", "--stdin"], content);
    const path = text(entry, "path") ?? "";
    // A mode of 0 takes the path away.
    if (sha === null) lines.push(`0 ${"0".repeat(40)}\t${path}`);
    else if (typeof sha === "string" && (await typeOf(hub, sha)) !== undefined)
      lines.push(`${entry["mode"]} ${sha}\t${path}`);
    else return refused(`tree.sha ${String(sha)} is not a valid blob`);
  }
  await hub.git.run(["update-index", "-z", "--index-info"], lines.map((line) => `${line}\0`).join(""), index);
  const tree = await hub.git.run(["write-tree"], "", index);
  return { status: 201, json: await treeJson(hub, tree) };
}

async function typeOf(hub: Hub, sha: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{40}$/.test(sha)) return undefined;
  return hub.git.run(["cat-file", "-t", sha]).catch(() => undefined);
}
