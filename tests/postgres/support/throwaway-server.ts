import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A server for one test file, of an npm package's binaries, without anything of `src/database`. */
export interface ThrowawayServer {
  /** Superuser connection to the database `postgres`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The majors that the tests against real servers go through. */
export const testedMajors = [14, 15, 16, 17, 18] as const;

/** Starts a fresh cluster of this major in a temporary folder; `settings` are further server arguments. */
export async function startThrowawayServer(
  major: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<ThrowawayServer> {
  const home = await mkdtemp(join(tmpdir(), "plan-gate-test-"));
  try {
    return await startIn(home, major, settings);
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

/** The same connection with another database, user or password. */
export function connectionTo(url: string, change: { database?: string; user?: string; password?: string }): string {
  const changed = new URL(url);
  if (change.database !== undefined) changed.pathname = `/${encodeURIComponent(change.database)}`;
  if (change.user !== undefined) changed.username = encodeURIComponent(change.user);
  if (change.password !== undefined) changed.password = encodeURIComponent(change.password);
  return changed.href;
}

async function startIn(home: string, major: number, settings: Readonly<Record<string, string>>) {
  await chmod(home, 0o755);
  const native = nativeFolder(major);
  const options = {
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C", LD_LIBRARY_PATH: `${await linkLibraries(native, home)}:${native}/lib` },
    cwd: "/",
    // initdb and postgres refuse to run as root.
    ...(process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}),
  };
  const data = await initialise(native, home, options);
  const port = await freePort();
  const server = spawn(join(native, "bin", "postgres"), serverArguments(data, port, settings), {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
  });
  await readiness(server);
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      const gone = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGINT");
      await gone;
      await rm(home, { recursive: true, force: true });
    },
  };
}

function nativeFolder(major: number): string {
  const entry = import.meta.resolve(`pg${major}-${process.platform}-${process.arch}`);
  return join(dirname(fileURLToPath(entry)), "..", "native");
}

/** The package's install script makes these links in its own folder; install scripts are off here. */
async function linkLibraries(native: string, home: string): Promise<string> {
  const lib = join(home, "lib");
  await mkdir(lib);
  const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    await symlink(join(native, "..", source), join(lib, target.slice("native/lib/".length)));
  }
  return lib;
}

async function initialise(native: string, home: string, options: { uid?: number }): Promise<string> {
  const data = join(home, "data");
  const password = join(home, "password");
  await mkdir(data, { mode: 0o700 });
  await writeFile(password, "postgres\n");
  if (options.uid !== undefined) for (const path of [data, password]) await chown(path, options.uid, options.uid);
  const flags = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"];
  await run(join(native, "bin", "initdb"), ["-D", data, `--pwfile=${password}`, ...flags], options);
  return data;
}

function serverArguments(data: string, port: number, settings: Readonly<Record<string, string>>): string[] {
  const all = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
    jit: "off",
    autovacuum: "off",
    timezone: "UTC",
    ...settings,
  };
  return ["-D", data, "-p", `${port}`, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

async function readiness(server: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let log = "";
    server.stderr?.on("data", (chunk) => {
      log += chunk;
      if (log.includes("ready to accept connections")) resolve();
    });
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`postgres exited with ${code}: ${log.trim()}`)));
  });
}
