import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The plan-gate that a workflow is to run. */
export interface Release {
  readonly version: string;
  /** `owner/name` on GitHub; undefined where this copy was not released. */
  readonly repository?: string | undefined;
  /** Full hash of the release's commit; undefined where this copy was not released. */
  readonly commit?: string | undefined;
}

/**
 * What the release wrote into the published package.json: `gitHead`, the commit, which the package cannot know of itself,
 * and `repository`. `from` is a folder inside the package.
 */
export async function readRelease(version: string, from: string = import.meta.dirname): Promise<Release> {
  const manifest = await findManifest(from);
  const { gitHead, repository } = manifest ?? {};
  const url = typeof repository === "string" ? repository : isRecord(repository) ? repository["url"] : undefined;
  const [, name] = /github(?:\.com[/:]|:)([\w-]+\/[\w.-]+?)(?:\.git)?$/.exec(String(url ?? "")) ?? [];
  const isHash = typeof gitHead === "string" && /^[0-9a-f]{40}$/.test(gitHead);
  return { version, repository: name, commit: isHash ? gitHead : undefined };
}

/** The bundle lies one folder deep in the package or two, the sources likewise. */
async function findManifest(from: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  for (let folder = from, depth = 0; depth < 4; folder = dirname(folder), depth++) {
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const manifest: unknown = JSON.parse(text);
    if (isRecord(manifest) && manifest["name"] === "plan-gate") return manifest;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
