import { type Concluding, conclude } from "../../../src/conclusion/conclude.js";
import type { Conclusion, Decided } from "../../../src/conclusion/conclusion.js";
import { endings } from "../../../src/conclusion/ending.js";
import { Settings } from "../../../src/config/settings.js";
import type { Candidate, Evaluation, Proposal } from "../../../src/evaluation/evaluation.js";
import type { Telling } from "../../../src/reports/telling.js";
import type { Outcome, Verdict } from "../../../src/verdict/verdict.js";
import { actual, indexScan, plan } from "../../support/plans.js";
import { finding, lostIndex, mixed, outcome, stories, verdict } from "../../support/verdicts.js";

const head = "3f5d1c09a7b24e86f0d3c1b2a4958677e0f1d2c3";
const base = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678";
const approval = Settings.parse({}).approval;

/** One settings file's evaluation, as the first part of each story. */
export function evaluation(told: Verdict, more: Partial<Evaluation> = {}): Evaluation {
  return {
    config: "plan-gate.yml",
    major: 17,
    kind: "judged",
    enforce: true,
    approval,
    baselines: "baselines",
    verdict: told,
    proposals: [],
    candidates: [],
    ...more,
  };
}

/** Every outcome with an error as blocked; what else is concluded is said by `more`. */
export function conclusion(
  ending: Conclusion["ending"],
  evaluations: readonly Evaluation[],
  more: Partial<Conclusion> = {},
): Conclusion {
  return {
    ending,
    exitCode: endings[ending].exitCode,
    enforced: true,
    evaluations,
    decided: evaluations.flatMap(blockedOutcomes),
    approved: [],
    waiting: [],
    refused: [],
    label: { kind: "absent" },
    digest: "5d".repeat(32),
    ...more,
  };
}

function blockedOutcomes({ config, major, verdict: { outcomes } }: Evaluation): readonly Decided[] {
  return outcomes
    .filter(({ findings }) => findings.some(({ severity }) => severity === "error"))
    .map((each) => ({ config, major, outcome: each, decision: { kind: "blocked" } }));
}

/** What plan-gate itself concludes; the digest is a fixed one, so that no golden depends on how it is made. */
function concluded(evaluations: readonly Evaluation[], more: Partial<Concluding> = {}): Conclusion {
  return { ...conclude({ evaluations, label: { kind: "absent" }, ...more }), digest: "5d".repeat(32) };
}

/** What a pull request of `acme/shop` is told. */
export function telling(told: Conclusion, more: Partial<Telling> = {}): Telling {
  return {
    conclusion: told,
    commits: { head, tested: "77".repeat(20), base },
    repository: "acme/shop",
    serverUrl: "https://github.com",
    runUrl: "https://github.com/acme/shop/actions/runs/9876543210",
    run: { id: 9_876_543_210, attempt: 1 },
    record: null,
    patch: null,
    fromFork: false,
    botCommits: "wait",
    version: "0.1.0",
    ...more,
  };
}

function story(name: string): Verdict {
  const found = stories[name];
  if (!found) throw new Error(`there is no story ${name}`);
  return found;
}

/** `plan-gate accept` would write these. */
function candidates(outcomes: readonly Outcome[]): readonly Candidate[] {
  return outcomes.map(({ name }) => ({ query: name, path: `baselines/${name}.yml`, text: "version: 1\n" }));
}

function proposal(more: Partial<Proposal> = {}): Proposal {
  return {
    kind: "baseline",
    query: "recent-orders-of-tenant",
    files: [{ path: "baselines/recent-orders-of-tenant.yml", blob: "9d".repeat(20) }],
    counts: "once approved",
    what: "accepts a worse plan: 24.6 → 6,840 planner units",
    next: "Somebody with write access has to put the label `plan-gate:approve` on.",
    ...more,
  };
}

const cheap = plan(
  indexScan("invoices", "invoices_tenant_idx", { totalCost: 42, actual: actual(12, { sharedBlocks: 9 }) }),
);
const quiet = story("clean").outcomes;
const [quietFirst] = quiet;
const lost = lostIndex();

function lostStory(more: Partial<Evaluation> = {}): Evaluation {
  return evaluation(story("one-index-lost"), { candidates: candidates([lost]), ...more });
}

const forty = story("forty-findings");

const drifted = verdict([
  ...quiet,
  outcome("drift", "daily-revenue", {
    ...(quietFirst?.before ? { before: quietFirst.before } : {}),
    after: plan(indexScan("orders", "orders_day_idx", { totalCost: 365, actual: actual(31, { sharedBlocks: 40 }) })),
    findings: [finding({ severity: "info", title: "the query's estimated cost is 43 times what it was" })],
    notes: ["the base's plan, made now, is the same: the data or the statistics moved since the baseline was accepted"],
  }),
]);

const environmentProposals: readonly Proposal[] = [
  proposal({
    kind: "environment",
    query: null,
    files: [{ path: "plan-gate.yml", blob: "11".repeat(20) }],
    what: "postgres.settings.work_mem 4MB → 64MB",
    next: "Somebody with write access has to put the label `plan-gate:approve` on.",
  }),
  proposal({
    kind: "removal",
    query: "audit-search",
    files: [
      { path: "queries/audit-search.sql", blob: null },
      { path: "baselines/audit-search.yml", blob: null },
    ],
    what: "the query and its baseline are gone: it would no longer be watched",
  }),
];

const migrationFailed = verdict([], {
  verdict: "error",
  exitCode: 2,
  problems: [
    {
      code: "migration-failed",
      message: 'column "grand_totl" of relation "orders" does not exist (SQLSTATE 42703)',
      hint: "Correct the statement; nothing after it was applied.",
      place: { file: "migrations/V013__rename.sql", line: 4 },
    },
  ],
});

function hugeOutcomes(): readonly Outcome[] {
  return Array.from({ length: 3_000 }, (_, index) =>
    lostIndex({
      name: `generated/report-${String(index + 1).padStart(4, "0")}`,
      case: index % 2 === 0 ? "hot tenant" : null,
    }),
  );
}

const huge = verdict(hugeOutcomes(), { verdict: "fail", exitCode: 1 });

/** The ten pull requests that every telling is looked at with. */
export const tellings: Readonly<Record<string, Telling>> = {
  clean: telling(concluded([evaluation(story("clean"))])),
  "one-index-lost": telling(concluded([lostStory()]), {
    patch: "gh run download 9876543210 -n plan-gate-patch && git apply plan-gate.patch",
  }),
  "forty-changes": telling(concluded([evaluation(forty, { candidates: candidates(forty.outcomes.slice(0, 40)) })])),
  "new-query": telling(
    concluded([
      evaluation(verdict([...quiet, outcome("unbaselined", "invoice-lines", { after: cheap })]), {
        candidates: [{ query: "invoice-lines", path: "baselines/invoice-lines.yml", text: "version: 1\n" }],
      }),
    ]),
  ),
  approved: telling(
    concluded([lostStory({ proposals: [proposal()], candidates: [] })], {
      approved: { by: "dba-anna", files: proposal().files },
      label: { kind: "in force", by: "dba-anna", at: "2026-11-21T10:00:00Z" },
    }),
    { record: 4_711 },
  ),
  drift: telling(concluded([evaluation(drifted)])),
  "environment-changed": telling(
    concluded([evaluation(verdict(quiet), { proposals: environmentProposals })], {
      label: {
        kind: "void",
        by: "intern-ben",
        reason: "`intern-ben` may only triage; somebody with write access has to put the label on after this report.",
      },
    }),
  ),
  "migration-failed": telling(concluded([evaluation(migrationFailed)])),
  fork: telling(concluded([lostStory()]), {
    fromFork: true,
    patch: "curl -L https://nightly.link/acme/shop/plan-gate.patch | git apply",
  }),
  huge: telling(concluded([evaluation(huge)])),
};

/** Two settings files on two majors, one of which has everything to tell. */
export const matrix: Telling = telling(
  concluded([
    evaluation(mixed, { config: "billing/plan-gate.yml" }),
    evaluation(story("clean"), { major: 16 }),
    evaluation(story("one-index-lost")),
    evaluation(verdict([]), { config: "tiny/plan-gate.yml", kind: "untouched", major: null }),
  ]),
);
