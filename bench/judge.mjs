// Judges the changes of tests/changes by the command line: `node bench/judge.mjs [--postgres 14,17,18] [--only TEXT] [--cli dist/cli.js]`.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { judgeChanges, outcomeLine, readChanges, summarize } from "../tests/changes/judge-changes.ts";

const { values } = parseArgs({
  options: {
    postgres: { type: "string", default: "17" },
    only: { type: "string", default: "" },
    cli: { type: "string", default: "dist/cli.js" },
  },
});

const changes = readChanges().filter(({ project, name }) => `${project}: ${name}`.includes(values.only));
const tell = (outcome) => console.log(outcomeLine(outcome));
const summaries = [];
for (const major of values.postgres.split(",").map(Number)) {
  const started = performance.now();
  const outcomes = await judgeChanges({ cli: resolve(values.cli), changes, major, tell });
  const seconds = Math.round((performance.now() - started) / 1_000);
  summaries.push(`\nPostgreSQL ${major}, ${outcomes.length} changes in ${seconds} s`, ...summarize(outcomes));
  if (outcomes.some(({ change, right }) => !right && change.needs === undefined)) process.exitCode = 1;
}
console.log(summaries.join("\n"));
