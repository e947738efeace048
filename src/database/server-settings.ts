import type pg from "pg";
import { PlanGateError } from "../errors.js";

type Settings = Readonly<Record<string, string>>;

/** One row of `pg_settings`: the running value in `unit`. */
export interface RunningSetting {
  readonly name: string;
  readonly setting: string;
  readonly unit: string | null;
  readonly vartype: string;
  readonly context: string;
}

/** What decides where a server lies and how it is reached: the providers' own business. */
const reserved = new Set([
  ...["port", "listen_addresses", "data_directory", "config_file", "hba_file", "ident_file", "external_pid_file"],
  ...["unix_socket_directories", "unix_socket_group", "unix_socket_permissions", "ssl", "logging_collector"],
]);

/** Refuses the settings by which a user would cut the gate off from its own server. */
export function refuseReservedSettings(userSettings: readonly string[]): void {
  const name = userSettings.find((candidate) => reserved.has(candidate.toLowerCase()));
  if (name === undefined) return;
  throw new PlanGateError("settings-invalid", `\`postgres.settings.${name}\` is decided by plan-gate itself`, {
    hint: "Remove the setting: where the server lies and listens cannot change a plan.",
  });
}

/**
 * `-c name=value` for each setting, below them what makes a throw-away cluster quick. None of ours can change a plan:
 * they are about durability, the write-ahead log and the language of messages.
 */
export function serverArguments(settings: Settings): string[] {
  const named = new Set(Object.keys(settings).map((name) => name.toLowerCase()));
  const archiving = ["wal_level", "max_wal_senders", "archive_mode", "summarize_wal"].some((name) => named.has(name));
  const ours = {
    fsync: "off",
    full_page_writes: "off",
    max_wal_size: "2GB",
    checkpoint_timeout: "1h",
    lc_messages: "C",
    // They only go together: minimal is refused by a server that may have senders, archive or summarise.
    ...(archiving ? {} : { wal_level: "minimal", max_wal_senders: "0" }),
  };
  const added = Object.entries(ours).filter(([name]) => !named.has(name));
  return [...added, ...Object.entries(settings)].flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/**
 * Those of the settings that `ALTER DATABASE … SET` can set on this server: context `user` or `superuser` in
 * `pg_settings`, and names with a dot, which belong to extensions. Left out: what the server does not know, and what
 * needs its configuration file, a reload or a restart.
 */
export async function settingsForDatabase(client: pg.Client, settings: Settings): Promise<string[]> {
  const running = await readRunning(client, Object.keys(settings));
  return Object.keys(settings).filter((name) => {
    const context = running.get(name.toLowerCase())?.context;
    return context === undefined ? name.includes(".") : context === "user" || context === "superuser";
  });
}

/** Refuses user settings that a server of the user's does not know, or that it runs with another value and cannot change for one database. */
export async function refuseUnappliable(
  client: pg.Client,
  settings: Settings,
  userSettings: readonly string[],
): Promise<void> {
  const running = await readRunning(client, userSettings);
  const settable = new Set(await settingsForDatabase(client, settings));
  const fixed = userSettings.filter((name) => settings[name] !== undefined && !settable.has(name));
  const unknown = fixed.find((name) => !running.has(name.toLowerCase()));
  if (unknown !== undefined) {
    throw new PlanGateError("settings-invalid", `the server does not know \`postgres.settings.${unknown}\``, {
      hint: "Check the spelling, and whether the setting exists in this major version of PostgreSQL.",
    });
  }
  const others = fixed.flatMap((name) => {
    const now = running.get(name.toLowerCase());
    const wanted = settings[name] ?? "";
    return now && !isSameValue(now, wanted) ? [`\`${name}\` (wanted ${wanted}, runs with ${shown(now)})`] : [];
  });
  if (others.length === 0) return;
  throw new PlanGateError(
    "settings-invalid",
    `the server of \`postgres.url\` cannot apply settings to one database alone: ${others.join(", ")}`,
    {
      hint: "Set them in the server's own configuration and restart it, remove them from `postgres.settings`, or let plan-gate start a server (`postgres.provider: embedded` or `container`).",
    },
  );
}

async function readRunning(client: pg.Client, names: readonly string[]): Promise<Map<string, RunningSetting>> {
  const { rows } = await client.query<RunningSetting>(
    "select lower(name) as name, setting, unit, vartype, context from pg_settings where lower(name) = any($1)",
    [names.map((name) => name.toLowerCase())],
  );
  return new Map(rows.map((row) => [row.name, row]));
}

/** Whether a value as users write it ("128MB", "on") is the running one, by the setting's type and unit. */
export function isSameValue(running: RunningSetting, wanted: string): boolean {
  switch (running.vartype) {
    case "bool":
      return readBoolean(running.setting) === readBoolean(wanted);
    case "enum":
      return running.setting.toLowerCase() === wanted.trim().toLowerCase();
    case "integer":
    case "real": {
      const value = inUnit(wanted, running.unit);
      if (value === undefined) return false;
      return (running.vartype === "integer" ? Math.round(value) : value) === Number(running.setting);
    }
    default:
      return running.setting === wanted;
  }
}

const shown = ({ setting, unit }: RunningSetting): string => (unit ? `${setting} × ${unit}` : setting);

/** PostgreSQL takes any unambiguous beginning of true, false, yes, no, on, off (parse_bool in bool.c). */
function readBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (word === "1" || (word !== "" && ["true", "yes"].some((full) => full.startsWith(word))) || word === "on")
    return true;
  if (word === "0" || (word !== "" && ["false", "no"].some((full) => full.startsWith(word))) || /^off?$/.test(word)) {
    return false;
  }
  return undefined;
}

/** Bytes and microseconds in the units of guc.c. Case counts there: "mb" is no unit. */
const units: Readonly<Record<string, { readonly kind: "memory" | "time"; readonly size: number }>> = {
  B: { kind: "memory", size: 1 },
  kB: { kind: "memory", size: 1024 },
  MB: { kind: "memory", size: 1024 ** 2 },
  GB: { kind: "memory", size: 1024 ** 3 },
  TB: { kind: "memory", size: 1024 ** 4 },
  us: { kind: "time", size: 1 },
  ms: { kind: "time", size: 1_000 },
  s: { kind: "time", size: 1_000_000 },
  min: { kind: "time", size: 60_000_000 },
  h: { kind: "time", size: 3_600_000_000 },
  d: { kind: "time", size: 86_400_000_000 },
};

/** "128MB" in units of "8kB" is 16384; a number without a unit is in the setting's own. Undefined: not a value of it. */
function inUnit(text: string, unit: string | null): number | undefined {
  const [, amount, suffix = ""] = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([A-Za-z]*)\s*$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  if (suffix === "") return Number(amount);
  const [, times, base = ""] = /^(\d*)([A-Za-z]+)$/.exec(unit ?? "") ?? [];
  const from = units[suffix];
  const to = units[base];
  if (!from || !to || from.kind !== to.kind) return undefined;
  return (Number(amount) * from.size) / (Number(times || 1) * to.size);
}
