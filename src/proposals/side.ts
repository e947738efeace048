import { posix } from "node:path";
import type { Settings } from "../config/settings.js";
import type { FileVersion } from "../evaluation/evaluation.js";
import type { Tree } from "../files/tree.js";
import type { FoundQueries } from "../queries/find.js";

/** What one tree says about how plans are made and judged. */
export interface Side {
  readonly settings: Settings;
  readonly queries: FoundQueries;
  readonly tree: Tree;
}

/** The base, whose word counts, beside the tree that was tested. */
export interface Sides {
  readonly base: Side;
  readonly head: Side;
  /** The settings file, relative to its own folder. */
  readonly file: string;
  /** The settings file's folder below the repository's top; empty, or ending in `/`. */
  readonly folder: string;
  /** Whether the query of this name takes part. */
  readonly selectsName: (name: string) => boolean;
}

/** A path relative to the repository's top. */
export function fromTop(folder: string, path: string): string {
  return posix.normalize(posix.join(folder, path));
}

/** Files as the tested tree has them, without repeats, sorted. */
export async function versionsOf({ head, folder }: Sides, paths: readonly string[]): Promise<readonly FileVersion[]> {
  const sorted = [...new Set(paths.map((path) => posix.normalize(path)))].sort();
  const blobs = await head.tree.blobs(sorted);
  return sorted.map((path, index) => ({ path: fromTop(folder, path), blob: blobs[index] ?? null }));
}

/** Those of the paths that the two trees do not hold alike, sorted, with what each holds. */
export async function changedFiles(
  { base, head }: Sides,
  paths: readonly string[],
): Promise<readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[]> {
  const sorted = [...new Set(paths.map((path) => posix.normalize(path)))].sort();
  const [before, after] = await Promise.all([base.tree.blobs(sorted), head.tree.blobs(sorted)]);
  return sorted
    .map((path, index) => ({ path, before: before[index] ?? null, after: after[index] ?? null }))
    .filter((one) => one.before !== one.after);
}

/** Whether two values from settings say the same, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ""
  );
}
