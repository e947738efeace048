import { lstat, mkdir, readFile, realpath } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { supportedMajors } from "../database/provider.js";
import { PlanGateError, type Problem, problemOf } from "../errors.js";
import type { Tree } from "../files/tree.js";
import { type Baseline, baselinePath, readBaseline, writeBaseline } from "./baseline.js";

/** All baselines of one major, and what is wrong with the files that are none. */
export interface FoundBaselines {
  readonly byQuery: ReadonlyMap<string, Baseline>;
  readonly problems: readonly Problem[];
  /** The other majors for which a query has a baseline, sorted. */
  readonly elsewhere: ReadonlyMap<string, readonly number[]>;
}

/** Reads the baselines of `major`. A file that cannot be read is a problem; the others are read all the same. */
export async function readBaselines(tree: Tree, folder: string, major: number): Promise<FoundBaselines> {
  const files = await tree.find([folder], ".yml");
  const start = baselinePath(folder, major, "").replace(/\.yml$/, "");
  const ours = files.filter((file) => file.startsWith(start));
  const texts = await tree.read(ours);
  const problems: Problem[] = [];
  const byQuery = new Map<string, Baseline>();
  for (const [index, file] of ours.entries()) {
    try {
      const baseline = readBaseline(texts[index] ?? "", file);
      checkName(baseline, file, baselinePath(folder, major, baseline.query), major);
      byQuery.set(baseline.query, baseline);
    } catch (error) {
      problems.push(problemOf(error));
    }
  }
  return { byQuery, problems, elsewhere: findElsewhere(files, folder, major) };
}

function findElsewhere(
  files: readonly string[],
  folder: string,
  major: number,
): ReadonlyMap<string, readonly number[]> {
  const elsewhere = new Map<string, readonly number[]>();
  for (const other of supportedMajors.filter((one) => one !== major)) {
    const start = baselinePath(folder, other, "").replace(/\.yml$/, "");
    for (const file of files.filter((one) => one.startsWith(start))) {
      const query = file.slice(start.length).replace(/\.yml$/, "");
      elsewhere.set(query, [...(elsewhere.get(query) ?? []), other]);
    }
  }
  return elsewhere;
}

function checkName(baseline: Baseline, file: string, expected: string, major: number): void {
  if (file === expected && baseline.environment.major === major) return;
  const says = file === expected ? `PostgreSQL ${baseline.environment.major}` : `query \`${baseline.query}\``;
  throw new PlanGateError("baseline-invalid", `the file says it is of ${says}, which its path does not`, {
    hint: "Restore the file from git, or delete it and run `plan-gate accept`.",
    place: { file },
  });
}

/** What became of one baseline file. */
export interface WrittenBaseline {
  readonly query: string;
  readonly file: string;
  readonly kind: "new" | "changed" | "unchanged";
}

/** Writes baselines, each file whole or not at all, and only inside `root`. */
export async function writeBaselines(
  root: string,
  folder: string,
  baselines: readonly Baseline[],
): Promise<readonly WrittenBaseline[]> {
  const written: WrittenBaseline[] = [];
  for (const baseline of baselines) {
    const file = baselinePath(folder, baseline.environment.major, baseline.query);
    written.push({ query: baseline.query, file, kind: await writeOne(root, file, writeBaseline(baseline)) });
  }
  return written;
}

async function writeOne(root: string, file: string, text: string): Promise<WrittenBaseline["kind"]> {
  const path = join(root, file);
  await makeFolderInside(root, dirname(path), file);
  const link = await lstat(path).then(
    (stat) => stat.isSymbolicLink(),
    () => false,
  );
  if (link) throw outside(file);
  const old = await readFile(path, "utf8").catch(() => undefined);
  if (old === text) return "unchanged";
  await writeFileAtomic(path, text).catch((cause: unknown) => {
    throw new PlanGateError(
      "write-refused",
      `cannot write ${file}: ${cause instanceof Error ? cause.message : cause}`,
      {
        hint: "Check the folder's permissions and the space that is left.",
        cause,
      },
    );
  });
  return old === undefined ? "new" : "changed";
}

/** Makes a folder step by step: a link on the way could lead out of `root`, and a pull request may have put one there. */
async function makeFolderInside(root: string, folder: string, file: string): Promise<void> {
  const home = await realpath(root);
  let current = root;
  for (const part of relative(root, folder).split(/[\\/]/)) {
    current = join(current, part);
    await mkdir(current).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EEXIST") throw cause;
    });
    const real = await realpath(current);
    if (relative(home, real).startsWith("..")) throw outside(file);
  }
}

function outside(file: string): PlanGateError {
  return new PlanGateError("write-refused", `${file} is a link, or lies behind one that leads out of this folder`, {
    hint: "Remove the link: baselines are written only inside the settings file's folder.",
  });
}
