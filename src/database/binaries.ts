import { access, constants, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** `initdb` and `postgres` of one version, ready to run. */
export interface Binaries {
  readonly bin: string;
  readonly major: number;
  /** "17.10". */
  readonly version: string;
  /** For LD_LIBRARY_PATH: where libraries lie that the programs do not find by themselves. */
  readonly libraryFolders: readonly string[];
}

/** The user that a server runs as when we are root, whom PostgreSQL refuses: `nobody`. */
export const nobody = process.platform === "darwin" ? 4_294_967_294 : 65_534;

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Whether a folder can run a server: both programs are there, are not empty and may be executed. */
export async function hasPrograms(bin: string): Promise<boolean> {
  const found = await Promise.all(
    ["initdb", "postgres"].map(async (name) => {
      const file = join(bin, name);
      const stats = await stat(file).catch(() => undefined);
      if (!stats?.isFile() || stats.size === 0) return false;
      return access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
    }),
  );
  return found.every(Boolean);
}

/** Whether `nobody` gets to a file or folder: every folder above it lets others through, and itself can be read. */
export async function isReadableForNobody(path: string): Promise<boolean> {
  if (!isOpenTo(await stat(path), 0o5)) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!isOpenTo(await stat(folder), 0o1)) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** `wanted`: the bits of read (4) and execute (1) that a user needs. */
function isOpenTo({ mode, uid }: { mode: number; uid: number }, wanted: number): boolean {
  const granted = uid === nobody ? mode >> 6 : mode;
  return (granted & wanted) === wanted;
}

/** A JSON file's content, or undefined if it is missing or no JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** The folder and all those above it, the nearest first. */
export function foldersUpwards(from: string): string[] {
  const above = dirname(from);
  return above === from ? [from] : [from, ...foldersUpwards(above)];
}
