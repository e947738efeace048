import { stat } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { glob } from "tinyglobby";
import { PlanGateError } from "../errors.js";
import { naturalOrder, workTree } from "../files/tree.js";
import { applyFiles } from "../migrations/apply.js";
import { copyCsv } from "./csv.js";

/** One file of the seed: SQL, or rows of the table that it is named after. */
export interface SeedFile {
  /** Relative to the settings file's folder. */
  readonly file: string;
  readonly text: string;
}

/** Reads the files that paths and globs name: patterns in their order, each pattern's files in natural order. */
export async function readSeedFiles(root: string, patterns: readonly string[]): Promise<readonly SeedFile[]> {
  const found = (await Promise.all(patterns.map((pattern) => filesOf(root, pattern)))).flat();
  const files = [...new Set(found)];
  const texts = await workTree(root).read(files);
  return files.map((file, index) => ({ file, text: texts[index] ?? "" }));
}

async function filesOf(root: string, pattern: string): Promise<readonly string[]> {
  const clean = pattern.replace(/^\.\//, "");
  const isFolder = await stat(join(root, clean)).then(
    (one) => one.isDirectory(),
    () => false,
  );
  const wanted = isFolder ? `${clean.replace(/\/+$/, "")}/*.{sql,csv}` : clean;
  const found = (await glob([wanted], { cwd: root, followSymbolicLinks: true, expandDirectories: false })).sort(
    naturalOrder,
  );
  const refuse = (message: string, hint: string) => new PlanGateError("input-missing", message, { hint });
  if (found.length === 0)
    throw refuse(
      `\`seed.files\`: nothing matches \`${pattern}\``,
      "Create the file, or correct the path: it is relative to the settings file.",
    );
  const other = found.find((file) => !/\.(sql|csv)$/.test(file));
  if (other !== undefined)
    throw refuse(
      `\`seed.files\`: ${other} is neither .sql nor .csv`,
      "Name SQL or CSV files, or load it with `seed.command`.",
    );
  return found;
}

/** Runs the files in order. Throws PlanGateError with the file and the line. */
export async function runSeedFiles(
  client: pg.Client,
  files: readonly SeedFile[],
  progress: (text: string) => void,
): Promise<void> {
  for (const { file, text } of files) {
    if (file.endsWith(".sql")) {
      await applyFiles(client, [{ file, names: [], sql: text }], { progress, code: "seed-failed" });
    } else {
      progress(file);
      await copyCsv(client, file, text);
    }
  }
}
