// The GitHub Action's main step. Loads what it needs only once the first line stands in the log.
import packageJson from "../package.json" with { type: "json" };
import { stopOnSignals } from "./action/signals.js";

process.stdout.write(`plan-gate ${packageJson.version}\n`);
// In a container the workspace often belongs to another user than the job's, and git then refuses it. What a repository
// may say of hooks is not heard.
const gitSettings = {
  "safe.directory": process.env["GITHUB_WORKSPACE"] ?? process.cwd(),
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
};
for (const [index, [key, value]] of Object.entries(gitSettings).entries()) {
  process.env[`GIT_CONFIG_KEY_${index}`] = key;
  process.env[`GIT_CONFIG_VALUE_${index}`] = value;
}
process.env["GIT_CONFIG_COUNT"] = `${Object.keys(gitSettings).length}`;

const { runAction, tellCrash } = await import("./action/run.js");
const write = (text: string) => process.stdout.write(text);
process.once("uncaughtException", (error) => {
  void tellCrash(error, write).then((exitCode) => process.exit(exitCode));
});
const signal = stopOnSignals();
process.exitCode = await runAction({
  env: process.env,
  write,
  signal,
  version: packageJson.version,
});
// What a library left open, such as a kept-alive connection, must not keep the step waiting.
process.exit();
