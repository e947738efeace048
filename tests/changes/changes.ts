import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";

/** Small applications with data; each holds a `changes.yml` of pull requests that somebody might send it. */
export const projectsDir = join(import.meta.dirname, "projects");

/** One text of a project's file in place of another, wherever it stands. */
export interface Edit {
  readonly file: string;
  readonly replace: string;
  readonly by: string;
}

/** A migration that a change adds. */
export interface NewMigration {
  /** Relative to the project's folder. */
  readonly file: string;
  readonly sql: string;
}

/** What the gate must name as the cause of every error it finds. */
export interface ExpectedCause {
  readonly kind: string;
  readonly file?: string;
  /** 1-based; any of them will do, as where an index is dropped and made anew in another way. */
  readonly lines?: readonly number[];
}

/** One pull request: what it changes, and what the gate must say. */
export interface Change {
  readonly project: string;
  readonly name: string;
  /** Judged on a branch of a git repository, against its main branch; else by the accepted plans alone. */
  readonly onBranch: boolean;
  /** In the order in which they are applied. */
  readonly migrations: readonly NewMigration[];
  readonly edits: readonly Edit[];
  /** Absent: the gate must stay silent. `in`: queries of which one must be flagged; `by`: rules of which one must do it, empty for any. */
  readonly caught?: { readonly in: readonly string[]; readonly by: readonly string[] };
  /** Empty where several answers are right. */
  readonly causes: readonly ExpectedCause[];
  /** The first major on which this is true: an older planner may make a regression of a harmless change. */
  readonly since?: number;
  /** The last major on which this is true. */
  readonly until?: number;
  /** What the gate lacks to catch it; reported apart and not asserted. */
  readonly needs?: string;
}

interface WrittenMigration {
  readonly name: string;
  readonly sql: string;
}

interface WrittenCause {
  readonly kind: string;
  /** Of a migration: its `name`. */
  readonly migration?: string;
  readonly file?: string;
  readonly lines?: readonly number[];
}

interface WrittenChange extends Omit<Change, "project" | "onBranch" | "migrations" | "edits" | "causes"> {
  /** The change's only migration. */
  readonly migration?: string;
  /** Several, in order. */
  readonly migrations?: readonly WrittenMigration[];
  readonly edit?: readonly Edit[];
  readonly cause?: WrittenCause | readonly WrittenCause[];
}

interface ChangesFile {
  /** A new migration's file, with `{n}` (two digits, from 10) and `{name}`. */
  readonly migration: string;
  /** Harmless migrations among which a change's only one may stand. */
  readonly companions: readonly WrittenMigration[];
  readonly changes: readonly WrittenChange[];
}

/** Reads every project's changes, in the order in which they are written. */
export function readChanges(): readonly Change[] {
  return readdirSync(projectsDir)
    .sort()
    .flatMap((project) => {
      const file = load(readFileSync(join(projectsDir, project, "changes.yml"), "utf8")) as ChangesFile;
      return file.changes.map((change, index) => asPullRequest(project, file, change, index));
    });
}

/** Whether what is written of a change is true on this major. */
export function holdsOn({ since = 0, until = Number.POSITIVE_INFINITY }: Change, major: number): boolean {
  return since <= major && major <= until;
}

/** Every second change becomes a branch, on which harmless migrations stand around its only one, or beside its edits. */
function asPullRequest(project: string, file: ChangesFile, written: WrittenChange, index: number): Change {
  const { migration, migrations, edit = [], cause, ...rest } = written;
  const only = migration === undefined ? [] : [{ name: "change", sql: migration }];
  const onBranch = migrations !== undefined || cause !== undefined || index % 2 === 1;
  const place = (index >> 1) % (file.companions.length + 1);
  const among = onBranch ? file.companions : [];
  const named = migrations ?? [...among.slice(0, place), ...only, ...among.slice(place)];
  const placed = named.map(({ name, sql }, at) => ({ name, sql, file: fileName(file.migration, 10 + at, name) }));
  const stated: readonly WrittenCause[] = cause === undefined ? guessCauses(written) : [cause].flat();
  return {
    ...rest,
    project,
    onBranch,
    migrations: placed.map(({ file, sql }) => ({ file, sql })),
    edits: edit,
    causes: onBranch ? stated.map((one) => expectedCause(one, placed)) : [],
  };
}

function fileName(pattern: string, number: number, name: string): string {
  return pattern.replace("{n}", String(number)).replace("{name}", name);
}

/** Where only one thing could have done it, that did. */
function guessCauses({ caught, migration, migrations, edit = [] }: WrittenChange): readonly WrittenCause[] {
  if (!caught || migrations) return [];
  if (migration !== undefined) return edit.length === 0 ? [{ kind: "migration", migration: "change" }] : [];
  const [file, ...others] = new Set(edit.map((one) => one.file));
  return file === undefined || others.length > 0 ? [] : [{ kind: kindOf(file), file }];
}

function kindOf(file: string): string {
  if (file.startsWith("queries/")) return "query";
  if (file.startsWith("seeds/")) return "seed";
  return file === "plan-gate.yml" ? "settings" : "session";
}

function expectedCause(
  { kind, migration, file, lines }: WrittenCause,
  migrations: readonly { readonly name: string; readonly file: string }[],
): ExpectedCause {
  const named = migration === undefined ? file : migrations.find(({ name }) => name === migration)?.file;
  if (migration !== undefined && named === undefined) throw new Error(`no migration is called ${migration}`);
  return { kind, ...(named === undefined ? {} : { file: named }), ...(lines === undefined ? {} : { lines }) };
}
