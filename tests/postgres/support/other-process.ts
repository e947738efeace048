import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

/** Bundles `start-and-wait.ts` into a fresh folder of `build/`, from where the packages are found as from `src/`. */
export async function bundleStartAndWait(): Promise<{ readonly folder: string; readonly program: string }> {
  await mkdir("build", { recursive: true });
  const folder = await mkdtemp(join("build", "start-and-wait-"));
  const program = join(folder, "start-and-wait.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "start-and-wait.ts")],
    outfile: program,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  return { folder, program };
}

/** Runs the program, as another user if root wants so; `started` resolves to what it says first. */
export function startInOtherProcess(
  program: string,
  request: object,
  env: NodeJS.ProcessEnv,
  user?: { readonly uid: number; readonly gid: number },
): { readonly child: ChildProcess; readonly started: Promise<string> } {
  const child = spawn(process.execPath, [program, JSON.stringify(request)], {
    env,
    ...user,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const started = Promise.race([
    once(child.stdout, "data").then(([text]) => String(text).trim()),
    once(child, "exit").then(([code, signal]) => {
      throw new Error(`ended with ${code ?? signal} without a word`);
    }),
  ]);
  // Where a test kills it on purpose nobody waits for it.
  started.catch(() => {});
  return { child, started };
}

/** SIGKILL, as a runner does it: nothing of the program's own can clean up. */
export async function killOutright(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
