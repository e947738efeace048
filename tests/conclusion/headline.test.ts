import { conclude } from "../../src/conclusion/conclude.js";
import type { Conclusion } from "../../src/conclusion/conclusion.js";
import { headline, nextStep } from "../../src/conclusion/headline.js";
import type { Evaluation, Proposal } from "../../src/evaluation/evaluation.js";
import type { Outcome, Verdict } from "../../src/verdict/verdict.js";
import { approval, evaluation, proposal } from "../evaluation/sets.js";
import { finding, lostIndex, outcome, verdict } from "../support/verdicts.js";

interface Story extends Partial<Evaluation> {
  readonly outcomes?: readonly Outcome[];
  readonly problems?: Verdict["problems"];
  /** Of Anna's label. */
  readonly accepted?: readonly Proposal[];
}

const passed = outcome("passed", "quiet");
const lost = lostIndex();
const cause = { kind: "migration", file: "migrations/0012_tidy.sql", line: 7, statement: "DROP INDEX x;" } as const;
const dropped = (name: string, line = 7) =>
  outcome("flagged", name, { findings: [finding({ cause: { ...cause, line } })] });
const accepts = (name: string) =>
  proposal({ query: name, files: [{ path: `baselines/pg17/${name}.yml`, blob: null }] });
const removal = proposal({
  kind: "removal",
  query: "audit",
  files: [{ path: "queries/audit.sql", blob: null }],
  what: "removes the query",
});
const policy = proposal({
  kind: "policy",
  query: null,
  files: [{ path: "plan-gate.yml", blob: null }],
  what: "changes `rules` in `plan-gate.yml`",
});

function concluded({ outcomes = [passed], problems = [], accepted, ...more }: Story): Conclusion {
  const files = (accepted ?? []).flatMap((one) => one.files);
  return conclude({
    evaluations: [evaluation({ verdict: verdict(outcomes, { problems }), ...more })],
    approved: { by: "anna", files },
    label: accepted ? { kind: "in force", by: "anna", at: "2026-11-21T10:00:00Z" } : { kind: "absent" },
  });
}

const label = "somebody with write access puts the label `plan-gate:approve` on";

const told: readonly (readonly [string, Story, string, string])[] = [
  ["nothing changed", {}, "1 plan, none worse", "Nothing to do."],
  [
    "nothing was touched",
    { kind: "untouched", outcomes: [], major: null },
    "no file that can change a plan was touched",
    "Nothing to do.",
  ],
  [
    "a warning and a better plan",
    {
      outcomes: [
        outcome("flagged", "a", { findings: [finding({ severity: "warn" })] }),
        outcome("improved", "b"),
        passed,
      ],
    },
    "3 plans, 1 with a warning, 1 better, none worse",
    "Nothing has to be done; `plan-gate accept` keeps the better plans, so that a relapse is noticed.",
  ],
  [
    "one plan got worse",
    { outcomes: [dropped("a"), passed] },
    "1 of 2 plans got worse: by `migrations/0012_tidy.sql:7`",
    `Change \`migrations/0012_tidy.sql:7\`, or, if this is intended, run \`plan-gate accept\`, commit the files that it writes, and ${label}.`,
  ],
  [
    "several lines did it, in a settings file of its own folder",
    { config: "billing/plan-gate.yml", outcomes: [dropped("a", 3), dropped("b"), dropped("c"), passed] },
    "3 of 4 plans got worse: by `billing/migrations/0012_tidy.sql:7` and 1 more",
    `Change \`billing/migrations/0012_tidy.sql:7\` and \`billing/migrations/0012_tidy.sql:3\`, or, if this is intended, run \`plan-gate accept\`, commit the files that it writes, and ${label}.`,
  ],
  [
    "nobody knows what did it, and the baseline is there",
    { outcomes: [outcome("flagged", "a", { findings: [finding()] })], proposals: [accepts("a")] },
    "1 of 1 plan got worse",
    `Undo what made the plans worse, or, if this is intended, ${label}.`,
  ],
  [
    "a bot commits the baselines",
    { outcomes: [dropped("a")], approval: { ...approval, baselines: "bot" } },
    "1 of 1 plan got worse: by `migrations/0012_tidy.sql:7`",
    `Change \`migrations/0012_tidy.sql:7\`, or, if this is intended, ${label}.`,
  ],
  [
    "only some may approve",
    { outcomes: [dropped("a")], approval: { ...approval, approvers: ["carla", "acme/db"], authorMayApprove: false } },
    "1 of 1 plan got worse: by `migrations/0012_tidy.sql:7`",
    "Change `migrations/0012_tidy.sql:7`, or, if this is intended, run `plan-gate accept`, commit the files that it writes, and one of `carla`, `acme/db` with write access, who is not the author, puts the label `plan-gate:approve` on.",
  ],
  [
    "code owners approve",
    { outcomes: [dropped("a")], approval: { ...approval, mode: "codeowners" } },
    "1 of 1 plan got worse: by `migrations/0012_tidy.sql:7`",
    "Change `migrations/0012_tidy.sql:7`, or, if this is intended, run `plan-gate accept` and commit the files that it writes.",
  ],
  [
    "nothing can be approved",
    { outcomes: [dropped("a")], approval: { ...approval, mode: "off" } },
    "1 of 1 plan got worse: by `migrations/0012_tidy.sql:7`",
    "Change `migrations/0012_tidy.sql:7`: a worse plan cannot be approved in a pull request here.",
  ],
  [
    "a query can no longer be planned",
    { outcomes: [outcome("broken", "a", { findings: [finding({ cause })] }), passed] },
    "PostgreSQL refuses 1 query: by `migrations/0012_tidy.sql:7`",
    "Change the queries together with the schema, or keep in the schema what they use.",
  ],
  [
    "strict forbids what is not compared",
    { outcomes: [outcome("unbaselined", "a", { findings: [finding()] })] },
    "1 plan could not be compared, which `strict` forbids",
    "Run `plan-gate accept` and commit the files that it writes.",
  ],
  [
    "strict forbids a baseline without its query",
    { outcomes: [outcome("orphaned", "a", { findings: [finding()] }), passed] },
    "1 accepted plan is no longer watched",
    "Bring back what is gone, or delete its baseline.",
  ],
  [
    "code owners review what is worse",
    {
      outcomes: [dropped("a"), passed],
      proposals: [accepts("a")],
      approval: { ...approval, mode: "codeowners" },
    },
    "1 of 2 plans got worse, which is for code owners to review",
    "A code owner of the proposed files has to approve this pull request in a review.",
  ],
  [
    "a baseline lies",
    {
      proposals: [
        { ...accepts("a"), counts: "never", what: "proposes a baseline that lies", next: "Run `plan-gate accept a`." },
      ],
    },
    "1 proposal can never count: `a`: proposes a baseline that lies",
    "Run `plan-gate accept a`.",
  ],
  [
    "two worse plans were approved",
    {
      outcomes: [lost, dropped("b"), passed],
      proposals: [accepts(lost.name), accepts("b")],
      accepted: [accepts(lost.name), accepts("b")],
    },
    "2 of 3 plans got worse, which was approved by `anna`",
    "Nothing to do.",
  ],
  [
    "a removal was approved",
    { outcomes: [outcome("orphaned", "audit"), passed], proposals: [removal], accepted: [removal] },
    "1 plan, none worse; 1 change was approved by `anna`",
    "Nothing to do.",
  ],
  [
    "something else waits for approval",
    { proposals: [removal, policy] },
    "waits for approval: `audit`: removes the query, and 1 more change",
    `Take these changes out of this pull request, or, if this is intended, ${label}.`,
  ],
  [
    "it is tried out",
    { enforce: false, proposals: [policy] },
    "waits for approval: changes `rules` in `plan-gate.yml` (would block)",
    `Take it out of this pull request, or, if this is intended, ${label}.`,
  ],
  [
    "a migration failed",
    {
      problems: [
        { code: "migration-failed", message: "no such column", hint: "Mend it.", place: { file: "m/1.sql", line: 2 } },
        { code: "query-invalid", message: "no name", hint: "Name it." },
      ],
    },
    "could not run: `m/1.sql:2`: no such column (and 1 more problem)",
    "Mend it.",
  ],
  [
    "a migration failed, and what was judged before got worse",
    { outcomes: [dropped("a")], problems: [{ code: "explain-failed", message: "it failed", hint: "Mend it." }] },
    "1 of 1 plan got worse: by `migrations/0012_tidy.sql:7`; 1 problem kept plan-gate from judging everything",
    `Change \`migrations/0012_tidy.sql:7\`, or, if this is intended, run \`plan-gate accept\`, commit the files that it writes, and ${label}.`,
  ],
  [
    "new queries have no baselines",
    { outcomes: [outcome("unbaselined", "a"), outcome("unbaselined", "b"), outcome("incomparable", "c"), passed] },
    "nothing that was compared got worse, but 2 of 4 plans have no baseline yet, and 1 could not be compared",
    "Run `plan-gate accept` and commit the files that it writes: what has no baseline is not watched.",
  ],
  [
    "plan-gate is adopted",
    { kind: "set-up", outcomes: [passed, outcome("passed", "b")] },
    "ready to be switched on: it will watch 2 plans",
    "Merge, and make the check `plan-gate` required.",
  ],
  [
    "plan-gate is adopted without baselines",
    { kind: "set-up", outcomes: [outcome("unbaselined", "a")] },
    "ready to be switched on: it will watch 1 plan",
    "Run `plan-gate accept`, commit the files that it writes, merge, and make the check `plan-gate` required.",
  ],
  [
    "accepted plans drifted",
    { outcomes: [outcome("drift", "a"), passed] },
    "nothing got worse here, but 1 of 2 accepted plans is out of date",
    "Nothing to do here; `plan-gate accept` on the default branch brings the accepted plans up to date.",
  ],
];

test.each(told)("%s", (_, story, line, next) => {
  const conclusion = concluded(story);
  expect([headline(conclusion), nextStep(conclusion)]).toEqual([line, next]);
});
