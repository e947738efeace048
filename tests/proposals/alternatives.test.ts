import { startThrowawayServer, type ThrowawayServer } from "../postgres/support/throwaway-server.js";
import { brief, dropIndex, kinds, makeRepository, type Repository, shop } from "./support/repository.js";

const minute = 60_000;
const byCode = "baselines/pg17/by-code.yml";
let server: ThrowawayServer | undefined;
/** With the plan by the index alone. */
let accepted: Readonly<Record<string, string>>;
/** The same with the plan without the index beside it. */
let either: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startThrowawayServer(17);
  await using repository = await makeRepository(shop, server.url);
  accepted = { ...shop, ...(await repository.accept()) };
  await repository.commit(dropIndex);
  either = { ...accepted, ...(await repository.accept(["by-code"])) };
}, minute);
afterAll(() => server?.stop());

async function proposing(
  base: Readonly<Record<string, string>>,
  branch: Readonly<Record<string, string | null>>,
): Promise<{ readonly repository: Repository; readonly base: string } & AsyncDisposable> {
  const repository = await makeRepository(base, server?.url);
  const commit = await repository.commit({});
  await repository.commit(branch);
  return { repository, base: commit, [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose]() };
}

const count = (text: string | undefined, words: string) => (text ?? "").split(words).length - 1;

test(
  "a plan that is accepted beside another one passes, and so does that other one; accept without `--also` keeps one",
  async () => {
    expect([count(either[byCode], "Index Scan using"), count(either[byCode], "Seq Scan")]).toEqual([2, 2]);
    await using at = await proposing(either, dropIndex);
    const without = await at.repository.judge(at.base);
    expect([kinds(without)["by-code/first"], without.verdict.exitCode, brief(without)]).toEqual(["passed", 0, []]);
    await at.repository.commit({ "migrations/002_tidy.sql": null });
    expect(kinds(await at.repository.judge(at.base))["by-code/first"]).toBe("passed");
    const again = await at.repository.accept();
    expect([count(again[byCode], "Index Scan using"), count(again[byCode], "Seq Scan")]).toEqual([2, 0]);
    expect(again[byCode]).toBe(accepted[byCode]);
  },
  minute,
);

test(
  "a further plan that is worse counts once approved, as one that replaces another does",
  async () => {
    await using at = await proposing(accepted, { ...dropIndex, [byCode]: either[byCode] ?? "" });
    const judged = await at.repository.judge(at.base);
    expect([kinds(judged)["by-code/first"], brief(judged)]).toEqual([
      "flagged",
      [`by-code baseline once approved ${byCode}`],
    ]);
    expect(judged.proposals[0]?.what).toMatch(/^accepts a worse plan/);
  },
  minute,
);

test(
  "a further plan that was not made here never counts: it would accept a regression that is still to come",
  async () => {
    await using at = await proposing(accepted, { [byCode]: either[byCode] ?? "" });
    const judged = await at.repository.judge(at.base);
    expect(brief(judged)).toEqual([`by-code baseline never ${byCode}`]);
    expect(judged.proposals[0]).toMatchObject({
      what: "proposes a further accepted plan in case `first` that was not made here",
      next: expect.stringContaining("`plan-gate accept --also by-code`"),
    });
  },
  minute,
);

test(
  "what a tie is, the base says",
  async () => {
    const settings = `${shop["plan-gate.yml"]}tieMaxRatio: 2\n`;
    await using at = await proposing(accepted, { "plan-gate.yml": settings });
    const { proposals } = await at.repository.judge(at.base, { wanted: ["of-kind"] });
    expect(proposals).toMatchObject([
      { kind: "policy", counts: "once approved", what: "changes `tieMaxRatio` in `plan-gate.yml`" },
    ]);
  },
  minute,
);
