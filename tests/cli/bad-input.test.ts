import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { testNeeding } from "../postgres/support/needing.js";
import { connectionTo, startThrowawayServer, type ThrowawayServer } from "../postgres/support/throwaway-server.js";
import { acceptedLibrary, library, makeProject, type Project, withEnv } from "./support/library.js";
import { checked, cli, outcomes, planGate, type Run } from "./support/plan-gate.js";

const minute = 60_000;
const run = promisify(execFile);
const rootTest = testNeeding("root, to mount a small disk", process.getuid?.() === 0 && process.platform === "linux");

/** What is wrong with a project, and what must be said of it. */
interface Mistake {
  readonly files?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: RegExp;
  readonly at?: { readonly file: string; readonly line?: number };
  readonly hint: RegExp;
}

const settings = (text: string) => ({ "plan-gate.yml": `${library["plan-gate.yml"]}${text}` });

const mistakes: Readonly<Record<string, Mistake>> = {
  "broken YAML": {
    files: { "plan-gate.yml": "postgres: { provider: embedded }\nseed: [\n" },
    says: /YAML/,
    at: { file: "plan-gate.yml", line: expect.any(Number) as number },
    hint: /./,
  },
  "an unknown key": {
    files: settings("migratons: { dir: migrations }\n"),
    says: /`migratons`.*`migrations`/,
    at: { file: "plan-gate.yml", line: 3 },
    hint: /docs\/settings\.md/,
  },
  "a major that is not supported": {
    files: { "plan-gate.yml": "postgres: { version: 13 }\n" },
    says: /14, 15, 16, 17, 18/,
    at: { file: "plan-gate.yml", line: 1 },
    hint: /./,
  },
  "a variable with a wrong value": { env: { PLAN_GATE_POSTGRES: "new" }, says: /`PLAN_GATE_POSTGRES`/, hint: /./ },
  "no settings file": { without: ["plan-gate.yml"], says: /there is no `plan-gate.yml`/, hint: /plan-gate init/ },
  "a settings file that is not there": { args: ["--config", "other.yml"], says: /`other.yml`/, hint: /./ },
  "a missing folder of migrations": {
    without: ["migrations"],
    says: /no such folder/,
    at: { file: "migrations" },
    hint: /`migrations.dir`/,
  },
  "an empty folder of migrations": {
    without: ["migrations"],
    files: { "migrations/.gitkeep": "" },
    says: /has no .sql file/,
    at: { file: "migrations" },
    hint: /`migrations.dir`/,
  },
  "an empty folder of queries": {
    without: ["queries"],
    files: { "queries/.gitkeep": "" },
    says: /no query is registered.*queries/,
    hint: /plan-gate init/,
  },
  "a seed that is not there": {
    without: ["seeds"],
    says: /`seed.files`: nothing matches `seeds\/\*\.sql`/,
    hint: /relative to the settings file/,
  },
  "a seed.after that names no migration": {
    files: { "plan-gate.yml": "seed: { files: [seeds/*.sql], after: 002_loan }\n" },
    says: /`002_loan`/,
    hint: /`.*002_loans/,
  },
  "an init script that is not there": {
    files: { "plan-gate.yml": "postgres: { initScripts: [sql/roles.sql] }\n" },
    says: /`postgres.initScripts`.*sql\/roles\.sql/,
    hint: /./,
  },
  "a session file that is not there": {
    files: settings("explain: { session: session.sql }\n"),
    says: /`explain.session`/,
    at: { file: "session.sql" },
    hint: /./,
  },
  "a failing migration": {
    files: { "migrations/003_more.sql": "CREATE TABLE a (id int);\n\n-- Next.\nCREATE INDEX x\n  ON nowhere (id);\n" },
    says: /relation "nowhere" does not exist.*`CREATE INDEX x`/,
    at: { file: "migrations/003_more.sql", line: 4 },
    hint: /./,
  },
  "a migration that is no SQL": {
    files: { "migrations/003_more.sql": "CREATE TABLE a (id int);\nCREATE TABEL b (id int);\n" },
    says: /syntax error at or near "TABEL"/,
    at: { file: "migrations/003_more.sql", line: 2 },
    hint: /./,
  },
  "a migration that only a superuser may run": {
    files: { "migrations/003_more.sql": "ALTER SYSTEM SET work_mem = '1GB';\n" },
    says: /permission denied/,
    at: { file: "migrations/003_more.sql", line: 1 },
    hint: /`postgres.superuser: true`/,
  },
  "a failing migration command": {
    files: {
      "plan-gate.yml": "postgres: { provider: embedded }\nmigrations: { command: 'echo no luck >&2; exit 3' }\n",
    },
    says: /`migrations.command` ended with 3: no luck/,
    hint: /DATABASE_URL/,
  },
  "a failing seed": {
    files: { "seeds/more.sql": "SELECT 1;\nINSERT INTO books VALUES (1, 'x', 1, 'again');\n" },
    says: /duplicate key.*`INSERT INTO books/,
    at: { file: "seeds/more.sql", line: 2 },
    hint: /./,
  },
  "a failing row of COPY": {
    files: { "seeds/more.sql": "COPY loans (book_id, borrower) FROM stdin;\n1\t2\n2\tnobody\n\\.\n" },
    says: /invalid input syntax for type integer: "nobody"/,
    at: { file: "seeds/more.sql", line: 3 },
    hint: /./,
  },
  "a failing seed command": {
    files: { "plan-gate.yml": "postgres: { provider: embedded }\nseed: { command: nosuchprogram }\n" },
    says: /`seed.command` ended with 127/,
    hint: /./,
  },
  "an extension that is not there": {
    files: { "plan-gate.yml": "postgres: { provider: embedded, extensions: [postgis] }\n" },
    says: /`postgis`/,
    hint: /`postgres.extensions`/,
  },
  "a server that nobody listens for": {
    args: ["--database-url", "postgres://postgres@127.0.0.1:1/postgres"],
    says: /`127.0.0.1:1` \(`postgres.url`\).*ECONNREFUSED/,
    hint: /./,
  },
  "a session file that fails": {
    files: { ...settings("explain: { session: session.sql }\n"), "session.sql": "SET work_mem = 'plenty';\n" },
    says: /the session file fails: invalid value for parameter "work_mem"/,
    at: { file: "session.sql" },
    hint: /`explain.session`/,
  },
  "a role that does not exist": {
    files: settings("explain: { role: librarian }\n"),
    says: /cannot plan as role `librarian`/,
    hint: /`explain.role`/,
  },
  "a policy that wants a setting": {
    files: {
      "migrations/003_policy.sql":
        "ALTER TABLE loans ENABLE ROW LEVEL SECURITY;\nCREATE POLICY own ON loans USING (borrower = current_setting('app.borrower')::int);\n",
      "queries/loans-of-borrower.sql": "SELECT count(*) FROM loans;\n",
    },
    says: /unrecognized configuration parameter "app.borrower"/,
    at: { file: "queries/loans-of-borrower.sql", line: 1 },
    hint: /`explain.session`/,
  },
};

async function expectMistake(mistake: Mistake, project: Project): Promise<void> {
  const { files = {}, without = [], args = [], env = {}, says, at, hint } = mistake;
  await project.remove(...without);
  await project.put(files);
  const { report, ...ran } = await checked(withEnv(project.where, env), ...args);
  expectClean(ran);
  expect(report.verdict).toBe("error");
  const problem = report.problems.find(({ message }) => says.test(message));
  expect(problem ?? report.problems).toMatchObject({ hint: expect.stringMatching(hint), ...at });
  expect(problem?.hint).toMatch(/[.?`]$/);
  const others = report.problems.filter(
    ({ code, message }) => code !== "nothing-compared" && message !== problem?.message,
  );
  expect(others).toEqual([]);
  expect(report.problems.filter(({ message }) => message === problem?.message)).toHaveLength(1);
  expect(await readdir(project.temporary)).toEqual([]);
}

/** Exit code 2, words on it, and no stack trace. */
function expectClean({ code, stdout, stderr }: Run): void {
  const text = stdout + stderr;
  expect(text).not.toMatch(/^\s+at |node:internal|a bug of its own/m);
  expect([code, text === ""]).toEqual([2, false]);
}

test.each(Object.entries(mistakes))(
  "%s is named, with the next step and no stack trace",
  async (_, mistake) => {
    await using project = await makeProject();
    await expectMistake(mistake, project);
  },
  minute,
);

describe("flags", () => {
  test.each([
    ["an unknown flag", ["check", "--bogus"], /unknown option '--bogus'/],
    ["an unknown command", ["chekc"], /unknown command 'chekc'/],
    ["an unknown report", ["check", "--report", "xml"], /no report `xml`.*json/],
    ["a missing query's name", ["show"], /missing required argument 'query'/],
    ["no command", [], /Usage: plan-gate/],
    ["a folder that is not there", ["check", "--cwd", "/nowhere"], /\/nowhere/],
    ["a folder that is not there, for init", ["init", "--cwd", "/nowhere"], /\/nowhere/],
    ["an unknown provider", ["check", "--provider", "cloud"], /`--provider`.*cloud/s],
  ])(
    "%s is named",
    async (_, args, says) => {
      await using project = await makeProject();
      const ran = await planGate(project.where, ...args);
      expectClean(ran);
      expect(ran.stdout + ran.stderr).toMatch(says);
    },
    minute,
  );

  test(
    "a report that cannot be written is named, and the verdict is told all the same",
    async () => {
      await using project = await makeProject(await acceptedLibrary());
      const ran = await planGate(project.where, "check", "--report", "json=plan-gate.yml/report.json");
      expectClean(ran);
      expect(ran.stdout).toContain("4 plans, none worse");
      expect(ran.stderr).toContain("cannot write the report plan-gate.yml/report.json");
    },
    minute,
  );
});

describe("of what is broken, the rest is judged", () => {
  test(
    "bad headers, a wrong number of values and a duplicate name",
    async () => {
      await using project = await makeProject({
        ...(await acceptedLibrary()),
        "queries/a.sql": "-- name: a\n-- owners: me\nSELECT 1;\n",
        "queries/b.sql": "\n-- name: b\n-- cases:\n--   one: [1]\n--   two: [1, 2]\nSELECT $1::int;\n",
        "queries/c.sql": "-- name: book-by-isbn\nSELECT 1;\n",
        "queries/d.sql": "-- name: d\nSELECT 1\nFROM WHERE;\n",
        "queries/e.sql": "DROP TABLE books;\n",
      });
      const { report, ...ran } = await checked(project.where);
      expectClean(ran);
      expect(report.problems.map(({ file, line }) => `${file}:${line}`)).toEqual([
        "queries/a.sql:2",
        "queries/b.sql:5",
        "queries/d.sql:3",
        "queries/e.sql:1",
        "queries/c.sql:1",
      ]);
      expect(report.problems[0]?.message).toMatch(/`owners`.*`owner`/);
      expect(report.problems[4]?.message).toContain("queries/books.sql:1");
      expect(Object.values(outcomes(report))).toEqual(["passed", "passed", "passed", "passed"]);
    },
    minute,
  );

  test(
    "a plan that got worse beside a broken query is exit 1",
    async () => {
      await using project = await makeProject({
        ...(await acceptedLibrary()),
        "queries/a.sql": "SELECT FROM WHERE;\n",
        "migrations/003_tidy.sql": "DROP INDEX books_isbn_idx;\n",
      });
      const { code, report } = await checked(project.where);
      expect([code, report.verdict, report.problems[0]?.file]).toEqual([1, "fail", "queries/a.sql"]);
    },
    minute,
  );

  test(
    "a broken baseline file",
    async () => {
      const accepted = await acceptedLibrary();
      const file = "baselines/pg17/book-by-isbn.yml";
      await using project = await makeProject({
        ...accepted,
        [file]: String(accepted[file]).replace("cost=", "price="),
      });
      const { report, ...ran } = await checked(project.where);
      expectClean(ran);
      const line =
        String(accepted[file])
          .split("\n")
          .findIndex((text) => text.includes("cost=")) + 1;
      expect(report.problems).toMatchObject([{ code: "baseline-invalid", file, line }]);
      expect(outcomes(report)).toMatchObject({ "loans-of-borrower": "passed", "books-on-shelf/small shelf": "passed" });
    },
    minute,
  );
});

test(
  "a setting that a policy wants when the query runs is named in a note",
  async () => {
    await using project = await makeProject({
      ...(await acceptedLibrary()),
      "migrations/003_policy.sql":
        "ALTER TABLE loans ENABLE ROW LEVEL SECURITY;\nCREATE POLICY own ON loans USING (borrower = current_setting('app.borrower')::int);\n",
    });
    const { report } = await checked(project.where);
    const [loans] = report.queries.filter(({ name }) => name === "loans-of-borrower");
    expect(loans?.notes.join()).toMatch(/"app.borrower".*`explain.session`/);
    await project.put({
      ...settings("explain: { session: session.sql }\n"),
      "session.sql": "SET app.borrower = 42;\n",
    });
    const mended = await checked(project.where);
    expect(mended.report.queries.at(-1)).toMatchObject({ name: "loans-of-borrower", after: { measured: true } });
  },
  minute,
);

test(
  "a baselines folder that is a link out of the project is refused, and nothing is written",
  async () => {
    await using project = await makeProject();
    const outside = join(project.root, "..", "outside");
    await mkdir(outside);
    await symlink(outside, join(project.root, "baselines"));
    const ran = await planGate(project.where, "accept");
    expectClean(ran);
    expect(ran.stderr).toContain("baselines/pg17/book-by-isbn.yml is a link");
    expect(await readdir(outside)).toEqual([]);
  },
  minute,
);

describe("a server that refuses", () => {
  let server: ThrowawayServer;
  beforeAll(async () => {
    server = await startThrowawayServer(17);
  }, minute);
  afterAll(() => server.stop());

  test.each([
    ["a wrong password", { password: "guessed" }, /refuses the password of role `postgres`/],
    ["a database that is not there", { database: "nowhere" }, /has no database `nowhere`/],
    ["a role that is not there", { user: "nobody" }, /`nobody`/],
  ])(
    "%s is named, and the password is not",
    async (_, change, says) => {
      await using project = await makeProject();
      const url = connectionTo(server.url, { password: "s3cret", ...change });
      await expectMistake(
        {
          env: { PLAN_GATE_DATABASE_URL: "database" in change ? connectionTo(server.url, change) : url },
          says,
          hint: /./,
        },
        project,
      );
    },
    minute,
  );
});

rootTest(
  "Docker absent with provider container is named",
  async () => {
    await using project = await makeProject({ ...library, "plan-gate.yml": "postgres: { provider: container }\n" });
    const env = { PATH: process.env["PATH"] ?? "", HOME: project.root, DOCKER_HOST: "unix:///nowhere/docker.sock" };
    const args = [cli, "check", "--cwd", project.root, "--report", "json=report.json"];
    // An engine of this machine would be found by its usual socket: there the run gets a /run without it.
    const hidden = existsSync("/var/run/docker.sock");
    const [program, ...all] = hidden
      ? ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /run && exec "$@"', "-", process.execPath, ...args]
      : [process.execPath, ...args];
    const ran = await run(String(program), all, { env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (failed: Run) => failed,
    );
    expectClean(ran);
    expect(ran.stdout).toMatch(/cannot start a container: Docker does not\s+answer/);
    expect(ran.stdout).toMatch(/postgres.provider:\s+embedded/);
  },
  minute,
);

describe("a disk that is full", () => {
  const onDiskOf = async (megabytes: number, expected: Pick<Mistake, "files" | "says" | "hint">) => {
    await using project = await makeProject();
    const disk = join(project.temporary, "disk");
    await mkdir(disk);
    await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=1777`, "tmpfs", disk]);
    try {
      await project.put(expected.files ?? {});
      const { report, ...ran } = await checked(withEnv(project.where, { TMPDIR: disk }));
      expectClean(ran);
      expect(report.problems).toMatchObject([
        { message: expect.stringMatching(expected.says), hint: expect.stringMatching(expected.hint) },
      ]);
      expect(await readdir(disk)).toEqual([]);
    } finally {
      await run("umount", [disk]);
      await rm(disk, { recursive: true });
    }
  };

  rootTest("at the start is named", () => onDiskOf(10, { says: /no space left on the disk/, hint: /TMPDIR/ }), minute);

  rootTest(
    "while seeding is named",
    () =>
      onDiskOf(80, {
        files: {
          "seeds/more.sql":
            "CREATE TABLE big AS SELECT repeat(md5(n::text), 30) FROM generate_series(1, 200000) AS n;\n",
        },
        says: /[Nn]o space left/,
        hint: /disk|space/,
      }),
    minute,
  );
});
