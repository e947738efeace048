import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startThrowawayServer, type ThrowawayServer } from "../postgres/support/throwaway-server.js";
import { brief, dropIndex, kinds, makeRepository, type Repository, shop } from "./support/repository.js";

const minute = 60_000;
let server: ThrowawayServer | undefined;
let accepted: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startThrowawayServer(17);
  await using repository = await makeRepository(shop, server.url);
  accepted = { ...shop, ...(await repository.accept()) };
}, minute);
afterAll(() => server?.stop());

/** The shop on main with its plans accepted, more files over it, and a branch's commit on top. */
async function proposing(
  branch: Readonly<Record<string, string | null>>,
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly repository: Repository; readonly base: string } & AsyncDisposable> {
  const repository = await makeRepository({ ...accepted, ...more }, server?.url);
  const base = await repository.commit({});
  await repository.commit(branch);
  return { repository, base, [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose]() };
}

const byCode = "baselines/pg17/by-code.yml";
const ofKind = "baselines/pg17/of-kind.yml";

test(
  "a worse plan that is stated as it is counts once approved, and names the version of its file",
  async () => {
    await using at = await proposing(dropIndex);
    const open = await at.repository.judge(at.base);
    expect(kinds(open)).toEqual({ "by-code/first": "flagged", "by-code/last": "flagged", "of-kind": "passed" });
    expect(open.proposals).toEqual([]);
    expect(open.candidates.map(({ query, path }) => [query, path])).toEqual([["by-code", byCode]]);

    const written = await at.repository.accept();
    expect(open.candidates[0]?.text).toBe(written[byCode]);
    await at.repository.commit(written);
    const stated = await at.repository.judge(at.base);
    expect([kinds(stated)["by-code/first"], stated.verdict.exitCode]).toEqual(["flagged", 1]);
    const blob = execFileSync("git", ["hash-object", byCode], { cwd: at.repository.root, encoding: "utf8" }).trim();
    expect(stated.proposals).toEqual([
      {
        kind: "baseline",
        query: "by-code",
        files: [{ path: byCode, blob }],
        counts: "once approved",
        what: expect.stringMatching(/^accepts a worse plan in case `first`: 8\.\d+ → [\d.]+ planner units$/),
        next: expect.stringMatching(/approved/),
      },
    ]);
    expect(stated.candidates).toEqual([]);
  },
  minute,
);

test(
  "a baseline that the plan made here disagrees with never counts, whether it claims too much or too little",
  async () => {
    const text = accepted[byCode] ?? "";
    const dear = text.replaceAll(/cost=[\d.]+\.\.[\d.]+/g, "cost=0.28..9000");
    await using at = await proposing({ [byCode]: dear, ...dropIndex });
    const high = await at.repository.judge(at.base);
    expect(brief(high)).toEqual([`by-code baseline never ${byCode}`]);
    expect(high.proposals[0]?.what).toMatch(/disagrees with in case `first`: it says 9,000, and here are/);
    expect(high.proposals[0]?.next).toBe("Run `plan-gate accept by-code` and commit what it writes.");
    expect(kinds(high)["by-code/first"]).toBe("flagged");
    expect(high.candidates.map(({ query }) => query)).toEqual(["by-code"]);

    await at.repository.commit({ [byCode]: text.replaceAll("cost=0.28", "cost=0.27") });
    expect(brief(await at.repository.judge(at.base))).toEqual([`by-code baseline never ${byCode}`]);
    await at.repository.commit({ [byCode]: "format: 1\nquery: by-code\n" });
    expect((await at.repository.judge(at.base)).proposals[0]).toMatchObject({
      counts: "never",
      what: expect.stringMatching(/cannot be read/),
    });
  },
  minute,
);

test(
  "an improvement and a new query, stated as they are, count freely",
  async () => {
    await using at = await proposing({
      "migrations/002_kind.sql": "CREATE INDEX items_kind_idx ON items (kind);\n",
      "queries/highest.sql": "SELECT max(id) FROM items;\n",
    });
    const open = await at.repository.judge(at.base);
    expect(kinds(open)).toMatchObject({ highest: "unbaselined", "of-kind": "improved" });
    expect(open.candidates.map(({ query }) => query)).toEqual(["highest", "of-kind"]);
    await at.repository.commit(await at.repository.accept());
    const stated = await at.repository.judge(at.base);
    expect(brief(stated)).toEqual([
      "highest baseline freely baselines/pg17/highest.yml",
      `of-kind baseline freely ${ofKind}`,
    ]);
    expect([stated.verdict.exitCode, stated.candidates]).toEqual([0, []]);
  },
  minute,
);

test(
  "what would no longer be watched counts once approved: a query, a renamed one, a case, a baseline",
  async () => {
    await using at = await proposing({
      "queries/of-kind.sql": null,
      [ofKind]: null,
      "queries/by-code.sql": shop["queries/by-code.sql"].replace('--   first: ["c1"]\n', "").replace("c4000", "c2"),
    });
    const removed = await at.repository.judge(at.base);
    expect(brief(removed)).toEqual([
      `of-kind removal once approved -${ofKind} -queries/of-kind.sql`,
      "by-code removal once approved queries/by-code.sql",
      "by-code removal once approved queries/by-code.sql",
    ]);
    expect(removed.proposals.map(({ what }) => what)).toEqual([
      "removes the query",
      "removes the case `first`",
      "changes the values of the case `last`",
    ]);
    await at.repository.commit({
      "queries/by-code.sql": shop["queries/by-code.sql"],
      "queries/kinds.sql": shop["queries/of-kind.sql"],
      [byCode]: null,
    });
    const renamed = await at.repository.judge(at.base);
    expect(renamed.proposals.map(({ query, what, counts }) => [query, what, counts])).toEqual([
      ["of-kind", "renames the query to `kinds`, which has the same text", "once approved"],
      ["by-code", "removes the baseline", "once approved"],
    ]);
    expect(kinds(renamed)).toMatchObject({ "by-code/first": "passed", kinds: "unbaselined", "of-kind": "orphaned" });
  },
  minute,
);

test(
  "the base's policy counts, and what the branch makes of it is proposed",
  async () => {
    const approval = "approval: { mode: off }\nenforce: false\nrules: { cost-increased: off }\n";
    await using at = await proposing({
      ...dropIndex,
      "plan-gate.yml": `${shop["plan-gate.yml"]}${approval}queries: [queries/by-code.sql]\nbaselines: plans\n`,
      "queries/by-code.sql": shop["queries/by-code.sql"].replace(
        "-- cases:",
        "-- rules: { index-scan-lost: off }\n-- cases:",
      ),
    });
    const evaluation = await at.repository.judge(at.base);
    expect(evaluation).toMatchObject({
      config: "plan-gate.yml",
      kind: "judged",
      enforce: true,
      approval: { mode: "label" },
      baselines: "baselines",
    });
    expect(kinds(evaluation)["by-code/first"]).toBe("flagged");
    expect(evaluation.proposals.map(({ kind, what, counts }) => [kind, what, counts])).toEqual([
      ["policy", "changes `rules`, `enforce`, `approval`, `baselines`, `queries` in `plan-gate.yml`", "once approved"],
      ["policy", "changes the `rules` in the query's header", "once approved"],
      ["removal", "removes the query", "once approved"],
    ]);
    expect(evaluation.candidates[0]?.path).toBe(byCode);
  },
  minute,
);

test(
  "a changed seed changes the environment, which has to be approved; where a plan moves by it, the seed is the cause",
  async () => {
    const fewer = shop["seeds/items.sql"].replace("n % 400", "n % 4");
    await using at = await proposing({ "seeds/items.sql": fewer, "seeds/more.sql": "SELECT 1;\n" });
    const evaluation = await at.repository.judge(at.base);
    expect(evaluation.proposals.map(({ kind, what, counts }) => [kind, what, counts])).toEqual([
      ["environment", "changes the seed file `seeds/items.sql`", "once approved"],
      ["environment", "adds the seed file `seeds/more.sql`", "once approved"],
    ]);
    expect(kinds(evaluation)).toMatchObject({ "by-code/first": "passed" });

    const more = shop["seeds/items.sql"].replace("generate_series(1, 4000)", "generate_series(1, 40000)");
    await at.repository.commit({ "seeds/items.sql": more, "seeds/more.sql": null });
    const grown = (await at.repository.judge(at.base)).verdict.outcomes.find(({ name }) => name === "of-kind");
    expect([grown?.kind, grown?.findings[0]?.cause]).toMatchObject([
      "flagged",
      { kind: "seed", file: "seeds/items.sql" },
    ]);
  },
  minute,
);

test.each([
  ["rows of a new table", "INSERT INTO tags SELECT n FROM generate_series(1, 10) AS n;\n", "freely"],
  ["rows of an old table", "INSERT INTO items VALUES (5000, 'c5000', 1);\n", "once approved"],
  ["rows of a new table, and a deletion", "INSERT INTO tags VALUES (1);\nDELETE FROM items;\n", "once approved"],
  [
    "a deletion in a WITH",
    "WITH gone AS (DELETE FROM items RETURNING 1) INSERT INTO tags SELECT 1;\n",
    "once approved",
  ],
])(
  "a new seed file with %s",
  async (_, seed, counts) => {
    await using at = await proposing({
      "migrations/002_tags.sql": "CREATE TABLE tags (id bigint PRIMARY KEY);\n",
      "seeds/tags.sql": seed,
    });
    const { proposals } = await at.repository.judge(at.base);
    expect(proposals).toEqual([
      expect.objectContaining({ kind: "environment", what: expect.stringContaining("`seeds/tags.sql`"), counts }),
    ]);
  },
  minute,
);

test(
  "a command of the branch that rewrites baselines in the work tree changes nothing of what is proposed",
  async () => {
    const seed = `${shop["migrations/001_items.sql"]}${shop["seeds/items.sql"]}`;
    const before = {
      "plan-gate.yml": "seed: { command: sh seed.sh }\n",
      "migrations/001_items.sql": seed,
      "seed.sh": "true\n",
    };
    const lie = `cat lie.yml > ${byCode}; echo 'rules: {}' >> plan-gate.yml; rm queries/*\n`;
    await using at = await proposing({ ...dropIndex, "seed.sh": lie, "lie.yml": "format: 1\n" }, before);
    const evaluation = await at.repository.judge(at.base);
    expect(await readFile(join(at.repository.root, byCode), "utf8")).toBe("format: 1\n");
    expect(evaluation.proposals).toEqual([]);
    expect(kinds(evaluation)).toMatchObject({ "by-code/first": "flagged" });
  },
  minute,
);

test(
  "a run that fails still says what is proposed without plans, and one of some queries speaks of those",
  async () => {
    await using at = await proposing({
      "plan-gate.yml": `${shop["plan-gate.yml"]}strict: true\n`,
      "migrations/002_bad.sql": "DROP TABLE nobody;\n",
    });
    const failed = await at.repository.judge(at.base);
    expect([failed.verdict.verdict, failed.major, failed.enforce]).toEqual(["error", null, true]);
    expect(failed.verdict.problems[0]).toMatchObject({ code: "migration-failed" });
    expect(brief(failed)).toEqual(["all policy once approved plan-gate.yml"]);

    await at.repository.commit({
      "migrations/002_bad.sql": null,
      "plan-gate.yml": shop["plan-gate.yml"],
      ...dropIndex,
    });
    const some = await at.repository.judge(at.base, { wanted: ["of-*"] });
    expect([kinds(some), some.proposals, some.candidates]).toEqual([{ "of-kind": "passed" }, [], []]);
  },
  minute,
);

test(
  "a case that its baseline leaves out is a removal, and a baseline of no query never counts",
  async () => {
    const text = accepted[byCode] ?? "";
    const start = text.indexOf("  - case: last");
    expect(start).toBeGreaterThan(0);
    const stranger = "baselines/pg17/stranger.yml";
    await using at = await proposing({
      [byCode]: text.slice(0, start),
      [stranger]: text.replace("query: by-code", "query: stranger"),
    });
    const evaluation = await at.repository.judge(at.base);
    expect(evaluation.proposals.map(({ query, kind, what, counts }) => [query, kind, what, counts])).toEqual([
      ["by-code", "removal", "removes the custom plan of case `last` from the baseline", "once approved"],
      ["by-code", "baseline", "brings the baseline up to date with a plan that is no worse", "freely"],
      ["stranger", "baseline", "proposes a baseline for a query that does not exist", "never"],
    ]);
    expect(kinds(evaluation)).toMatchObject({ "by-code/last": "passed" });
  },
  minute,
);

test(
  "in a folder of a larger repository every path is told from the repository's top",
  async () => {
    const inFolder = Object.fromEntries(Object.entries(accepted).map(([path, text]) => [`db/shop/${path}`, text]));
    await using repository = await makeRepository(inFolder, server?.url);
    const base = await repository.commit({});
    await repository.commit({
      [`db/shop/${ofKind}`]: null,
      "db/shop/migrations/002_tidy.sql": dropIndex["migrations/002_tidy.sql"],
    });
    const evaluation = await repository.judge(base, { folder: "db/shop" });
    expect(evaluation).toMatchObject({ config: "db/shop/plan-gate.yml", baselines: "db/shop/baselines" });
    expect(brief(evaluation)).toEqual([`of-kind removal once approved -db/shop/${ofKind}`]);
    expect(evaluation.candidates.map(({ path }) => path)).toEqual([`db/shop/${byCode}`, `db/shop/${ofKind}`]);
    expect(kinds(evaluation)).toMatchObject({ "by-code/first": "flagged" });
  },
  minute,
);

const expecting = (expected: string) => ({
  "queries/by-code.sql": shop["queries/by-code.sql"].replace("-- cases:", `-- expect: ${expected}\n-- cases:`),
});
const shopQuery = { "queries/by-code.sql": shop["queries/by-code.sql"] };
const misses = ({ verdict }: Awaited<ReturnType<Repository["judge"]>>) =>
  verdict.outcomes.flatMap(({ findings }) =>
    findings.filter(({ rule }) => rule === "expectation-missed").map(({ title, severity }) => [title, severity]),
  );

test(
  "what the base expects counts where the branch no longer says so, and taking it away is proposed",
  async () => {
    await using at = await proposing({ ...dropIndex, ...shopQuery }, expecting("{ usesIndex: items_code_idx }"));
    const evaluation = await at.repository.judge(at.base);
    const gone = "the query's header expects the index `items_code_idx`, and there is none of this name";
    expect(misses(evaluation)).toEqual([
      [gone, "error"],
      [gone, "error"],
    ]);
    expect(evaluation.proposals.map(({ kind, what, counts }) => [kind, what, counts])).toEqual([
      ["policy", "takes from `expect` in the query's header", "once approved"],
    ]);
  },
  minute,
);

test(
  "what a branch adds to what is expected counts at once, and is no quarrel with its baseline",
  async () => {
    await using at = await proposing(expecting("{ maxBlocks: 1, neverReadsWhole: items }"));
    await at.repository.commit(await at.repository.accept());
    const evaluation = await at.repository.judge(at.base);
    expect(misses(evaluation)).toEqual(
      Array(2).fill([
        expect.stringMatching(/^the query reads \d blocks of 8 kB, and its header expects at most 1$/),
        "error",
      ]),
    );
    expect(evaluation.verdict.exitCode).toBe(1);
    expect(evaluation.proposals.map(({ kind, what, counts }) => [kind, what, counts])).toEqual([
      ["policy", "adds to `expect` in the query's header", "freely"],
    ]);
    expect(evaluation.candidates).toEqual([]);

    await at.repository.commit(expecting("{ maxBlocks: 100, neverReadsWhole: items }"));
    expect(misses(await at.repository.judge(at.base))).toEqual([]);
  },
  minute,
);
