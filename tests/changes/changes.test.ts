import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { judgeChanges, outcomeLine, readChanges } from "./judge-changes.js";

const changes = readChanges();
const fair = changes.filter(({ needs }) => needs === undefined);
const cli = resolve(".dist-check-changes/cli.js");
const tenMinutes = 600_000;

test("the set holds at least thirty regressions and thirty harmless changes, each under a name of its own", () => {
  expect(fair.filter(({ caught }) => caught).length).toBeGreaterThanOrEqual(30);
  expect(fair.filter(({ caught }) => !caught).length).toBeGreaterThanOrEqual(30);
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

// `bench/judge.mjs` judges the whole set, on every major; here a part of it, so that the tests stay fast.
describe("by the command line, built from these sources", () => {
  beforeAll(() => {
    execFileSync(process.execPath, ["scripts/build.mjs", ".dist-check-changes"]);
  }, tenMinutes);

  test.each([
    { major: 17, project: undefined, every: 6 },
    { major: 14, project: "telemetry", every: 14 },
    { major: 15, project: "telemetry", every: 14 },
    { major: 16, project: "telemetry", every: 14 },
    { major: 18, project: "telemetry", every: 14 },
  ])(
    "PostgreSQL $major: every regression is caught and every harmless change left alone",
    async ({ major, project, every }) => {
      const ofProject = fair.filter(
        (change) => (project === undefined || change.project === project) && (change.since ?? 0) <= major,
      );
      // Each major begins elsewhere, so that together they see more of the set.
      const some = ofProject.filter((_, index) => index % every === major % every);
      const outcomes = await judgeChanges({ cli, changes: some, major });
      expect(outcomes).toHaveLength(some.length);
      expect(outcomes.filter(({ right }) => !right).map(outcomeLine)).toEqual([]);
    },
    tenMinutes,
  );
});
