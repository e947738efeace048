import { testedMajors } from "../postgres/support/throwaway-server.js";
import { dropIndex, filesBelow, library, makeProject } from "./support/library.js";
import { checked, planGate } from "./support/plan-gate.js";

const minute = 60_000;

test.each(testedMajors)(
  "on %i: accept, pass, fail for a dropped index with its migration, and the same bytes again",
  async (major) => {
    await using project = await makeProject();
    const flags = ["--postgres", String(major)];
    expect((await planGate(project.where, "accept", ...flags)).code).toBe(0);
    const baselines = await filesBelow(project.root, "baselines");
    expect(Object.keys(baselines)).toEqual(
      ["book-by-isbn", "books-on-shelf", "loans-of-borrower"].map((name) => `baselines/pg${major}/${name}.yml`),
    );
    const good = await checked(project.where, ...flags);
    expect([good.code, good.report.environment?.major]).toEqual([0, major]);
    await project.put({ "migrations/003_tidy.sql": dropIndex, ...library });
    const worse = await checked(project.where, ...flags);
    expect(worse.code).toBe(1);
    expect(worse.report.queries[0]?.findings[0]).toMatchObject({
      rule: "index-scan-lost",
      relation: "public.books",
      cause: { file: "migrations/003_tidy.sql", line: 2 },
    });
    await project.remove("migrations/003_tidy.sql");
    expect((await planGate(project.where, "accept", ...flags)).stdout).toContain("3 baselines unchanged");
    expect(await filesBelow(project.root, "baselines")).toEqual(baselines);
  },
  2 * minute,
);
