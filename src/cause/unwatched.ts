import type { AppliedStatement } from "../migrations/layout.js";
import type { Identity } from "../plan/identity.js";
import type { Plan, PlanNode } from "../plan/plan.js";
import { parse } from "../sql/parser.js";

/** A table, index or column that a statement drops or alters. */
interface Hit {
  readonly kind: "index" | "table" | "column";
  /** Without its schema. */
  readonly name: string;
  /** Of a column. */
  readonly table?: string;
  readonly what: "dropped" | "altered";
}

/** What must be known of the tested tree to say that nobody watches a thing. */
export interface Watching {
  /** Every plan of every registered query, before and after. */
  readonly plans: readonly Plan[];
  /** Statements of the change, and all that were applied, in order. */
  readonly own: readonly AppliedStatement[];
  readonly applied: readonly AppliedStatement[];
  /** What the change renames: plans before it know a thing by its old name. */
  readonly identity: Identity;
}

/** A sentence for each index or table that a change drops or alters and that is in no plan of a registered query. */
export async function noteUnwatched({ plans, own, applied, identity }: Watching): Promise<readonly string[]> {
  const names = plans.flatMap(({ root }) => namesIn(root));
  const renamed = [...identity.indexes, ...identity.relations].map((pair) => pair.map(withoutSchema));
  const watched = new Set([
    ...names,
    ...renamed.flatMap(([old, now]) => (old && now && names.includes(old) ? now : [])),
  ]);
  const notes = new Map<string, string>();
  for (const statement of own) {
    if (!/\b(drop|alter)\b/i.test(statement.sql)) continue;
    for (const hit of await hitsOf(statement.sql)) {
      const table = hit.kind === "index" ? tableOf(hit.name, applied) : hit.table;
      if (isMadeAgain(hit, statement, own) || watched.has(hit.kind === "column" ? (table ?? "") : hit.name)) continue;
      const where = `${statement.file}:${statement.line}`;
      const on = table === undefined ? "" : hit.kind === "column" ? ` of \`${table}\`` : ` on \`${table}\``;
      const note = `nobody watches this: ${hit.kind} \`${hit.name}\`${on} was ${hit.what} (${where}), and it is in no plan of a registered query; if a query of yours needs it, register that one`;
      notes.set(`${hit.kind} ${hit.name}`, note);
    }
  }
  return [...notes.values()];
}

function withoutSchema(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function namesIn(node: PlanNode): readonly string[] {
  const { relation, index } = node;
  const parent = relation?.partitionOf?.name;
  return [relation?.name, parent, index, ...node.children.flatMap(namesIn)].flatMap((name) => name ?? []);
}

/** One that a later statement of the change makes anew is replaced, and not gone. */
function isMadeAgain({ name, what }: Hit, { file, line }: AppliedStatement, own: readonly AppliedStatement[]): boolean {
  const at = own.findIndex((one) => one.file === file && one.line === line);
  const made = new RegExp(`\\bcreate\\b[^;(]*\\b${literally(name)}\\b`, "i");
  return what === "dropped" && own.slice(at + 1).some(({ sql }) => made.test(sql));
}

function literally(name: string): string {
  return name.replace(/[^\w]/g, "\\$&");
}

/** By the last statement that made the index. */
function tableOf(index: string, applied: readonly AppliedStatement[]): string | undefined {
  const made = new RegExp(`\\bindex\\b[^(;]*"?\\b${literally(index)}"?\\s+on\\s+(?:only\\s+)?([\\w$."]+)`, "i");
  const found = applied.findLast(({ sql }) => made.test(sql));
  return found && made.exec(found.sql)?.[1]?.split(".").at(-1)?.replaceAll('"', "");
}

const dropped: Readonly<Record<string, Hit["kind"]>> = {
  OBJECT_INDEX: "index",
  OBJECT_TABLE: "table",
  OBJECT_MATVIEW: "table",
};
const alters: ReadonlySet<string> = new Set(["AT_DropColumn", "AT_AlterColumnType"]);

async function hitsOf(sql: string): Promise<readonly Hit[]> {
  const { stmts = [] } = await parse(sql).catch(() => ({ stmts: [] }));
  const tree = stmts[0]?.stmt as unknown as Tree | undefined;
  const { DropStmt: drop, AlterTableStmt: alter } = tree ?? {};
  const kind = drop && dropped[drop.removeType];
  if (kind) return (drop.objects ?? []).map((object) => ({ kind, name: nameOf(object), what: "dropped" }));
  if (alter?.objtype !== "OBJECT_TABLE") return [];
  return (alter.cmds ?? []).flatMap(({ AlterTableCmd: { subtype = "", name } = {} }): readonly Hit[] => {
    if (!alters.has(subtype) || name === undefined) return [];
    const what = subtype === "AT_DropColumn" ? "dropped" : "altered";
    return [{ kind: "column", name, table: alter.relation?.relname ?? "", what }];
  });
}

interface Tree {
  readonly DropStmt?: { readonly removeType: string; readonly objects?: readonly ObjectName[] };
  readonly AlterTableStmt?: {
    readonly objtype?: string;
    readonly relation?: { readonly relname?: string };
    readonly cmds?: readonly { readonly AlterTableCmd?: { readonly subtype?: string; readonly name?: string } }[];
  };
}

/** A qualified name as the parser gives it. */
interface ObjectName {
  readonly List?: { readonly items?: readonly { readonly String?: { readonly sval?: string } }[] };
}

function nameOf({ List: list }: ObjectName): string {
  return list?.items?.at(-1)?.String?.sval ?? "";
}
