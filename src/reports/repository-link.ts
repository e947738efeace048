import { posix } from "node:path";
import type { PhrasingContent } from "mdast";
import type { Place } from "../errors.js";
import { oneLine } from "./foreign-text.js";
import { code, link } from "./markdown-text.js";
import { placeText } from "./place.js";
import type { Telling } from "./telling.js";

/** What addresses are made of. */
export type Site = Pick<Telling, "commits" | "repository" | "serverUrl">;

/** A path relative to the repository's top; undefined where it leads out of it or is no file's name. */
export function repositoryPath(config: string, file: string): string | undefined {
  const path = posix.join(posix.dirname(config), file);
  const isOutside = path === ".." || path.startsWith("../") || posix.isAbsolute(path);
  return isOutside || path === "." || path !== oneLine(path) ? undefined : path;
}

/** A place of the head in the settings file's folder, linked to its line. */
export function placeLink(site: Site, config: string, place: Place): PhrasingContent {
  const path = repositoryPath(config, place.file);
  return path === undefined ? code(placeText(place)) : fileLink(site, { ...place, file: path });
}

/** A place of the head, relative to the repository's top, linked to its line. */
export function fileLink(site: Site, { file, line }: Place): PhrasingContent {
  const label = code(placeText(line === undefined ? { file } : { file, line }));
  const path = repositoryPath(".", file);
  if (path === undefined) return label;
  const anchor = line === undefined || line < 1 ? "" : `#L${line}`;
  return link(`${address(site)}/blob/${site.commits.head}/${encodedPath(path)}${anchor}`, label);
}

/** A commit, short and linked. */
export function commitLink(site: Site, sha: string): PhrasingContent {
  return link(`${address(site)}/commit/${encodedPath(sha)}`, code(sha.slice(0, 7)));
}

function address({ serverUrl, repository }: Site): string {
  return `${serverUrl}/${encodedPath(repository)}`;
}

function encodedPath(path: string): string {
  const encode = (part: string) =>
    encodeURIComponent(part.toWellFormed()).replace(
      /[!'()*~]/g,
      (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return path.split("/").map(encode).join("/");
}
