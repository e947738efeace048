import { dump } from "js-yaml";
import * as z from "zod";
import { checkShape, readYaml } from "../config/yaml.js";

const format = 1;

const Decider = {
  decision: z.enum(["accepted", "needs evidence", "blocked"]),
  /** Login of who approved, or "code owners"; null where nobody did. */
  by: z.string().nullable(),
};

const figure = z.number().nullable();

const Figures = z.strictObject({
  /** In planner units. */
  cost: z.number(),
  rowsEstimated: z.number(),
  /** These three are null where the query was not executed. */
  rowsActual: figure,
  sharedBlocks: figure,
  tempBlocks: figure,
});

const Moved = z.strictObject({
  how: z.string(),
  rowsEstimated: z.number(),
  rowsActual: figure,
  sharedBlocks: figure,
});

const DecidedPlan = z.strictObject({
  ...Decider,
  config: z.string(),
  major: z.int().nullable(),
  query: z.string(),
  case: z.string().nullable(),
  plan: z.enum(["custom", "generic"]),
  /** What happened, in one line. */
  why: z.string(),
  /** Ids, sorted. */
  rules: z.array(z.string()),
  cause: z.strictObject({ file: z.string(), line: z.int().positive().optional(), statement: z.string() }).nullable(),
  /** Of the whole plans; null where there is none on that side. */
  before: Figures.nullable(),
  after: Figures.nullable(),
  /** How relations are read and joined otherwise than before. */
  evidence: z.array(
    z.strictObject({
      what: z.enum(["read", "join"]),
      of: z.array(z.string()),
      before: Moved.nullable(),
      after: Moved.nullable(),
    }),
  ),
  /** Relative to the repository's top; null where no server was reached. */
  baseline: z.string().nullable(),
});
/** What was decided of one query's plan. */
export type DecidedPlan = Readonly<z.infer<typeof DecidedPlan>>;

const DecidedChange = z.strictObject({
  ...Decider,
  kind: z.enum(["baseline", "removal", "policy", "environment"]),
  /** Null where it is about all of them. */
  query: z.string().nullable(),
  what: z.string(),
  files: z.array(z.string()),
});
/** What was decided of a change of how plans are made or judged. */
export type DecidedChange = Readonly<z.infer<typeof DecidedChange>>;

const DecisionDocument = z.strictObject({
  format: z.literal(format, { error: `must be ${format}: another version of plan-gate wrote this file` }),
  pullRequest: z.int().positive(),
  plans: z.array(DecidedPlan),
  changes: z.array(DecidedChange),
});
/** Everything that was decided in one pull request. Without times, so that deciding the same again changes nothing. */
export interface DecisionFile {
  readonly pullRequest: number;
  readonly plans: readonly DecidedPlan[];
  /** Of what plans are made or judged by. */
  readonly changes: readonly DecidedChange[];
}

/** Where a pull request's decisions lie, below a folder of baselines. */
export function decisionPath(baselines: string, pullRequest: number): string {
  return `${baselines.replace(/\/+$/, "")}/decisions/pr-${pullRequest}.yml`;
}

const banner =
  "# What was decided about query plans in one pull request. Written by plan-gate; `plan-gate log` shows it.\n";

/** The file's text. The same decisions in any order give the same bytes. */
export function writeDecisions({ pullRequest, plans, changes }: DecisionFile): string {
  const content = { format, pullRequest, plans: sorted(plans), changes: sorted(changes) };
  return `${banner}${dump(content, { lineWidth: -1, noRefs: true, sortKeys: true })}`;
}

/** Reads a file of decisions. Throws PlanGateError that names the file and the line. */
export function readDecisions(text: string, file: string): DecisionFile {
  const document = readYaml(text, { file }, { code: "baseline-invalid" });
  const { format: _, ...decisions } = checkShape(DecisionDocument, document, "baseline-invalid");
  return decisions;
}

/** By query, then by everything else, so that no order of evaluation shows. */
function sorted<T extends { readonly query: string | null }>(decisions: readonly T[]): readonly T[] {
  const keyOf = (one: T) => [one.query ?? "", JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))];
  return decisions
    .map((one) => ({ one, key: keyOf(one) }))
    .sort((a, b) => byText(a.key[0] ?? "", b.key[0] ?? "") || byText(a.key[1] ?? "", b.key[1] ?? ""))
    .map(({ one }) => one);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
