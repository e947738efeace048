import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { PlanGateError } from "../../errors.js";
import { isSupported, readVersion, waitUntilAnswering, withConnection } from "../answering.js";
import type { Provider, Server, ServerRequest } from "../provider.js";
import { refuseUnappliable } from "../server-settings.js";
import { interrupted } from "../start-failure.js";

/** A server that the user names. The gate makes databases of its own there and touches no other. */
export const url: Provider = {
  id: "url",
  summary: "A server that runs already, by its URL: plan-gate makes databases of its own there and drops them.",

  async unavailable(request) {
    return request.url ? undefined : "no `postgres.url` is set";
  },

  async start(request) {
    const address = readUrl(request);
    const limit = AbortSignal.any([request.signal, AbortSignal.timeout(request.startTimeoutSeconds * 1_000)]);
    const config = {
      connectionString: address.href,
      connectionTimeoutMillis: Math.min(10, request.startTimeoutSeconds) * 1_000,
    };
    const work = waitUntilAnswering(config, limit, saysThatItStarts).then(() =>
      withConnection(config, limit, (client) => checkServer(client, request)),
    );
    try {
      const version = await Promise.race([work, rejectOn(limit)]);
      return serverAt(address.href, version);
    } catch (error) {
      if (request.signal.aborted) throw interrupted();
      throw explained(error, address, request);
    }
  },

  /** Nothing of ours is a server here; databases are swept by those who make them. */
  async sweep() {},
};

/** There is nothing to release: the connections to check the server are closed, and the server is the user's. */
function serverAt(href: string, version: string): Server {
  return {
    url: href,
    own: false,
    description: `Postgres ${version} of \`postgres.url\``,
    async [Symbol.asyncDispose]() {},
  };
}

function readUrl({ url: text }: ServerRequest): URL {
  const hint =
    "Write `postgres.url` as `postgres://user:password@host:5432/database`, special characters percent-encoded.";
  if (!text) {
    throw new PlanGateError("settings-invalid", "`postgres.provider: url` needs `postgres.url`, which is not set", {
      hint,
    });
  }
  const address = URL.canParse(text) ? new URL(text) : undefined;
  // The text is kept out of the message: it may hold a password.
  if (!address || !["postgres:", "postgresql:"].includes(address.protocol)) {
    throw new PlanGateError("settings-invalid", "`postgres.url` is not a PostgreSQL URL", { hint });
  }
  if (address.pathname.length <= 1) address.pathname = "/postgres";
  return address;
}

/** Throws where the gate could not do its work on this server; returns the version. */
async function checkServer(
  client: pg.Client,
  { major: wanted, settings, userSettings }: ServerRequest,
): Promise<string> {
  const { major, version } = await readVersion(client);
  if (!isSupported(major)) {
    throw new PlanGateError(
      "database-refused",
      `the server of \`postgres.url\` runs Postgres ${version}, which is not supported`,
      {
        hint: "Name a server of a major version from 14 to 18.",
      },
    );
  }
  if (wanted !== undefined && major !== wanted) {
    throw new PlanGateError(
      "settings-invalid",
      `the server of \`postgres.url\` runs Postgres ${version}, but \`postgres.version\` is ${wanted}`,
      { hint: `Set \`postgres.version: ${major}\`, or name a server of major version ${wanted}.` },
    );
  }
  const { rows } = await client.query<{ name: string; superuser: boolean; recovering: boolean }>(
    "select rolname as name, rolsuper as superuser, pg_is_in_recovery() as recovering from pg_roles where rolname = current_user",
  );
  const role = rows[0];
  if (!role?.superuser) {
    throw new PlanGateError("database-refused", `role \`${role?.name}\` of \`postgres.url\` is not a superuser`, {
      hint: `Run \`ALTER ROLE ${client.escapeIdentifier(role?.name ?? "")} SUPERUSER\` on a server for tests, or let plan-gate start a server itself.`,
    });
  }
  if (role.recovering) {
    throw new PlanGateError(
      "database-refused",
      "the server of `postgres.url` is a standby: nothing can be created there",
      {
        hint: "Name a primary server.",
      },
    );
  }
  await refuseUnappliable(client, settings, userSettings);
  return version;
}

/** 57P03 alone: unlike a server of our own, one that does not listen will not begin to. */
const saysThatItStarts = (error: unknown) => (error as { code?: string }).code === "57P03";

async function rejectOn(signal: AbortSignal): Promise<never> {
  await sleep(2 ** 31 - 1, undefined, { signal, ref: false });
  throw new Error("a timer of 24 days ran out");
}

function explained(error: unknown, address: URL, { startTimeoutSeconds }: ServerRequest): unknown {
  if (error instanceof PlanGateError) return error;
  const { code = "", message, name } = error as Error & { code?: string };
  const at = `\`${address.host || "the local socket"}\` (\`postgres.url\`)`;
  const user = decodeURIComponent(address.username);
  const refused = (text: string, hint: string) => new PlanGateError("database-refused", text, { hint, cause: error });
  const unreachable = (text: string, hint: string) =>
    new PlanGateError("database-unreachable", text, { hint, cause: error });
  switch (code) {
    case "28P01":
      return refused(
        `${at} refuses the password of role \`${user}\``,
        "Correct the user name or the password in `postgres.url`.",
      );
    case "28000":
      return refused(
        `${at} refuses role \`${user}\`: ${message}`,
        "Check the role's LOGIN right and the server's pg_hba.conf.",
      );
    case "3D000":
      return refused(
        `${at} has no database \`${decodeURIComponent(address.pathname.slice(1))}\``,
        "Name one that exists in `postgres.url`, for example `postgres`; plan-gate only connects to it and makes databases of its own.",
      );
    case "53300":
      return unreachable(`${at} has no free connection`, "End some connections, or raise `max_connections` there.");
    case "57P03":
      return unreachable(
        `${at} is still starting`,
        "Wait until it accepts connections, or raise `postgres.startTimeoutSeconds`.",
      );
  }
  if (name === "AbortError" || /timeout/i.test(message)) {
    return unreachable(
      `${at} did not answer within ${startTimeoutSeconds} seconds`,
      "Check host, port and firewall, or raise `postgres.startTimeoutSeconds`.",
    );
  }
  if (isNetworkError(code) || /SSL|TLS|certificate|Connection terminated|SASL|SCRAM/i.test(message)) {
    return unreachable(
      `cannot connect to ${at}: ${describe(error)}`,
      "Check host, port, password and `sslmode` in `postgres.url`, and that the server runs.",
    );
  }
  return error;
}

const isNetworkError = (code: string) => /^(?:E[A-Z_]+|CERT_\w+|DEPTH_\w+|SELF_\w+|UNABLE_\w+|08\w{3})$/.test(code);

/** A host with several addresses fails with all their errors at once, and no message of its own. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join(", ");
  return (error as Error).message || ((error as { code?: string }).code ?? "no reason given");
}
