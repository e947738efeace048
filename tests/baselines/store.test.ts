import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Baseline, writeBaseline } from "../../src/baselines/baseline.js";
import { readBaselines, writeBaselines } from "../../src/baselines/store.js";
import { workTree } from "../../src/files/tree.js";
import { indexScan, plan } from "../support/plans.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plan-gate-baselines-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

function baseline(query: string, cost = 8.3, major = 17): Baseline {
  const accepted = plan(indexScan("orders", "orders_pkey", { totalCost: cost }), "`explain.analyze` is off");
  return {
    query,
    environment: { major, locale: "C", settings: {}, configured: { work_mem: "4MB" } },
    plans: [{ case: 'it\'s: a "case"', kind: "custom", plan: { ...accepted, settings: { work_mem: "4MB" } } }],
  };
}

test("what is written is what is read, and writing it again changes nothing", async () => {
  const all = [baseline("orders/open"), baseline("users")];
  expect((await writeBaselines(root, "baselines", all)).map(({ file, kind }) => [file, kind])).toEqual([
    ["baselines/pg17/orders/open.yml", "new"],
    ["baselines/pg17/users.yml", "new"],
  ]);
  const { byQuery, problems } = await readBaselines(workTree(root), "baselines", 17);
  expect(problems).toEqual([]);
  expect([...byQuery.values()]).toEqual(all);
  expect((await writeBaselines(root, "baselines", [...byQuery.values()])).map(({ kind }) => kind)).toEqual([
    "unchanged",
    "unchanged",
  ]);
  expect((await writeBaselines(root, "baselines", [baseline("users", 9)])).map(({ kind }) => kind)).toEqual([
    "changed",
  ]);
});

test("baselines of other majors are known, and not read", async () => {
  await writeBaselines(root, "baselines", [baseline("a", 8, 16), baseline("a", 8, 18), baseline("b", 8, 17)]);
  const { byQuery, elsewhere } = await readBaselines(workTree(root), "baselines", 17);
  expect([...byQuery.keys()]).toEqual(["b"]);
  expect([...elsewhere]).toEqual([["a", [16, 18]]]);
});

test.each([
  ["broken YAML", (text: string) => text.replace("plans:", "plans: ["), undefined],
  ["another format", (text: string) => text.replace("format: 1", "format: 2"), 3],
  ["a line that is no node", (text: string) => text.replace("Index Scan using", "Index Scan usng"), 18],
  ["another query's name", (text: string) => text.replace("query: a", "query: b"), undefined],
  ["another major's plans", (text: string) => text.replace("postgres: 17", "postgres: 16"), undefined],
])("%s is a problem with the file and its line; the other baselines are read", async (_, damage, line) => {
  await writeBaselines(root, "baselines", [baseline("a"), baseline("good")]);
  const file = join(root, "baselines/pg17/a.yml");
  await writeFile(file, damage(await readFile(file, "utf8")));
  const { byQuery, problems } = await readBaselines(workTree(root), "baselines", 17);
  expect([...byQuery.keys()]).toEqual(["good"]);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.place).toMatchObject({ file: "baselines/pg17/a.yml", ...(line === undefined ? {} : { line }) });
});

test.each(["baselines", "baselines/pg17", "baselines/pg17/a.yml"])(
  "a link at %s that leads elsewhere is refused, and nothing is written there",
  async (link) => {
    const elsewhere = await mkdtemp(join(tmpdir(), "plan-gate-elsewhere-"));
    try {
      const target = link.endsWith(".yml") ? join(elsewhere, "target") : elsewhere;
      if (link.endsWith(".yml")) await writeFile(target, "mine");
      await mkdir(join(root, link, ".."), { recursive: true });
      await symlink(target, join(root, link));
      await expect(writeBaselines(root, "baselines", [baseline("a")])).rejects.toMatchObject({ code: "write-refused" });
      await expect(readFile(join(elsewhere, "pg17/a.yml"))).rejects.toThrow();
      if (link.endsWith(".yml")) expect(await readFile(target, "utf8")).toBe("mine");
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  },
);

test("no time, and nothing of this machine, is in the file", () => {
  const text = writeBaseline(baseline("a"));
  expect(text).toMatchInlineSnapshot(`
"# The plans this team accepts for one query. Written by \`plan-gate accept\`; review it, do not edit it.
# A line is a node: cost in planner units, rows expected, and rows seen when it ran. Numbers have 3 digits.
format: 1
query: a
environment:
  postgres: 17
  locale: C
  settings: {}
  configured:
    work_mem: 4MB
plans:
  - case: 'it''s: a "case"'
    kind: custom
    settings:
      work_mem: 4MB
    notMeasured: '\`explain.analyze\` is off'
    tree: |
      Index Scan using orders_pkey on public.orders (cost=0..8.3 rows=1)
"
`);
});
