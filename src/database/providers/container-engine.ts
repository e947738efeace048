// Imports testcontainers, and is itself imported on demand: a dynamic import of the CommonJS package would lose its
// named exports in a bundle.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type ContainerRuntimeClient, GenericContainer, ImageName, type WaitStrategy } from "testcontainers";
import { PlanGateError } from "../../errors.js";
import { isSupported, type ServerVersion, waitUntilAnswering } from "../answering.js";
import { ownTag } from "../leftovers.js";
import { defaultMajor, type Server, type ServerRequest } from "../provider.js";
import { serverArguments } from "../server-settings.js";
import { explainFailedStart, interrupted } from "../start-failure.js";
import { connectEngine, ownerLabel, remove } from "./container-runtime.js";
import { dockerMissing, ImageUnavailable } from "./docker-missing.js";

/** Below our own tmpfs: the official image moved its data folder in 18, and refuses mounts on the former one. */
const home = "/var/lib/plan-gate";

/** A container that is being started, and what has become known of it. */
interface Attempt {
  readonly client: ContainerRuntimeClient;
  readonly image: string;
  readonly password: string;
  readonly request: ServerRequest;
  /** From here on the library must be waited for: it may be about to create the container. */
  pulled?: true;
  /** Undefined until Docker has created it. */
  id?: string;
  /** What the image's entry point and Postgres wrote, read when the container ended early. */
  log?: string;
  answered?: ServerVersion;
  url?: string;
}

/** Starts the container, on loopback only, with a random password, and removes it when disposed. */
export async function startContainer(request: ServerRequest): Promise<Server> {
  const client = await connectEngine().catch((cause: unknown) => {
    throw dockerMissing(cause);
  });
  const image = request.image ?? `postgres:${request.major ?? defaultMajor}`;
  const start = (memory: boolean) =>
    attemptStart({ client, image, request, password: randomBytes(24).toString("hex") }, memory);
  try {
    return await start(true);
  } catch (error) {
    // Not every engine that speaks Docker's API can mount memory.
    if (error instanceof PlanGateError || !/tmpfs/i.test((error as Error).message)) throw error;
    return start(false);
  }
}

async function attemptStart(attempt: Attempt, memory: boolean): Promise<Server> {
  const { client, request } = attempt;
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(interrupted());
    request.signal.addEventListener("abort", onAbort, { once: true });
  });
  if (request.signal.aborted) throw interrupted();
  const starting = pull(attempt).then(() => run(attempt, memory));
  try {
    const server = await Promise.race([starting, aborted]);
    checkMajor(attempt);
    return server;
  } catch (error) {
    // A pull cannot be cut short, but nothing follows it once the signal is aborted.
    if (attempt.pulled) await Promise.allSettled([starting]);
    if (attempt.id !== undefined) await remove(client, attempt.id);
    throw request.signal.aborted ? interrupted() : explained(error, attempt);
  } finally {
    request.signal.removeEventListener("abort", onAbort);
  }
}

function checkMajor({ answered, image, request }: Attempt): void {
  if (!answered) throw new Error("a container was ready without an answer");
  const { major, version } = answered;
  if (request.major !== undefined && major !== request.major) {
    throw new PlanGateError(
      "settings-invalid",
      `the image \`${image}\` runs Postgres ${version}, but \`postgres.version\` is ${request.major}`,
      { hint: `Set \`postgres.version: ${major}\`, or name an image of major version ${request.major}.` },
    );
  }
  if (isSupported(major)) return;
  throw new PlanGateError(
    "database-refused",
    `the image \`${image}\` runs Postgres ${version}, which is not supported`,
    { hint: "Name an image of a major version from 14 to 18." },
  );
}

async function pull({ client, image, request }: Attempt): Promise<void> {
  try {
    const name = ImageName.fromString(image);
    if (await client.image.exists(name)) return;
    request.progress(`pulling the image ${image}`);
    await client.image.pull(name);
    // A pull that fails half-way ends without an error.
    if (!(await client.image.exists(name))) throw new Error("the registry sent no whole image");
  } catch (cause) {
    throw new ImageUnavailable(image, reasonOf(cause), cause);
  }
}

async function run(attempt: Attempt, memory: boolean): Promise<Server> {
  const { client, image, password, request } = attempt;
  const built = new LoopbackContainer(image, attempt)
    // Without the helper container by which testcontainers cleans up: another image to pull. `removeAbandoned` does it.
    .withAutoCleanup(false)
    .withLabels({ [ownerLabel]: await ownTag() })
    .withEnvironment({
      POSTGRES_USER: "postgres",
      POSTGRES_PASSWORD: password,
      POSTGRES_DB: "postgres",
      POSTGRES_INITDB_ARGS: `--encoding=UTF8 --locale=${shellQuoted(request.locale)} --lc-messages=C`,
      PGDATA: `${home}/data`,
      TZ: "UTC",
    })
    .withExposedPorts(5432)
    // Docker's 64 MB are too few for parallel hash joins. A limit, not an allocation.
    .withSharedMemorySize(1024 ** 3)
    .withCommand(["postgres", ...serverArguments(request.settings)])
    .withWaitStrategy(readyWhenAnswering(attempt))
    .withStartupTimeout(request.startTimeoutSeconds * 1_000);
  if (memory) built.withTmpFs({ [home]: "rw" });
  await built.start();
  return {
    url: attempt.url ?? "",
    own: true,
    description: `container ${image}, Postgres ${attempt.answered?.version}`,
    async [Symbol.asyncDispose]() {
      if (attempt.id !== undefined) await remove(client, attempt.id);
    },
  };
}

/** Listens on loopback only, which the library has no option for, and tells its id as soon as it exists. */
class LoopbackContainer extends GenericContainer {
  readonly #attempt: Attempt;

  constructor(image: string, attempt: Attempt) {
    super(image);
    this.#attempt = attempt;
  }

  protected override async beforeContainerCreated(): Promise<void> {
    const { client, request } = this.#attempt;
    if (request.signal.aborted) throw interrupted();
    this.#attempt.pulled = true;
    // An engine on another machine can only be reached from outside of its loopback.
    const HostIp = (await isThisMachine(client.info.containerRuntime.host)) ? "127.0.0.1" : "";
    this.hostConfig.PortBindings = { "5432/tcp": [{ HostIp, HostPort: "" }] };
  }

  protected override async containerCreated(id: string): Promise<void> {
    this.#attempt.id = id;
    if (!this.#attempt.request.signal.aborted) return;
    await remove(this.#attempt.client, id);
    throw interrupted();
  }
}

/**
 * Whether the engine publishes ports on this machine. In a container testcontainers names the bridge's gateway, which
 * is another machine when only the engine's socket was mounted, and this one when the engine runs in here too. Only what
 * can be listened on is ours: the list of interfaces leaves a bridge out on which no container runs yet.
 */
async function isThisMachine(host: string): Promise<boolean> {
  if (["localhost", "127.0.0.1", "::1"].includes(host)) return true;
  const probe = createServer();
  try {
    await once(probe.listen(0, host), "listening");
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

/**
 * Ready is what answers a query on the mapped port: the entry point's own server, which runs initdb's scripts, does not
 * listen there, and an image need not bring `pg_isready`. A container that has ended fails at once, with its log.
 */
function readyWhenAnswering(attempt: Attempt): WaitStrategy {
  let timeoutMs = 60_000;
  const strategy: WaitStrategy = {
    async waitUntilReady(created, boundPorts) {
      const { host } = attempt.client.info.containerRuntime;
      const address = (await isThisMachine(host)) ? "127.0.0.1" : host;
      attempt.url = `postgres://postgres:${attempt.password}@${address}:${boundPorts.getBinding(5432)}/postgres`;
      const ended = new AbortController();
      const limit = AbortSignal.any([attempt.request.signal, AbortSignal.timeout(timeoutMs), ended.signal]);
      const watch = async () => {
        while (!limit.aborted) {
          const { State } = await created.inspect();
          if (!State.Running) ended.abort();
          else await sleep(200, undefined, { signal: limit }).catch(() => {});
        }
      };
      const watching = watch().catch(() => ended.abort());
      try {
        attempt.answered = await waitUntilAnswering({ connectionString: attempt.url, ssl: false }, limit);
      } catch (error) {
        attempt.log = await readLog(created);
        throw error;
      } finally {
        ended.abort();
        await watching;
      }
    },
    withStartupTimeout(startupTimeoutMs) {
      timeoutMs = startupTimeoutMs;
      return strategy;
    },
    isStartupTimeoutSet: () => true,
    getStartupTimeout: () => timeoutMs,
  };
  return strategy;
}

/** The end of the container's log. Docker frames it: eight bytes before each piece, the last four its length. */
async function readLog(created: Parameters<WaitStrategy["waitUntilReady"]>[0]): Promise<string> {
  const raw = await created.logs({ follow: false, stdout: true, stderr: true, tail: 200 }).catch(() => Buffer.alloc(0));
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length; ) {
    const end = at + 8 + raw.readUInt32BE(at + 4);
    pieces.push(raw.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** The entry point evaluates its arguments in a shell. */
const shellQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function explained(error: unknown, { image, id, log = "", request }: Attempt): unknown {
  if (error instanceof PlanGateError) return error;
  const what = `container ${image}`;
  if ((error as Error).name === "TimeoutError") {
    return new PlanGateError(
      "database-unreachable",
      `${what} did not answer within ${request.startTimeoutSeconds} seconds${lastLine(log)}`,
      { hint: "Raise `postgres.startTimeoutSeconds`, or find out what keeps this machine busy.", cause: error },
    );
  }
  if (log !== "") {
    return explainFailedStart({ what, log, locale: request.locale, where: "the container", cause: error });
  }
  const message = reasonOf(error);
  if (id === undefined && /no such image|not found: manifest/i.test(message))
    return new ImageUnavailable(image, message, error);
  if (/tmpfs/i.test(message)) return error;
  return new PlanGateError("database-unreachable", `could not start ${what}: ${message}`, {
    hint: "Check `docker info` and that the image is one of Postgres, or set `postgres.provider: embedded`.",
    cause: error,
  });
}

function lastLine(log: string): string {
  const line = log.trim().split("\n").at(-1)?.trim();
  return line ? `; its last word: ${line}` : "";
}

/** Docker's own words, without the "(HTTP code 404) unexpected - " before them. */
function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/^\(HTTP code \d+\) [^-]*- /, "").trim();
}
