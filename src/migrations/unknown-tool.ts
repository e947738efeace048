import { PlanGateError } from "../errors.js";
import type { MigrationFile } from "./layout.js";

const hint =
  "This tool's files are not understood: run it with `migrations.command`, or keep what undoes migrations elsewhere.";

/** Refuses scripts that undo: run after those that do, they would leave an empty schema, and no error. */
export function refuseDownFiles(names: readonly string[], prefix: string): void {
  const all = new Set(names);
  const down = names.find(
    (name) =>
      /\.(?:down|rollback|revert)\.sql$/i.test(name) ||
      // `010_scale_down.sql` says what it does, `010_items_down.sql` beside `010_items_up.sql` undoes it.
      (/(?:^|[_/-])down\.sql$/i.test(name) && all.has(name.replace(/down\.sql$/i, "up.sql"))) ||
      /(?:^|\/)(?:down|rollback|revert)\//i.test(name),
  );
  if (down === undefined) return;
  throw new PlanGateError("input-missing", `${prefix}${down} looks like a script that undoes a migration`, {
    hint,
    place: { file: prefix + down },
  });
}

/** dbmate, goose and sql-migrate keep both directions in one file. */
export function refuseDownSections({ file, sql }: MigrationFile): void {
  const found = /^[ \t]*--[ \t]*(?:migrate:down|\+goose[ \t]+down|\+migrate[ \t]+down)\b/im.exec(sql);
  if (!found) return;
  const line = sql.slice(0, found.index).split("\n").length;
  throw new PlanGateError("input-missing", `\`${found[0].trim()}\` begins what undoes the migration`, {
    hint,
    place: { file, line },
  });
}
