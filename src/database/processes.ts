import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

interface ProcessSeen {
  readonly pid: number;
  readonly parent: number;
  /** A server that runs from the folder by its own word: its working folder or its `-D`. */
  readonly named: boolean;
}

/** When a process started, in the system's own notation without spaces; undefined if it does not run. A pid alone may be another process by now. */
export async function startOfProcess(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") {
    const stat = await readStat(pid);
    return stat && stat.state !== "Z" ? stat.started : undefined;
  }
  const listed = await listProcesses(["-o", "lstart=", "-p", String(pid)]);
  return listed.trim().replaceAll(/[^A-Za-z0-9]+/g, "") || undefined;
}

/** Sends a signal to a process; one that is gone already is no failure. */
function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The pids of `initdb` and `postgres` that work on the data folder `<home>/data`, their children included. */
export async function postgresProcessesIn(home: string): Promise<number[]> {
  return (await serversSeen(home)).map(({ pid }) => pid);
}

/**
 * Ends every `initdb` and `postgres` that works on `<home>/data`: at once, since the data is thrown away (an immediate
 * shutdown still frees the shared memory), and by SIGKILL whatever is left after six seconds.
 */
export async function endPostgresIn(home: string): Promise<void> {
  const started = performance.now();
  for (let round = 0; ; round += 1) {
    const seen = await serversSeen(home);
    if (seen.length === 0) return;
    const patient = performance.now() - started < 6_000;
    const roots = seen.filter(({ parent }) => !seen.some(({ pid }) => pid === parent));
    // Again now and then: when initdb has died, what it had started becomes a root.
    if (!patient) for (const { pid } of seen) signalProcess(pid, "SIGKILL");
    else if (round % 20 === 0) for (const { pid } of roots) signalProcess(pid, "SIGQUIT");
    if (performance.now() - started > 15_000) throw new Error(`processes ${seen.map(({ pid }) => pid)} do not end`);
    await sleep(25);
  }
}

async function serversSeen(home: string): Promise<ProcessSeen[]> {
  const all = process.platform === "linux" ? await serversByProc(home) : await serversByPs(home);
  const found = new Map(all.filter(({ named }) => named).map((seen) => [seen.pid, seen]));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const seen of all) if (found.has(seen.parent)) found.set(seen.pid, seen);
  }
  return [...found.values()];
}

async function serversByProc(home: string): Promise<ProcessSeen[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const seen = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readStat(pid);
      if (!stat || stat.state === "Z" || !["postgres", "initdb"].includes(stat.command)) return [];
      const args = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
      // Unreadable for root without CAP_SYS_PTRACE, as in a container: then the arguments alone must tell.
      const folder = await readlink(`/proc/${pid}/cwd`).catch(() => "");
      const named = args.includes(join(home, "data")) || folder === home || folder.startsWith(`${home}/`);
      return [{ pid, parent: stat.parent, named }];
    }),
  );
  return seen.flat();
}

async function serversByPs(home: string): Promise<ProcessSeen[]> {
  const lines = (await listProcesses(["-axww", "-o", "pid=,ppid=,args="])).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, args = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    const program = basename(args.split(" ")[0] ?? "").replace(/:$/, "");
    if (!["postgres", "initdb"].includes(program)) return [];
    return [{ pid: Number(pid), parent: Number(parent), named: args.includes(` -D ${join(home, "data")}`) }];
  });
}

async function listProcesses(args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)("ps", args)).stdout;
  } catch {
    // ps exits 1 when no process matches.
    return "";
  }
}

/** Fields of /proc/<pid>/stat, proc(5): the command stands in brackets and may hold spaces. */
async function readStat(pid: number) {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const [, command = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(text) ?? [];
  const fields = rest.split(" ");
  const [state, parent] = fields;
  const started = fields[19];
  return started === undefined ? undefined : { command, state, parent: Number(parent), started };
}
