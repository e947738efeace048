import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { holdsOn, readChanges } from "./changes.js";
import { judgeChanges } from "./judge-changes.js";
import { outcomeLine } from "./outcome.js";

const changes = readChanges();
const fair = changes.filter(({ needs }) => needs === undefined);
const cli = resolve(".dist-check-changes/cli.js");
const tenMinutes = 600_000;

test("the set holds at least a hundred regressions and a hundred harmless changes, each under a name of its own", () => {
  expect(fair.filter(({ caught }) => caught).length).toBeGreaterThanOrEqual(100);
  expect(fair.filter(({ caught }) => !caught).length).toBeGreaterThanOrEqual(100);
  const names = changes.map(({ project, name }) => `${project}: ${name}`);
  expect(names).toEqual([...new Set(names)]);
});

test("every change finds the text that it edits", () => {
  const missing = changes.flatMap(({ project, name, edits }) =>
    edits
      .filter(
        ({ file, replace }) =>
          !readFileSync(join(import.meta.dirname, "projects", project, file), "utf8").includes(replace),
      )
      .map(({ file, replace }) => `${project}: ${name}: ${file} has no ${replace}`),
  );
  expect(missing).toEqual([]);
});

test("every cause that is a migration's is a file and a line of that change", () => {
  const wrong = changes.flatMap(({ project, name, causes, migrations }) =>
    causes
      .filter(({ kind }) => kind === "migration")
      .filter(({ file, lines = [] }) => {
        const sql = migrations.find((migration) => migration.file === file)?.sql.split("\n") ?? [];
        return lines.some((line) => !sql[line - 1]?.trim());
      })
      .map(({ file, lines }) => `${project}: ${name}: ${file} has no lines ${lines?.join(", ")}`),
  );
  expect(wrong).toEqual([]);
});

test("guilty migrations stand first, last and between harmless ones", () => {
  const places = changes
    .filter(({ causes, migrations }) => migrations.length > 2 && causes.length === 1)
    .map(({ causes, migrations }) => {
      const at = migrations.findIndex(({ file }) => file === causes[0]?.file);
      return at === 0 ? "first" : at === migrations.length - 1 ? "last" : at > 0 ? "between" : "not among them";
    });
  for (const place of ["first", "last", "between"])
    expect(places.filter((one) => one === place).length).toBeGreaterThanOrEqual(5);
});

// `npm run bench:judge` judges the whole set, on every major; here a small part of it, so that the tests stay fast.
describe("by the command line, built from these sources", () => {
  beforeAll(() => {
    execFileSync(process.execPath, ["scripts/build.mjs", ".dist-check-changes"]);
  }, tenMinutes);

  test.each([
    { major: 14, project: "telemetry" },
    { major: 15, project: "forum" },
    { major: 16, project: "billing" },
    { major: 17, project: "clinic" },
    { major: 18, project: "press" },
  ])(
    "PostgreSQL $major: of $project, regressions are caught with their cause and harmless changes left alone",
    async ({ major, project }) => {
      const ofProject = fair.filter((change) => change.project === project && holdsOn(change, major));
      const some = ofProject.filter((_, index) => index % 17 === major % 17);
      const outcomes = await judgeChanges({ cli, changes: some, major });
      expect(outcomes).toHaveLength(some.length);
      expect(outcomes.filter(({ right, causeRight }) => !right || causeRight === false).map(outcomeLine)).toEqual([]);
    },
    tenMinutes,
  );
});
