import { conclude } from "../../src/conclusion/conclude.js";
import type { Conclusion } from "../../src/conclusion/conclusion.js";
import { countsOf } from "../../src/conclusion/counts.js";
import { headline } from "../../src/conclusion/headline.js";
import { nextStep } from "../../src/conclusion/next-step.js";
import type { Evaluation, Proposal } from "../../src/evaluation/evaluation.js";
import type { Outcome, Verdict } from "../../src/verdict/verdict.js";
import { approval, evaluation, proposal } from "../evaluation/sets.js";
import { finding, lostIndex, outcome, verdict } from "../support/verdicts.js";

const { name } = lostIndex();
const passed = outcome("passed", "quiet");
const problem = { code: "migration-failed", message: "it failed", hint: "Mend it." } as const;
const file = { path: `baselines/pg17/${name}.yml`, blob: "e".repeat(40) };
const worsePlan = proposal({ query: name, files: [file] });
const removal = proposal({ kind: "removal", query: "gone", files: [{ path: "queries/gone.sql", blob: null }] });
const policy = proposal({ kind: "policy", query: null, files: [{ path: "plan-gate.yml", blob: "b".repeat(40) }] });

interface Story extends Partial<Evaluation> {
  readonly outcomes?: readonly Outcome[];
  readonly problems?: Verdict["problems"];
}

function part({ outcomes = [passed], problems = [], ...more }: Story): Evaluation {
  return evaluation({ verdict: verdict(outcomes, { problems }), ...more });
}

/** Concluded while nobody put a label on. */
function concluded(...stories: readonly Story[]): Conclusion {
  return conclude({ evaluations: stories.map(part), label: { kind: "absent" } });
}

/** Concluded while Anna's label accepts these proposals' files. */
function approving(accepted: readonly Proposal[], ...stories: readonly Story[]): Conclusion {
  return conclude({
    evaluations: stories.map(part),
    approved: { by: "anna", files: accepted.flatMap(({ files }) => files) },
    label: { kind: "in force", by: "anna", at: "2026-11-21T10:00:00Z" },
  });
}

const ended = ({ ending, exitCode }: Conclusion) => [ending, exitCode];
const decisions = ({ decided }: Conclusion) => decided.map(({ outcome: { name }, decision }) => [name, decision]);

describe("one settings file", () => {
  test("passes where every plan was compared and none got worse", () => {
    const conclusion = concluded({});
    expect(ended(conclusion)).toEqual(["pass", 0]);
    expect(conclusion).toMatchObject({ enforced: true, decided: [], approved: [], waiting: [], refused: [] });
  });

  test("is worse where a plan is, and the plan is blocked", () => {
    const conclusion = concluded({ outcomes: [lostIndex(), passed] });
    expect(ended(conclusion)).toEqual(["worse", 1]);
    expect(decisions(conclusion)).toEqual([[name, { kind: "blocked" }]]);
  });

  test("passes with warnings", () => {
    const warned = outcome("flagged", "a", { findings: [finding({ severity: "warn" })] });
    expect(ended(concluded({ outcomes: [warned] }))).toEqual(["pass", 0]);
  });

  test("could not run where there is a problem, but worse is told first", () => {
    expect(ended(concluded({ problems: [problem] }))).toEqual(["could not run", 2]);
    expect(ended(concluded({ problems: [problem], outcomes: [lostIndex()] }))).toEqual(["worse", 1]);
  });

  test("could not run where its verdict says so without saying why", () => {
    const conclusion = conclude({
      evaluations: [evaluation({ verdict: verdict([], { verdict: "error", exitCode: 2 }) })],
      label: { kind: "absent" },
    });
    expect(ended(conclusion)).toEqual(["could not run", 2]);
  });

  test("could not run where nothing was evaluated at all", () => {
    expect(ended(concluded())).toEqual(["could not run", 2]);
  });

  test("needs evidence where a query has no plan to compare with, and does not block", () => {
    const conclusion = concluded({ outcomes: [passed, outcome("unbaselined", "new"), outcome("incomparable", "old")] });
    expect(ended(conclusion)).toEqual(["needs evidence", 0]);
    expect(decisions(conclusion)).toEqual([
      ["new", { kind: "needs evidence" }],
      ["old", { kind: "needs evidence" }],
    ]);
  });

  test("is worse where a plan is, whatever else lacks evidence", () => {
    expect(ended(concluded({ outcomes: [lostIndex(), outcome("unbaselined", "new")] }))).toEqual(["worse", 1]);
  });

  test("needs evidence for a query that was never planned, whatever problem is told besides", () => {
    const conclusion = concluded({ outcomes: [passed, outcome("broken", "new")], problems: [problem] });
    expect(ended(conclusion)).toEqual(["could not run", 2]);
    expect(decisions(conclusion)).toEqual([["new", { kind: "needs evidence" }]]);
  });

  test("drifts, or ties, and passes", () => {
    const [drift, tie] = [outcome("drift", "a"), outcome("tie", "b")];
    expect(ended(concluded({ outcomes: [drift, tie] }))).toEqual(["drift", 0]);
    expect(ended(concluded({ outcomes: [tie, passed] }))).toEqual(["tie", 0]);
  });

  test("that was not touched passes", () => {
    expect(ended(concluded({ kind: "untouched", outcomes: [], major: null }))).toEqual(["pass", 0]);
  });

  test("that is set up blocks nothing, whatever its plans are, but must be able to run", () => {
    const adopted = { kind: "set-up", outcomes: [lostIndex(), outcome("unbaselined", "new")] } as const;
    expect(ended(concluded(adopted))).toEqual(["set-up", 0]);
    expect(decisions(concluded(adopted))).toEqual([]);
    expect(ended(concluded({ ...adopted, problems: [problem] }))).toEqual(["could not run", 2]);
  });
});

describe("what a pull request proposes", () => {
  const worse = { outcomes: [lostIndex()] };

  test("a baseline that agrees and is no worse counts freely: what was new or of another environment needs no more", () => {
    const outcomes = [outcome("unbaselined", "a"), outcome("incomparable", "b"), outcome("drift", "c")];
    const proposals = ["a", "b", "c"].map((query) => proposal({ query, counts: "freely", next: "" }));
    expect(ended(concluded({ outcomes, proposals }))).toEqual(["pass", 0]);
  });

  test("a first baseline satisfies strict as well", () => {
    const strict = outcome("unbaselined", "a", { findings: [finding({ rule: "unbaselined" })] });
    expect(ended(concluded({ outcomes: [strict] }))).toEqual(["worse", 1]);
    const proposals = [proposal({ query: "a", counts: "freely" })];
    expect(ended(concluded({ outcomes: [strict], proposals }))).toEqual(["pass", 0]);
    expect(decisions(concluded({ outcomes: [strict], proposals }))).toEqual([]);
  });

  test("nothing makes a plan that got worse count freely", () => {
    const proposals = [{ ...worsePlan, counts: "freely" as const }];
    expect(ended(concluded({ ...worse, proposals }))).toEqual(["worse", 1]);
  });

  test("a baseline that accepts a worse plan waits, and is worse until it is approved", () => {
    const waiting = concluded({ ...worse, proposals: [worsePlan] });
    expect(ended(waiting)).toEqual(["worse", 1]);
    expect(waiting.waiting).toEqual([worsePlan]);
    const approved = approving([worsePlan], { ...worse, proposals: [worsePlan] });
    expect(ended(approved)).toEqual(["pass", 0]);
    expect(decisions(approved)).toEqual([[name, { kind: "accepted", by: "anna" }]]);
    expect(approved.approved).toEqual([{ proposal: worsePlan, by: "anna" }]);
    expect(approved.waiting).toEqual([]);
  });

  test("an approval of another query's baseline, or of another version of this one, approves nothing", () => {
    for (const files of [[{ ...file, path: "baselines/pg17/other.yml" }], [{ ...file, blob: "f".repeat(40) }], []]) {
      const conclusion = approving([proposal({ files })], { ...worse, proposals: [worsePlan] });
      expect(ended(conclusion)).toEqual(["worse", 1]);
      expect(conclusion.approved).toEqual([]);
    }
  });

  test("a label that accepts a baseline does not cover another plan that got worse", () => {
    const other = outcome("flagged", "other", { findings: [finding()] });
    const conclusion = approving([worsePlan], { outcomes: [lostIndex(), other], proposals: [worsePlan] });
    expect(ended(conclusion)).toEqual(["worse", 1]);
    expect(decisions(conclusion)).toEqual([
      [name, { kind: "accepted", by: "anna" }],
      ["other", { kind: "blocked" }],
    ]);
  });

  test.each([
    { kind: "absent" },
    { kind: "void", by: "anna", reason: "it is older than the report" },
    { kind: "unknown", reason: "GitHub did not answer" },
  ] as const)("an approval counts for nothing while the label is $kind", (label) => {
    const conclusion = conclude({
      evaluations: [part({ ...worse, proposals: [worsePlan] })],
      approved: { by: "anna", files: [file] },
      label,
    });
    expect(ended(conclusion)).toEqual(["worse", 1]);
    expect(conclusion.label).toEqual(label);
  });

  test("a baseline that lies can never count, approved or not", () => {
    const lie = { ...worsePlan, counts: "never" as const };
    for (const outcomes of [[passed], [lostIndex()]]) {
      const conclusion = approving([lie], { outcomes, proposals: [lie] });
      expect(ended(conclusion)).toEqual(["worse", 1]);
      expect(conclusion.refused).toEqual([lie]);
    }
  });

  test("a removed query waits as a change of the environment, and its orphaned baseline follows", () => {
    const outcomes = [outcome("orphaned", "gone", { findings: [finding({ severity: "info" })] }), passed];
    const waiting = concluded({ outcomes, proposals: [removal] });
    expect(ended(waiting)).toEqual(["environment changed", 1]);
    expect(decisions(waiting)).toEqual([["gone", { kind: "blocked" }]]);
    const approved = approving([removal], { outcomes, proposals: [removal] });
    expect(ended(approved)).toEqual(["pass", 0]);
    expect(decisions(approved)).toEqual([["gone", { kind: "accepted", by: "anna" }]]);
  });

  test("what strict says of a removed query's baseline follows the removal as well", () => {
    const outcomes = [outcome("orphaned", "gone", { findings: [finding()] }), passed];
    expect(ended(concluded({ outcomes }))).toEqual(["worse", 1]);
    expect(ended(concluded({ outcomes, proposals: [removal] }))).toEqual(["environment changed", 1]);
    expect(ended(approving([removal], { outcomes, proposals: [removal] }))).toEqual(["pass", 0]);
    const freely = [{ ...removal, counts: "freely" as const }];
    expect(ended(concluded({ outcomes, proposals: freely }))).toEqual(["pass", 0]);
  });

  test("an orphaned baseline that the base has as well blocks nothing and is nobody's decision", () => {
    const conclusion = concluded({ outcomes: [outcome("orphaned", "gone"), passed] });
    expect([ended(conclusion), decisions(conclusion)]).toEqual([["pass", 0], []]);
  });

  test.each(["policy", "environment"] as const)("a changed %s waits until it is approved", (kind) => {
    const proposals = [{ ...policy, kind }];
    expect(ended(concluded({ proposals }))).toEqual(["environment changed", 1]);
    expect(ended(approving(proposals, { proposals }))).toEqual(["pass", 0]);
  });

  test("a query that can no longer be planned is blocked even where its baseline is said to count freely", () => {
    const broken = outcome("broken", "a", { findings: [finding({ rule: "query-broken" })] });
    const proposals = [proposal({ query: "a", counts: "freely" })];
    expect(ended(concluded({ outcomes: [broken], proposals }))).toEqual(["worse", 1]);
  });

  test("one proposal on two majors is told once", () => {
    const conclusion = concluded({ major: 16, proposals: [policy] }, { major: 17, proposals: [policy] });
    expect(conclusion.waiting).toEqual([policy]);
    expect(approving([policy], { major: 16, proposals: [policy] }, { proposals: [policy] }).approved).toHaveLength(1);
  });
});

describe("modes of approval", () => {
  const codeowners = { approval: { ...approval, mode: "codeowners" as const } };
  const off = { approval: { ...approval, mode: "off" as const } };

  test("where code owners review, what is committed counts as theirs, without a label", () => {
    const outcomes = [lostIndex(), outcome("orphaned", "gone")];
    const conclusion = concluded({ ...codeowners, outcomes, proposals: [worsePlan, removal, policy] });
    expect(ended(conclusion)).toEqual(["pass", 0]);
    expect(decisions(conclusion)).toEqual([
      [name, { kind: "accepted", by: "code owners" }],
      ["gone", { kind: "accepted", by: "code owners" }],
    ]);
    expect(conclusion.approved).toHaveLength(3);
  });

  test("code owners review what is committed: a worse plan without a baseline stays blocked, and a lie is refused", () => {
    expect(ended(concluded({ ...codeowners, outcomes: [lostIndex()] }))).toEqual(["worse", 1]);
    const lie = { ...worsePlan, counts: "never" as const };
    expect(concluded({ ...codeowners, proposals: [lie] })).toMatchObject({
      ending: "worse",
      approved: [],
      refused: [lie],
    });
    const nothing = { ...worsePlan, files: [] };
    expect(ended(concluded({ ...codeowners, outcomes: [lostIndex()], proposals: [nothing] }))).toEqual(["worse", 1]);
  });

  test("where approvals are off a label approves nothing", () => {
    const conclusion = approving([worsePlan], { ...off, outcomes: [lostIndex()], proposals: [worsePlan] });
    expect(ended(conclusion)).toEqual(["worse", 1]);
  });
});

describe("without enforcement", () => {
  const lax = { enforce: false };

  test("worse and waiting are told as they are, and exit 0", () => {
    expect(concluded({ ...lax, outcomes: [lostIndex()] })).toMatchObject({
      ending: "worse",
      exitCode: 0,
      enforced: false,
    });
    expect(concluded({ ...lax, proposals: [policy] })).toMatchObject({
      ending: "environment changed",
      exitCode: 0,
      enforced: false,
    });
  });

  test("a run that could not do its job still fails, and so it does beside a plan that would block", () => {
    expect(ended(concluded({ ...lax, problems: [problem] }))).toEqual(["could not run", 2]);
    expect(ended(concluded({ ...lax, problems: [problem], outcomes: [lostIndex()] }))).toEqual(["could not run", 2]);
  });
});

describe("several settings files and majors", () => {
  test("the worst of them is told, whatever their order, and evaluations are sorted", () => {
    const stories: Story[] = [
      { config: "b.yml", outcomes: [outcome("tie", "a")] },
      { config: "a.yml", major: 17, outcomes: [lostIndex()] },
      { config: "a.yml", major: 16, problems: [problem] },
      { config: "a.yml", major: null, kind: "untouched", outcomes: [] },
    ];
    const conclusion = concluded(...stories);
    expect(ended(conclusion)).toEqual(["worse", 1]);
    expect(conclusion.evaluations.map(({ config, major }) => [config, major])).toEqual([
      ["a.yml", null],
      ["a.yml", 16],
      ["a.yml", 17],
      ["b.yml", 17],
    ]);
    expect(concluded(...[...stories].reverse())).toEqual(conclusion);
  });

  test("what blocks in an enforced part blocks, whatever is only tried out beside it", () => {
    const tried = { config: "tried.yml", enforce: false, outcomes: [lostIndex()] };
    expect(concluded(tried, { config: "a.yml" })).toMatchObject({ ending: "worse", exitCode: 0, enforced: false });
    expect(concluded(tried, { outcomes: [lostIndex()] })).toMatchObject({
      ending: "worse",
      exitCode: 1,
      enforced: true,
    });
    expect(concluded(tried, { proposals: [policy] })).toMatchObject({
      ending: "environment changed",
      exitCode: 1,
      enforced: true,
    });
  });

  test("an approval of one major's baseline does not cover the other's", () => {
    const other = { ...worsePlan, files: [{ ...file, path: `baselines/pg16/${name}.yml` }] };
    const conclusion = approving(
      [worsePlan],
      { major: 16, outcomes: [lostIndex()], proposals: [other] },
      { major: 17, outcomes: [lostIndex()], proposals: [worsePlan] },
    );
    expect(ended(conclusion)).toEqual(["worse", 1]);
    expect(conclusion.decided.map(({ major, decision }) => [major, decision.kind])).toEqual([
      [16, "blocked"],
      [17, "accepted"],
    ]);
  });
});

test("outputs count plans", () => {
  const conclusion = approving([worsePlan], {
    outcomes: [
      lostIndex(),
      outcome("flagged", "other", { findings: [finding()] }),
      outcome("improved", "better"),
      outcome("unbaselined", "new"),
      outcome("orphaned", "gone"),
      passed,
    ],
    proposals: [worsePlan],
  });
  expect(countsOf(conclusion)).toEqual({ blocked: 1, needsEvidence: 1, accepted: 1, improved: 1, watched: 5 });
});

describe("what a query's header expects", () => {
  const missed = finding({ rule: "expectation-missed" });
  const unmet = outcome("flagged", name, { findings: [missed] });
  const unmetAndWorse = outcome("flagged", name, { findings: [missed, finding()] });
  const unmetAndNew = outcome("unbaselined", name, { findings: [missed] });
  const loosened = proposal({ kind: "policy", query: name, files: [{ path: "queries/a.sql", blob: "c".repeat(40) }] });
  const added = proposal({ query: name, files: [file], counts: "freely" });

  test("blocks a plan that is no worse, and a new one whose baseline counts freely", () => {
    for (const outcomes of [[unmet], [unmetAndNew]]) {
      const conclusion = concluded({ outcomes, proposals: [added] });
      expect(ended(conclusion)).toEqual(["worse", 1]);
      expect(decisions(conclusion)).toEqual([[name, { kind: "blocked" }]]);
      expect(headline(conclusion)).toMatch(/1 plan is not what its query expects$/);
      expect(nextStep(conclusion)).toMatch(/change `expect` in the queries' headers/);
    }
  });

  test("is accepted by who approves another header, not by who approves a baseline", () => {
    expect(decisions(approving([loosened], { outcomes: [unmet], proposals: [loosened] }))).toEqual([
      [name, { kind: "accepted", by: "anna" }],
    ]);
    expect(decisions(approving([worsePlan], { outcomes: [unmet], proposals: [worsePlan] }))).toEqual([
      [name, { kind: "blocked" }],
    ]);
  });

  test("takes the approval of both where the plan got worse as well", () => {
    const both = [worsePlan, loosened];
    const by = (approved: readonly Proposal[]) =>
      decisions(approving(approved, { outcomes: [unmetAndWorse], proposals: both }))[0]?.[1];
    expect([by([worsePlan]), by([loosened]), by(both)]).toEqual([
      { kind: "blocked" },
      { kind: "blocked" },
      { kind: "accepted", by: "anna" },
    ]);
  });
});
