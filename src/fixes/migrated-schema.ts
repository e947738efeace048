import type { AppliedStatement } from "../migrations/layout.js";
import { parse } from "../sql/parser.js";
import { factsOf, type IndexFacts, type SchemaFacts, type TableFacts } from "./schema-facts.js";
import type { SqlNode } from "./sql-tree.js";

/**
 * Today's tables with every index and statistics object that any migration ever made for them: what the schema may have
 * had before, where no base is there to be asked. What was dropped long ago is among it.
 */
export async function schemaOfMigrations(now: SchemaFacts, applied: readonly AppliedStatement[]): Promise<SchemaFacts> {
  const made = new Map<
    TableFacts,
    { indexes: IndexFacts[]; statistics: { schema: string; name: string; definition: string }[] }
  >();
  const of = (table: TableFacts) => {
    const known = made.get(table) ?? { indexes: [], statistics: [] };
    made.set(table, known);
    return known;
  };
  for (const { sql } of applied) {
    if (!/\bcreate\s+(?:unique\s+)?(?:index|statistics)\b/i.test(sql)) continue;
    const { stmts = [] } = await parse(sql).catch(() => ({ stmts: [] }));
    const statement = stmts[0]?.stmt as SqlNode | undefined;
    if (stmts.length !== 1 || !statement) continue;
    const [index, statistics] = [statement["IndexStmt"], statement["CreateStatsStmt"]];
    if (index) {
      const table = tableNamed(index["relation"], now);
      const found = table && indexIn(sql, index);
      if (found) of(table).indexes.push(found);
    } else if (statistics) {
      const [relation] = (statistics["relations"] ?? []) as readonly SqlNode[];
      const table = tableNamed(relation?.["RangeVar"], now);
      const names = ((statistics["defnames"] ?? []) as readonly SqlNode[]).map(({ String: part }) =>
        String(part?.["sval"]),
      );
      const name = names.at(-1);
      if (table && name !== undefined && !sql.includes("--")) {
        of(table).statistics.push({
          schema: names.at(-2) ?? table.schema,
          name,
          definition: sql.trim().replace(/;$/, ""),
        });
      }
    }
  }
  const tables = now.tables.map((table) => ({ ...table, ...of(table) }));
  return factsOf(tables, now.definitions, now.trigrams);
}

function tableNamed(range: unknown, now: SchemaFacts): TableFacts | undefined {
  const { schemaname, relname } = (range ?? {}) as { schemaname?: string; relname?: string };
  const found = now.tables.filter(({ schema, name }) => name === relname && (schemaname ?? schema) === schema);
  return found.length === 1 ? found[0] : undefined;
}

/** What follows the table's name in the statement, spelled as PostgreSQL does where it is simple. */
function indexIn(sql: string, index: Readonly<Record<string, unknown>>): IndexFacts | undefined {
  const { location = 0 } = index["relation"] as { location?: number };
  const from = Buffer.from(sql, "utf8").subarray(location).toString("utf8");
  const name = String(index["idxname"] ?? "");
  const [, text = ""] =
    /^(?:(?:[^\s"(.]+|"(?:[^"]|"")*")\s*\.\s*)?(?:[^\s"(.]+|"(?:[^"]|"")*")([\s\S]*)$/.exec(from) ?? [];
  // A comment would swallow what is written behind it on one line.
  if (name === "" || text === "" || text.includes("--")) return undefined;
  const oneLine = text.trim().replace(/;$/, "").replace(/\s+/g, " ");
  const body = /^USING /i.test(oneLine)
    ? oneLine.replace(/^USING (\w+) ?/i, (_, method: string) => `USING ${method.toLowerCase()} `)
    : `USING btree ${oneLine}`;
  return { name, unique: index["unique"] === true, body };
}
