import { posix } from "node:path";
import { splitStatements } from "../migrations/split.js";
import { parse } from "../sql/parser.js";
import type { Side, Sides } from "./side.js";

/**
 * Whether a new seed file does nothing but fill tables that the tested tree's migrations create and the base's do not:
 * such rows cannot move a plan of the base. Names are compared without their schemas.
 */
export async function fillsOnlyNewTables(sides: Sides, seedFile: string): Promise<boolean> {
  const fresh = await newTables(sides);
  if (fresh.size === 0) return false;
  const filled = seedFile.endsWith(".csv") ? [tableOfCsv(seedFile)] : await filledTables(sides.head, seedFile);
  return filled?.every((name) => fresh.has(name)) ?? false;
}

/** `01_public.orders.csv` fills `orders`. */
function tableOfCsv(file: string): string {
  const name = posix.basename(file, ".csv").replace(/^\d+_/, "");
  return name.split(".").at(-1) ?? name;
}

async function newTables({ base, head }: Sides): Promise<ReadonlySet<string>> {
  const known = new Set(await createdTables(base));
  return new Set((await createdTables(head)).filter((name) => !known.has(name)));
}

async function createdTables({ settings, tree }: Side): Promise<readonly string[]> {
  if (!("dir" in settings.migrations)) return [];
  const files = await tree.find([settings.migrations.dir], ".sql");
  const created: string[] = [];
  for (const [index, text] of (await tree.read(files)).entries()) {
    for (const { CreateStmt: create } of (await statementsOf(text, files[index] ?? "")) ?? []) {
      const name = relationOf(create);
      if (name !== undefined) created.push(name);
    }
  }
  return created;
}

/** Undefined where the file does anything else than add rows. */
async function filledTables({ tree }: Side, file: string): Promise<readonly string[] | undefined> {
  const [text = ""] = await tree.read([file]);
  const statements = await statementsOf(text, file);
  const filled = statements?.filter(({ TransactionStmt: transaction }) => !transaction).map(tableFilledBy);
  return filled?.includes(undefined) ? undefined : (filled as readonly string[] | undefined);
}

function tableFilledBy({ InsertStmt: insert, CopyStmt: copy }: Node): string | undefined {
  // A WITH may change other tables on the way.
  if (insert && !insert["withClause"]) return relationOf(insert);
  return copy?.["is_from"] === true ? relationOf(copy) : undefined;
}

type Node = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** As PostgreSQL's parser reads them; undefined where it cannot, which running the file will say. */
async function statementsOf(text: string, file: string): Promise<readonly Node[] | undefined> {
  try {
    const nodes: Node[] = [];
    for (const { sql } of await splitStatements(text, file, "seed-failed")) {
      const { stmts = [] } = await parse(sql);
      nodes.push(...stmts.map(({ stmt }) => (stmt ?? {}) as unknown as Node));
    }
    return nodes;
  } catch {
    return undefined;
  }
}

function relationOf(statement: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return (statement?.["relation"] as { readonly relname?: string } | undefined)?.relname;
}
