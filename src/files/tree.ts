import { isUtf8 } from "node:buffer";
import { readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, posix, relative, sep } from "node:path";
import picomatch from "picomatch";
import { escapePath, glob } from "tinyglobby";
import { PlanGateError } from "../errors.js";
import { folderInRepository, git, hashFiles, listCommit, readBlobs } from "./git.js";

/** A folder's files, as they lie on disk or in a commit. Paths are relative to the settings file's folder. */
export interface Tree {
  /** Files with this extension that a pattern (a folder or a glob) covers, in natural order. */
  find(patterns: readonly string[], extension: string): Promise<readonly string[]>;
  /** The text of these files, in their order. */
  read(paths: readonly string[]): Promise<readonly string[]>;
  has(path: string): Promise<boolean>;
  /** git's blob ids of these files, in their order; null where there is no such file. Only in a repository. */
  blobs(paths: readonly string[]): Promise<readonly (string | null)[]>;
}

const collator = new Intl.Collator("en", { numeric: true });

/** Natural order: 2 before 10; ties by code unit, so that the order is total. */
export function naturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** A folder covers what lies in it, at any depth. */
function globsOf(patterns: readonly string[], extension: string): readonly string[] {
  return patterns.map((pattern) => {
    const clean = trim(pattern);
    if (!pattern.endsWith("/") && (/[*?[\]{}]/.test(clean) || clean.endsWith(extension))) return clean;
    return clean === "" || clean === "." ? `**/*${extension}` : `${clean}/**/*${extension}`;
  });
}

function trim(pattern: string): string {
  return pattern.replace(/^\.\//, "").replace(/\/+$/, "");
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The files as they lie below `root`. Links that lead out of it are refused. */
export function workTree(root: string): Tree {
  return {
    async find(patterns, extension) {
      const folders = await Promise.all(patterns.map((pattern) => isFolder(join(root, pattern))));
      const escaped = patterns.map((pattern, index) => (folders[index] ? `${escapePath(trim(pattern))}/` : pattern));
      // Links are followed here, and refused by `read` where they lead out: a file left out silently would be missed.
      const found = await glob([...globsOf(escaped, extension)], {
        cwd: root,
        followSymbolicLinks: true,
        expandDirectories: false,
      });
      return [...new Set(found)].filter((path) => path.endsWith(extension)).sort(naturalOrder);
    },
    async read(paths) {
      const home = await realpath(root);
      return Promise.all(paths.map((path) => readInside(home, path)));
    },
    async has(path) {
      return readFile(join(root, path)).then(
        () => true,
        () => false,
      );
    },
    blobs: (paths) => hashFiles(root, paths),
  };
}

async function readInside(home: string, path: string): Promise<string> {
  const real = await realpath(join(home, path));
  const inside = relative(home, real);
  if ((inside.startsWith(`..${sep}`) || isAbsolute(inside)) && !path.startsWith("../")) {
    throw new PlanGateError("input-missing", `\`${path}\` is a link that leads out of its folder`, {
      hint: "Put the file itself there.",
      place: { file: path },
    });
  }
  return decode(await readFile(real), path);
}

/** UTF-8 without its mark. What is not would be changed silently, and a NUL would end the text for the SQL parser. */
function decode(bytes: Uint8Array, path: string): string {
  const refuse = (message: string, line: number) =>
    new PlanGateError("input-missing", message, {
      hint: "Save the file as UTF-8 text.",
      place: { file: path, line },
    });
  if (!isUtf8(bytes)) throw refuse("the file is not UTF-8", firstBadLine(bytes));
  const text = new TextDecoder().decode(bytes);
  const nul = text.indexOf("\0");
  if (nul >= 0) throw refuse("there is a NUL character in the file", text.slice(0, nul).split("\n").length);
  return text;
}

function firstBadLine(bytes: Uint8Array): number {
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  return lines.findIndex((line) => !isUtf8(Buffer.from(line, "latin1"))) + 1;
}

/** The commit from which `ref` and HEAD parted, as a full hash. */
export async function findMergeBase(root: string, ref: string): Promise<string> {
  const refuse = (message: string, hint: string, cause: unknown) =>
    new PlanGateError("base-unreadable", message, { hint, cause });
  if (ref.startsWith("-"))
    throw refuse(`\`${ref}\` is no branch or commit`, "Name a branch, tag or commit.", undefined);
  await git(root, ["rev-parse", "--git-dir"]).catch((cause: unknown) => {
    throw refuse(
      `\`--base ${ref}\`: this folder is not in a git repository`,
      "Leave out `--base`, or run `git init` and commit first.",
      cause,
    );
  });
  const commit = await git(root, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]).catch((cause: unknown) => {
    throw refuse(
      `git knows no commit \`${ref}\``,
      `Fetch it first: \`git fetch origin\`; in a workflow set \`fetch-depth: 0\`.`,
      cause,
    );
  });
  const base = await git(root, ["merge-base", commit.trim(), "HEAD"]).catch((cause: unknown) => {
    throw refuse(
      `\`${ref}\` and HEAD have no common commit here`,
      "The clone may be shallow: set `fetch-depth: 0`, or run `git fetch --unshallow`.",
      cause,
    );
  });
  return base.trim();
}

/** The files as a commit holds them: those below `root`, and by `../` those beside it. Links are no files here. */
export async function commitTree(root: string, commit: string): Promise<Tree> {
  const prefix = await folderInRepository(root);
  const entries = new Map(
    (await listCommit(root, commit)).map((entry) => [posix.relative(prefix, entry.path), entry] as const),
  );
  const files = [...entries].filter(([, { isFile }]) => isFile).map(([path]) => path);
  const blobOf = (path: string) => entries.get(posix.normalize(path));
  return {
    async find(patterns, extension) {
      const matches = picomatch([...globsOf(patterns, extension)]);
      const outside = patterns.some((pattern) => pattern.startsWith("../"));
      return files
        .filter((path) => path.endsWith(extension) && (outside || !path.startsWith("../")) && matches(path))
        .sort(naturalOrder);
    },
    read: async (paths) =>
      (
        await readBlobs(
          root,
          paths.map((path) => blobOf(path)?.blob ?? `${commit}:${posix.join(prefix, path)}`),
        )
      ).map((text) => text.replace(/^\uFEFF/, "")),
    has: async (path) => blobOf(path)?.isFile === true,
    blobs: async (paths) => paths.map((path) => blobOf(path)?.blob ?? null),
  };
}
