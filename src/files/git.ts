import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { lstat, readlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { PlanGateError } from "../errors.js";

const run = promisify(execFile);

/** Runs git in a folder and gives what it printed. `env` in place of our own environment. */
export async function git(
  root: string,
  args: readonly string[],
  env?: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const { stdout } = await run("git", [...args], {
    cwd: root,
    maxBuffer: 256 * 1024 * 1024,
    ...(env === undefined ? {} : { env }),
  });
  return stdout;
}

/** The folder's path below its repository's top, ending in `/`; empty at the top. Throws outside of a repository. */
export async function folderInRepository(root: string): Promise<string> {
  return (await git(root, ["rev-parse", "--show-prefix"])).replace(/\n$/, "");
}

/** The commit that is checked out, as a full hash. */
export async function checkedOutCommit(root: string): Promise<string> {
  return (await git(root, ["rev-parse", "--verify", "HEAD^{commit}"])).trim();
}

/** What a commit holds at a path. */
interface Entry {
  /** Relative to the repository's top. */
  readonly path: string;
  readonly blob: string;
  /** False for links and submodules. */
  readonly isFile: boolean;
}

/** Every path of a commit. */
export async function listCommit(root: string, commit: string): Promise<readonly Entry[]> {
  const listing = await git(root, ["ls-tree", "-r", "-z", "--full-tree", commit]).catch((cause: unknown) => {
    throw new PlanGateError("base-unreadable", `git cannot read commit ${commit}`, {
      hint: "The clone may be shallow: set `fetch-depth: 2` or more, or run `git fetch`.",
      cause,
    });
  });
  return listing.split("\0").flatMap((line): readonly Entry[] => {
    const [, mode, blob, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    return blob === undefined || path === undefined ? [] : [{ path, blob, isFile: mode?.startsWith("100") === true }];
  });
}

/** One `git cat-file --batch` for all: a process for each of thousands of files would take longer than planning them. */
export async function readBlobs(root: string, objects: readonly string[]): Promise<readonly string[]> {
  if (objects.length === 0) return [];
  const child = spawn("git", ["cat-file", "--batch"], { cwd: root, stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.end(objects.map((object) => `${object}\n`).join(""));
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  let rest = Buffer.concat(chunks);
  return objects.map((object) => {
    const lineEnd = rest.indexOf(10);
    const size = Number(/ blob (\d+)$/.exec(rest.subarray(0, lineEnd).toString())?.[1] ?? Number.NaN);
    if (Number.isNaN(size)) {
      throw new PlanGateError("base-unreadable", `git cannot read \`${object}\``, { hint: "Run `git fsck`." });
    }
    const text = rest.subarray(lineEnd + 1, lineEnd + 1 + size).toString("utf8");
    rest = rest.subarray(lineEnd + 2 + size);
    return text;
  });
}

/** So many names fit into one command's arguments on every system. */
const namesAtOnce = 200;

/** The blob ids that `git add` would give these files of the work tree; null where there is none. */
export async function hashFiles(root: string, paths: readonly string[]): Promise<readonly (string | null)[]> {
  const ids = new Map<string, string>();
  const files: string[] = [];
  for (const path of paths) {
    const found = await lstat(join(root, path)).catch(() => undefined);
    if (found?.isFile()) files.push(path);
    if (found?.isSymbolicLink()) ids.set(path, blobOf(await readlink(join(root, path))));
  }
  for (let at = 0; at < files.length; at += namesAtOnce) {
    const some = files.slice(at, at + namesAtOnce);
    const hashes = (await git(root, ["hash-object", "--", ...some])).trim().split("\n");
    for (const [index, path] of some.entries()) ids.set(path, hashes[index] ?? "");
  }
  return paths.map((path) => ids.get(path) ?? null);
}

/** As git stores a link: its target is the content. */
function blobOf(target: string): string {
  const content = Buffer.from(target);
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** Paths below `root`, relative to it, that are new or not as HEAD has them. Throws outside of a repository. */
export async function changedInWorkTree(root: string): Promise<readonly string[]> {
  const listing = await git(root, ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", "."]);
  const prefix = await folderInRepository(root);
  return listing
    .split("\0")
    .map((entry) => entry.slice(3))
    .filter((path) => path.startsWith(prefix) && path !== "")
    .map((path) => path.slice(prefix.length));
}
