import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * `test`, or what stands for it where a real component is missing: a failing test in CI, where nothing may go untested
 * silently, else a skipped one that says so.
 */
export function testNeeding(what: string, isThere: boolean): typeof test {
  if (isThere) return test;
  if (process.env["CI"] || process.env["PLAN_GATE_REQUIRE_ALL"]) {
    const failing = (name: string) =>
      test(name, () => {
        throw new Error(`${what} is missing here, and CI or PLAN_GATE_REQUIRE_ALL asks for every part`);
      });
    return Object.assign(failing, { each: () => failing }) as unknown as typeof test;
  }
  process.stderr.write(`skipped: what needs ${what}, which is missing here\n`);
  return test.skip;
}

/** What `docker` prints, or undefined if it fails or is not installed. */
export async function docker(...args: readonly string[]): Promise<string | undefined> {
  return promisify(execFile)("docker", args).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

/** Whether Docker answers and has this image. */
export async function hasImage(image: string): Promise<boolean> {
  return (await docker("image", "inspect", "--format", "{{.Id}}", image)) !== undefined;
}
