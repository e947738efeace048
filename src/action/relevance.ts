import { posix } from "node:path";
import picomatch from "picomatch";
import type { LoadedSettings } from "../config/load.js";

/**
 * Globs of every file that can change a verdict, relative to the repository's top; undefined where a command decides
 * what is read and `watch` does not say. `folder` is the settings file's, "" at the top.
 */
export function watchedFiles({ settings, file }: LoadedSettings, folder: string): readonly string[] | undefined {
  const { migrations, seed, queries, baselines, postgres, explain, watch } = settings;
  const byCommand = "command" in migrations || (seed !== undefined && "command" in seed);
  if (byCommand && watch.length === 0) return undefined;
  const paths = [
    file,
    baselines,
    ...queries,
    ...postgres.initScripts,
    ...("dir" in migrations ? [migrations.dir] : []),
    ...(seed !== undefined && "files" in seed ? seed.files : []),
    ...(explain.session === undefined ? [] : [explain.session]),
    ...watch,
  ];
  return paths.map((path) => posix.normalize(posix.join(folder, path)).replace(/\/+$/, ""));
}

/** The changed files that a glob, or a folder, covers. */
export function relevantFiles(changed: readonly string[], watched: readonly string[]): readonly string[] {
  const matches = watched.flatMap((path) => [
    picomatch(path, { dot: true }),
    // The same text may be a folder, and a folder's name may hold what a glob takes for its own.
    (file: string) => path === "." || file === path || file.startsWith(`${path}/`),
  ]);
  return changed.filter((file) => matches.some((match) => match(file)));
}

/** The settings file's folder below the repository's top, "" where they are one. */
export function folderOf(config: string): string {
  const folder = posix.dirname(config);
  return folder === "." ? "" : folder;
}
