import { library, makeProject } from "./support/library.js";
import { checked, planGate } from "./support/plan-gate.js";

const minute = 60_000;

const project = {
  ...library,
  "plan-gate.yml": `${library["plan-gate.yml"]}explain: { timeoutSeconds: 5 }\n`,
  "migrations/003_functions.sql":
    "CREATE FUNCTION points(shelf bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN shelf % 7; END $$;\n",
  "queries/slow.sql": `-- name: pointed
SELECT count(*) FROM books WHERE points(shelf) = 3;

-- name: in-order
SELECT id, title FROM books ORDER BY title, id;
`,
};

function body(text: string) {
  return {
    "migrations/004_points.sql": `CREATE OR REPLACE FUNCTION points(shelf bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN ${text} END $$;\n`,
  };
}

const littleMemory =
  "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''64kB''', current_database()); END $$;\n";

test(
  "a function's body that never ends, or fails, and less memory are regressions though no plan changed",
  async () => {
    await using made = await makeProject(project);
    expect((await planGate(made.where, "accept")).code).toBe(0);
    const found = async (files: Readonly<Record<string, string>>) => {
      await made.put(files);
      const { code, report } = await checked(made.where);
      const loud = report.queries.flatMap(({ name, findings }) =>
        findings.filter(({ severity }) => severity === "error").map(({ rule, title }) => `${name}: ${rule}: ${title}`),
      );
      return [code, loud];
    };
    expect(await found({})).toEqual([0, []]);
    expect(await found(body("PERFORM pg_sleep(1); RETURN shelf % 7;"))).toEqual([
      1,
      ["pointed: no-longer-finishes: the query no longer finishes in time: it took longer than 5 s"],
    ]);
    expect(await found(body("RETURN 1 / (shelf - shelf);"))).toEqual([
      1,
      ["pointed: no-longer-finishes: the query fails when it runs: division by zero"],
    ]);
    expect(await found({ "migrations/004_points.sql": littleMemory })).toEqual([
      1,
      [
        expect.stringMatching(
          /^in-order: spilled: a sort no longer fits into memory \(`work_mem`\): [\d,]+ temporary blocks of 8 kB are written or read instead of none$/,
        ),
      ],
    ]);
  },
  6 * minute,
);
