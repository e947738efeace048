import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { type ErrorCode, PlanGateError } from "./errors.js";

/** A command of the user's, and in what surroundings it runs. */
export interface CommandRequest {
  readonly command: string;
  /** As the settings name it: `migrations.command`. */
  readonly setting: string;
  readonly code: ErrorCode;
  readonly cwd: string;
  /** Of our own; only what a shell needs is handed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the database to work on. */
  readonly url: string;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** What a tool may need of our environment. Tokens and GitHub's files are not among it. */
const handedOn = new RegExp(
  `^(${[
    "PATH|HOME|USER|LOGNAME|SHELL|TERM|TMPDIR|TZ|LANG|LANGUAGE|LC_[A-Z]+|XDG_[A-Z_]+|CI|LD_LIBRARY_PATH",
    "(?:HTTPS?|NO|ALL)_PROXY|(?:https?|no|all)_proxy|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE",
    "NODE_PATH|NVM_DIR|NVM_BIN|FNM_DIR|VOLTA_HOME|PNPM_HOME|COREPACK_HOME|DENO_DIR|BUN_INSTALL",
    "JAVA_HOME|GRADLE_USER_HOME|MAVEN_HOME|M2_HOME|DOTNET_ROOT|GOPATH|GOROOT|GOCACHE|GOMODCACHE|CARGO_HOME|RUSTUP_HOME",
    "PYTHONPATH|VIRTUAL_ENV|CONDA_PREFIX|PYENV_ROOT|GEM_HOME|GEM_PATH|RBENV_ROOT|BUNDLE_GEMFILE|BUNDLE_PATH|ASDF_DIR",
    "ASDF_DATA_DIR|MISE_DATA_DIR",
  ].join("|")})$`,
);

const tailCharacters = 2_000;
/** Milliseconds from SIGTERM to SIGKILL. */
const graceMs = 2_000;
/** Milliseconds in which a command's last words may arrive after its end. */
const drainMs = 200;

/** Runs a command by `/bin/sh -c` in a process group of its own, of which nothing is left when this returns. */
export async function runCommand(request: CommandRequest): Promise<void> {
  const { command, setting, code, cwd, signal } = request;
  signal.throwIfAborted();
  const child = spawn("/bin/sh", ["-c", command], {
    cwd,
    env: commandEnvironment(request.env, request.url),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const output = listen(child, request);
  let ending: Promise<void> | undefined;
  const end = () => {
    ending ??= endGroup(child.pid);
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    const status = await statusOf(child);
    signal.throwIfAborted();
    if (status === 0) return;
    throw new PlanGateError(code, `\`${setting}\` ended with ${status}: ${lastLines(output())}`, {
      hint:
        status === 127
          ? `Install what \`${command}\` calls, or correct its path: it runs in the settings file's folder.`
          : `Run \`${command}\` yourself with DATABASE_URL set to an empty database.`,
    });
  } finally {
    signal.removeEventListener("abort", end);
    // A command may leave children behind that still hold the database.
    end();
    await ending;
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

/** Keeps the end of what the command prints, and shows its last line. */
function listen(child: ChildProcess, { url, progress }: CommandRequest): () => string {
  const secret = decodeURIComponent(new URL(url).password);
  let tail = "";
  const hear = (chunk: string) => {
    tail = (tail + chunk).slice(-tailCharacters);
    const line = readable(tail).trimEnd().split("\n").at(-1) ?? "";
    if (line !== "") progress(line.slice(0, 100));
  };
  const readable = (text: string) => {
    const plain = stripVTControlCharacters(text).replace(/\r(?!\n)/g, "\n");
    return secret === "" ? plain : plain.replaceAll(secret, "***");
  };
  child.stdout?.setEncoding("utf8").on("data", hear);
  child.stderr?.setEncoding("utf8").on("data", hear);
  return () => readable(tail);
}

/** The exit code or the signal's name. A background process that keeps the pipes open is not waited for. */
async function statusOf(child: ChildProcess): Promise<number | string> {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const status = await new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exit, killedBy) => resolve(exit ?? killedBy ?? "unknown"));
  });
  await Promise.race([closed, sleep(drainMs)]);
  return status;
}

/** SIGTERM for the whole group, and SIGKILL for what is still there after two seconds. */
async function endGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  const send = (signal: NodeJS.Signals | 0) => {
    try {
      return process.kill(-pid, signal);
    } catch {
      // The group has ended by itself.
      return false;
    }
  };
  if (!send("SIGTERM")) return;
  for (let waited = 0; waited < graceMs; waited += 20) {
    if (!send(0)) return;
    await sleep(20);
  }
  send("SIGKILL");
}

function lastLines(output: string): string {
  const lines = output.trim().split(/\s*\n\s*/);
  return lines.slice(-5).join(" ").trim() || "it printed nothing";
}

function commandEnvironment(env: CommandRequest["env"], url: string): Record<string, string | undefined> {
  const allowed = Object.entries(env).filter(([name]) => handedOn.test(name));
  return { ...Object.fromEntries(allowed), ...connectionEnvironment(url) };
}

/** The variables by which libpq and most tools find a database. */
export function connectionEnvironment(url: string): Readonly<Record<string, string>> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const socket = searchParams.get("host");
  const sslMode = searchParams.get("sslmode");
  const sslRoot = searchParams.get("sslrootcert");
  return {
    DATABASE_URL: url,
    // Without the brackets of an IPv6 address; a socket's folder may stand in the host, percent-encoded.
    PGHOST: socket ?? decodeURIComponent(hostname.replace(/^\[(.*)\]$/, "$1")),
    PGPORT: port || (searchParams.get("port") ?? "5432"),
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    ...(sslMode === null ? {} : { PGSSLMODE: sslMode }),
    ...(sslRoot === null ? {} : { PGSSLROOTCERT: sslRoot }),
    // Rows must come to lie in the same order each time.
    PGOPTIONS: "-c max_parallel_workers_per_gather=0 -c synchronize_seqscans=off",
  };
}
