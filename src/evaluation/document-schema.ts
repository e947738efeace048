import * as z from "zod";
import type { ApprovalSettings } from "../config/settings.js";
import type { ErrorCode } from "../errors.js";
import type { CauseKind } from "../verdict/verdict.js";

/** Longest text of a kind, in UTF-16 units; what is longer was made to break something. */
const longest = { word: 300, name: 5_000, text: 200_000, tree: 4_000_000, file: 4_000_000 } as const;
/** Most entries in a list. */
const most = { evaluations: 200, many: 20_000, some: 2_000 } as const;

const word = z.string().max(longest.word);
const name = z.string().max(longest.name);
const text = z.string().max(longest.text);
const sha = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, { error: "must be a full commit or blob id" });
const line = z.int().positive();
const words = z
  .record(word, text)
  .refine((record) => Object.keys(record).length <= most.some, { error: `must not have more than ${most.some} keys` });

// Neither absolute nor with `.`, `..` or empty parts, NUL or backslashes, which are separators on Windows.
const part = String.raw`(?!\.{1,2}(?:\/|$))[^\0\\\/]+`;
const pathPattern = new RegExp(String.raw`^${part}(?:\/${part})*$`);
const path = z.string().max(longest.name).regex(pathPattern, { error: "must be a relative path without `..`" });
// A settings file in a subfolder may watch queries beside that folder.
const placePattern = new RegExp(String.raw`^(?:\.\.\/)*${part}(?:\/${part})*$`);
const Place = z.strictObject({
  file: z
    .string()
    .max(longest.name)
    .regex(placePattern, { error: "must be a relative path" })
    .describe("Relative to the settings file's folder."),
  line: line.optional(),
});

const Share = z
  .strictObject({ index: z.int().positive(), of: z.int().positive().max(10_000) })
  .refine(({ index, of }) => index <= of, { error: "must not be beyond the last" });

const Evidence = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("node"),
      of: z.enum(["before", "after"]),
      at: z.int().nonnegative().describe("The node's line in that plan's tree, the first is 0."),
    })
    .describe("A node of the outcome's own plans."),
  z
    .strictObject({ kind: z.literal("tree"), tree: z.string().max(longest.tree) })
    .describe("A node of another plan, with what is below it."),
  z.strictObject({ kind: z.literal("figure"), value: z.number(), unit: word }),
  z.strictObject({ kind: z.literal("text"), text }),
]);

const Plan = z.strictObject({
  tree: z.string().max(longest.tree).describe("As in a baseline file: a line is a node."),
  settings: words,
  notMeasured: text.optional(),
});

// A record, so that the compiler notices a kind that is missing here.
const causeKinds: Readonly<Record<CauseKind, true>> = {
  migration: true,
  query: true,
  seed: true,
  settings: true,
  session: true,
  interaction: true,
  drift: true,
  unknown: true,
};

const Mended = z.strictObject({ without: z.number(), with: z.number() });

const Finding = z.strictObject({
  rule: word,
  severity: z.enum(["error", "warn", "info"]),
  relation: name.nullable(),
  title: text,
  why: text,
  fix: text,
  before: Evidence.nullable(),
  after: Evidence.nullable(),
  cause: z
    .strictObject({
      kind: z.enum(Object.keys(causeKinds) as [CauseKind, ...CauseKind[]]),
      file: Place.shape.file.optional(),
      line: line.optional(),
      statement: text,
      tried: text.optional(),
    })
    .nullable(),
  also: z
    .array(z.strictObject({ rule: word, title: text }))
    .max(most.some)
    .optional(),
  fixes: z
    .array(
      z.strictObject({
        kind: z.enum(["index", "statistics", "target", "query", "definition", "setting"]),
        title: text,
        sql: text,
        cost: Mended,
        blocks: Mended.optional(),
        sizeBytes: z.number().nonnegative().optional(),
        helps: z.array(name).max(most.some),
        hurts: z.array(name).max(most.some),
        writes: z
          .array(z.strictObject({ query: name, blocks: Mended.optional() }))
          .max(most.some)
          .optional(),
      }),
    )
    .max(most.some)
    .optional(),
});

const Outcome = z.strictObject({
  kind: z.enum([
    ...([
      "passed",
      "flagged",
      "improved",
      "tie",
      "drift",
      "unbaselined",
      "orphaned",
      "incomparable",
      "broken",
    ] as const),
  ]),
  name,
  case: name.nullable(),
  plan: z.enum(["custom", "generic"]),
  owner: name.optional(),
  place: Place.optional(),
  findings: z.array(Finding).max(most.some),
  notes: z.array(text).max(most.some),
  before: Plan.optional(),
  after: Plan.optional(),
});

// A record, so that the compiler notices a code that is missing here.
const codes: Readonly<Record<ErrorCode, true>> = {
  "settings-invalid": true,
  "query-invalid": true,
  "baseline-invalid": true,
  "input-missing": true,
  "database-unreachable": true,
  "database-refused": true,
  "disk-full": true,
  "migration-failed": true,
  "seed-failed": true,
  "freeze-failed": true,
  "explain-failed": true,
  "base-unreadable": true,
  "write-refused": true,
  "evaluation-invalid": true,
  "artifact-refused": true,
  "nothing-compared": true,
  interrupted: true,
};

const exitCodes = { pass: 0, fail: 1, error: 2 } as const;

const Verdict = z
  .strictObject({
    verdict: z.enum(["pass", "fail", "error"]),
    exitCode: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    outcomes: z.array(Outcome).max(most.many),
    problems: z
      .array(
        z.strictObject({
          code: z.enum(Object.keys(codes) as [ErrorCode, ...ErrorCode[]]),
          message: text,
          hint: text,
          place: Place.optional(),
        }),
      )
      .max(most.many),
    notes: z.array(text).max(most.many),
    environment: z
      .strictObject({ major: z.int().positive(), locale: word, settings: words, configured: words })
      .optional(),
    timings: z
      .record(word, z.number().nonnegative())
      .refine((record) => Object.keys(record).length <= most.some)
      .describe("Seconds per phase, in the order they ran."),
  })
  .refine(({ verdict, exitCode }) => exitCodes[verdict] === exitCode, {
    error: "has an exit code that is not the verdict's",
  });

const Approval = z.strictObject({
  mode: z.enum(["label", "codeowners", "off"]),
  label: word,
  minimumRole: z.enum(["write", "maintain", "admin"]),
  approvers: z.array(word).min(1).max(most.some).optional(),
  authorMayApprove: z.boolean(),
  baselines: z.enum(["author", "bot"]),
}) satisfies z.ZodType<ApprovalSettings>;

const Proposal = z.strictObject({
  kind: z.enum(["baseline", "removal", "policy", "environment"]),
  query: name.nullable(),
  files: z.array(z.strictObject({ path, blob: sha.nullable() })).max(most.many),
  counts: z.enum(["freely", "once approved", "never"]),
  what: text,
  next: text,
});

const Evaluation = z.strictObject({
  config: path.describe("The settings file, relative to the repository's top."),
  major: z.int().positive().max(1_000).nullable(),
  kind: z.enum(["judged", "set-up", "untouched"]),
  enforce: z.boolean(),
  approval: Approval,
  baselines: path
    .refine((folder) => !folder.split("/").some((one) => [".git", ".github"].includes(one.toLowerCase())), {
      error: "must not lie in `.git` or `.github`",
    })
    .describe("Folder of the accepted plans, relative to the repository's top."),
  verdict: Verdict,
  proposals: z.array(Proposal).max(most.many),
  candidates: z.array(z.strictObject({ query: name, path, text: z.string().max(longest.file) })).max(most.many),
  circumstance: z
    .strictObject({ server: z.string().max(100).nullable(), scale: z.number().positive() })
    .optional()
    .describe("Of a push or a night: the server's whole version, and the seed's scale."),
});

/** An evaluation set as it is handed over: the shape of `schema/evaluation.schema.json`. Plans are text. */
export const EvaluationDocument = z
  .strictObject({
    version: z.literal(1, { error: "must be 1: another version of plan-gate wrote it" }),
    tool: word.describe("plan-gate's version."),
    commits: z.strictObject({ head: sha, tested: sha, base: sha.nullable() }),
    key: z.string().regex(/^[0-9a-f]{64}$/, { error: "must be 64 hexadecimal digits" }),
    part: z.strictObject({ job: Share.nullable(), shard: Share.nullable() }).optional(),
    pushed: z.boolean().optional().describe("Whether the head came with the event that this was evaluated for."),
    evaluations: z.array(Evaluation).max(most.evaluations).describe("Sorted by config and major, each pair once."),
  })
  .describe("What one run of plan-gate, or one job of a matrix, evaluated. All text in it is as it came: hostile.");
export type EvaluationDocument = z.infer<typeof EvaluationDocument>;

/** The same as a JSON Schema, for those who read the document with other tools. */
export function evaluationSchema(): Record<string, unknown> {
  return z.toJSONSchema(EvaluationDocument, { target: "draft-2020-12" });
}
