import * as z from "zod";

const line = z.int().positive();

const Figures = z
  .strictObject({
    cost: z.number().describe("Total cost in planner units (1 = one sequential page read)."),
    rowsEstimated: z.number().describe("Rows the planner expects the query to return."),
    rowsActual: z.number().nullable().describe("Rows it returned."),
    sharedBlocks: z.number().nullable().describe("Shared blocks hit or read."),
    tempBlocks: z.number().nullable().describe("Temporary blocks read or written."),
    measured: z.boolean().describe("Whether the query was executed; if not, what only a run can tell is null."),
  })
  .describe("A whole plan's figures.");

const Evidence = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("node"),
    text: z.string().describe("The node in one line."),
    operator: z.string(),
    index: z.string().nullable(),
    relation: z.string().nullable().describe("Schema-qualified, a partition as its parent."),
    cost: z.number().describe("For one execution of the node, in planner units, children included."),
    rowsEstimated: z
      .number()
      .describe("Rows expected in as many loops as there were; in one, where the node was not executed."),
    rowsActual: z.number().nullable().describe("Rows returned in all loops together."),
    loops: z.number().nullable().describe("How often it was started; 0: never."),
  }),
  z.strictObject({ kind: z.literal("figure"), value: z.number(), unit: z.string() }),
  z.strictObject({ kind: z.literal("text"), text: z.string() }),
]);

const Mended = z.strictObject({ without: z.number(), with: z.number() });

const Finding = z.strictObject({
  rule: z.string().describe("The rule's id, or the outcome's name where no rule made it."),
  severity: z.enum(["error", "warn", "info"]).describe("Final. The verdict is `fail` if and only if one is `error`."),
  relation: z.string().nullable().describe("Schema-qualified, a partition as its parent."),
  title: z.string().describe("What happened."),
  why: z.string().describe("Why it matters."),
  fix: z.string().describe("What to do next."),
  before: Evidence.nullable(),
  after: Evidence.nullable(),
  cause: z
    .strictObject({
      kind: z
        .enum(["migration", "query", "seed", "settings", "session", "interaction", "drift", "unknown"])
        .describe("interaction: several changes together, none alone. unknown: looked for and not found."),
      file: z.string().nullable().describe("Relative to the settings file's folder."),
      line: line.nullable(),
      statement: z.string().describe("A statement's first line, shortened; empty where there is none."),
      tried: z.string().nullable().describe("How it was found out."),
    })
    .nullable()
    .describe("What did it; null where nobody looked."),
  also: z
    .array(z.strictObject({ rule: z.string(), title: z.string() }))
    .describe("What other rules saw of the same cause."),
  fixes: z
    .array(
      z.strictObject({
        kind: z.enum(["index", "statistics", "target", "query", "definition", "setting"]),
        title: z.string(),
        sql: z.string().describe("Complete, as one would run it in production."),
        cost: Mended.describe("Total cost of the query in planner units."),
        blocks: Mended.nullable().describe("Shared blocks; null where it was not executed."),
        sizeBytes: z.number().nullable().describe("Of an index, as built in this run."),
        helps: z.array(z.string()).describe("Other registered queries that get cheaper."),
        hurts: z.array(z.string()).describe("Other registered queries that get dearer."),
        writes: z
          .array(z.strictObject({ query: z.string(), blocks: Mended.nullable() }))
          .nullable()
          .describe("Blocks of the registered queries that write an index's table; null where it is no index."),
      }),
    )
    .describe("What was tried in this run and measurably helped, best first."),
});

const outcomes = [
  ["passed", "Compared, and no worse."],
  ["flagged", "Compared, and a finding is `error` or `warn`."],
  ["improved", "Compared, and clearly better."],
  ["tie", "Another plan of practically the same cost."],
  ["drift", "The plan moved, but not because of this change."],
  ["unbaselined", "No plan was accepted for it yet."],
  ["orphaned", "A baseline whose query or case is gone."],
  ["incomparable", "The baseline was made in another environment."],
  ["broken", "PostgreSQL would not plan it."],
] as const;

const Moved = z.strictObject({
  how: z.string().describe("`Index Scan using orders_pkey`, `Hash Join, from public.orders`."),
  rowsEstimated: z.number().describe("Rows expected in as many loops as there were."),
  rowsActual: z.number().nullable().describe("Rows returned in all loops; null where it was not executed."),
  sharedBlocks: z.number().nullable().describe("Shared blocks hit or read, for a join with all below it."),
});

const JsonQuery = z.strictObject({
  name: z.string(),
  case: z.string().nullable().describe("null: the query has no parameters."),
  plan: z.enum(["custom", "generic"]),
  outcome: z
    .enum(outcomes.map(([kind]) => kind))
    .describe(outcomes.map(([kind, meaning]) => `${kind}: ${meaning}`).join(" ")),
  owner: z.string().optional(),
  file: z.string().optional().describe("Relative to the settings file; absent where the query is gone."),
  line: line.optional(),
  before: Figures.nullable().describe("Of the accepted plan."),
  after: Figures.nullable().describe("Of the plan now."),
  evidence: z
    .array(
      z.strictObject({
        what: z.enum(["read", "join"]),
        of: z.array(z.string()).describe("The relations, schema-qualified, with their alias where it is another name."),
        before: Moved.nullable(),
        after: Moved.nullable(),
      }),
    )
    .describe("How relations are read and joined otherwise than before; empty where no finding asks for it."),
  notes: z.array(z.string()),
  findings: z.array(Finding).describe("Worst first."),
});

/** The JSON report: one shape, published as `schema/report.schema.json`. */
export const JsonReport = z
  .strictObject({
    schemaVersion: z.literal(1),
    verdict: z
      .enum(["pass", "fail", "error"])
      .describe("fail: a plan got worse. error: the gate could not do its job."),
    queries: z.array(JsonQuery).describe("Sorted by name, case and plan."),
    problems: z
      .array(
        z.strictObject({
          code: z.string(),
          message: z.string(),
          hint: z.string().describe("What to do next."),
          file: z.string().optional(),
          line: line.optional(),
        }),
      )
      .describe("What the gate could not do."),
    notes: z.array(z.string()).describe("Said about the run as a whole."),
    environment: z
      .strictObject({
        major: z.int(),
        locale: z.string(),
        settings: z
          .record(z.string(), z.string())
          .describe("The server's own planner settings that are not at PostgreSQL's default."),
        configured: z.record(z.string(), z.string()).describe("What `postgres.settings` sets."),
      })
      .nullable()
      .describe("What was configured before any migration; null where no server was reached."),
    timings: z
      .record(z.string(), z.number())
      .describe("Seconds per phase. The only thing that differs between two equal runs."),
  })
  .describe("What plan-gate found out about every registered query.");
export type JsonReport = z.infer<typeof JsonReport>;

/** The same as a JSON Schema, for those who read the report with other tools. */
export function jsonReportSchema(): Record<string, unknown> {
  return z.toJSONSchema(JsonReport, { target: "draft-2020-12" });
}
