import type { Evaluation } from "../../src/evaluation/evaluation.js";
import { makeRepository } from "../proposals/support/repository.js";
import { startThrowawayServer, type ThrowawayServer } from "./support/throwaway-server.js";

const twoMinutes = 120_000;
let server: ThrowawayServer;
beforeAll(async () => {
  server = await startThrowawayServer(17);
}, twoMinutes);
afterAll(() => server.stop());

const settings = (workMem: string) =>
  `seed: { files: [seeds/*.sql] }\npostgres: { settings: { work_mem: ${workMem} } }\ninvestigate: { fixes: false }\n`;

/** Tasks of a hundred owners, scattered over wide rows. */
const tasks = {
  "plan-gate.yml": settings("4MB"),
  "migrations/001_tasks.sql": `CREATE TABLE tasks (id integer PRIMARY KEY, owner integer NOT NULL, state text NOT NULL, body text NOT NULL);
CREATE INDEX tasks_owner_idx ON tasks (owner);
`,
  "seeds/tasks.sql":
    "INSERT INTO tasks SELECT n, hashint4(n) & 31, 'open', repeat('x', 900) FROM generate_series(1, 40000) AS n;\n",
  "queries/bodies.sql": "SELECT id, body FROM tasks WHERE owner = 7;\n",
  "queries/finish.sql": `WITH done AS (UPDATE tasks SET state = 'done' WHERE id <= 20 RETURNING id)
SELECT count(*) FROM (SELECT count(*) AS n FROM done) AS d, tasks AS t WHERE d.n > 0 AND t.owner = 9;
`,
} as const;

/** Of a query, its findings that are no mere information: each rule, what the others saw, and the cause. */
function findingsOf({ verdict }: Evaluation, query: string) {
  const outcome = verdict.outcomes.find(({ name }) => name === query);
  return (outcome?.findings ?? [])
    .filter(({ severity }) => severity !== "info")
    .map(({ rule, title, also = [], cause }) => ({
      rule,
      title,
      also: also.map((one) => one.rule),
      cause: cause?.kind,
    }));
}

test(
  "a bitmap that no longer fits into work_mem is told by the rows that are read again for it",
  async () => {
    await using repository = await makeRepository(tasks, server.url);
    const base = await repository.commit(await repository.accept());
    await repository.commit({ "plan-gate.yml": settings("64kB") });
    expect(findingsOf(await repository.judge(base), "bodies")).toMatchObject([
      {
        rule: "read-more",
        title: expect.stringContaining("no longer fits into memory (`work_mem`)"),
        cause: "settings",
      },
    ]);
    await repository.commit({ "plan-gate.yml": settings("3MB") });
    expect(findingsOf(await repository.judge(base), "bodies")).toEqual([]);
  },
  twoMinutes,
);

test(
  "an index-only scan that looks its rows up in the table, because the query itself has written there, is told",
  async () => {
    await using repository = await makeRepository(tasks, server.url);
    const base = await repository.commit(await repository.accept());
    await repository.commit({ "queries/finish.sql": tasks["queries/finish.sql"].replace("id <= 20", "id <= 20000") });
    const found = findingsOf(await repository.judge(base), "finish");
    expect(found).toMatchObject([{ rule: "index-only-scan-lost", cause: "query" }]);
    expect(found[0]?.title).toMatch(/[\d,]+ rows are looked up in the table as well instead of \d+$/);
    await repository.commit({ "queries/finish.sql": tasks["queries/finish.sql"].replace("id <= 20", "id <= 21") });
    expect(findingsOf(await repository.judge(base), "finish")).toEqual([]);
  },
  twoMinutes,
);
