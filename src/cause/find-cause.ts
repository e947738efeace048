import type { AppliedStatement } from "../migrations/layout.js";
import type { Suspect } from "../rules/rule.js";
import { parse } from "../sql/parser.js";
import type { Cause } from "../verdict/verdict.js";
import { firstLine } from "./statement.js";

/** What a statement removes, renames or alters, in the words a rule would suspect. */
interface Touched {
  readonly kind: Suspect["kind"];
  readonly name: string;
}

const dropKinds: Readonly<Record<string, Suspect["kind"]>> = {
  OBJECT_INDEX: "index",
  OBJECT_TABLE: "relation",
  OBJECT_VIEW: "relation",
  OBJECT_MATVIEW: "relation",
  OBJECT_FUNCTION: "function",
  OBJECT_TYPE: "type",
  OBJECT_COLUMN: "column",
};

/**
 * Finds the last migration statement that removed or renamed what a finding misses. A name is looked up, nothing
 * is tried: null where no statement names it.
 */
export async function indexStatements(
  applied: readonly AppliedStatement[],
): Promise<(suspect: Suspect) => Cause | null> {
  const byObject = new Map<string, AppliedStatement>();
  for (const statement of applied) {
    // Cheap first: parsing thousands of INSERTs of a migration would take longer than running them.
    if (!/\b(drop|rename|alter)\b/i.test(statement.sql)) continue;
    for (const { kind, name } of await touchedBy(statement.sql)) byObject.set(`${kind} ${name}`, statement);
  }
  return ({ kind, name }) => {
    const statement = byObject.get(`${kind} ${name}`);
    if (!statement) return null;
    return { kind: "migration", file: statement.file, line: statement.line, statement: firstLine(statement.sql) };
  };
}

async function touchedBy(sql: string): Promise<readonly Touched[]> {
  const { stmts = [] } = await parse(sql).catch(() => ({ stmts: [] }));
  return stmts.flatMap(({ stmt }) => (stmt ? namesIn(stmt as unknown as Tree) : []));
}

type Tree = Record<string, Record<string, unknown>>;

function namesIn(stmt: Tree): readonly Touched[] {
  const { DropStmt: drop, RenameStmt: rename, AlterTableStmt: alter } = stmt;
  if (drop) {
    const kind = dropKinds[String(drop["removeType"])];
    return kind ? (drop["objects"] as readonly unknown[]).map((object) => ({ kind, name: lastWord(object) })) : [];
  }
  if (rename) {
    const kind = dropKinds[String(rename["renameType"])];
    const relation = rename["relation"] as { relname?: string } | undefined;
    const name = kind === "column" ? rename["subname"] : (relation?.relname ?? lastWord(rename["object"]));
    return kind ? [{ kind, name: String(name) }] : [];
  }
  if (alter) {
    const commands = (alter["cmds"] ?? []) as readonly { AlterTableCmd?: { subtype?: string; name?: string } }[];
    return commands.flatMap(({ AlterTableCmd: command }): readonly Touched[] => {
      if (command?.name === undefined) return [];
      if (command.subtype === "AT_DropColumn" || command.subtype === "AT_AlterColumnType")
        return [{ kind: "column", name: command.name }];
      // A primary key's or unique constraint's index has the constraint's name.
      return command.subtype === "AT_DropConstraint" ? [{ kind: "index", name: command.name }] : [];
    });
  }
  return [];
}

/** The object's own name, whatever the node in which the parser wraps a qualified one. */
function lastWord(object: unknown): string {
  const words: string[] = [];
  const pending: unknown[] = [object];
  while (pending.length > 0) {
    const node = pending.shift();
    if (typeof node !== "object" || node === null) continue;
    for (const [key, value] of Object.entries(node)) {
      if (key === "sval" && typeof value === "string") words.push(value);
      else if (key !== "objargs" && key !== "objfuncargs") pending.push(value);
    }
  }
  return words.at(-1) ?? "";
}
