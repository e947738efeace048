import { compareMigrations, type Edit } from "../../src/cause/edits.js";
import type { Laboratory } from "../../src/cause/laboratory.js";
import { findMigrationCause } from "../../src/cause/migration-cause.js";
import type { Plans, Question } from "../../src/cause/question.js";
import type { Subject } from "../../src/explain/ask.js";
import { plan, seqScan } from "../support/plans.js";

const subject = { kind: "custom" } as Subject;
const finding = { rule: "cost-increased", severity: "error", relation: null } as Question["finding"];
const question: Question = {
  subject,
  finding,
  judge: (planned) => (planned.kind === "plan" && planned.plan.root.totalCost > 100 ? [finding] : []),
};
const costing = (totalCost: number): Plans =>
  new Map([[subject, { kind: "plan", plan: plan(seqScan("orders", { totalCost })) }]]);
const [good, bad] = [costing(10), costing(1_000)];

/** Three statements, the second of which does it; `overrides` say what of it the experiments show. */
async function laboratory(overrides: Partial<Laboratory> = {}): Promise<Laboratory & { readonly builds: string[] }> {
  const sql = "DROP INDEX a;\nDROP INDEX b;\nDROP INDEX c;\n";
  const migrations = await compareMigrations([], [{ file: "1.sql", names: ["1"], sql }]);
  const builds: string[] = [];
  return {
    builds,
    migrations,
    conditions: [],
    canReplay: false,
    headPlans: bad,
    isOver: () => false,
    replayed: async () => undefined,
    oldQueriesOnHead: async () => good,
    newQueriesOnBase: async () => good,
    under: async () => undefined,
    async built(name: string, isMade: (edit: Edit) => boolean) {
      builds.push(name);
      return { kind: "plans", plans: migrations.edits.filter(isMade).some(({ line }) => line === 2) ? bad : good };
    },
    ...overrides,
  };
}

test("builds with fewer of the statements come to the one that does it", async () => {
  const lab = await laboratory();
  expect(await findMigrationCause(lab, question, subject)).toMatchObject({
    kind: "migration",
    line: 2,
    tried: "found by 2 builds with fewer of the statements",
  });
});

describe("where a build with fewer of the statements tells nothing", () => {
  /** Without the second statement nothing can be built: the third one seems to bring the finding. */
  const hidden = (without: "good" | "bad") =>
    laboratory({
      async built(name: string) {
        if (!name.startsWith("without")) return { kind: "failed", message: "no such column" };
        return { kind: "plans", plans: without === "good" ? good : bad };
      },
    });

  test("what the halving comes to is tried once more", async () =>
    expect(await findMigrationCause(await hidden("good"), question, subject)).toMatchObject({
      line: 3,
      tried: "found by 2 builds with fewer of the statements, and gone in a build without it",
    }));

  test("and nobody is blamed where that refutes it", async () =>
    expect(await findMigrationCause(await hidden("bad"), question, subject)).toBeUndefined());
});

test("a build ahead is begun only where a replay may find the statement by then", async () => {
  const cause = { kind: "migration", file: "1.sql", line: 1, statement: "DROP INDEX a" } as const;
  const named: Question = { ...question, finding: { ...finding, cause } };
  const replaying = await laboratory({ canReplay: true });
  await findMigrationCause(replaying, named, subject);
  expect(replaying.builds[0]).toBe("without 1.sql:1");
  const halving = await laboratory();
  await findMigrationCause(halving, named, subject);
  expect(halving.builds[0]).toBe("with the first 1 of 3 statements");
});

test("nobody is blamed for what the tested tree's own plans do not show once more", async () => {
  const lab = await laboratory({ headPlans: good });
  expect(await findMigrationCause(lab, question, subject)).toBeUndefined();
  expect(lab.builds).toEqual([]);
});

describe("where the time runs out while statements are tried one by one", () => {
  const cutShort = async (isOver: boolean) => {
    const { migrations } = await laboratory();
    const steps = [
      { made: [], plans: good },
      { made: migrations.edits, plans: bad },
    ];
    const lab = await laboratory({
      migrations,
      isOver: () => isOver,
      replayed: async () => ({ steps, try: async () => undefined }),
      built: async () => ({ kind: "skipped" }),
    });
    return findMigrationCause(lab, question, subject);
  };

  test("nobody is blamed", async () => expect(await cutShort(true)).toBeUndefined());

  test("a statement that cannot be run alone is not mistaken for that", async () =>
    expect(await cutShort(false)).toMatchObject({ kind: "migration", line: 3 }));
});
