import { diffArrays } from "diff";
import type { MigrationFile } from "../migrations/layout.js";
import { type Statement, splitStatements } from "../migrations/split.js";
import { natureOf, type StatementNature } from "./statement.js";

/** One statement that a change adds to the migrations, takes out of them, or puts in another one's place. */
export interface Edit {
  /** Position among the edits, from 0. */
  readonly index: number;
  readonly kind: "added" | "removed" | "replaced";
  /** Relative to the settings file's folder. */
  readonly file: string;
  /** 1-based; of a removed statement, the line at which it stood. */
  readonly line: number;
  /** What is there now, or was. */
  readonly sql: string;
  readonly nature: StatementNature;
}

/** What a change makes of the migrations, statement by statement. */
export interface MigrationChange {
  /** In the order in which migrations run, without statements that no plan depends on. */
  readonly edits: readonly Edit[];
  /** Whether all edits add to what the base has: then they can be run on its built database. */
  readonly onlyAdds: boolean;
  /** The migrations with these edits made and the others not; a file stays, however little is left of it. */
  compose(isMade: (edit: Edit) => boolean): readonly MigrationFile[];
  /** What `compose` adds to the base, a file with edits each. */
  additions(isMade: (edit: Edit) => boolean): readonly MigrationFile[];
}

interface Part {
  readonly statement: Statement;
  /** Absent: both sides have it, or it is there for those around it alone. */
  readonly edit?: Edit;
  /** Which side has it: of those without an edit, `added` ones follow their file's edits. */
  readonly side: "both" | "added" | "removed";
}

interface ComposedFile {
  readonly file: string;
  readonly names: readonly string[];
  readonly parts: readonly Part[];
}

/** Compares two histories of migrations, file by file and statement by statement. */
export async function compareMigrations(
  base: readonly MigrationFile[],
  head: readonly MigrationFile[],
): Promise<MigrationChange> {
  const edits: Edit[] = [];
  const files: ComposedFile[] = [];
  for (const [before, after] of pairFiles(base, head)) {
    const { file, names } = (after ?? before) as MigrationFile;
    files.push({ file, names, parts: await compareFile(file, before?.sql ?? "", after?.sql ?? "", edits) });
  }
  const texts = (isMade: (edit: Edit) => boolean, wants: (part: Part) => boolean) =>
    files.map(({ file, names, parts }): MigrationFile => {
      const some = parts.some(({ edit }) => edit !== undefined && isMade(edit));
      const kept = parts.filter((part) => wants(part) && isThere(part, isMade, some));
      return { file, names, sql: kept.map(({ statement }) => textOf(statement)).join("\n") };
    });
  return {
    edits,
    onlyAdds: edits.every(({ kind }) => kind === "added"),
    compose: (isMade) => texts(isMade, () => true),
    additions: (isMade) => texts(isMade, ({ side }) => side === "added").filter(({ sql }) => sql !== ""),
  };
}

function isThere({ side, edit }: Part, isMade: (edit: Edit) => boolean, someMade: boolean): boolean {
  if (side === "both") return true;
  if (side === "added") return edit ? isMade(edit) : someMade;
  return edit ? !isMade(edit) : !someMade;
}

/** Files of both sides in one order. One that was only renamed is the same. */
function pairFiles(
  base: readonly MigrationFile[],
  head: readonly MigrationFile[],
): readonly (readonly [MigrationFile | undefined, MigrationFile | undefined])[] {
  const headNames = new Set(head.map(({ file }) => file));
  const moved = new Map(base.filter(({ file }) => !headNames.has(file)).map((one) => [one.sql, one]));
  const baseNames = new Set(base.map(({ file }) => file));
  const keyOfHead = (one: MigrationFile) =>
    baseNames.has(one.file) ? one.file : (moved.get(one.sql)?.file ?? one.file);
  const before = new Map(base.map((one) => [one.file, one]));
  const after = new Map(head.map((one) => [keyOfHead(one), one]));
  // One that has moved is in both hunks: where the head has it counts.
  const order = diffArrays([...before.keys()], [...after.keys()]).flatMap(({ value, removed }) =>
    removed ? value.filter((key) => !after.has(key)) : value,
  );
  return order.map((key) => [before.get(key), after.get(key)] as const);
}

async function compareFile(file: string, before: string, after: string, edits: Edit[]): Promise<readonly Part[]> {
  const old = await splitStatements(before, file, "migration-failed");
  if (before === after) return old.map((statement) => ({ statement, side: "both" }));
  const now = await splitStatements(after, file, "migration-failed");
  const parts: Part[] = [];
  let [line, atOld, atNow] = [1, 0, 0];
  let gone: Statement[] = [];
  const flush = async (come: readonly Statement[]) => {
    parts.push(...(await partsOf({ gone, come, file, line }, edits)));
    gone = [];
  };
  for (const { value, added, removed } of diffArrays(old.map(keyOf), now.map(keyOf))) {
    if (removed) {
      gone = old.slice(atOld, atOld + value.length);
    } else {
      const come = now.slice(atNow, atNow + value.length);
      await flush(added ? come : []);
      if (!added) parts.push(...come.map((statement): Part => ({ statement, side: "both" })));
      line = come.at(-1)?.line ?? line;
    }
    if (!added) atOld += value.length;
    if (!removed) atNow += value.length;
  }
  await flush([]);
  return parts;
}

/** Where only the layout differs, the statement is the same. */
function keyOf({ sql, copy }: Statement): string {
  return JSON.stringify([sql.replace(/\s+/g, " "), copy?.text]);
}

interface Hunk {
  readonly gone: readonly Statement[];
  readonly come: readonly Statement[];
  readonly file: string;
  /** Of the statement before it. */
  readonly line: number;
}

/** What stands at one place is one edit where both sides have something there: half of it would seldom run. */
async function partsOf({ gone, come, file, line }: Hunk, edits: Edit[]): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (let at = 0; at < Math.max(gone.length, come.length); at++) {
    const [before, after] = [gone[at], come[at]];
    const { sql, line: own } = (after ?? before) as Statement;
    const nature = await natureOf(sql);
    const kind = before && after ? "replaced" : before ? "removed" : "added";
    const counts = nature.kind === "plain" || nature.kind === "cluster";
    const edit: Edit = { index: edits.length, kind, file, line: after ? own : line, sql, nature };
    if (counts) edits.push(edit);
    const shared = counts ? { edit } : {};
    if (before) parts.push({ statement: before, side: "removed", ...shared });
    if (after) parts.push({ statement: after, side: "added", ...shared });
  }
  return parts;
}

function textOf({ sql, copy }: Statement): string {
  if (copy === undefined) return `${sql};`;
  return `${sql};\n${copy.text === "" || copy.text.endsWith("\n") ? copy.text : `${copy.text}\n`}\\.\n`;
}
