import { parse } from "../sql/parser.js";
import type { MigrationFile } from "./layout.js";

/** Names of the roles that files create. */
export async function createdRoles(files: readonly MigrationFile[]): Promise<ReadonlySet<string>> {
  const roles = new Set<string>();
  for (const { sql } of files) {
    // Statement by statement: a file may hold what the parser does not read, such as COPY's data.
    for (const [statement] of sql.matchAll(/\bcreate\s+(?:role|user|group)\b[^;]*(?:;|$)/gi)) {
      const { stmts = [] } = await parse(statement).catch(() => ({ stmts: [] }));
      for (const { stmt } of stmts) {
        const name = (stmt as { CreateRoleStmt?: { role?: string } } | undefined)?.CreateRoleStmt?.role;
        if (name !== undefined) roles.add(name);
      }
    }
  }
  return roles;
}
