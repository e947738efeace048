import pg from "pg";
import { PlanGateError } from "../errors.js";

/** How a session of the gate's own differs from the server's default. */
export interface SessionOptions {
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  /** Run-time settings at the session's start, below any `SET`: `RESET` comes back to them. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly applicationName?: string;
  /** The url is that of a role which is no superuser and may not set lc_messages: it gets the server's. */
  readonly asOwner?: true;
}

/** The url of `url`'s server for another database or user. */
export function urlFor(url: string, { database, user, password }: SessionOptions): string {
  const changed = new URL(url);
  if (database !== undefined) changed.pathname = `/${encodeURIComponent(database)}`;
  if (user !== undefined) changed.username = encodeURIComponent(user);
  if (password !== undefined) changed.password = encodeURIComponent(password);
  return changed.href;
}

/** A session that closes itself. Messages come in English, so that a laptop and a runner report the same. */
export async function connect(url: string, options: SessionOptions = {}): Promise<pg.Client & AsyncDisposable> {
  const settings = { ...(options.asOwner ? {} : { lc_messages: "C" }), ...options.settings };
  const client = new pg.Client({
    connectionString: urlFor(url, options),
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, "\\$&")}`)
      .join(" "),
    application_name: options.applicationName ?? "plan-gate",
    connectionTimeoutMillis: 30_000,
  });
  // Without a listener a server that goes away between two queries would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw new PlanGateError(
      "database-unreachable",
      `the server refused a session: ${cause instanceof Error ? cause.message : cause}`,
      {
        hint: "Look at the server's log; with `postgres.url`, check that pg_hba.conf lets password logins in.",
        cause,
      },
    );
  }
  return Object.assign(client, {
    async [Symbol.asyncDispose]() {
      await client.end().catch(() => undefined);
    },
  });
}

/** Ends the session on Ctrl-C, so that a statement that runs for minutes does not hold the exit up. */
export function endOnAbort(client: pg.Client, signal: AbortSignal): Disposable {
  const end = () => void client.end().catch(() => undefined);
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", end) };
}
