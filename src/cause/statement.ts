import { parse } from "../sql/parser.js";

/** What a statement of a migration can have to do with a plan. */
export interface StatementNature {
  /**
   * `context`: it belongs to the statements around it (BEGIN, SET). `silent`: no plan depends on it (COMMENT).
   * `cluster`: it reaches every database of the server, roles above all. `plain`: anything else.
   */
  readonly kind: "context" | "silent" | "cluster" | "plain";
  /** Unqualified names that stand in it, in lower case. */
  readonly names: ReadonlySet<string>;
  /** Whether it only makes something of its own, which nothing that was there before can use yet. */
  readonly startsAnew: boolean;
  /** Whether all that it does is to give a new name, or to add columns: by itself that changes no plan. */
  readonly isOnlyName: boolean;
  readonly dropsColumn: boolean;
}

const unread = { startsAnew: false, isOnlyName: false, dropsColumn: false };

const contextNodes = new Set(["TransactionStmt", "VariableSetStmt", "CheckPointStmt"]);
const silentNodes = new Set(["CommentStmt", "VariableShowStmt", "NotifyStmt", "ListenStmt", "UnlistenStmt"]);
const clusterNodes = new Set([
  ...["CreateRoleStmt", "AlterRoleStmt", "AlterRoleSetStmt", "DropRoleStmt", "GrantRoleStmt", "AlterSystemStmt"],
  ...["CreatedbStmt", "DropdbStmt", "CreateTableSpaceStmt", "DropTableSpaceStmt"],
]);
const newNodes = new Set(["CreateSchemaStmt", "CreateSeqStmt", "CreateEnumStmt", "CompositeTypeStmt"]);
/** In the text of a DO block, and of what is built there. */
const clusterWords = /\b(create|alter|drop)\s+(role|user|group)\b|\balter\s+system\b/i;
/** What is longer carries data. */
const longestParsed = 200_000;

/** Reads a statement by PostgreSQL's own parser; what it cannot read is plain. */
export async function natureOf(sql: string): Promise<StatementNature> {
  if (sql.length > longestParsed) return { kind: "plain", names: new Set(), ...unread };
  const { stmts = [] } = await parse(sql).catch(() => ({ stmts: [] }));
  const tree = stmts[0]?.stmt as Readonly<Record<string, unknown>> | undefined;
  const [node = ""] = Object.keys(tree ?? {});
  const changes = changesOfTable(tree);
  return {
    kind: kindOf(node, tree, sql),
    names: namesIn(sql),
    startsAnew: newNodes.has(node) || isNewTable(tree),
    isOnlyName: node === "RenameStmt" || (changes.length > 0 && changes.every((change) => change === "AT_AddColumn")),
    dropsColumn: changes.includes("AT_DropColumn"),
  };
}

function kindOf(node: string, tree: unknown, sql: string): StatementNature["kind"] {
  if (contextNodes.has(node)) return "context";
  if (silentNodes.has(node)) return "silent";
  if (clusterNodes.has(node)) return "cluster";
  const renames = (tree as { RenameStmt?: { renameType?: string } } | undefined)?.RenameStmt?.renameType;
  if (renames === "OBJECT_ROLE" || (node === "DoStmt" && clusterWords.test(sql))) return "cluster";
  return "plain";
}

/** What each part of an ALTER TABLE does, in the parser's words. */
function changesOfTable(tree: unknown): readonly string[] {
  const { AlterTableStmt: alter } = (tree ?? {}) as { AlterTableStmt?: { cmds?: readonly unknown[] } };
  return (alter?.cmds ?? []).map(
    (command) => (command as { AlterTableCmd?: { subtype?: string } }).AlterTableCmd?.subtype ?? "",
  );
}

/** A partition or an heir adds rows to a table that was there. */
function isNewTable(tree: unknown): boolean {
  const { CreateStmt: table } = (tree ?? {}) as { CreateStmt?: { inhRelations?: unknown } };
  return table !== undefined && table.inhRelations === undefined;
}

/** Words, not a walk through the tree: names also stand in bodies of functions and DO blocks, which are texts. */
function namesIn(sql: string): ReadonlySet<string> {
  return new Set((sql.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []).map((word) => word.toLowerCase()));
}

/** A statement's first line, shortened to be told in a sentence. */
export function firstLine(sql: string): string {
  const line = (sql.trim().split("\n")[0] ?? "").trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

/** A statement in one line; one that is gone is said to be. */
export function statementOf({ kind, sql }: { readonly kind: string; readonly sql: string }): string {
  return kind === "removed" ? `removed: ${firstLine(sql)}` : firstLine(sql);
}
