import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, GitRepository, NewGitCommit } from "./types.js";

/** A bare repository in a folder of its own; gone when disposed of. */
export interface BareRepository extends GitRepository, AsyncDisposable {
  /** git's output as it is. */
  bytes(args: readonly string[], input?: string | Buffer, env?: Readonly<Record<string, string>>): Promise<Buffer>;
  /** Every ref, by full name. */
  refs(): Promise<ReadonlyMap<string, string>>;
  /** A merge commit of two commits; undefined on a conflict. */
  merge(base: string, head: string, message: string): Promise<string | undefined>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
}

export const noUserConfig = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_TERMINAL_PROMPT: "0" };

/** Creates the repository. Dates of commits are the clock's. */
export async function createBareRepository(defaultBranch: string, clock: Clock): Promise<BareRepository> {
  const folder = await mkdtemp(join(tmpdir(), "fake-github-"));
  const bytes: BareRepository["bytes"] = (args, input = "", env = {}) =>
    runGit(args, { folder, input, env: { ...identity(clock), ...env } });
  const run: GitRepository["run"] = async (args, input, env) =>
    (await bytes(args, input, env)).toString("utf8").replace(/\n$/, "");
  const quietly = (args: readonly string[]) => run(args).catch(() => undefined);

  await run(["init", "--quiet", "--bare", `--initial-branch=${defaultBranch}`]);
  await run(["config", "uploadpack.allowAnySHA1InWant", "true"]);
  await run(["config", "uploadpack.hideRefs", "refs/forks"]);
  await run(["config", "gc.auto", "0"]);

  const refs = async () => {
    const lines = await run(["for-each-ref", "--format=%(objectname) %(refname)"]);
    return new Map(
      lines.split("\n").flatMap((line) => (line === "" ? [] : [[line.slice(41), line.slice(0, 40)] as const])),
    );
  };
  const resolve = (ref: string) => {
    const name = /^[0-9a-f]{40}$/.test(ref) ? ref : fullName(ref);
    return quietly(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]);
  };
  const objectAt = async (ref: string, path: string) => {
    const commit = await resolve(ref);
    return commit && quietly(["rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}:${path}`]);
  };
  return {
    folder,
    bytes,
    run,
    refs,
    resolve,
    blobOf: objectAt,
    async branches() {
      const heads = [...(await refs())].filter(([name]) => name.startsWith("refs/heads/"));
      return heads.map(([name, sha]) => ({ name: name.slice("refs/heads/".length), sha }));
    },
    async commit(commit) {
      const parent = await resolve(commit.from ?? commit.ref);
      if (commit.from !== undefined && parent === undefined) throw new Error(`no commit ${commit.from}`);
      await run(["fast-import", "--quiet", "--force"], importStream(commit, parent, clock));
      return run(["rev-parse", fullName(commit.ref)]);
    },
    async setRef(ref, sha) {
      await run(["update-ref", fullName(ref), sha]);
    },
    async deleteRef(ref) {
      await run(["update-ref", "-d", fullName(ref)]);
    },
    async read(ref, path) {
      const blob = await objectAt(ref, path);
      return blob && (await bytes(["cat-file", "blob", blob])).toString("utf8");
    },
    async list(ref) {
      const commit = await resolve(ref);
      if (commit === undefined) return [];
      const paths = await run(["ls-tree", "-r", "-z", "--name-only", commit]);
      return paths.split("\0").filter((path) => path !== "");
    },
    async merge(base, head, message) {
      const tree = await quietly(["merge-tree", "--write-tree", base, head]);
      return tree && run(["commit-tree", tree, "-p", base, "-p", head, "-m", message]);
    },
    async isAncestor(ancestor, descendant) {
      return (await quietly(["merge-base", "--is-ancestor", ancestor, descendant])) !== undefined;
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** A branch's name stands for its full name. */
function fullName(ref: string): string {
  return ref.startsWith("refs/") ? ref : `refs/heads/${ref}`;
}

function identity(clock: Clock): Readonly<Record<string, string>> {
  const who = { name: "GitHub", email: "noreply@github.com", date: clock.now() };
  const parts = Object.entries(who).map(([key, value]) => [key.toUpperCase(), value] as const);
  return Object.fromEntries(
    parts.flatMap(([key, value]) => [`GIT_AUTHOR_${key}`, `GIT_COMMITTER_${key}`].map((name) => [name, value])),
  );
}

/** The commit in the language of `git fast-import`: one process however many files. */
function importStream(commit: NewGitCommit, parent: string | undefined, clock: Clock): Buffer {
  const author = commit.author ?? "author";
  const who = `${author} <${author}@users.noreply.github.com> ${Date.parse(clock.now()) / 1_000} +0000`;
  const parts: (string | Buffer)[] = [
    `commit ${fullName(commit.ref)}\nauthor ${who}\ncommitter ${who}\n`,
    ...data(commit.message ?? "change"),
    parent === undefined ? "" : `from ${parent}\n`,
  ];
  for (const [path, content] of Object.entries(commit.files)) {
    if (content === null) parts.push(`D ${quoted(path)}\n`);
    else parts.push(`M 100644 inline ${quoted(path)}\n`, ...data(content));
  }
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)));
}

function data(content: string | Buffer): readonly (string | Buffer)[] {
  return [`data ${Buffer.byteLength(content)}\n`, content, "\n"];
}

function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function runGit(
  args: readonly string[],
  options: { readonly folder: string; readonly input: string | Buffer; readonly env: Readonly<Record<string, string>> },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env["PATH"], ...noUserConfig, ...options.env };
    const child = spawn("git", args, { cwd: options.folder, env, stdio: ["pipe", "pipe", "pipe"] });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(output));
      else
        reject(new Error(`git ${args.join(" ")} ended with ${code}: ${Buffer.concat(errors).toString("utf8").trim()}`));
    });
    // A git that needs no input may be gone before it is written.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input);
  });
}
