import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { acceptedLibrary, dropIndex, filesBelow, library, makeProject, type Project } from "./support/library.js";
import { checked, outcomes, planGate } from "./support/plan-gate.js";

const minute = 60_000;
let accepted: Readonly<Record<string, string>>;

beforeAll(async () => {
  accepted = await acceptedLibrary();
}, minute);

/** A project whose plans are accepted, with changes of a test's own. */
async function acceptedProject(changes: Readonly<Record<string, string>> = {}): Promise<Project> {
  return makeProject({ ...accepted, ...changes });
}

const baselineOf = (project: Project, query: string) =>
  readFile(join(project.root, "baselines", "pg17", `${query}.yml`), "utf8");

describe("init", () => {
  test(
    "in an empty folder writes what accept and check then work on",
    async () => {
      await using project = await makeProject({});
      const written = await planGate(project.where, "init");
      expect(written).toMatchObject({ code: 0, stderr: "" });
      expect(written.stdout).toContain("written plan-gate.yml\n");
      expect(written.stdout).toContain("Next: ");
      const flags = ["--provider", "embedded", "--quiet"];
      expect(await planGate(project.where, "accept", ...flags)).toMatchObject({ code: 0, stderr: "" });
      expect(await planGate(project.where, "check", ...flags)).toEqual({ code: 0, stdout: "", stderr: "" });
    },
    minute,
  );

  test(
    "beside a schema, data and queries keeps to them, and overwrites nothing",
    async () => {
      const { "plan-gate.yml": _, ...files } = library;
      await using project = await makeProject(files);
      expect(await planGate(project.where, "init")).toMatchObject({ code: 0 });
      expect(await readdir(join(project.root, "migrations"))).toEqual(["001_books.sql", "002_loans.sql"]);
      expect(await readdir(join(project.root, "queries"))).toEqual(["books.sql", "loans-of-borrower.sql"]);
      expect(await planGate(project.where, "accept", "--provider", "embedded")).toMatchObject({ code: 0 });
      expect(await filesBelow(project.root, "baselines")).toEqual(await baselinesOf(accepted));
      const settings = await readFile(join(project.root, "plan-gate.yml"), "utf8");
      expect((await planGate(project.where, "init")).stdout).toContain("kept    plan-gate.yml\n");
      expect(await readFile(join(project.root, "plan-gate.yml"), "utf8")).toBe(settings);
    },
    minute,
  );
});

const baselinesOf = async (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).filter(([path]) => path.startsWith("baselines/")));

describe("accept", () => {
  test(
    "outside of git writes one file a query, says so, and writes the same bytes again",
    async () => {
      await using project = await makeProject();
      const first = await planGate(project.where, "accept");
      expect(first.code).toBe(0);
      expect(first.stdout).toMatch(/^new +baselines\/pg17\/book-by-isbn\.yml$/m);
      const files = await filesBelow(project.root, "baselines");
      expect(Object.keys(files)).toEqual(
        ["book-by-isbn", "books-on-shelf", "loans-of-borrower"].map((name) => `baselines/pg17/${name}.yml`),
      );
      const second = await planGate(project.where, "accept");
      expect(second.code).toBe(0);
      expect(second.stdout).toContain("3 baselines unchanged");
      expect(await filesBelow(project.root, "baselines")).toEqual(files);
      expect(await readdir(project.temporary)).toEqual([]);
    },
    minute,
  );

  test(
    "writes the named queries alone, by name and by glob",
    async () => {
      await using project = await makeProject();
      await planGate(project.where, "accept", "loans-of-borrower");
      expect(await readdir(join(project.root, "baselines", "pg17"))).toEqual(["loans-of-borrower.yml"]);
      const { stdout } = await planGate(project.where, "accept", "book*");
      expect(stdout.match(/^new /gm)).toHaveLength(2);
      const unknown = await planGate(project.where, "accept", "no-such-query");
      expect(unknown).toMatchObject({ code: 2, stdout: "" });
      expect(unknown.stderr).toContain("`no-such-query`");
      expect(await planGate(project.where, "accept", "book-by-isbn", "no-such-query")).toEqual(unknown);
      expect(unknown.stderr).toContain("plan-gate list");
    },
    minute,
  );

  test(
    "leaves a query that PostgreSQL refuses, says so, and writes the others",
    async () => {
      await using project = await acceptedProject({ "queries/wrong.sql": "SELECT nothing FROM books;\n" });
      const run = await planGate(project.where, "accept");
      expect(run.code).toBe(2);
      expect(run.stdout).toMatch(/^left +wrong$/m);
      expect(run.stdout).toMatch(/column "nothing" does\s+not exist/);
      expect(run.stdout).toContain("3 baselines unchanged");
      expect(await readdir(join(project.root, "baselines", "pg17"))).not.toContain("wrong.yml");
    },
    minute,
  );
});

describe("check", () => {
  test(
    "passes where nothing changed, with a report that its schema describes",
    async () => {
      await using project = await acceptedProject();
      const { code, report, stdout } = await checked(project.where);
      expect(code).toBe(0);
      expect(outcomes(report)).toEqual({
        "book-by-isbn/one book": "passed",
        "books-on-shelf/large shelf": "passed",
        "books-on-shelf/small shelf": "passed",
        "loans-of-borrower": "passed",
      });
      expect(stdout).toContain("4 plans, none worse");
      const schema = JSON.parse(await readFile("schema/report.schema.json", "utf8")) as object;
      const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
      expect([validate(report), validate.errors]).toEqual([true, null]);
      expect(Object.keys(await filesBelow(project.root, "."))).toEqual(
        [...Object.keys(accepted), "report.json"].sort(),
      );
    },
    minute,
  );

  test(
    "fails for a dropped index, names query, relation, both plans and the migration's line, and passes without it",
    async () => {
      await using project = await acceptedProject({ "migrations/003_tidy.sql": dropIndex });
      const { code, report, stdout } = await checked(project.where);
      expect(code).toBe(1);
      expect(report.verdict).toBe("fail");
      expect(report.queries.filter(({ outcome }) => outcome === "flagged")).toMatchObject([
        {
          name: "book-by-isbn",
          case: "one book",
          owner: "@desk",
          file: "queries/books.sql",
          line: 1,
          findings: [
            {
              rule: "index-scan-lost",
              severity: "error",
              relation: "public.books",
              before: {
                kind: "node",
                operator: "Index Scan",
                index: "books_isbn_idx",
                rowsEstimated: 1,
                rowsActual: 1,
              },
              after: { kind: "node", operator: "Seq Scan", index: null, rowsEstimated: 1, rowsActual: 1 },
              cause: { file: "migrations/003_tidy.sql", line: 2, statement: "DROP INDEX books_isbn_idx" },
              also: expect.arrayContaining([
                { rule: "cost-increased", title: "the query's estimated cost is 25 times what it was" },
              ]),
            },
          ],
        },
      ]);
      for (const words of [
        "public.books is read whole instead of through `books_isbn_idx`",
        "migrations/003_tidy.sql:2: DROP INDEX books_isbn_idx",
        "queries/books.sql:1",
        "@desk",
        "plan-gate accept book-by-isbn",
      ]) {
        expect(stdout).toContain(words);
      }
      await project.remove("migrations/003_tidy.sql");
      expect((await checked(project.where)).code).toBe(0);
    },
    minute,
  );

  test(
    "reports a cheaper plan as improved and passes; accepting it makes it the one to hold",
    async () => {
      const migration = { "migrations/003_index.sql": "CREATE INDEX loans_borrower_idx ON loans (borrower);\n" };
      await using project = await acceptedProject(migration);
      const { code, report } = await checked(project.where);
      expect([code, outcomes(report)["loans-of-borrower"]]).toEqual([0, "improved"]);
      const run = await planGate(project.where, "accept", "loans-of-borrower");
      expect(run.stdout).toMatch(/^changed baselines\/pg17\/loans-of-borrower\.yml$/m);
      expect(await baselineOf(project, "loans-of-borrower")).toContain("loans_borrower_idx");
      await project.remove("migrations/003_index.sql");
      expect((await checked(project.where)).code).toBe(1);
    },
    minute,
  );

  test(
    "judges what the settings file itself changes",
    async () => {
      await using project = await acceptedProject({
        "plan-gate.yml":
          "postgres: { provider: embedded, settings: { enable_indexscan: off, enable_bitmapscan: off } }\nseed: { files: [seeds/*.sql] }\n",
      });
      const { code, report } = await checked(project.where);
      expect([code, outcomes(report)["book-by-isbn/one book"]]).toEqual([1, "flagged"]);
    },
    minute,
  );

  test(
    "fails for a query that no longer plans, naming the column and the migration that dropped it",
    async () => {
      await using project = await acceptedProject({
        "plan-gate.yml": "postgres: { provider: embedded }\nseed: { files: [seeds/*.sql], after: 002_loans }\n",
        "migrations/003_tidy.sql": "ALTER TABLE books DROP COLUMN title;\n",
      });
      const { code, report } = await checked(project.where);
      expect(code).toBe(1);
      expect(report.queries.filter(({ outcome }) => outcome === "broken")).toHaveLength(3);
      expect(report.queries[0]?.findings[0]).toMatchObject({
        rule: "query-broken",
        severity: "error",
        title: expect.stringContaining('column "title" does not exist'),
        cause: { file: "migrations/003_tidy.sql", line: 1 },
      });
    },
    minute,
  );

  test(
    "plans only the queries that --query selects",
    async () => {
      await using project = await acceptedProject();
      const { report } = await checked(project.where, "--query", "book-*", "--query", "loans*");
      expect(Object.keys(outcomes(report))).toEqual(["book-by-isbn/one book", "loans-of-borrower"]);
    },
    minute,
  );

  test(
    "writes every report asked for, relative to --cwd, and prints one that names no file",
    async () => {
      await using project = await acceptedProject({ "migrations/003_tidy.sql": dropIndex });
      const run = await planGate(
        { cwd: "/", env: { TMPDIR: project.temporary } },
        ...["check", "--cwd", project.root, "--query", "book-by-isbn"],
        ...["--report", "json=out/report.json", "--report", "markdown=out/report.md", "--report", "json"],
      );
      expect(run.code).toBe(1);
      expect(await readFile(join(project.root, "out", "report.json"), "utf8")).toBe(run.stdout);
      expect(JSON.parse(run.stdout)).toMatchObject({ schemaVersion: 1, verdict: "fail" });
      expect(await readFile(join(project.root, "out", "report.md"), "utf8")).toContain("public.books");
    },
    minute,
  );

  test(
    "--quiet says nothing where nothing is wrong, and all of it where something is",
    async () => {
      await using project = await acceptedProject();
      expect(await planGate(project.where, "check", "--quiet")).toEqual({ code: 0, stdout: "", stderr: "" });
      await project.put({ "migrations/003_tidy.sql": dropIndex });
      const failed = await planGate(project.where, "check", "--quiet");
      expect(failed).toMatchObject({ code: 1, stderr: "" });
      expect(failed.stdout).toContain("public.books is read whole");
    },
    minute,
  );
});

describe("what cannot be compared is shown and does not block, unless strict", () => {
  test(
    "a new query beside compared ones, and a baseline whose query is gone",
    async () => {
      const { "queries/loans-of-borrower.sql": _, ...rest } = accepted;
      await using project = await makeProject({ ...rest, "queries/titles.sql": "SELECT max(title) FROM books;\n" });
      const { code, report } = await checked(project.where);
      expect(code).toBe(0);
      expect(outcomes(report)).toMatchObject({
        "book-by-isbn/one book": "passed",
        titles: "unbaselined",
        "loans-of-borrower": "orphaned",
      });
      await project.put({ "plan-gate.yml": `${library["plan-gate.yml"]}strict: true\n` });
      const strict = await checked(project.where);
      expect([strict.code, strict.report.verdict]).toEqual([1, "fail"]);
      expect(outcomes(strict.report)).toEqual(outcomes(report));
      const accept = await planGate(project.where, "accept");
      expect(accept.code).toBe(0);
      expect(accept.stdout).toMatch(/^left +loans-of-borrower: its query is gone/m);
      expect(await baselineOf(project, "loans-of-borrower")).toBe(accepted["baselines/pg17/loans-of-borrower.yml"]);
    },
    minute,
  );

  test(
    "baselines of another locale; where nothing else is compared that is no pass",
    async () => {
      await using project = await acceptedProject({
        "plan-gate.yml": "postgres: { provider: embedded, locale: C.UTF-8 }\nseed: { files: [seeds/*.sql] }\n",
      });
      const nothing = await checked(project.where);
      expect([nothing.code, nothing.report.verdict]).toEqual([2, "error"]);
      expect(new Set(Object.values(outcomes(nothing.report)))).toEqual(new Set(["incomparable"]));
      expect(nothing.report.problems).toMatchObject([
        { code: "nothing-compared", hint: expect.stringContaining("plan-gate accept") },
      ]);
      await planGate(project.where, "accept", "loans-of-borrower");
      const { code, report } = await checked(project.where);
      expect([code, outcomes(report)["book-by-isbn/one book"], outcomes(report)["loans-of-borrower"]]).toEqual([
        0,
        "incomparable",
        "passed",
      ]);
      expect(report.queries[0]?.findings).toMatchObject([
        { severity: "info", title: expect.stringMatching(/locale C → C.UTF-?8/i) },
      ]);
    },
    minute,
  );

  test(
    "baselines of another major",
    async () => {
      await using project = await acceptedProject();
      const nothing = await checked(project.where, "--postgres", "16");
      expect([nothing.code, nothing.report.environment?.major]).toEqual([2, 16]);
      expect(new Set(Object.values(outcomes(nothing.report)))).toEqual(new Set(["incomparable"]));
      expect(nothing.report.queries[0]?.findings[0]?.title).toContain("PostgreSQL 17");
      await planGate(project.where, "accept", "loans-of-borrower", "--postgres", "16");
      expect((await checked(project.where, "--postgres", "16")).code).toBe(0);
      await project.put({ "plan-gate.yml": `${library["plan-gate.yml"]}strict: true\n` });
      expect((await checked(project.where, "--postgres", "16")).code).toBe(1);
    },
    minute,
  );

  test(
    "no baseline at all: exit 2 with the next step",
    async () => {
      await using project = await makeProject();
      const { code, report, stdout } = await checked(project.where);
      expect([code, report.verdict, report.problems[0]?.code]).toEqual([2, "error", "nothing-compared"]);
      expect(stdout).toMatch(/plan-gate accept/);
    },
    minute,
  );
});

describe("list and show", () => {
  test(
    "list names queries, files, cases and what is accepted, without a server",
    async () => {
      await using project = await acceptedProject({ "queries/titles.sql": "SELECT max(title) FROM books;\n" });
      const { code, stdout } = await planGate(project.where, "list");
      expect(code).toBe(0);
      expect(stdout).toMatch(/^books-on-shelf +queries\/books\.sql:7 +2 cases +accepted on 17$/m);
      expect(stdout).toMatch(/^titles +.* not accepted on 17$/m);
      expect((await planGate(project.where, "list", "--query", "titles")).stdout).not.toContain("books-on-shelf");
    },
    minute,
  );

  test(
    "show prints the plan now beside the accepted one, of all cases or one",
    async () => {
      await using project = await acceptedProject({ "migrations/003_tidy.sql": dropIndex });
      const { code, stdout } = await planGate(project.where, "show", "book-by-isbn");
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /accepted[\s\S]*Index Scan using books_isbn_idx on books[\s\S]*now[\s\S]*Seq Scan on books/,
      );
      const one = await planGate(project.where, "show", "books-on-shelf", "--case", "small shelf");
      expect(one.stdout).toContain("books-on-shelf · small shelf");
      expect(one.stdout).not.toContain("large shelf");
      const none = await planGate(project.where, "show", "books-on-shelf", "--case", "no shelf");
      expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("`small shelf`, `large shelf`") });
    },
    minute,
  );
});

test(
  "seed.after applies the later migrations on data",
  async () => {
    await using project = await acceptedProject({
      "plan-gate.yml": "postgres: { provider: embedded }\nseed: { files: [seeds/*.sql], after: 002_loans }\n",
      "migrations/003_shelve.sql": "UPDATE books SET shelf = 7 WHERE id <= 5000;\n",
    });
    const { report } = await checked(project.where);
    const shelf = report.queries.find(({ case: one }) => one === "small shelf");
    expect(shelf?.after?.rowsActual).toBeGreaterThan(5_000);
  },
  minute,
);
