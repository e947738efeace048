import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startThrowawayServer, type ThrowawayServer } from "../postgres/support/throwaway-server.js";
import { acceptedLibrary, dropIndex, library, makeProject, type Project, withEnv } from "./support/library.js";
import { checked, outcomes, planGate } from "./support/plan-gate.js";

const minute = 60_000;
let server: ThrowawayServer;
let accepted: Readonly<Record<string, string>>;

beforeAll(async () => {
  [server, accepted] = await Promise.all([startThrowawayServer(17), acceptedLibrary()]);
}, minute);
afterAll(() => server.stop());

const onServer = ({ where }: Project) => withEnv(where, { PLAN_GATE_DATABASE_URL: server.url });

async function git(root: string, ...args: readonly string[]): Promise<void> {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "protocol.file.allow=always"];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  await promisify(execFile)("git", [...identity, ...args], { cwd: root, env });
}

async function commit(root: string): Promise<void> {
  await git(root, "add", "-A", ".");
  await git(root, "commit", "-q", "-m", "A step");
}

/** A repository whose main branch holds these files, with a branch checked out that has left it. */
async function branchFrom(files: Readonly<Record<string, string>>): Promise<Project> {
  const project = await makeProject(files);
  await git(project.root, "init", "-q", "-b", "main");
  await commit(project.root);
  await git(project.root, "checkout", "-q", "-b", "topic");
  return project;
}

const settings = (text: string) => ({ "plan-gate.yml": `${library["plan-gate.yml"]}${text}` });

test(
  "rules, thresholds in headers and baselines of the base count; what the branch makes of them is shown",
  async () => {
    await using project = await branchFrom(accepted);
    await project.put({
      ...settings("rules: { index-scan-lost: off }\n"),
      "migrations/003_tidy.sql": dropIndex,
      "queries/books.sql": library["queries/books.sql"].replace(
        "-- cases:\n--   one book",
        "-- rules:\n--   cost-increased: off\n-- cases:\n--   one book",
      ),
    });
    await commit(project.root);
    expect((await checked(onServer(project))).code).toBe(0);
    expect((await planGate(onServer(project), "accept")).code).toBe(0);
    await commit(project.root);
    const { code, report } = await checked(onServer(project), "--base", "main");
    expect([code, outcomes(report)["book-by-isbn/one book"]]).toEqual([1, "flagged"]);
    const rules = report.queries[0]?.findings.flatMap(({ rule, also }) => [rule, ...also.map((one) => one.rule)]);
    expect(rules).toEqual(expect.arrayContaining(["index-scan-lost", "cost-increased"]));
    expect(report.notes).toEqual([
      "this branch changes `rules` in `plan-gate.yml`: shown, not applied until it is merged",
      "`book-by-isbn`: this branch changes the `rules` in the query's header: shown, not applied until it is merged",
      "this branch proposes other baselines for `book-by-isbn`: shown, not applied until it is merged",
    ]);
  },
  minute,
);

test(
  "uncommitted and untracked files are part of the head",
  async () => {
    await using project = await branchFrom(accepted);
    expect((await checked(onServer(project), "--base", "main")).code).toBe(0);
    await project.put({ "migrations/003_tidy.sql": dropIndex });
    expect((await checked(onServer(project), "--base", "main")).code).toBe(1);
    await project.remove("baselines");
    expect((await checked(onServer(project), "--base", "main")).code).toBe(1);
  },
  minute,
);

test(
  "strict of the base counts, and a branch cannot switch it off",
  async () => {
    await using project = await branchFrom({ ...accepted, ...settings("strict: true\n") });
    await project.put({ ...settings("strict: false\n"), "queries/titles.sql": "SELECT max(title) FROM books;\n" });
    const { code, report } = await checked(onServer(project), "--base", "main");
    expect([code, outcomes(report)["titles"]]).toEqual([1, "unbaselined"]);
    expect(report.notes.join()).toContain("this branch changes `strict` in `plan-gate.yml`: shown, not applied");
  },
  minute,
);

test(
  "SQL text, cases, seed and migrations of the head count; a deleted query is no longer watched",
  async () => {
    await using project = await branchFrom(accepted);
    await project.remove("queries/loans-of-borrower.sql", "baselines/pg17/loans-of-borrower.yml");
    await project.put({
      "queries/books.sql": library["queries/books.sql"].replace(
        '["978-000042"]',
        '["978-000042"]\n--   another book: ["978-000043"]',
      ),
    });
    const { code, report } = await checked(onServer(project), "--base", "main");
    expect(code).toBe(0);
    expect(outcomes(report)).toMatchObject({
      "book-by-isbn/one book": "passed",
      "book-by-isbn/another book": "unbaselined",
      "loans-of-borrower": "orphaned",
    });
    expect(report.queries.find(({ outcome }) => outcome === "orphaned")?.findings[0]?.title).toContain(
      "no longer watched",
    );
  },
  minute,
);

test(
  "where the base has no settings the branch's own baselines count, as proposed",
  async () => {
    await using project = await branchFrom({ "README.md": "A library.\n" });
    await project.put(accepted);
    const { code, report } = await checked(onServer(project), "--base", "main");
    expect([code, outcomes(report)["loans-of-borrower"]]).toEqual([0, "passed"]);
    expect(report.notes.join()).toMatch(/`main` has no plan-gate.yml yet.*proposed/);
  },
  minute,
);

test(
  "the base is where the branch left, not where the other branch is now",
  async () => {
    await using project = await branchFrom(accepted);
    await project.put({ "migrations/003_tidy.sql": dropIndex });
    await commit(project.root);
    await git(project.root, "checkout", "-q", "main");
    await project.put({ ...settings("rules: { index-scan-lost: off, cost-increased: off }\n") });
    await commit(project.root);
    await git(project.root, "checkout", "-q", "topic");
    expect((await checked(onServer(project), "--base", "main")).code).toBe(1);
  },
  minute,
);

test(
  "a plan that moved on the base is drift; the base is planned for it, and a false baseline is refused in words",
  async () => {
    await using project = await branchFrom({ ...accepted, "migrations/003_tidy.sql": dropIndex });
    const path = "baselines/pg17/loans-of-borrower.yml";
    await project.put({ [path]: (accepted[path] ?? "").replace(/cost=\d+\.\.\d+/, "cost=1..99000") });
    const { code, report, stderr } = await checked(onServer(project), "--base", "main");
    expect([code, outcomes(report)["book-by-isbn/one book"]]).toEqual([0, "drift"]);
    expect(report.notes.join()).toMatch(
      /`loans-of-borrower`: this branch proposes a baseline that .* disagrees .*accept/,
    );
    expect(stderr).toMatch(/- Applying migrations \(base\) \(/);
    const told = await planGate(onServer(project), "check", "--base", "main");
    expect(told.stdout).toMatch(/moved, but not by this change/);
  },
  minute,
);

test(
  "a folder of a larger repository has its own base",
  async () => {
    const inFolder = Object.fromEntries(
      Object.entries(accepted).map(([path, text]) => [`services/library/${path}`, text]),
    );
    await using project = await branchFrom({ ...inFolder, "README.md": "Many services.\n" });
    await project.put({ "services/library/migrations/003_tidy.sql": dropIndex });
    const where = { ...onServer(project), cwd: join(project.root, "services", "library") };
    await project.remove("services/library/baselines");
    const { code, report } = await checked(where, "--base", "main");
    expect([code, outcomes(report)["book-by-isbn/one book"], outcomes(report)["loans-of-borrower"]]).toEqual([
      1,
      "flagged",
      "passed",
    ]);
    expect(report.queries[0]?.file).toBe("queries/books.sql");
  },
  minute,
);

describe("a base that cannot be read is exit 2, with the next step", () => {
  const expectUnreadable = async (project: Project, ref: string, says: RegExp, hint: RegExp) => {
    const { code, report } = await checked(onServer(project), "--base", ref);
    expect([code, report.verdict]).toEqual([2, "error"]);
    expect(report.problems).toMatchObject([
      { code: "base-unreadable", message: expect.stringMatching(says), hint: expect.stringMatching(hint) },
    ]);
  };

  test(
    "a ref that git does not know, or that is an option",
    async () => {
      await using project = await branchFrom(accepted);
      await expectUnreadable(project, "origin/main", /`origin\/main`/, /fetch/);
      await expectUnreadable(project, "--all", /`--all`/, /branch/);
    },
    minute,
  );

  test(
    "outside of a repository",
    async () => {
      await using project = await makeProject(accepted);
      await expectUnreadable(project, "main", /not in a git repository/, /git init/);
    },
    minute,
  );

  test(
    "before the first commit, where accept works all the same",
    async () => {
      await using project = await makeProject();
      await git(project.root, "init", "-q", "-b", "main");
      expect((await planGate(onServer(project), "accept")).code).toBe(0);
      await expectUnreadable(project, "main", /`main`/, /./);
    },
    minute,
  );

  test(
    "in a clone that is too shallow to hold the common commit",
    async () => {
      await using origin = await branchFrom(accepted);
      await origin.put({ "migrations/003_tidy.sql": dropIndex });
      await commit(origin.root);
      await git(origin.root, "checkout", "-q", "main");
      await origin.put({ "README.md": "A library.\n" });
      await commit(origin.root);
      await using project = await makeProject({});
      const from = ["clone", "-q", "--depth", "1", "--no-single-branch", "--branch", "topic", `file://${origin.root}`];
      await git(project.root, ...from, ".");
      await expectUnreadable(project, "origin/main", /no common commit/, /fetch-depth: 0/);
    },
    minute,
  );
});
