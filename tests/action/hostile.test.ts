import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeGitHub } from "../support/github/types.js";
import { openPullRequest, pullRequestEvent } from "../support/github/world.js";
import type { FinishedRun } from "../support/runner.js";
import { checkoutMerge, runAction } from "../support/runner.js";
import { expectHarmless, expectHarmlessLog, outputNames } from "./support/harmless.js";
import { baselinesOf, dropIndex, project } from "./support/project.js";
import { readLog } from "./support/read-log.js";
import { beginStory, type Story } from "./support/story.js";

const dist = process.env["PLAN_GATE_DIST"] ?? "dist";

/** For names of all kinds; what a path cannot hold is left out. */
const evil = "`@team` ``` | **b** <img src=x onerror=alert(1)> </details> #1 www.evil.example $(id)";
const lines =
  "\n::set-output name=verdict::pass\n ::error::no\n##[error]no\r::stop-commands::x\n\u001b[31mred\u202eder\u2066\u200b";
const everything = `${evil}${lines}`;
const megabyte = "@team <b> ".repeat(100_000);
const identifier = (text: string) => `"${text.slice(0, 60).replaceAll('"', "")}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const yaml = (text: string) => JSON.stringify(text);

const base = {
  ...project,
  "migrations/1_orders.sql": [
    `CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL, total int NOT NULL, ${identifier(`col ${lines}`)} text);`,
    `CREATE INDEX ${identifier(`idx ${lines}`)} ON orders (customer);`,
    "CREATE INDEX orders_total_idx ON orders (total);",
    "",
  ].join("\n"),
  "seeds/orders.sql": "INSERT INTO orders SELECT i, i % 500, i % 997 FROM generate_series(1, 20000) AS i;\n",
  [`queries/${everything.replaceAll("/", "")}.sql`]: [
    "-- name: evil",
    `-- owner: ${yaml(everything)}`,
    `-- cases: { ${yaml(everything)}: [7], ${yaml(`@team ${lines}`)}: [8] }`,
    `SELECT * FROM orders AS ${identifier(evil)} WHERE customer = $1 AND ${identifier(`col ${lines}`)} IS DISTINCT FROM ${literal(everything)};`,
    "",
  ].join("\n"),
  "queries/large.sql": `SELECT * /* ${everything.replaceAll("*/", "")} */ FROM orders WHERE customer = 7 AND total <> length(${literal(megabyte)});\n`,
};

/** Whatever was told of a pull request, by whatever way. */
function expectAllHarmless({ fake, commentOn }: Story, number: number, run: FinishedRun): void {
  const comment = commentOn(number) ?? "";
  const checks = fake.state.checkRuns.filter(({ name, headSha }) => {
    return name === "plan-gate report" && headSha === fake.state.pulls.get(number)?.seenHead;
  });
  expect(comment).toContain("plan-gate");
  expect(checks.map(({ status }) => status)).toEqual(["completed"]);
  for (const text of [comment, run.summary, ...checks.map(({ summary }) => summary ?? "")]) expectHarmless(fake, text);
  for (const { title, annotations } of checks) {
    for (const { title: remark = "", message } of [...annotations, { title: title ?? "", message: "" }]) {
      expect(`${remark}${message.replaceAll("\n", "")}`.replaceAll("⚠️", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    }
  }
  expectHarmlessLog(run);
  expect(Object.keys(run.outputs).sort()).toEqual(outputNames);
}

test("SQL, names, paths and messages of a hostile pull request are shown, and never obeyed", async () => {
  await using story = await beginStory({ ...base, ...(await baselinesOf(base)) });
  const { fake } = story;

  // Judged: a plan gets worse, a query breaks, another is new, a policy is proposed.
  const worse = await openPullRequest(fake, {
    branch: 'feat/`@team`|<img/src=x>-->"$(id)#1\u202e',
    title: everything,
    files: {
      [`migrations/2_${everything.replaceAll("/", "")}.sql`]: [
        `DO $do$ BEGIN RAISE NOTICE ${literal(everything.replaceAll("%", ""))}; RAISE WARNING '::add-mask::plan'; END $do$;`,
        `-- ${evil}`,
        `DROP INDEX /* ${evil} */ ${identifier(`idx ${lines}`)};`,
        "",
      ].join("\n"),
      "queries/broken.sql": `SELECT ${identifier(everything)} FROM orders;\n`,
      "queries/new.sql": `SELECT id AS ${identifier(everything)} FROM orders WHERE id = 3;\n`,
    },
  });
  const judged = await story.check(worse.number, "opened");
  expect(judged).toMatchObject({ exitCode: 1, outputs: { verdict: "worse", "exit-code": "1" } });
  expectAllHarmless(story, worse.number, judged);
  expect(story.commentOn(worse.number)).toContain("`evil`");

  // Not judged: a migration fails with a message of its own, and then the settings are no settings.
  const failing = await openPullRequest(fake, {
    branch: "failing",
    files: {
      "migrations/2_fail.sql": `DO $do$ BEGIN RAISE EXCEPTION USING MESSAGE = ${literal(everything)} || ${literal(megabyte)}, HINT = ${literal(everything)}; END $do$;\n`,
    },
  });
  const failed = await story.check(failing.number, "opened");
  expect(failed).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run", "exit-code": "2" } });
  expectAllHarmless(story, failing.number, failed);

  const unset = await openPullRequest(fake, {
    branch: "unset",
    files: { "plan-gate.yml": `${yaml(everything)}: ${yaml(megabyte)}\n` },
  });
  const refused = await story.check(unset.number, "opened");
  expect(refused).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run", "exit-code": "2" } });
  expectAllHarmless(story, unset.number, refused);
  expect(fake.problems).toEqual([]);
}, 120_000);

test("report files are written inside the workspace, and never through a link that a pull request brings", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const folder = await mkdtemp(join(tmpdir(), "reports-"));
  const outside = join(folder, "outside");
  await mkdir(outside);
  const { number } = await openPullRequest(fake, { branch: "reports", files: dropIndex });
  const check = async (report: string) => {
    const workspace = await mkdtemp(join(folder, "inside-"));
    await checkoutMerge(fake, number, workspace);
    const payload = await pullRequestEvent(fake, number, "edited");
    const run = await runAction({
      ...{ fake, workspace, event: "pull_request", payload, inputs: { report } },
      ...{ entry: `${dist}/index.js`, post: `${dist}/post.js` },
    });
    return { ...run, workspace };
  };
  const names = ["a.json", "deep/b.sarif", "deep/c.xml", "d.md", "e.txt"];
  const formats = ["json", "sarif", "junit", "markdown", "terminal"];
  const written = await check(formats.map((format, index) => `${format}=${names[index]}`).join("\n"));
  expect(written).toMatchObject({ exitCode: 1, outputs: { verdict: "worse" } });
  for (const name of names) expect(await readFile(join(written.workspace, name), "utf8")).toContain("by-customer");

  await linkInPull(fake, number, { "out.json": join(outside, "planted"), reports: outside, dangling: "../gone" });
  for (const [report, why] of [
    ["json=out.json", "symbolic link"],
    ["json=reports/a.json", "symbolic link"],
    ["json=reports/deep/a.json", "symbolic link"],
    ["json=dangling", "symbolic link"],
    ["json=../a.json", "outside of the workspace"],
    [`json=${outside}/a.json`, "outside of the workspace"],
    ["json=queries", "is a folder"],
    ["html=a.html", "there is no report"],
  ] as const) {
    const run = await check(report);
    expect({ report, ...run }).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run", "exit-code": "2" } });
    expect(run.summary).toContain(why);
    expect(run.stdout).not.toContain("Starting Postgres");
  }
  expect(await readdir(outside)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
  expect(fake.problems).toEqual([]);
}, 120_000);

async function linkInPull(fake: FakeGitHub, number: number, links: Readonly<Record<string, string>>): Promise<void> {
  const { git } = fake;
  const head = await fake.pullHead(number);
  const env = { GIT_INDEX_FILE: join(git.folder, "links.index") };
  await git.run(["read-tree", head], undefined, env);
  for (const [path, target] of Object.entries(links)) {
    const blob = await git.run(["hash-object", "-w", "--stdin"], target);
    await git.run(["update-index", "--add", "--cacheinfo", `120000,${blob},${path}`], undefined, env);
  }
  const tree = await git.run(["write-tree"], undefined, env);
  await git.setRef("reports", await git.run(["commit-tree", tree, "-p", head, "-m", "links"]));
}

test("wrong inputs end at once with what they may be, and a database's password is masked wherever it is printed", async () => {
  await using story = await beginStory();
  const { fake } = story;
  const { number } = await openPullRequest(fake, { branch: "inputs", files: dropIndex });
  for (const [inputs, why] of [
    [{ command: "chek" }, "Choose check, evaluate, report"],
    [{ comand: "evaluate" }, "Did you mean `command`?"],
    [{ comment: evil }, "Choose always, on-change"],
    [{ "postgres-version": "9" }, "from 14 to 18"],
    [{ config: "gone.yml" }, "no file matches the input"],
  ] as const) {
    const run = await story.check(number, "opened", { inputs });
    expect({ inputs, ...run }).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run", "exit-code": "2" } });
    const errors = readLog(run.stdout).commands.filter(({ name }) => name === "error");
    expect(errors).toMatchObject([{ data: expect.stringContaining(why) }]);
    expect(run.firstLineMilliseconds).toBeLessThan(1_000);
    expectHarmlessLog(run);
    expectHarmless(fake, run.summary);
  }

  const secret = 'p@ss/"w0rd';
  const url = `postgres://gate:${encodeURIComponent(secret)}@127.0.0.1:1/x`;
  const run = await story.check(number, "opened", { inputs: { provider: "url", "database-url": url } });
  expect(run).toMatchObject({ exitCode: 2, outputs: { verdict: "could not run" } });
  const { commands, shown } = readLog(run.stdout + run.stderr);
  const masks = commands.flatMap(({ name, data }) => (name === "add-mask" ? [data] : []));
  const forms = [secret, encodeURIComponent(secret), "p%40ss%2F%22w0rd", 'p@ss/\\"w0rd'];
  expect(masks.map((mask) => mask.replaceAll("%25", "%"))).toEqual(expect.arrayContaining(forms));
  const said = commands.filter(({ name }) => name !== "add-mask").map(({ data }) => data);
  const told = [...shown, ...said, run.summary, JSON.stringify([fake.state.comments, fake.state.checkRuns])];
  for (const form of forms) expect(told.filter((text) => text.includes(form))).toEqual([]);
  expect(fake.problems).toEqual([]);
}, 180_000);
