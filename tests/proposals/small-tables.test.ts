import { startThrowawayServer, type ThrowawayServer } from "../postgres/support/throwaway-server.js";
import { kinds, makeRepository, shop } from "./support/repository.js";

const minute = 60_000;
let server: ThrowawayServer | undefined;

beforeAll(async () => {
  server = await startThrowawayServer(17);
}, minute);
afterAll(() => server?.stop());

/** Ten coupons, found by their code; and kinds, to which the four thousand items refer. */
const small = {
  ...shop,
  "migrations/001_items.sql": `CREATE TABLE kinds (id integer PRIMARY KEY, name text);
CREATE INDEX kinds_name_idx ON kinds (name);
${shop["migrations/001_items.sql"].replace("kind integer NOT NULL", "kind integer NOT NULL REFERENCES kinds")}
CREATE TABLE coupons (id bigint PRIMARY KEY, code text NOT NULL);
CREATE INDEX coupons_code_idx ON coupons (code);
`,
  "seeds/items.sql": `INSERT INTO kinds SELECT n, 'k' || n FROM generate_series(0, 399) AS n;
${shop["seeds/items.sql"]}INSERT INTO coupons SELECT n, 'c' || n FROM generate_series(1, 10) AS n;
`,
  "queries/coupon.sql": "SELECT id FROM coupons WHERE code = 'c3';\n",
  "queries/kind.sql": "SELECT id FROM kinds WHERE name < 'k9';\n",
} as const;

test(
  "a table of ten rows is named once, a lookup is not; what a branch does to its index needs evidence",
  async () => {
    await using repository = await makeRepository(small, server?.url);
    const base = await repository.commit(await repository.accept());
    const untouched = await repository.judge(base);
    const names = [
      expect.stringMatching(
        /^too few rows to judge .*public\.coupons \(10 rows\): PostgreSQL reads .*; seed at least 1,000 rows/,
      ),
    ];
    expect([untouched.verdict.exitCode, untouched.verdict.notes]).toEqual([0, names]);
    expect(untouched.verdict.outcomes.flatMap(({ notes }) => notes)).toEqual([]);

    await repository.commit({ "migrations/002_tidy.sql": "DROP INDEX coupons_code_idx;\n" });
    const dropped = await repository.judge(base);
    expect([kinds(dropped)["coupon"], dropped.verdict.exitCode]).toEqual(["passed", 0]);
    expect(
      dropped.verdict.outcomes.filter(({ notes }) => notes.length > 0).map(({ name, notes }) => [name, notes]),
    ).toEqual([
      [
        "coupon",
        [
          "needs evidence: public.coupons has 10 rows, too few to show what `migrations/002_tidy.sql:1: DROP INDEX coupons_code_idx` does to this plan; seed at least 1,000",
        ],
      ],
    ]);
  },
  2 * minute,
);
