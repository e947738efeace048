import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { fixEffect } from "../../src/reports/fix-text.js";
import type { JsonReport } from "../../src/reports/json-schema.js";
import type { Mended, WriteCost } from "../../src/verdict/verdict.js";
import { library, makeProject, type Project } from "./support/library.js";
import { checked, planGate } from "./support/plan-gate.js";

const minutes = 240_000;

const files = {
  ".gitignore": "report.json\n",
  ...library,
  "plan-gate.yml": `${library["plan-gate.yml"]}explain: { role: reader }\n`,
  "migrations/003_readers.sql": `CREATE VIEW shelf_titles AS SELECT shelf, id, title FROM books;
CREATE ROLE reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
`,
  "queries/shelf-titles.sql": "SELECT title FROM shelf_titles WHERE shelf = 7;\n",
};

async function git(root: string, ...args: readonly string[]): Promise<void> {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  await promisify(execFile)("git", [...identity, ...args], { cwd: root, env });
}

async function commit(root: string): Promise<void> {
  await git(root, "add", "-A", ".");
  await git(root, "commit", "-q", "-m", "A step");
}

/** Every fix that the report prints for what blocks, once each. */
function printed({ queries }: JsonReport): readonly string[] {
  const fixes = queries.flatMap(({ findings }) =>
    findings.filter(({ severity }) => severity === "error").map(({ fixes: [fix] }) => fix?.sql ?? "none was proven"),
  );
  return [...new Set(fixes)];
}

/** What a reader is told of the first fix: the advice, and what it did. */
function told({ queries }: JsonReport): string | undefined {
  const [finding] = queries.flatMap(({ findings }) => findings.filter(({ fixes }) => fixes.length > 0));
  const [fix] = finding?.fixes ?? [];
  if (!finding || !fix) return undefined;
  const { blocks, sizeBytes, writes, ...rest } = fix;
  const measured = { ...(blocks ? { blocks } : {}), ...(sizeBytes === null ? {} : { sizeBytes }) };
  return `${finding.fix}\n${fix.title}: ${fixEffect({ ...rest, ...measured, ...(writes ? { writes: writes.map(costed) } : {}) })}\n`;
}

function costed({ query, blocks }: { readonly query: string; readonly blocks: Mended | null }): WriteCost {
  return blocks ? { query, blocks } : { query };
}

const page = readFileSync("docs/judging.md", "utf8");
let project: Project;

beforeAll(async () => {
  project = await makeProject(files);
  const run = await planGate(project.where, "accept", "--quiet");
  if (run.code !== 0) throw new Error(`accept failed: ${JSON.stringify(run)}`);
  await git(project.root, "init", "-q", "-b", "main");
  await commit(project.root);
}, minutes);
afterAll(() => project[Symbol.asyncDispose]());

test.each([
  ["a dropped index", "DROP INDEX books_isbn_idx;"],
  [
    "a view that is read whole",
    "DROP VIEW shelf_titles; CREATE VIEW shelf_titles AS SELECT shelf, id, title, row_number() OVER (ORDER BY id) AS place FROM books; GRANT SELECT ON shelf_titles TO reader;",
  ],
  ["a role's setting", "ALTER ROLE reader SET enable_indexscan = off; ALTER ROLE reader SET enable_bitmapscan = off;"],
])(
  "what is printed for %s is a migration with which the gate passes",
  async (name, sql) => {
    const branch = name.replaceAll(/\W+/g, "-");
    await git(project.root, "checkout", "-q", "-b", branch, "main");
    await project.put({ "migrations/004_change.sql": `${sql}\n` });
    await commit(project.root);
    const worse = await checked(project.where, "--base", "main", "--quiet");
    expect(worse.code).toBe(1);
    const fixes = printed(worse.report);
    expect(fixes.length).toBeGreaterThan(0);
    if (sql.startsWith("DROP INDEX")) expect(page).toContain(told(worse.report));
    await project.put({ "migrations/005_fix.sql": `${fixes.join("\n")}\n` });
    await commit(project.root);
    const mended = await checked(project.where, "--base", "main", "--quiet");
    expect([mended.code, printed(mended.report)]).toEqual([0, []]);
  },
  minutes,
);
