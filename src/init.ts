import { lstat, mkdir, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { PlanGateError } from "./errors.js";
import { findMigrations, findSeeds, holdsSql } from "./init/detect.js";
import { exampleMigration, exampleQuery } from "./init/examples.js";
import { type Release, readRelease } from "./init/release.js";
import { settingsTemplate } from "./init/settings-template.js";
import { workflows } from "./init/workflows/index.js";
import type { WorkflowFile, WorkflowTemplate } from "./init/workflows/template.js";

/** What became of one file. `kept`: it, or what it would be an example of, is there already. */
export interface InitStep {
  /** Relative to the folder. A workflow lies at the repository's top, which may be above it. */
  readonly path: string;
  readonly outcome: "written" | "kept";
}

/** What `init` is asked for. */
export interface InitOptions {
  /** Ids of the ready workflows to write; the simple one where absent. */
  readonly workflows?: readonly string[];
  /** The plan-gate that they run; where absent, this one. */
  readonly release?: Release;
}

/** A file to be written, unless it is there. */
interface Planned {
  /** Relative to `top`. */
  readonly path: string;
  readonly text: string;
  /** Absolute; the folder where absent. */
  readonly top?: string;
  /** Set where another file or folder already does what this one is for. */
  readonly keptFor?: string;
}

const settingsFiles = ["plan-gate.yml", "plan-gate.yaml"] as const;

/**
 * Writes settings, an example query and workflows for `root` (absolute), and overwrites nothing. Workflows go where GitHub
 * reads them: to the top of the repository. The settings come last: with them there, examples are no longer written.
 */
export async function init(root: string, version: string, options: InitOptions = {}): Promise<readonly InitStep[]> {
  if (!(await isFolder(root))) {
    throw new PlanGateError("input-missing", `there is no folder ${root}`, { hint: "Create it, or correct `--cwd`." });
  }
  const release = options.release ?? (await readRelease(version));
  const files = await planFiles(root, findWorkflows(options.workflows), release);
  const missing: Planned[] = [];
  for (const file of files) {
    if (!file.keptFor && !(await exists(join(file.top ?? root, file.path)))) missing.push(file);
  }
  for (const { path, top = root } of missing) await refuseLinks(top, path);
  for (const { path, text, top = root } of missing) await write(top, path, text);
  return files.map((file) => ({
    path: file.keptFor ?? slashed(relative(root, join(file.top ?? root, file.path))),
    outcome: missing.includes(file) ? "written" : "kept",
  }));
}

/** What is left to do after `init`, a full sentence each. */
export function nextSteps(wanted?: readonly string[]): readonly string[] {
  const chosen = findWorkflows(wanted);
  const others = workflows.filter((one) => !chosen.includes(one)).map(({ id }) => id);
  return [
    "Look through plan-gate.yml, then run `plan-gate accept` and commit what it writes.",
    ...chosen.map(({ next }) => next),
    ...(others.length > 0 ? [`Other workflows, by \`plan-gate init --workflow <name>\`: ${others.join(", ")}.`] : []),
  ];
}

function findWorkflows(wanted: readonly string[] = [workflows[0].id]): readonly WorkflowTemplate[] {
  return wanted.map((id) => {
    const found = workflows.find((one) => one.id === id);
    if (found) return found;
    throw new PlanGateError("input-missing", `there is no workflow \`${id}\``, {
      hint: `Choose ${workflows.map((one) => one.id).join(", ")}.`,
    });
  });
}

async function planFiles(
  root: string,
  chosen: readonly WorkflowTemplate[],
  release: Release,
): Promise<readonly Planned[]> {
  const top = await repositoryOf(root);
  const folder = slashed(relative(top, root));
  const present = await presentSettings(root);
  const file = present ?? settingsFiles[0];
  const config = folder === "" && file === settingsFiles[0] ? undefined : join(folder, file);
  const written = chosen.flatMap((one) => one.files({ release, config: config && slashed(config) }));
  refuseSameFile(written);
  const workflowFiles = written.map((one) => ({ ...one, top }));
  if (present !== undefined) return [...workflowFiles, { path: present, text: "", keptFor: present }];
  const [migrations, seeds] = [await findMigrations(root), await findSeeds(root)];
  const query = { path: "queries/example.sql", text: exampleQuery };
  return [
    ...(migrations.kind === "none" ? [{ path: "migrations/0001_example.sql", text: exampleMigration }] : []),
    (await holdsSql(root, "queries")) ? { ...query, keptFor: "queries/" } : query,
    ...workflowFiles,
    { path: settingsFiles[0], text: settingsTemplate(migrations, seeds) },
  ];
}

function refuseSameFile(files: readonly WorkflowFile[]): void {
  const twice = files.find(({ path }, index) => files.findIndex((one) => one.path === path) !== index);
  if (!twice) return;
  throw new PlanGateError("input-missing", `two of the workflows are the same file, \`${twice.path}\``, {
    hint: "Choose one of them; `approve` and `nightly` go beside each.",
  });
}

async function presentSettings(root: string): Promise<string | undefined> {
  for (const path of settingsFiles) if (await exists(join(root, path))) return path;
  return undefined;
}

/** The top of the git repository that holds `root`; `root` itself where none does. */
async function repositoryOf(root: string): Promise<string> {
  for (let folder = root; ; folder = dirname(folder)) {
    if (await exists(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return root;
  }
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}

/** A link among the folders, or a file where a folder must be, would lead the write elsewhere. */
async function refuseLinks(root: string, path: string): Promise<void> {
  const parts = path.split("/");
  for (let depth = 1; depth <= parts.length; depth++) {
    const part = parts.slice(0, depth).join("/");
    const found = await lstat(join(root, part)).catch(() => undefined);
    if (!found) return;
    if (found.isSymbolicLink() || !found.isDirectory()) {
      const what = found.isSymbolicLink() ? "a symbolic link" : "not a folder";
      throw new PlanGateError("write-refused", `cannot write \`${path}\`: \`${part}\` is ${what}`, {
        hint: `Move \`${part}\` out of the way, and run \`plan-gate init\` again.`,
      });
    }
  }
}

async function write(root: string, path: string, text: string): Promise<void> {
  const target = resolve(root, path);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFileAtomic(target, text);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === undefined) throw cause;
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    throw new PlanGateError(
      isFull ? "disk-full" : "write-refused",
      `cannot write \`${path}\`: ${(cause as Error).message}`,
      {
        hint: isFull ? "Make room on the disk." : "Run it where the folder may be written to.",
        cause,
      },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
