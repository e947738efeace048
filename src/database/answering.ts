import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { supportedMajors } from "./provider.js";

/** What a server says it is. */
export interface ServerVersion {
  readonly major: number;
  /** "17.10", without what a distribution appends. */
  readonly version: string;
}

/**
 * Runs `work` on a connection of its own, which an abort cuts. Errors are those of `pg`: each provider knows what they
 * mean to its users.
 */
export async function withConnection<T>(
  config: pg.ClientConfig,
  signal: AbortSignal,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const socket = new Socket();
  const client = new pg.Client({
    connectionTimeoutMillis: 10_000,
    application_name: "plan-gate",
    ...config,
    stream: () => socket,
  });
  // A server that goes away is reported by the query under way; without a listener it would end the process.
  client.on("error", () => {});
  const cut = () => socket.destroy();
  signal.addEventListener("abort", cut, { once: true });
  try {
    await client.connect();
    return await work(client);
  } finally {
    signal.removeEventListener("abort", cut);
    await client.end().catch(() => {});
    socket.destroy();
  }
}

/** The version of the server behind a connection. */
export async function readVersion(client: pg.Client): Promise<ServerVersion> {
  const { rows } = await client.query<{ number: number; version: string }>(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as version",
  );
  const [row] = rows;
  if (!row) throw new Error("a select without a table returned no row");
  return { major: Math.floor(row.number / 10_000), version: row.version.split(" ")[0] ?? row.version };
}

/** Whether this is a major that plan-gate knows the plans of. */
export function isSupported(major: number): boolean {
  return supportedMajors.some((supported) => supported === major);
}

/**
 * Connects again and again until a server that is starting answers. Throws the signal's reason, or at once the error
 * that waiting does not cure.
 */
export async function waitUntilAnswering(
  config: pg.ClientConfig,
  signal: AbortSignal,
  isStarting: (error: unknown) => boolean = looksStarting,
): Promise<ServerVersion> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await withConnection({ connectionTimeoutMillis: 3_000, ...config }, signal, readVersion);
    } catch (error) {
      if (!isStarting(error)) throw error;
    }
    await sleep(30, undefined, { signal }).catch(() => {});
  }
}

/** Nobody listens yet, or a proxy in front of nobody hangs up, or Postgres says itself that it is starting (57P03). */
function looksStarting(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    ["ECONNREFUSED", "ECONNRESET", "EPIPE", "57P03"].includes(code ?? "") ||
    /connection terminated|timeout expired/i.test(message ?? "")
  );
}
