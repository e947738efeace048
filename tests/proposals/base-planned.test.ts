import { judgeRemovedSettings } from "../../src/gate.js";
import { startThrowawayServer, type ThrowawayServer } from "../postgres/support/throwaway-server.js";
import { brief, dropIndex, kinds, makeRepository, shop } from "./support/repository.js";

const minute = 60_000;
let server: ThrowawayServer | undefined;
let accepted: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startThrowawayServer(17);
  await using repository = await makeRepository(shop, server.url);
  accepted = { ...shop, ...(await repository.accept()) };
}, minute);
afterAll(() => server?.stop());

const planned = ["explain (base)"];

test(
  "a plan that moved on the base already is drift, and blocks nobody",
  async () => {
    await using repository = await makeRepository({ ...accepted, ...dropIndex }, server?.url);
    const base = await repository.commit({});
    await repository.commit({ "migrations/003_more.sql": "CREATE TABLE other (id bigint);\n" });
    const evaluation = await repository.judge(base);
    expect(kinds(evaluation)).toEqual({ "by-code/first": "drift", "by-code/last": "drift", "of-kind": "passed" });
    const [drifted] = evaluation.verdict.outcomes;
    expect(drifted?.findings.map(({ severity, cause }) => [severity, cause])).toContainEqual(["info", null]);
    expect(drifted?.notes[0]).toMatch(/^on the base, without this change, the plan has moved in the same way/);
    expect(evaluation.verdict.exitCode).toBe(0);
    expect(evaluation.verdict.timings).toHaveProperty(planned);
    // Out of date: offered, though nobody has to take it.
    expect(evaluation.candidates.map(({ query }) => query)).toEqual(["by-code"]);
  },
  minute,
);

test(
  "the base is not planned where every plan is as it was accepted",
  async () => {
    await using repository = await makeRepository(accepted, server?.url);
    const base = await repository.commit({});
    await repository.commit({ "migrations/002_more.sql": "CREATE TABLE other (id bigint);\n" });
    const { verdict } = await repository.judge(base);
    expect([verdict.exitCode, verdict.notes]).toEqual([0, []]);
    expect(verdict.timings).not.toHaveProperty(planned);
  },
  minute,
);

test(
  "a query without a baseline is compared with the base's plan, made in this run",
  async () => {
    await using repository = await makeRepository(shop, server?.url);
    const base = await repository.commit({});
    await repository.commit(dropIndex);
    const { verdict } = await repository.judge(base);
    const [worse] = verdict.outcomes;
    expect([verdict.verdict, worse?.kind, worse?.before?.root.operator]).toEqual(["fail", "flagged", "Index Scan"]);
    expect(worse?.notes).toContain("compared with the base's plan: no baseline is stored");
    expect(worse?.findings[0]?.cause).toMatchObject({ file: "migrations/002_tidy.sql", line: 2 });
    expect(verdict.outcomes.at(-1)).toMatchObject({ name: "of-kind", kind: "passed" });
  },
  minute,
);

test(
  "a base that cannot be built is said, and the stored baselines decide",
  async () => {
    const broken = { ...accepted, "migrations/003_bad.sql": "DROP TABLE nobody;\n" };
    await using repository = await makeRepository(broken, server?.url);
    const base = await repository.commit({});
    await repository.commit({ "migrations/003_bad.sql": null, ...dropIndex });
    const { verdict } = await repository.judge(base);
    expect([verdict.verdict, verdict.outcomes[0]?.kind, verdict.problems]).toEqual(["fail", "flagged", []]);
    expect(verdict.notes).toEqual([
      expect.stringMatching(/^the base cannot be planned, so the stored baselines alone decide: migrations\/003_bad/),
    ]);
  },
  minute,
);

test(
  "where the base has no settings the branch adopts plan-gate: its own policy, and nothing proposed",
  async () => {
    await using repository = await makeRepository({ "README.md": "A shop.\n" }, server?.url);
    const base = await repository.commit({});
    await repository.commit(shop);
    const evaluation = await repository.judge(base);
    expect([evaluation.kind, evaluation.verdict.problems, evaluation.proposals]).toEqual(["set-up", [], []]);
    expect(evaluation.candidates.map(({ query }) => query)).toEqual(["by-code", "of-kind"]);
    await repository.commit(accepted);
    expect(kinds(await repository.judge(base))).toMatchObject({ "of-kind": "passed" });
  },
  minute,
);

test(
  "a settings file that is gone is a removal of everything it watched",
  async () => {
    await using repository = await makeRepository(accepted, server?.url);
    const base = await repository.commit({});
    await repository.commit({ "plan-gate.yml": null });
    const end = await judgeRemovedSettings(repository.root, "plan-gate.yml", { commit: base, policy: base });
    expect(end && brief(end)).toEqual(["all removal once approved -plan-gate.yml"]);
    expect([end?.kind, end?.enforce, end?.verdict.outcomes]).toEqual(["judged", true, []]);
    expect(await judgeRemovedSettings(repository.root, "other.yml", { commit: base, policy: base })).toBeUndefined();
  },
  minute,
);

test(
  "where migrations make roles, a server that is named has room for one build: the verdict stays, nothing is tried out",
  async () => {
    const role = { "migrations/0005_role.sql": "CREATE ROLE shop_reader;\n" };
    await using repository = await makeRepository({ ...accepted, ...role }, server?.url);
    const base = await repository.commit({});
    await repository.commit(dropIndex);
    const { verdict } = await repository.judge(base);
    expect([verdict.verdict, verdict.outcomes[0]?.kind, verdict.problems]).toEqual(["fail", "flagged", []]);
    expect(verdict.timings).toHaveProperty(["explain (base)"]);
    expect(verdict.notes).toContainEqual(expect.stringMatching(/^neither causes nor fixes were tried out: .*roles/));
  },
  minute,
);

test(
  "changed server settings are judged like any other change, have to be approved, and are named as the cause",
  async () => {
    const settings = (mem: string) => ({
      "plan-gate.yml": `${shop["plan-gate.yml"]}postgres: { settings: { enable_indexscan: ${mem}, enable_bitmapscan: ${mem}, enable_indexonlyscan: ${mem} } }\n`,
    });
    await using repository = await makeRepository({ ...shop, ...settings("on") }, undefined);
    const base = await repository.commit(await repository.accept());
    await repository.commit(settings("off"));
    const moved = await repository.judge(base);
    expect(brief(moved)).toEqual(["all environment once approved plan-gate.yml"]);
    expect(moved.proposals[0]?.what).toBe("changes `postgres.settings`");
    expect(kinds(moved)).toMatchObject({ "by-code/first": "flagged", "of-kind": "passed" });
    expect(moved.verdict.outcomes[0]?.findings[0]?.cause).toMatchObject({ kind: "settings", file: "plan-gate.yml" });
  },
  minute,
);

test(
  "another major is the environment: the base is planned on it, and its plans are what is compared with",
  async () => {
    await using repository = await makeRepository(
      { ...shop, "plan-gate.yml": `${shop["plan-gate.yml"]}postgres: { version: 17 }\n` },
      undefined,
    );
    const base = await repository.commit(await repository.accept());
    await repository.commit({ "plan-gate.yml": `${shop["plan-gate.yml"]}postgres: { version: 18 }\n`, ...dropIndex });
    const evaluation = await repository.judge(base);
    expect(evaluation.major).toBe(18);
    expect(evaluation.proposals.map(({ kind, what }) => [kind, what])).toEqual([
      ["environment", "changes `postgres.version`: 17 → 18"],
    ]);
    expect(kinds(evaluation)).toEqual({ "by-code/first": "flagged", "by-code/last": "flagged", "of-kind": "passed" });
    expect(evaluation.verdict.outcomes.at(-1)?.notes[0]).toMatch(/compared with the base's plan: .*PostgreSQL 17 → 18/);
  },
  minute,
);

test(
  "the policy of another commit counts where the base's own does not, and the base is still what is planned",
  async () => {
    await using repository = await makeRepository(accepted, server?.url);
    const policy = await repository.commit({});
    const lax = "rules: { index-scan-lost: off, cost-increased: off, blocks-increased: off }\nenforce: false\n";
    const base = await repository.commit({ "plan-gate.yml": `${shop["plan-gate.yml"]}${lax}` });
    await repository.commit(dropIndex);
    const evaluation = await repository.judge(base, { policy });
    expect([evaluation.enforce, kinds(evaluation)["by-code/first"]]).toEqual([true, "flagged"]);
    expect(brief(evaluation)).toEqual(["all policy once approved plan-gate.yml"]);
    expect((await repository.judge(base)).enforce).toBe(false);
  },
  minute,
);

test(
  "nothing is left of a base that was being built when the run is stopped",
  async () => {
    await using repository = await makeRepository(shop, undefined);
    const base = await repository.commit({});
    await repository.commit(dropIndex);
    await expect(repository.judge(base, { stopAt: "migrate (base)" })).rejects.toThrow("stopped at migrate (base)");
  },
  minute,
);
