// Rebuilds the example from nothing again and again and counts what differed. The goal is 0.
// node bench/determinism.mjs [--runs 20] [--postgres 17]
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { load } from "js-yaml";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "..");
const node = process.execPath;

const { values: flags } = parseArgs({
  options: { runs: { type: "string", default: "20" }, postgres: { type: "string", default: "17" } },
});
const runs = Number(flags.runs);

/** What is compared of a plan. A figure of every node, in the tree's order. */
const facets = {
  plans: ({ tree, settings, notMeasured }) => [tree.replace(figures, ""), JSON.stringify(settings ?? {}), notMeasured],
  costs: ({ tree }) => tree.match(/\(cost=\S+/g),
  estimates: ({ tree }) => [...tree.matchAll(/\(cost=\S+ rows=(\S+)\)/g)].map(([, rows]) => rows),
  "actual rows": ({ tree }) => [...tree.matchAll(/\((?:never executed|actual [^)]*?(?= shared=))/g)].map(([text]) => text),
  blocks: ({ tree }) => tree.match(/ shared=[^)]*/g) ?? [],
};
const figures = / \((?:cost=|actual rows=|never executed)[^)]*\)/g;

/** Bundles the command line; `exact`: without rounding, which would hide a difference in the fourth digit. */
async function buildCli(outdir, { exact }) {
  await run(node, [join(root, "scripts/build.mjs"), outdir], { cwd: root });
  if (!exact) return join(root, outdir, "cli.js");
  let patched = 0;
  for (const name of await readdir(join(root, outdir), { recursive: true })) {
    if (!name.endsWith(".js")) continue;
    const file = join(root, outdir, name);
    const text = await readFile(file, "utf8");
    const without = text.replace(/\bfigure\.toPrecision\([^)]*\)/g, "figure.toPrecision(17)");
    if (without !== text) await writeFile(file, without);
    patched += without === text ? 0 : 1;
  }
  if (patched === 0) throw new Error("the bundle rounds no more as src/plan/normalise.ts did: mend buildCli");
  return join(root, outdir, "cli.js");
}

async function copyExample(from, into) {
  for (const name of ["plan-gate.yml", "migrations", "seeds", "queries"]) {
    await cp(join(from, name), join(into, name), { recursive: true });
  }
  return into;
}

/** Exit code and standard error of the command line; it is up to the caller what code is right. */
async function gate(cli, args) {
  return run(node, [cli, ...args, "--quiet", "--postgres", flags.postgres], { maxBuffer: 2 ** 28 }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error) => ({ code: error.code, stderr: error.stderr }),
  );
}

async function readPlans(project) {
  const folder = join(project, "baselines", `pg${flags.postgres}`);
  const plans = new Map();
  for (const file of (await readdir(folder)).sort()) {
    const text = await readFile(join(folder, file), "utf8");
    for (const plan of load(text).plans) plans.set(`${file} · ${plan.case} · ${plan.kind}`, { ...plan, text });
  }
  return plans;
}

/** The report's text without its times, which alone may differ. */
async function readReport(file) {
  const { timings, ...report } = JSON.parse(await readFile(file, "utf8"));
  const seconds = Object.values(timings).reduce((sum, phase) => sum + phase, 0);
  return { text: JSON.stringify(report, null, 1), queries: report.queries, seconds };
}

/** Four digits before the point and one behind it: no such cost is left where costs are rounded. */
function assertExact(plans) {
  const isExact = [...plans.values()].some((plan) => facets.costs(plan).some((cost) => /\d{4,}\.\d/.test(cost)));
  if (!isExact) throw new Error("the exact build rounds after all: mend buildCli");
  return plans;
}

function comparePlans(first, now, tally) {
  const keys = new Set([...first.keys(), ...now.keys()]);
  for (const key of keys) {
    const [a, b] = [first.get(key), now.get(key)];
    for (const [name, facet] of Object.entries(facets)) {
      const [before, after] = [a && facet(a), b && facet(b)].map((value) => JSON.stringify(value));
      if (before === after) continue;
      tally[name] += 1;
      tell(`${name} of ${key}\n    ${before}\n    ${after}`);
    }
    if (a?.text !== b?.text) tally.files.add(key.split(" · ")[0]);
  }
}

function compareReports(first, now, tally) {
  if (first.text === now.text) return;
  tally.reports += 1;
  const [a, b] = [first.text.split("\n"), now.text.split("\n")];
  const at = a.findIndex((line, index) => line !== b[index]);
  tell(`the JSON report, line ${at + 1}\n    ${a[at]}\n    ${b[at]}`);
}

let told = 0;
function tell(difference) {
  if (told++ < 40) console.log(`  differs: ${difference}`);
}

const work = await mkdtemp(join(tmpdir(), "plan-gate-determinism-"));
try {
  const cli = await buildCli(".dist-check-bench", { exact: false });
  const exactCli = await buildCli(".dist-check-bench-exact", { exact: true });
  const project = await copyExample(root, join(work, "project"));
  const accepted = await gate(cli, ["accept", "--cwd", project]);
  if (accepted.code !== 0) throw new Error(`accept: exit ${accepted.code}\n${accepted.stderr}`);

  const tally = { plans: 0, costs: 0, estimates: 0, "actual rows": 0, blocks: 0, files: new Set(), reports: 0, failed: 0 };
  let compared = 0;
  let firstPlans;
  let firstReport;
  for (let at = 1; at <= runs; at++) {
    const file = join(work, `report-${at}.json`);
    const check = await gate(cli, ["check", "--cwd", project, "--report", `json=${file}`]);
    if (check.code !== 0) tell(`exit code of check, run ${at}: ${check.code} ${check.stderr}`);
    const exactProject = await copyExample(project, join(work, `exact-${at}`));
    const exact = await gate(exactCli, ["accept", "--cwd", exactProject]);
    if (exact.code !== 0) tell(`exit code of accept, run ${at}: ${exact.code} ${exact.stderr}`);
    tally.failed += (check.code === 0 ? 0 : 1) + (exact.code === 0 ? 0 : 1);
    if (check.code !== 0 || exact.code !== 0) continue;
    const [plans, report] = [await readPlans(exactProject), await readReport(file)];
    firstPlans ??= assertExact(plans);
    firstReport ??= report;
    comparePlans(firstPlans, plans, tally);
    compareReports(firstReport, report, tally);
    compared += 1;
    await rm(exactProject, { recursive: true });
    console.log(`run ${at} of ${runs}: ${plans.size} plans, ${report.seconds.toFixed(1)} s, load ${loadavg()[0].toFixed(1)}`);
  }

  if (compared < 2) throw new Error("fewer than two runs passed: there is nothing to compare");
  const nodes = [...firstPlans.values()].flatMap(facets.costs);
  const { files, reports, failed, ...counts } = tally;
  console.log(`\nPostgreSQL ${flags.postgres}: ${firstPlans.size} plans (${nodes.length} nodes), each built from nothing ${compared} times`);
  console.log(`against the first run, of ${firstPlans.size * (compared - 1)} plans with unrounded figures:`);
  for (const [name, count] of Object.entries(counts)) console.log(`  ${name.padEnd(12)} ${count} differed`);
  console.log(`  baseline files that differed in some byte: ${files.size}`);
  console.log(`  JSON reports that differed in some byte (timings aside): ${reports} of ${compared - 1}`);
  console.log(`  runs that did not pass: ${failed}`);
  const differed = reports + failed + files.size + Object.values(counts).reduce((sum, count) => sum + count, 0);
  process.exitCode = differed === 0 ? 0 : 1;
} finally {
  await rm(work, { recursive: true, force: true });
  for (const dist of [".dist-check-bench", ".dist-check-bench-exact"]) await rm(join(root, dist), { recursive: true, force: true });
}
