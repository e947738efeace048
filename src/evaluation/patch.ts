import { formatPatch, structuredPatch } from "diff";
import type { Candidate } from "./evaluation.js";
import { byText } from "./order.js";

/** More changed lines than this are told as one replacement: finding the shortest difference takes their square. */
const mostEdits = 1_000;

/**
 * What `git apply` needs to write these candidates; empty where every file is as proposed. `current` is a file's text in
 * the commit that the patch is for.
 */
export function patchOf(candidates: readonly Candidate[], current: (path: string) => string | undefined): string {
  const texts = new Map(candidates.map(({ path, text }) => [path, text]));
  return [...texts]
    .sort(([a], [b]) => byText(a, b))
    .map(([path, text]) => filePatch(path, current(path), text))
    .join("");
}

function filePatch(path: string, before: string | undefined, after: string): string {
  if (before === after) return "";
  const isCreate = before === undefined;
  const [oldName, newName] = [isCreate ? "/dev/null" : `a/${path}`, `b/${path}`];
  const options = { context: 3, maxEditLength: mostEdits };
  const patch =
    structuredPatch(oldName, newName, before ?? "", after, undefined, undefined, options) ??
    replacement(oldName, newName, before ?? "", after);
  return formatPatch({ ...patch, isGit: true, isCreate });
}

/** All lines out, all lines in. */
function replacement(oldName: string, newName: string, before: string, after: string) {
  const none = { context: 0 };
  const [out] = structuredPatch(oldName, newName, before, "", undefined, undefined, none).hunks;
  const [into] = structuredPatch(oldName, newName, "", after, undefined, undefined, none).hunks;
  const hunk = {
    oldStart: 1,
    oldLines: out?.oldLines ?? 0,
    newStart: 1,
    newLines: into?.newLines ?? 0,
    lines: [...(out?.lines ?? []), ...(into?.lines ?? [])],
  };
  return { oldFileName: oldName, newFileName: newName, oldHeader: undefined, newHeader: undefined, hunks: [hunk] };
}
