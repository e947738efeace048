import { createHash } from "node:crypto";
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { startOfProcess } from "./processes.js";

const ownerTag = /^([0-9a-f]{8})-(\d+)-([A-Za-z0-9]+)$/;

/**
 * Who owns a folder or a container: machine, pid and start of this process. It is part of the folder's name, so that
 * no kill can fall between making a folder and saying whose it is.
 */
export async function ownTag(): Promise<string> {
  return `${machine()}-${process.pid}-${(await startOfProcess(process.pid)) ?? "0"}`;
}

/** True only if the owner is proven dead: it ran on this machine, and no process with this pid and start runs here. */
export async function isOwnerDead(tag: string): Promise<boolean> {
  const [, host, pid, started] = ownerTag.exec(tag) ?? [];
  if (host !== machine() || pid === undefined) return false;
  return (await startOfProcess(Number(pid))) !== started;
}

/** A new folder `<parent>/<prefix><tag>-<random>`, mode 0700, that `abandonedFolders` finds once this process is dead. */
export async function makeOwnedFolder(parent: string, prefix: string): Promise<string> {
  return mkdtemp(join(parent, `${prefix}${await ownTag()}-`));
}

/** Folders below `parent` that a dead process of this user made by `makeOwnedFolder`. */
export async function abandonedFolders(parent: string, prefix: string): Promise<string[]> {
  const names = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(prefix)).sort();
  const found = await Promise.all(
    names.map(async (name) => {
      const tag = name.slice(prefix.length, name.lastIndexOf("-"));
      const folder = join(parent, name);
      return (await isOwnFolder(folder)) && (await isOwnerDead(tag)) ? [folder] : [];
    }),
  );
  return found.flat();
}

/** Removes a folder and what is in it, also while a process of it is still writing its last file. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

async function isOwnFolder(folder: string): Promise<boolean> {
  const stats = await lstat(folder).catch(() => undefined);
  return stats?.isDirectory() === true && stats.uid === process.getuid?.();
}

function machine(): string {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
}
