import type { AppliedStatement } from "../migrations/layout.js";
import { parse } from "../sql/parser.js";
import type { TouchedTable } from "../verdict/small-tables.js";
import { firstLine } from "./statement.js";

type Tree = Readonly<Record<string, unknown>>;

/** Kinds of ALTER TABLE after which a plan may be another one. */
const telling: ReadonlySet<string> = new Set([
  ...["AT_AlterColumnType", "AT_DropConstraint", "AT_SetStatistics", "AT_SetOptions", "AT_EnableRowSecurity"],
]);

/**
 * The tables whose indexes or columns some of these statements changed. `applied` are all that ran: where an index is
 * dropped they tell the table that it was made for.
 */
export async function findTouchedTables(
  statements: readonly AppliedStatement[],
  applied: readonly AppliedStatement[],
): Promise<readonly TouchedTable[]> {
  const candidates = statements.filter(({ sql }) => /\b(drop\s+index|alter\s+table)\b/i.test(sql));
  if (candidates.length === 0) return [];
  const tables = await tablesOfIndexes(applied);
  const touched: TouchedTable[] = [];
  for (const { file, line, sql } of candidates) {
    const statement = `${file}:${line}: ${firstLine(sql)}`;
    for (const tree of await treesOf(sql)) {
      touched.push(...tablesIn(tree, tables).map((table) => ({ table, statement })));
    }
  }
  return touched;
}

async function tablesOfIndexes(applied: readonly AppliedStatement[]): Promise<ReadonlyMap<string, string>> {
  const tables = new Map<string, string>();
  for (const { sql } of applied) {
    if (!/\bcreate\s+(unique\s+)?index\b/i.test(sql)) continue;
    for (const { IndexStmt: made } of (await treesOf(sql)) as readonly { IndexStmt?: Tree }[]) {
      const table = (made?.["relation"] as { relname?: string } | undefined)?.relname;
      if (typeof made?.["idxname"] === "string" && table !== undefined) tables.set(made["idxname"], table);
    }
  }
  return tables;
}

async function treesOf(sql: string): Promise<readonly Tree[]> {
  const { stmts = [] } = await parse(sql).catch(() => ({ stmts: [] }));
  return stmts.flatMap(({ stmt }) => (stmt ? [stmt as unknown as Tree] : []));
}

function tablesIn(tree: Tree, tables: ReadonlyMap<string, string>): readonly string[] {
  const drop = tree["DropStmt"] as { removeType?: string; objects?: readonly unknown[] } | undefined;
  if (drop?.removeType === "OBJECT_INDEX")
    return (drop.objects ?? []).flatMap((name) => tables.get(lastName(name)) ?? []);
  const alter = tree["AlterTableStmt"] as { relation?: { relname?: string }; cmds?: readonly unknown[] } | undefined;
  const commands = (alter?.cmds ?? []) as readonly { AlterTableCmd?: { subtype?: string } }[];
  const isTelling = commands.some(({ AlterTableCmd: command }) => telling.has(command?.subtype ?? ""));
  return isTelling && alter?.relation?.relname !== undefined ? [alter.relation.relname] : [];
}

/** The last word of a qualified name, in the parser's `{ List: { items: [{ String: { sval } }] } }`. */
function lastName(name: unknown): string {
  const items = (name as { List?: { items?: readonly { String?: { sval?: string } }[] } }).List?.items ?? [];
  return items.at(-1)?.String?.sval ?? "";
}
