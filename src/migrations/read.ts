import { stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { PlanGateError } from "../errors.js";
import { workTree } from "../files/tree.js";
import { flyway } from "./flyway.js";
import type { Layout, MigrationFile } from "./layout.js";
import { plain } from "./plain.js";
import { refuseDownFiles, refuseDownSections } from "./unknown-tool.js";

/** Every layout, the more particular first. The only place a layout is registered. */
const layouts: readonly Layout[] = [flyway, plain];

/** Reads the migrations of a folder, in the order in which they are applied. */
export async function readMigrations(root: string, dir: string): Promise<readonly MigrationFile[]> {
  const folder = posix.normalize(dir).replace(/\/+$/, "");
  await requireFolder(root, folder);
  const tree = workTree(root);
  const paths = await tree.find([folder], ".sql");
  if (paths.length === 0)
    throw refusal(
      folder,
      "the folder of migrations has no .sql file",
      "Put the schema's SQL there, or name another folder with `migrations.dir`.",
    );
  const prefix = folder === "." ? "" : `${folder}/`;
  const names = paths.map((path) => path.slice(prefix.length));
  refuseDownFiles(names, prefix);
  const ordered = orderNames(names, prefix);
  const texts = await tree.read(ordered.map(({ name }) => prefix + name));
  const files = ordered.map(({ name, names: called }, index) => ({
    file: prefix + name,
    names: called,
    sql: texts[index] ?? "",
  }));
  for (const file of files) refuseDownSections(file);
  return files;
}

async function requireFolder(root: string, folder: string): Promise<void> {
  const found = await stat(join(root, folder)).catch(() => undefined);
  if (!found)
    throw refusal(
      folder,
      "there is no such folder of migrations",
      "Create it, or name yours with `migrations.dir` in the settings file.",
    );
  if (!found.isDirectory())
    throw refusal(folder, "`migrations.dir` names a file, not a folder", "Name the folder that holds the migrations.");
}

function refusal(folder: string, message: string, hint: string): PlanGateError {
  return new PlanGateError("input-missing", message, { hint, place: { file: folder } });
}

/** A layout knows names within its folder; what it says about one is said with the path. */
function orderNames(names: readonly string[], prefix: string): ReturnType<Layout["order"]> {
  const layout = layouts.find((one) => one.recognises(names)) ?? plain;
  try {
    return layout.order(names);
  } catch (error) {
    if (!(error instanceof PlanGateError) || !error.place) throw error;
    const { code, message, hint, place } = error;
    throw new PlanGateError(code, message, { hint, place: { ...place, file: prefix + place.file }, cause: error });
  }
}
