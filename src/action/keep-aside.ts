import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Step } from "./step.js";

/** Writes a file where a later step of the job can upload it; gives its absolute path. */
export async function keepAside(
  { env, workspace }: Pick<Step, "env" | "workspace">,
  name: string,
  text: string,
): Promise<string> {
  const folder = join(env["RUNNER_TEMP"] ?? workspace, "plan-gate");
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}
