// Rebuilds the example from nothing again and again and counts what differed. The goal is 0.
// node bench/determinism.mjs [--runs 20] [--postgres 17] [--parallel 1] [--fast] [--change SQL]
// --fast: only `check`, whose verdicts and JSON reports are compared; otherwise each plan is compared unrounded as well.
// --change: a migration that is added after the plans were accepted, so that verdicts of a regression are compared.
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
  options: {
    runs: { type: "string", default: "20" },
    postgres: { type: "string", default: "17" },
    parallel: { type: "string", default: "1" },
    fast: { type: "boolean", default: false },
    change: { type: "string" },
  },
});
const runs = Number(flags.runs);
/** Exit code that each check must have. */
const expected = flags.change === undefined ? 0 : 1;

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
  const verdicts = report.queries.map(({ name, case: one, plan, outcome, findings }) =>
    [name, one, plan, outcome, ...findings.map(({ rule, severity }) => `${rule} ${severity}`)].join(" · "),
  );
  return { text: JSON.stringify(report, null, 1), verdicts: [report.verdict, ...verdicts], seconds };
}

/** Four digits before the point and one behind it: no such cost is left where costs are rounded. */
function assertExact(plans) {
  const isExact = [...plans.values()].some((plan) => facets.costs(plan).some((cost) => /\d{4,}\.\d/.test(cost)));
  if (!isExact) throw new Error("the exact build rounds after all: mend buildCli");
  return plans;
}

function comparePlans(first, now, tally, files) {
  const keys = new Set([...first.keys(), ...now.keys()]);
  for (const key of keys) {
    const [a, b] = [first.get(key), now.get(key)];
    for (const [name, facet] of Object.entries(facets)) {
      const [before, after] = [a && facet(a), b && facet(b)].map((value) => JSON.stringify(value));
      if (before === after) continue;
      tally[name] += 1;
      tell(`${name} of ${key}\n    ${before}\n    ${after}`);
    }
    if (a?.text !== b?.text) files.add(key.split(" · ")[0]);
  }
}

function compareReports(first, now, tally) {
  const all = new Set([...first.verdicts, ...now.verdicts]);
  for (const one of all) {
    if (first.verdicts.includes(one) && now.verdicts.includes(one)) continue;
    tally.verdicts += 1;
    tell(`a verdict: ${one}`);
  }
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

/** One build from nothing, judged; and, unless `--fast`, another one whose plans are written unrounded. */
async function rebuild(at, { work, cli, exactCli, project }) {
  const file = join(work, `report-${at}.json`);
  const check = await gate(cli, ["check", "--cwd", project, "--report", `json=${file}`]);
  if (check.code !== expected) tell(`exit code of check, run ${at}: ${check.code} ${check.stderr}`);
  if (flags.fast) return { passed: check.code === expected, report: await readReport(file) };
  const exactProject = await copyExample(project, join(work, `exact-${at}`));
  const exact = await gate(exactCli, ["accept", "--cwd", exactProject]);
  if (exact.code !== 0) tell(`exit code of accept, run ${at}: ${exact.code} ${exact.stderr}`);
  const passed = check.code === expected && exact.code === 0;
  const plans = passed ? await readPlans(exactProject) : undefined;
  await rm(exactProject, { recursive: true });
  return { passed, report: passed ? await readReport(file) : undefined, plans };
}

const work = await mkdtemp(join(tmpdir(), "plan-gate-determinism-"));
const started = performance.now();
try {
  const cli = await buildCli(".dist-check-bench", { exact: false });
  const exactCli = flags.fast ? undefined : await buildCli(".dist-check-bench-exact", { exact: true });
  const project = await copyExample(root, join(work, "project"));
  const accepted = await gate(cli, ["accept", "--cwd", project]);
  if (accepted.code !== 0) throw new Error(`accept: exit ${accepted.code}\n${accepted.stderr}`);
  if (flags.change !== undefined) await writeFile(join(project, "migrations", "V999__change.sql"), `${flags.change}\n`);

  const tally = { plans: 0, costs: 0, estimates: 0, "actual rows": 0, blocks: 0 };
  const counts = { files: new Set(), verdicts: 0, reports: 0, failed: 0, compared: 0 };
  let firstPlans;
  let firstReport;
  let next = 1;
  const worker = async () => {
    for (let at = next++; at <= runs; at = next++) {
      const { passed, report, plans } = await rebuild(at, { work, cli, exactCli, project });
      if (!passed) {
        counts.failed += 1;
        continue;
      }
      firstReport ??= report;
      compareReports(firstReport, report, counts);
      if (plans) {
        firstPlans ??= assertExact(plans);
        comparePlans(firstPlans, plans, tally, counts.files);
      }
      counts.compared += 1;
      console.log(`run ${at} of ${runs}: ${report.seconds.toFixed(1)} s, load ${loadavg()[0].toFixed(1)}`);
    }
  };
  await Promise.all(Array.from({ length: Number(flags.parallel) }, worker));

  const { files, verdicts, reports, failed, compared } = counts;
  if (compared < 2) throw new Error("fewer than two runs passed: there is nothing to compare");
  const plansEach = firstReport.verdicts.length - 1;
  const minutes = ((performance.now() - started) / 60_000).toFixed(0);
  console.log(`\nPostgreSQL ${flags.postgres}: ${plansEach} plans, each built from nothing ${compared} times, in ${minutes} minutes`);
  if (firstPlans) {
    const nodes = [...firstPlans.values()].flatMap(facets.costs);
    console.log(`against the first run, of ${firstPlans.size * (compared - 1)} plans (${nodes.length} nodes each time) with unrounded figures:`);
    for (const [name, count] of Object.entries(tally)) console.log(`  ${name.padEnd(12)} ${count} differed`);
    console.log(`  baseline files that differed in some byte: ${files.size}`);
  }
  console.log(`  verdicts that differed: ${verdicts} of ${plansEach * (compared - 1)}`);
  console.log(`  JSON reports that differed in some byte (timings aside): ${reports} of ${compared - 1}`);
  console.log(`  runs that ended otherwise: ${failed}`);
  const differed = verdicts + reports + failed + files.size + Object.values(tally).reduce((sum, count) => sum + count, 0);
  process.exitCode = differed === 0 ? 0 : 1;
} finally {
  await rm(work, { recursive: true, force: true });
  for (const dist of [".dist-check-bench", ".dist-check-bench-exact"]) await rm(join(root, dist), { recursive: true, force: true });
}
