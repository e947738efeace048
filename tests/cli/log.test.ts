import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type DecidedPlan, decisionPath, writeDecisions } from "../../src/decisions/decision-file.js";
import { type HistoryEntry, writeHistory } from "../../src/history/entry.js";
import { planGate } from "./support/plan-gate.js";

const plan: DecidedPlan = {
  decision: "accepted",
  by: "anna",
  config: "plan-gate.yml",
  major: 17,
  query: "open-orders",
  case: null,
  plan: "custom",
  why: "orders is read whole",
  rules: ["index-scan-lost"],
  cause: { file: "migrations/7.sql", line: 2, statement: "DROP INDEX i" },
  before: null,
  after: null,
  evidence: [],
  baseline: "baselines/pg17/open-orders.yml",
};

const line: HistoryEntry = {
  version: 1,
  at: "2026-11-02T02:17:00.000Z",
  kind: "pull-request",
  commit: "a".repeat(40),
  pullRequest: 12,
  config: "app/plan-gate.yml",
  major: 17,
  tool: "1.0.0",
  ending: "pass",
  outcomes: [],
  decisions: [{ query: "open-orders", decision: "accepted", by: "anna", why: "orders is read whole" }],
};

async function inRepository(test: (folder: string) => Promise<void>): Promise<void> {
  const top = await mkdtemp(join(tmpdir(), "plan-gate-log-"));
  try {
    await run(top, "init", "--quiet");
    await put(join(top, "app/plan-gate.yml"), "postgres: { version: 17 }\n");
    await test(join(top, "app"));
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function run(cwd: string, ...args: readonly string[]): Promise<string> {
  const who = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
  return (await promisify(execFile)("git", [...who, ...args], { cwd })).stdout.trim();
}

/** The branch as the bot makes it: without a commit of the code. */
async function putHistory(folder: string, ref: string, lines: string): Promise<void> {
  await put(join(folder, "lines"), lines);
  const blob = await run(folder, "hash-object", "-w", "lines");
  await rm(join(folder, "lines"));
  await run(folder, "update-index", "--add", "--cacheinfo", `100644,${blob},history/2026-11.jsonl`);
  const commit = await run(folder, "commit-tree", await run(folder, "write-tree"), "-m", "history");
  await run(folder, "update-ref", ref, commit);
}

test("log shows the decisions beside the baselines, and from the history when they were made", () =>
  inRepository(async (folder) => {
    const empty = await planGate({ cwd: folder }, "log");
    expect(empty).toMatchObject({ code: 0, stdout: "Nothing was decided yet.\n" });
    expect(empty.stderr).toContain("git fetch origin plan-gate-history");

    const blocked: DecidedPlan = { ...plan, query: "late-orders", decision: "blocked", by: null };
    await put(
      join(folder, decisionPath("baselines", 12)),
      writeDecisions({ pullRequest: 12, plans: [plan, blocked], changes: [] }),
    );
    const undated = await planGate({ cwd: folder }, "log");
    expect(undated.code).toBe(0);
    expect(undated.stdout).toMatch(
      /#12 +accepted by anna +open-orders\n +orders is read whole, by migrations\/7\.sql:2/,
    );
    expect(undated.stdout).toContain("2 decisions: 1 accepted, 1 blocked");
    expect(undated.stdout).not.toContain("2026-11-02");

    const other = { ...line, config: "plan-gate.yml", decisions: [{ ...line.decisions[0], query: "elsewhere" }] };
    await putHistory(folder, "refs/remotes/origin/plan-gate-history", writeHistory([line, other as HistoryEntry]));
    const dated = await planGate({ cwd: folder }, "log");
    expect(dated.stdout).toMatch(/2026-11-02 +#12 +accepted by anna +open-orders/);
    expect(dated.stdout).not.toContain("elsewhere");
    expect(dated.stderr).toBe("");

    const selected = await planGate({ cwd: folder }, "log", "--query", "late-*");
    expect(selected.stdout).toContain("late-orders");
    expect(selected.stdout).not.toContain("open-orders");
  }));

test("log also reads a history that was checked out, and shows the rest where a file cannot be read", () =>
  inRepository(async (folder) => {
    await putHistory(folder, "refs/heads/plan-gate-history", `${writeHistory([line])}not JSON\n`);
    await put(join(folder, decisionPath("baselines", 13)), "format: 9\n");
    const { code, stdout, stderr } = await planGate({ cwd: folder }, "log");
    expect(stdout).toMatch(/2026-11-02 +#12 +accepted by anna +open-orders/);
    expect(stderr).toContain("baselines/decisions/pr-13.yml");
    expect(code).toBe(2);
  }));

test("log shows what a decision says as text that moves no cursor", () =>
  inRepository(async (folder) => {
    const hostile = { ...plan, query: "a\u001b[2Jb", why: "x\u202ey\u0007" };
    await put(
      join(folder, decisionPath("baselines", 14)),
      writeDecisions({ pullRequest: 14, plans: [hostile], changes: [] }),
    );
    const { stdout } = await planGate({ cwd: folder }, "log");
    expect(stdout).toContain("#14");
    for (const hidden of ["\u001b", "\u202e", "\u0007"]) expect(stdout).not.toContain(hidden);
  }));
