import levenshtein from "fastest-levenshtein";
import type { SeedSettings } from "../config/settings.js";
import { connect, endOnAbort } from "../database/connect.js";
import { PlanGateError } from "../errors.js";
import type { MigrationFile } from "../migrations/layout.js";
import { type CommandRequest, runCommand } from "../subprocess.js";
import { readSeedFiles, runSeedFiles, type SeedFile } from "./files.js";

/** A seed, read and ready to run. */
export type Seed = (
  | { readonly kind: "files"; readonly files: readonly SeedFile[] }
  | { readonly kind: "command"; readonly command: string }
) & {
  /** How many times the usual rows the seed is asked for. Absent: 1. */
  readonly scale?: number;
};

/** Reads what the settings name, before any server is started; no seed is a seed without files. */
export async function readSeed(root: string, settings: SeedSettings | undefined): Promise<Seed> {
  if (settings === undefined) return { kind: "files", files: [] };
  const { scale = 1 } = settings;
  if ("command" in settings) return { kind: "command", command: settings.command, scale };
  return { kind: "files", files: await readSeedFiles(root, settings.files), scale };
}

/** What a seed runs in. */
export type SeedSurroundings = Omit<CommandRequest, "command" | "setting" | "code"> & {
  /** For sessions that fill tables. */
  readonly sessionSettings: Readonly<Record<string, string>>;
};

/** Fills the database, as its owner. */
export async function runSeed(seed: Seed, { sessionSettings, ...surroundings }: SeedSurroundings): Promise<void> {
  const scale = scaleText(seed.scale ?? 1);
  if (seed.kind === "command") {
    // Before the command itself: whoever copies it from an error's hint runs it under the same scale.
    const command = `export PLAN_GATE_SEED_SCALE=${scale}; ${seed.command}`;
    await runCommand({ ...surroundings, command, setting: "seed.command", code: "seed-failed" });
    return;
  }
  const settings = { ...sessionSettings, "plan_gate.seed_scale": scale };
  await using client = await connect(surroundings.url, { settings, asOwner: true });
  using _abort = endOnAbort(client, surroundings.signal);
  await runSeedFiles(client, seed.files, surroundings.progress);
}

/** As PostgreSQL's numeric and any shell's arithmetic read it: never with an exponent. */
function scaleText(scale: number): string {
  return Number.isInteger(scale) ? String(scale) : scale.toFixed(6).replace(/0+$/, "");
}

/** Cuts the migrations behind the one that `seed.after` names. */
export function splitAtMigration(
  files: readonly MigrationFile[],
  after: string,
): readonly [before: readonly MigrationFile[], after: readonly MigrationFile[]] {
  const refuse = (message: string, hint: string) => new PlanGateError("settings-invalid", message, { hint });
  const wanted = after.replace(/^\.\//, "");
  const exact = files.filter(({ file }) => file === wanted);
  const [found, twin] = exact.length > 0 ? exact : files.filter(({ names }) => names.includes(wanted));
  if (found && twin)
    throw refuse(
      `\`seed.after\`: \`${after}\` may be ${found.file} or ${twin.file}`,
      `Write the path: \`after: ${found.file}\`.`,
    );
  if (found) {
    const end = files.indexOf(found) + 1;
    return [files.slice(0, end), files.slice(end)];
  }
  const near = levenshtein.closest(
    wanted,
    files.flatMap(({ names }) => names),
  );
  throw refuse(
    `\`seed.after\`: there is no migration \`${after}\``,
    files.length === 0 ? "`seed.after` needs `migrations.dir`." : `Did you mean \`${near}\`?`,
  );
}
