import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { glob } from "tinyglobby";

/** Where a project keeps its migrations, as far as the folders tell. */
export type FoundMigrations =
  | { readonly kind: "sql"; readonly dir: string }
  /** A folder of migrations without SQL files: some tool's own. */
  | { readonly kind: "foreign"; readonly dir: string }
  | { readonly kind: "none" };

const migrationFolders = [
  "migrations",
  "db/migrations",
  "db/migrate",
  "database/migrations",
  "src/main/resources/db/migration",
  "sql/migrations",
];

const seedFolders = ["seeds", "seed", "db/seeds", "db/seed", "database/seeds"];

/** Looks where teams commonly keep migrations. A folder of SQL files wins over one without. */
export async function findMigrations(root: string): Promise<FoundMigrations> {
  for (const dir of migrationFolders) if (await holdsSql(root, dir)) return { kind: "sql", dir };
  for (const dir of migrationFolders) if (await holdsAnything(root, dir)) return { kind: "foreign", dir };
  return { kind: "none" };
}

/** The first common seed folder that holds SQL files at its top. */
export async function findSeeds(root: string): Promise<string | undefined> {
  for (const dir of seedFolders) {
    if ((await namesIn(root, dir)).some((name) => name.endsWith(".sql"))) return dir;
  }
  return undefined;
}

/** Whether there is a `.sql` file in the folder, at any depth. */
export async function holdsSql(root: string, dir: string): Promise<boolean> {
  const found = await glob(`${dir}/**/*.sql`, { cwd: root, followSymbolicLinks: false, expandDirectories: false });
  return found.length > 0;
}

async function holdsAnything(root: string, dir: string): Promise<boolean> {
  return (await namesIn(root, dir)).some((name) => !name.startsWith("."));
}

async function namesIn(root: string, dir: string): Promise<readonly string[]> {
  return readdir(join(root, dir)).catch(() => []);
}
