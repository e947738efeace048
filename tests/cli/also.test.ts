import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startThrowawayServer, type ThrowawayServer } from "../postgres/support/throwaway-server.js";
import { acceptedLibrary, dropIndex, makeProject, withEnv } from "./support/library.js";
import { checked, outcomes, planGate } from "./support/plan-gate.js";

const minute = 60_000;
const byIsbn = "book-by-isbn/one book";
let server: ThrowawayServer;
let accepted: Readonly<Record<string, string>>;

beforeAll(async () => {
  [server, accepted] = await Promise.all([startThrowawayServer(17), acceptedLibrary()]);
}, minute);
afterAll(() => server.stop());

test(
  "accept --also keeps the accepted plan beside today's; check passes with either, and accept alone keeps one",
  async () => {
    await using project = await makeProject({ ...accepted, "migrations/003_tidy.sql": dropIndex });
    const where = withEnv(project.where, { PLAN_GATE_DATABASE_URL: server.url });
    const file = join(project.root, "baselines", "pg17", "book-by-isbn.yml");
    expect((await checked(where)).code).toBe(1);

    const run = await planGate(where, "accept", "--also", "book-by-isbn", "--quiet");
    expect(run).toEqual({
      code: 0,
      stdout:
        "changed baselines/pg17/book-by-isbn.yml\n\nCommit these files; whoever reviews them accepts the plans.\n",
      stderr: "",
    });
    const both = await readFile(file, "utf8");
    expect((await planGate(where, "accept", "--also", "book-by-isbn")).stdout).toContain("1 baseline unchanged");
    expect(await readFile(file, "utf8")).toBe(both);

    const without = await checked(where);
    expect([without.code, outcomes(without.report)[byIsbn]]).toEqual([0, "passed"]);
    const shown = await planGate(where, "show", "book-by-isbn");
    expect(shown.stdout).toMatch(/^ +accepted, 1 of 2 [\s\S]*Index Scan[\s\S]*accepted, 2 of 2 [\s\S]*Seq Scan/m);

    await project.remove("migrations/003_tidy.sql");
    const withIndex = await checked(where);
    expect([withIndex.code, outcomes(withIndex.report)[byIsbn]]).toEqual([0, "passed"]);
    const alone = await planGate(where, "accept");
    expect(alone.stdout.replace(/\s+/g, " ")).toContain(
      "book-by-isbn: 1 other plan of it was accepted too, and is no longer; `--also` would have kept it",
    );
    expect(await readFile(file, "utf8")).toBe(accepted["baselines/pg17/book-by-isbn.yml"]);
  },
  2 * minute,
);

test(
  "accept --also without a name is refused, and a baseline that cannot be read is left as it is",
  async () => {
    const broken = "baselines/pg17/book-by-isbn.yml";
    await using project = await makeProject({ ...accepted, [broken]: "format: 1\n" });
    const where = withEnv(project.where, { PLAN_GATE_DATABASE_URL: server.url });
    const nameless = await planGate(where, "accept", "--also");
    expect([nameless.code, nameless.stderr]).toEqual([2, expect.stringContaining("`plan-gate accept --also QUERY`")]);
    const left = await planGate(where, "accept", "--also", "book-by-isbn");
    expect([left.code, left.stdout]).toEqual([2, expect.stringMatching(/^left {4}book-by-isbn$/m)]);
    expect(await readFile(join(project.root, broken), "utf8")).toBe("format: 1\n");
  },
  minute,
);
