import type { Plan } from "../../src/plan/plan.js";
import type { Cause, Environment, Finding, Outcome, Verdict } from "../../src/verdict/verdict.js";
import { actual, bitmapScan, indexScan, node, partition, plan, seqScan } from "./plans.js";

const environment: Environment = {
  major: 17,
  locale: "C.UTF-8",
  settings: { random_page_cost: "1.1", jit: "off" },
  configured: {},
};

const droppedIndex: Cause = {
  kind: "migration",
  file: "migrations/V012__tidy.sql",
  line: 7,
  statement: "DROP INDEX orders_tenant_created_idx;",
};

/** A verdict over these outcomes; says nothing but what `more` says. */
export function verdict(outcomes: readonly Outcome[], more: Partial<Verdict> = {}): Verdict {
  return {
    verdict: "pass",
    exitCode: 0,
    outcomes,
    problems: [],
    notes: [],
    environment,
    timings: { start: 1.234, migrations: 3.5, seed: 4.25, explain: 0.75 },
    ...more,
  };
}

/** An outcome of the query in `queries/<name>.sql`. */
export function outcome(kind: Outcome["kind"], name: string, more: Partial<Outcome> = {}): Outcome {
  const place = { file: `queries/${name}.sql`, line: 1 };
  return { kind, name, case: null, plan: "custom", place, findings: [], notes: [], ...more };
}

/** A finding of `cost-increased`, or whatever `more` makes of it. */
export function finding(more: Partial<Finding> = {}): Finding {
  return {
    rule: "cost-increased",
    severity: "error",
    relation: null,
    title: "the query's estimated cost is 10 times what it was",
    why: "The cost is the planner's estimate of the work, in units of its own: 1 is a page of 8 kB read in sequence. What grows here is work for every call of the query.",
    fix: "Compare the two plans: a condition or a setting that the plan before relied on has changed.",
    before: null,
    after: null,
    cause: null,
    ...more,
  };
}

function pointLookup(cost = 8.44): Plan {
  return plan(
    indexScan("tenants", "tenants_pkey", {
      totalCost: cost,
      rowsPerLoop: 1,
      actual: actual(1, { sharedBlocks: 3 }),
    }),
  );
}

function passedPoint(name: string, more: Partial<Outcome> = {}): Outcome {
  return outcome("passed", name, { owner: "@platform", before: pointLookup(), after: pointLookup(), ...more });
}

const hotBefore = plan(
  node("Limit", { totalCost: 24.6, rowsPerLoop: 20, actual: actual(20, { sharedBlocks: 23 }) }, [
    indexScan("orders", "orders_tenant_created_idx", {
      alias: "o",
      role: "Outer",
      totalCost: 4_312.4,
      rowsPerLoop: 41_200,
      actual: actual(20, { sharedBlocks: 23 }),
    }),
  ]),
);

const hotAfter = plan(
  node("Limit", { totalCost: 6_843.1, rowsPerLoop: 20, actual: actual(20, { sharedBlocks: 2_874 }) }, [
    node(
      "Sort",
      { role: "Outer", totalCost: 6_946.2, rowsPerLoop: 41_200, actual: actual(20, { sharedBlocks: 2_874 }) },
      [
        seqScan("orders", {
          alias: "o",
          role: "Outer",
          totalCost: 5_847.0,
          rowsPerLoop: 41_200,
          actual: actual(41_877, { sharedBlocks: 2_871, rowsRemoved: 158_123 }),
        }),
      ],
    ),
  ]),
);

/** The running story: a migration dropped the index that a top query reads by. */
export function lostIndex(more: Partial<Outcome> = {}): Outcome {
  const [before, after] = [more.before ?? hotBefore, more.after ?? hotAfter];
  const read = after.root.children[0]?.children[0];
  return outcome("flagged", "recent-orders-of-tenant", {
    case: "hot tenant",
    owner: "@checkout",
    place: { file: "queries/orders.sql", line: 12 },
    before,
    after,
    findings: [
      finding({
        rule: "index-scan-lost",
        relation: "public.orders",
        title: "public.orders is read whole instead of through `orders_tenant_created_idx`",
        why: "A sequential scan (Seq Scan) reads every row of the table, however few the query needs, and takes longer as the table grows.",
        fix: "Keep `orders_tenant_created_idx`, or give the query another index that fits `((tenant_id = $1) AND (created_at >= $2))`.",
        before: { kind: "node", node: before.root.children[0] ?? before.root },
        after: { kind: "node", node: read ?? after.root },
        cause: droppedIndex,
      }),
      finding({
        relation: "public.orders",
        title: "the query's estimated cost is 280 times what it was",
        fix: "The plan before reads public.orders through `orders_tenant_created_idx`, this one without an index: keep that index, or make one that fits as well.",
        before: { kind: "figure", value: before.root.totalCost, unit: "planner units" },
        after: { kind: "figure", value: after.root.totalCost, unit: "planner units" },
        cause: droppedIndex,
      }),
    ],
    ...more,
  });
}

const quiet = [
  passedPoint("tenant-by-id"),
  passedPoint("tenant-by-slug"),
  passedPoint("user-by-email", { case: "hot tenant" }),
  passedPoint("user-by-email", { case: "cold tenant" }),
];

const misestimatedAfter = plan(
  node(
    "Hash Join",
    {
      traits: ["Inner Unique"],
      totalCost: 812,
      rowsPerLoop: 12,
      actual: actual(5_120, { sharedBlocks: 402, tempBlocks: 16 }),
    },
    [
      seqScan(partition("events_2026_01", "events"), {
        role: "Outer",
        traits: ["Parallel"],
        totalCost: 410,
        rowsPerLoop: 14_300,
        actual: actual(14_322),
      }),
      node("Hash", { role: "Inner", totalCost: 300, rowsPerLoop: 12, actual: actual(5_120) }, [
        bitmapScan("archive.orders", "orders_status_idx", {
          alias: "orders",
          role: "Outer",
          totalCost: 300,
          rowsPerLoop: 12,
          actual: actual(5_120),
        }),
      ]),
    ],
  ),
);

/** Every kind of outcome at once, with problems and notes. */
export const mixed = verdict(
  [
    outcome("tie", "audit-search", { before: pointLookup(120), after: pointLookup(120.4) }),
    outcome("broken", "customer-total", {
      place: { file: "queries/totals.sql", line: 3 },
      before: pointLookup(55),
      findings: [
        finding({
          rule: "query-broken",
          title: 'PostgreSQL refuses the query: column "grand_total" does not exist',
          why: "The application that sends this query will get this error.",
          fix: "Change the query together with the schema, or keep what it uses until no release sends it any more.",
          before: { kind: "text", text: "no error" },
          after: { kind: "text", text: 'column "grand_total" does not exist (SQLSTATE 42703)' },
          cause: {
            kind: "migration",
            file: "migrations/V013__rename.sql",
            line: 2,
            statement: "ALTER TABLE orders RENAME COLUMN grand_total TO total;",
          },
        }),
      ],
    }),
    outcome("drift", "daily-revenue", { before: pointLookup(310), after: pointLookup(365) }),
    outcome("flagged", "events-of-orders", {
      before: plan(node("Limit", { totalCost: 790, rowsPerLoop: 12 }), "above explain.maxAnalyzeCost"),
      after: misestimatedAfter,
      findings: [
        finding({
          rule: "rows-misestimated",
          severity: "warn",
          relation: "archive.orders",
          title: "the planner expects 427 times too few rows of archive.orders: 12, really 5,120",
          why: "PostgreSQL's planner chooses how to carry a query out by the row counts it expects: where they are far off, its choice fits other data than yours.",
          fix: "Look at `(status = $1)`. If some values are far more common than others, `ALTER TABLE … ALTER COLUMN … SET STATISTICS 1000`. Then `ANALYZE` the table.",
          after: { kind: "node", node: misestimatedAfter.root.children[1]?.children[0] ?? misestimatedAfter.root },
        }),
      ],
      notes: [
        "compared by estimates alone: when it was accepted the query was not run (its cost is above `explain.maxAnalyzeCost` (100000))",
      ],
    }),
    outcome("unbaselined", "invoice-lines", { after: pointLookup(42) }),
    outcome("unbaselined", "invoice-lines-by-tenant", { case: "hot tenant", plan: "generic", after: pointLookup(42) }),
    outcome("incomparable", "ledger-balance", {
      before: pointLookup(9),
      after: pointLookup(9),
      notes: ["the baseline was made on PostgreSQL 16, this is PostgreSQL 17"],
    }),
    outcome("improved", "open-orders", { before: pointLookup(12_300), after: pointLookup(101) }),
    (({ place: _, ...gone }) => gone)(outcome("orphaned", "old-dashboard", { before: pointLookup(900) })),
    lostIndex(),
    outcome("broken", "refunds-of-day", { notes: ["permission denied for table refunds"] }),
    passedPoint("tenant-by-id", {
      notes: ["compared by estimates alone, the query was not run: it took longer than 30 s"],
    }),
    passedPoint("tenant-by-slug", {
      findings: [finding({ severity: "info", title: "the query's estimated cost is 1.2 times what it was" })],
    }),
  ],
  {
    verdict: "fail",
    exitCode: 1,
    problems: [
      {
        code: "query-invalid",
        message: "`user-by-email` has 2 parameters, but case `hot tenant` gives 1 value",
        hint: "Give the case one value per parameter.",
        place: { file: "queries/users.sql", line: 4 },
      },
    ],
    notes: ["thresholds changed in this branch are shown, not applied: cost-increased.maxRatio 1.5 → 4"],
  },
);

function fortyFindings(): Outcome[] {
  return Array.from({ length: 40 }, (_, index) => {
    const name = `orders-report-${String(index + 1).padStart(2, "0")}`;
    return lostIndex({ name, place: { file: `queries/reports/${name}.sql`, line: 1 } });
  });
}

/** Whole runs, each of which a report must tell well. */
export const stories: Readonly<Record<string, Verdict>> = {
  clean: verdict(quiet),
  "one-index-lost": verdict([lostIndex(), ...quiet], { verdict: "fail", exitCode: 1 }),
  mixed,
  "nothing-compared": verdict(
    [
      outcome("unbaselined", "tenant-by-id", { after: pointLookup() }),
      outcome("unbaselined", "user-by-email", { case: "hot tenant", after: pointLookup() }),
    ],
    {
      verdict: "error",
      exitCode: 2,
      problems: [
        {
          code: "nothing-compared",
          message: "none of the 2 plans has a baseline to compare with",
          hint: "Run `plan-gate accept` on the main branch and commit the folder `baselines`.",
        },
      ],
    },
  ),
  "no-server": (({ environment: _, ...rest }) => rest)(
    verdict([], {
      verdict: "error",
      exitCode: 2,
      problems: [
        {
          code: "settings-invalid",
          message: "unknown key `migration`; did you mean `migrations`?",
          hint: "Correct the key.",
          place: { file: "plan-gate.yml", line: 9 },
        },
      ],
    }),
  ),
  "forty-findings": verdict([...fortyFindings(), ...quiet], { verdict: "fail", exitCode: 1 }),
};
