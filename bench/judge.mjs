// Judges the changes of tests/changes by the command line:
// `npm run bench:judge -- [--postgres 14,17] [--only TEXT] [--sample 5] [--cli dist/cli.js] [--plain] [--fixes] [--figures]`.
import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

// Our sources import each other as `.js`, which Node, reading `.ts`, does not find by itself.
registerHooks({
  resolve: (specifier, context, next) =>
    next(context.parentURL?.endsWith(".ts") ? specifier.replace(/^(\..*)\.js$/, "$1.ts") : specifier, context),
});
const { readChanges } = await import("../tests/changes/changes.ts");
const { judgeChanges } = await import("../tests/changes/judge-changes.ts");
const { isFaultless, outcomeLine, summaryTable } = await import("../tests/changes/outcome.ts");

const { values } = parseArgs({
  options: {
    postgres: { type: "string", default: "14,15,16,17,18" },
    // Only changes whose `project: name` holds this text.
    only: { type: "string", default: "" },
    // One change of so many; each major begins elsewhere.
    sample: { type: "string", default: "1" },
    cli: { type: "string", default: "dist/cli.js" },
    // Without git and without causes: a quick look at what is caught.
    plain: { type: "boolean", default: false },
    // Fixes are tried as well: where one is proven, a new query's red flag blocks.
    fixes: { type: "boolean", default: false },
    // Also says which plans moved, and by how much.
    figures: { type: "boolean", default: false },
  },
});

const every = Number(values.sample);
const changes = readChanges()
  .filter(({ project, name }) => `${project}: ${name}`.includes(values.only))
  .map((change) => (values.plain ? { ...change, onBranch: false, causes: [] } : change));
const tell = (outcome) => {
  console.log(`${outcomeLine(outcome)} (${outcome.seconds.toFixed(1)} s)`);
  if (values.figures) for (const figure of outcome.figures) console.log(`    ${figure}`);
};
const summaries = [];
for (const major of values.postgres.split(",").map(Number)) {
  const some = changes.filter((_, index) => index % every === major % every);
  const started = performance.now();
  const outcomes = await judgeChanges({ cli: resolve(values.cli), changes: some, major, tell, fixes: values.fixes });
  summaries.push({ major, seconds: (performance.now() - started) / 1_000, outcomes });
}
const wrong = summaries
  .flatMap(({ outcomes }) => outcomes)
  .filter(({ change, right, causeRight }) => change.needs === undefined && (!right || causeRight === false));
console.log(["", ...summaryTable(summaries), ...(wrong.length > 0 ? ["", ...wrong.map(outcomeLine)] : [])].join("\n"));
if (!summaries.every(isFaultless)) process.exitCode = 1;
