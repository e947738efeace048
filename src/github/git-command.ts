import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { plain } from "./failure.js";

/** The checked-out repository, and how more of its commits are fetched. */
export interface Git {
  /** Absolute; the repository's top. */
  readonly workspace: string;
  /** Of our own; only what git needs is handed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly serverUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  /** Empty: asks as nobody. */
  readonly token: string;
}

/** git ended with an error; the message is its last line. */
export class GitFailure extends Error {
  override readonly name = "GitFailure";
}

const run = promisify(execFile);
const localMs = 30_000;
const fetchMs = 120_000;

/** What git may need of our environment. Nothing that says where a repository, its index or its objects are. */
const handedOn =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|XDG_CONFIG_HOME|LD_LIBRARY_PATH|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy|SSL_CERT_(FILE|DIR)|GIT_SSL_CA(INFO|PATH)|SYSTEMROOT)$/;

/** Runs git on what is there. */
export function gitHere(git: Git, args: readonly string[]): Promise<string> {
  return runGit(git, args, [], localMs);
}

/** Runs git against the server: the token goes to that server only, and stands neither in arguments nor in a file. */
export function gitThere(git: Git, args: readonly string[]): Promise<string> {
  const { protocol } = new URL(git.serverUrl);
  return runGit(git, args, remoteSettings(git, protocol.replace(":", "")), fetchMs);
}

/** Where the repository is fetched from. */
export function remoteUrl({ serverUrl, repository }: Git): string {
  return `${serverUrl.replace(/\/+$/, "")}/${repository}`;
}

type Setting = readonly [key: string, value: string];

/** The repository's own settings may have been changed by what ran before: these stand above them. */
function localSettings({ workspace }: Git): readonly Setting[] {
  return [
    ["safe.directory", workspace],
    ["core.hooksPath", "/dev/null"],
    ["core.fsmonitor", "false"],
    ["maintenance.auto", "false"],
    ["gc.auto", "0"],
  ];
}

function remoteSettings({ serverUrl, token }: Git, protocol: string): readonly Setting[] {
  const header = `http.${serverUrl.replace(/\/+$/, "")}/.extraheader`;
  return [
    ["protocol.allow", "never"],
    [`protocol.${protocol}.allow`, "always"],
    ["credential.helper", ""],
    ["core.askPass", ""],
    // What a checkout has left behind is dropped first: GitHub refuses two of them.
    [header, ""],
    ...(token === ""
      ? []
      : [[header, `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`] as const]),
  ];
}

async function runGit(git: Git, args: readonly string[], more: readonly Setting[], timeout: number): Promise<string> {
  git.signal.throwIfAborted();
  const env = environment(git, [...localSettings(git), ...more]);
  const options = { cwd: git.workspace, env, timeout, signal: git.signal, maxBuffer: 256 * 1024 * 1024 };
  try {
    return (await run("git", [...args], options)).stdout;
  } catch (error) {
    git.signal.throwIfAborted();
    throw new GitFailure(reasonOf(error, timeout));
  }
}

function environment({ env }: Git, settings: readonly Setting[]): Record<string, string | undefined> {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => handedOn.test(name))),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

function reasonOf(error: unknown, timeout: number): string {
  const { killed, code, stderr = "" } = error as { killed?: boolean; code?: unknown; stderr?: string };
  if (code === "ENOENT") return "git is not installed, or the workspace is not there";
  if (killed) return `git took longer than ${timeout / 1_000} s`;
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return plain(lines.findLast((line) => /^(fatal|error): /.test(line)) ?? lines.at(-1) ?? `git ended with ${code}`);
}
