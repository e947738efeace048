import { rules } from "../../src/rules/index.js";
import { makeRepository } from "../proposals/support/repository.js";

const minutes = 180_000;
const only = "generic-worse-than-custom";
const others = rules.filter(({ id }) => id !== only).map(({ id }) => `${id}: off`);

const jobs = {
  "plan-gate.yml": `seed: { files: [seeds/*.sql] }\nrules: { ${others.join(", ")} }\n`,
  "migrations/001_jobs.sql": `CREATE TABLE jobs (id bigint PRIMARY KEY, state text NOT NULL, body text NOT NULL);
CREATE INDEX jobs_state_idx ON jobs (state);
`,
  "seeds/jobs.sql":
    "INSERT INTO jobs SELECT n, CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'done ' || n % 900 END, repeat('x', 200) FROM generate_series(1, 30000) AS n;\n",
  "queries/by-state.sql": `-- name: by-state
-- cases:
--   failed: [failed]
-- plans: [custom, generic]
SELECT id, body FROM jobs WHERE state = $1;
`,
} as const;

test(
  "what makes a generic plan worse than the custom one is found by planning both again",
  async () => {
    await using repository = await makeRepository(jobs, undefined);
    const base = await repository.commit(await repository.accept());
    await repository.commit({
      "migrations/002_step.sql": "ALTER TABLE jobs ADD COLUMN note text;\n",
      "migrations/003_smaller.sql":
        "DROP INDEX jobs_state_idx;\nCREATE INDEX jobs_failed_idx ON jobs (id) WHERE state = 'failed';\n",
      "migrations/004_step.sql": "CREATE TABLE workers (id bigint PRIMARY KEY);\n",
    });
    const { verdict } = await repository.judge(base);
    const told = verdict.outcomes.map(({ plan, kind, findings }) => [plan, kind, ...findings.map(({ rule }) => rule)]);
    expect(told).toEqual([
      ["custom", "improved", "improved"],
      ["generic", "flagged", only],
    ]);
    // Without the second statement both plans are as bad as each other.
    expect(verdict.outcomes[1]?.findings[0]?.cause).toMatchObject({
      kind: "migration",
      file: "migrations/003_smaller.sql",
      line: 2,
      tried: expect.stringMatching(/^replayed on the base.*together with `DROP INDEX jobs_state_idx`/),
    });
  },
  minutes,
);
