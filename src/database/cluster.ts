import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlanGateError } from "../errors.js";
import { waitUntilAnswering } from "./answering.js";
import { type Binaries, isReadableForNobody, isRoot, nobody } from "./binaries.js";
import { abandonedFolders, makeOwnedFolder, removeFolder } from "./leftovers.js";
import { endPostgresIn } from "./processes.js";
import type { Server, ServerRequest } from "./provider.js";
import { serverArguments } from "./server-settings.js";
import { explainFailedStart, interrupted } from "./start-failure.js";

const homePrefix = "plan-gate-postgres-";

/** A throw-away cluster while it is made: its private folder, and what every step needs. */
interface Cluster {
  /** Ours alone; holds `data` (of `nobody` if we are root) and perhaps libraries. */
  readonly home: string;
  readonly data: string;
  /** The folder that `home` is in, for messages. */
  readonly where: string;
  readonly what: string;
  readonly password: string;
  readonly binaries: Binaries;
  readonly request: ServerRequest;
  /** Aborted by Ctrl-C, and when the time to start is over. */
  readonly limit: AbortSignal;
}

/** Makes a cluster in a private temporary folder, starts it on a free port of 127.0.0.1, and removes all of it when disposed. */
export async function startCluster(
  kind: "embedded" | "local",
  request: ServerRequest,
  prepare: (home: string) => Promise<Binaries>,
  findPort: () => Promise<number> = freePort,
): Promise<Server> {
  const where = await temporaryFolder(request.env);
  const home = await makeHome(where);
  const remove = async () => {
    await endPostgresIn(home);
    await removeFolder(home);
  };
  try {
    const binaries = await prepare(home);
    const cluster: Cluster = {
      home,
      data: join(home, "data"),
      where,
      what: `${kind} Postgres ${binaries.major}`,
      password: randomBytes(24).toString("hex"),
      binaries,
      request,
      limit: AbortSignal.any([request.signal, AbortSignal.timeout(request.startTimeoutSeconds * 1_000)]),
    };
    await initialise(cluster);
    const port = await startOnFreePort(cluster, findPort);
    return {
      url: urlOf(cluster, port),
      own: true,
      description: `${kind} Postgres ${binaries.version}`,
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw explained(error, where, request);
  }
}

/** Ends and removes the clusters of runs that were killed. */
export async function sweepClusters({ env, progress }: Pick<ServerRequest, "env" | "progress">): Promise<void> {
  for (const home of await abandonedFolders(await temporaryFolder(env), homePrefix)) {
    progress("removing a Postgres server that an earlier run left behind");
    await endPostgresIn(home);
    await removeFolder(home);
  }
}

/** TMPDIR or the system's own; as root one that `nobody` gets to, which TMPDIR need not be. */
async function temporaryFolder(env: ServerRequest["env"]): Promise<string> {
  const usual = env["TMPDIR"] || tmpdir();
  if (!(await stat(usual).catch(() => undefined))?.isDirectory()) {
    throw new PlanGateError("input-missing", `the temporary folder ${usual} does not exist`, {
      hint: "Create it, or set the environment variable TMPDIR to a folder that exists.",
    });
  }
  return isRoot() && !(await isReadableForNobody(usual)) ? "/tmp" : usual;
}

async function makeHome(where: string): Promise<string> {
  try {
    const home = await makeOwnedFolder(where, homePrefix);
    // Others may pass through, as `nobody` must, but not list it; `data` is open to its owner only.
    if (isRoot()) await chmod(home, 0o711);
    return home;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOSPC") throw cause;
    throw new PlanGateError("write-refused", `cannot create a folder in ${where}: ${(cause as Error).message}`, {
      hint: "Set the environment variable TMPDIR to a folder that can be written to.",
      cause,
    });
  }
}

async function initialise(cluster: Cluster): Promise<void> {
  const { home, data, password, binaries, request } = cluster;
  const passwordFile = join(home, "password");
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (isRoot()) for (const path of [data, passwordFile]) await chown(path, nobody, nobody);
  const args = ["-D", data, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8"];
  const initdb = run(cluster, join(binaries.bin, "initdb"), [
    ...args,
    `--locale=${request.locale}`,
    "--lc-messages=C",
    "--no-sync",
  ]);
  const code = await untilEnd(cluster, initdb);
  if (code !== 0) throw failedStart(cluster, initdb.log());
  await rm(passwordFile);
}

/** Tries again when somebody else took the port between our finding it free and the server's binding it. */
async function startOnFreePort(cluster: Cluster, findPort: () => Promise<number>): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findPort();
    const server = run(cluster, join(cluster.binaries.bin, "postgres"), [
      ...["-D", cluster.data, "-p", String(port)],
      ...["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
      ...serverArguments(cluster.request.settings),
    ]);
    const ended = new AbortController();
    // Not "exit": the last lines of the log come before "close" only.
    server.child.once("close", () => ended.abort());
    try {
      await waitUntilAnswering(connectionOf(cluster, port), AbortSignal.any([cluster.limit, ended.signal]));
      // A server that ends later is reported by the query under way.
      return port;
    } catch (cause) {
      if (cluster.limit.aborted) throw cause;
      // Still running: it was another server that answered on that port, and refused our password.
      const taken = !ended.signal.aborted || /Address already in use|could not bind/.test(server.log());
      if (!taken || attempt === 5) throw failedStart(cluster, server.log(), cause);
      await endPostgresIn(cluster.home);
    }
  }
}

const connectionOf = (cluster: Cluster, port: number) => ({
  connectionString: urlOf(cluster, port),
  // Not left to PGSSLMODE, which is meant for another server.
  ssl: false,
});

const urlOf = ({ password }: Cluster, port: number) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

interface Running {
  readonly child: ChildProcess;
  /** The end of what it wrote. */
  log(): string;
}

/** Starts a program as the cluster's user, in its own process group: Ctrl-C in a terminal is ours to handle. */
function run({ home, binaries }: Cluster, program: string, args: readonly string[]): Running {
  const libraries = binaries.libraryFolders.join(":");
  const child = spawn(program, args, {
    cwd: home,
    env: {
      PATH: "/usr/bin:/bin",
      LC_ALL: "C",
      TZ: "UTC",
      ...(libraries ? { [process.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH"]: libraries } : {}),
    },
    // As Node wants it, a signed number.
    ...(isRoot() ? { uid: nobody | 0, gid: nobody | 0 } : {}),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-20_000);
    });
  }
  child.on("error", (error) => {
    text += `\n${error.message}`;
  });
  return { child, log: () => text };
}

/** The exit code, or undefined if a signal ended it. Throws when time is up; the caller ends the process. */
async function untilEnd({ limit }: Cluster, { child }: Running): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(limit.reason);
    limit.addEventListener("abort", onAbort, { once: true });
    if (limit.aborted) onAbort();
    child.once("close", (code) => {
      limit.removeEventListener("abort", onAbort);
      resolve(code ?? undefined);
    });
  });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a TCP server has no port");
  return address.port;
}

function failedStart({ what, where, request }: Cluster, log: string, cause?: unknown): PlanGateError {
  return explainFailedStart({ what, log, locale: request.locale, where, cause });
}

/** What is known to be the user's to solve; anything else stays what it is. */
function explained(error: unknown, where: string, request: ServerRequest): unknown {
  if (request.signal.aborted) return interrupted();
  if (error instanceof PlanGateError) return error;
  const { name, code } = error as { name?: string; code?: string };
  if (name === "TimeoutError") {
    return new PlanGateError(
      "database-unreachable",
      `Postgres did not answer within ${request.startTimeoutSeconds} seconds`,
      { hint: "Raise `postgres.startTimeoutSeconds`, or find out what keeps this machine busy.", cause: error },
    );
  }
  if (code === "ENOSPC" || code === "EDQUOT") {
    return explainFailedStart({ what: "Postgres", log: "No space left on device", locale: "", where, cause: error });
  }
  return error;
}
