import { readFile, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type * as z from "zod";
import { PlanGateError } from "../errors.js";
import { wordsFor } from "./issue-words.js";
import { databaseUrl, majorVersion, providerName } from "./postgres-settings.js";
import { parseSettings, type Settings } from "./settings.js";

/** What the command line or the action's inputs say, as written there. */
export interface SettingsFlags {
  readonly provider?: string;
  readonly postgres?: string;
  readonly databaseUrl?: string;
}

/** The settings, and where they came from. */
export interface LoadedSettings {
  readonly settings: Settings;
  /** Absolute folder of the settings file: what every path in it is relative to. */
  readonly root: string;
  /** The settings file, relative to `root`. */
  readonly file: string;
}

interface LoadRequest {
  /** Absolute. */
  readonly cwd: string;
  /** Of `--config`, relative to `cwd`. */
  readonly config?: string;
  readonly flags: SettingsFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const defaultNames = ["plan-gate.yml", "plan-gate.yaml"] as const;

/** Reads the settings file; environment variables go over it, and flags over those. */
export async function loadSettings({ cwd, config, flags, env }: LoadRequest): Promise<LoadedSettings> {
  const path = await findFile(cwd, chosen({ flag: "--config", given: config }, { variable: "PLAN_GATE_CONFIG", env }));
  const file = basename(path);
  const settings = parseSettings(await readText(path, file), file);
  return { settings: { ...settings, postgres: overlay(settings.postgres, flags, env) }, root: dirname(path), file };
}

/** A value from outside the file, and what to call it in an error. */
interface Given {
  readonly from: string;
  readonly value: string;
}

/** The flag's value, else the variable's. CI passes variables that are not set as empty ones. */
function chosen(
  { flag, given }: { readonly flag: string; readonly given: string | undefined },
  { variable, env }: { readonly variable: string; readonly env: LoadRequest["env"] },
): Given | undefined {
  if (given !== undefined) return { from: flag, value: given };
  const set = env[variable];
  return set === undefined || set === "" ? undefined : { from: variable, value: set };
}

function overlay(file: Settings["postgres"], flags: SettingsFlags, env: LoadRequest["env"]): Settings["postgres"] {
  const provider = chosen({ flag: "--provider", given: flags.provider }, { variable: "PLAN_GATE_PROVIDER", env });
  const version = chosen({ flag: "--postgres", given: flags.postgres }, { variable: "PLAN_GATE_POSTGRES", env });
  const url = chosen({ flag: "--database-url", given: flags.databaseUrl }, { variable: "PLAN_GATE_DATABASE_URL", env });
  return {
    ...file,
    ...(version ? { version: checkGiven(majorVersion, version) } : {}),
    ...(url ? { url: checkGiven(databaseUrl, url), provider: "url" } : {}),
    ...(provider ? { provider: checkGiven(providerName, provider) } : {}),
  };
}

function checkGiven<T>(schema: z.ZodType<T>, { from, value }: Given): T {
  const result = schema.safeParse(value, { error: wordsFor });
  if (result.success) return result.data;
  throw new PlanGateError("settings-invalid", `\`${from}\` ${result.error.issues[0]?.message}`, {
    hint: `Correct \`${from}\`, or leave it out: then the settings file decides.`,
  });
}

async function findFile(cwd: string, given: Given | undefined): Promise<string> {
  if (given) {
    const path = resolve(cwd, given.value);
    if (await isFile(path)) return path;
    throw new PlanGateError("input-missing", `\`${given.from}\` names \`${given.value}\`, which is no file`, {
      hint: `Correct the path, which is relative to ${cwd}, or run \`npx plan-gate init\` to write a settings file.`,
    });
  }
  const found: string[] = [];
  for (const name of defaultNames) if (await isFile(resolve(cwd, name))) found.push(name);
  const [only, other] = found;
  if (only === undefined) {
    throw new PlanGateError("input-missing", `no settings: there is no \`${defaultNames[0]}\` in ${cwd}`, {
      hint: "Run `npx plan-gate init` to write one, or name it by `--config`.",
    });
  }
  if (other !== undefined) {
    throw new PlanGateError("settings-invalid", `there are two settings files: \`${only}\` and \`${other}\``, {
      hint: "Remove one of them, or name the one to use by `--config`.",
    });
  }
  return resolve(cwd, only);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function readText(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new PlanGateError(
      "input-missing",
      `cannot read the settings: ${cause instanceof Error ? cause.message : cause}`,
      {
        hint: "Make the file readable for the user that runs plan-gate.",
        place: { file },
        cause,
      },
    );
  }
}
