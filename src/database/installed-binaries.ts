import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Binaries, hasPrograms } from "./binaries.js";
import { defaultMajor, supportedMajors } from "./provider.js";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * An installed Postgres: on PATH, then where Debian, Red Hat, Homebrew and Postgres.app install it. Without a wanted
 * major the default one is preferred, then the newest.
 */
export async function findInstalledPostgres(
  major: number | undefined,
  env: Environment,
): Promise<Binaries | undefined> {
  const newestFirst = supportedMajors.toReversed();
  const wanted = major === undefined ? [defaultMajor, ...newestFirst.filter((each) => each !== defaultMajor)] : [major];
  const onPath = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  const seen = new Map<string, Binaries | undefined>();
  for (const each of wanted) {
    for (const folder of [...onPath, ...usualFolders(each)]) {
      const found = seen.has(folder) ? seen.get(folder) : await readPostgres(folder);
      seen.set(folder, found);
      if (found?.major === each) return found;
    }
  }
  return undefined;
}

function usualFolders(major: number): string[] {
  return [
    `/usr/lib/postgresql/${major}/bin`,
    `/usr/pgsql-${major}/bin`,
    `/opt/homebrew/opt/postgresql@${major}/bin`,
    `/usr/local/opt/postgresql@${major}/bin`,
    `/Applications/Postgres.app/Contents/Versions/${major}/bin`,
  ];
}

/** The programs in a folder. Links are followed: `initdb` looks for `postgres` beside itself. */
async function readPostgres(folder: string): Promise<Binaries | undefined> {
  if (!(await hasPrograms(folder))) return undefined;
  const bin = dirname(await realpath(join(folder, "initdb")));
  if (!(await hasPrograms(bin))) return undefined;
  const told = await promisify(execFile)(join(bin, "postgres"), ["--version"], { timeout: 10_000 }).catch(
    () => undefined,
  );
  const [, version, major] = /\(PostgreSQL\) ((\d+)\S*)/.exec(told?.stdout ?? "") ?? [];
  if (version === undefined) return undefined;
  return { bin, major: Number(major), version, libraryFolders: [] };
}
