import type { JsonReport } from "../../src/reports/json-schema.js";
import type { Change, ExpectedCause } from "./changes.js";

/** What the gate made of a change. */
export interface Outcome {
  readonly change: Change;
  readonly major: number;
  readonly exitCode: number;
  readonly seconds: number;
  /** `query: rule (severity)`, sorted. */
  readonly findings: readonly string[];
  /** What the errors are said to come from, each once. */
  readonly causes: readonly string[];
  /** What became of the plans that moved: `query: cost 12 → 120, blocks 3 → 300`. */
  readonly figures: readonly string[];
  /** What the gate could not do. */
  readonly problems: readonly string[];
  /** The regression was caught, or the harmless change left alone. */
  readonly right: boolean;
  /** Absent where the change states no cause, or was not caught. */
  readonly causeRight?: boolean;
}

type Query = JsonReport["queries"][number];
type Finding = Query["findings"][number];

/** Compares what the report says with what is true of the change. */
export function outcomeOf(
  change: Change,
  { queries, problems }: Pick<JsonReport, "queries" | "problems">,
  exitCode: number,
): Omit<Outcome, "major" | "exitCode" | "seconds"> {
  const loud = queries.flatMap(({ name, findings }) =>
    findings.filter(({ severity }) => severity !== "info").map((finding) => ({ query: name, finding })),
  );
  const { caught } = change;
  const right = caught
    ? exitCode === 1 && loud.some(({ query, finding }) => caught.in.includes(query) && isNamed(finding, caught.by))
    : exitCode === 0 && loud.length === 0;
  const errors = loud.map(({ finding }) => finding).filter(({ severity }) => severity === "error");
  return {
    change,
    findings: distinct(
      loud.map(
        ({ query, finding: { rule, severity } }) => `${query}: ${rule}${severity === "error" ? "" : ` (${severity})`}`,
      ),
    ),
    causes: distinct(errors.map(({ cause }) => causeLine(cause))),
    figures: distinct(queries.flatMap(figureLine)),
    problems: problems.map(({ message }) => message),
    right,
    ...(right && change.causes.length > 0 ? { causeRight: isRightCause(errors, change.causes) } : {}),
  };
}

/** A finding speaks for every rule that saw the same cause. */
function isNamed({ rule, also = [] }: Finding, rules: readonly string[]): boolean {
  return rules.length === 0 || [rule, ...also.map((observed) => observed.rule)].some((one) => rules.includes(one));
}

/** Every error names one of the causes, and each cause is named by some error. */
function isRightCause(errors: readonly Finding[], expected: readonly ExpectedCause[]): boolean {
  return (
    errors.every(({ cause }) => expected.some((one) => isCause(cause, one))) &&
    expected.every((one) => errors.some(({ cause }) => isCause(cause, one)))
  );
}

function isCause(cause: Finding["cause"], { kind, file, lines }: ExpectedCause): boolean {
  if (cause === null || cause.kind !== kind) return false;
  if (file !== undefined && cause.file !== file) return false;
  return lines === undefined || (cause.line !== null && lines.includes(cause.line));
}

function causeLine(cause: Finding["cause"]): string {
  if (cause === null) return "no cause";
  const place = cause.file === null ? "" : ` ${cause.file}${cause.line === null ? "" : `:${cause.line}`}`;
  return `${cause.kind}${place}${cause.statement ? ` (${cause.statement})` : ""}`;
}

function figureLine({ name, case: of, plan, before, after }: Query): readonly string[] {
  if (before === null || after === null) return [];
  const moved =
    before.cost !== after.cost ||
    before.sharedBlocks !== after.sharedBlocks ||
    before.tempBlocks !== after.tempBlocks ||
    before.rowsActual !== after.rowsActual;
  if (!moved) return [];
  const parts = [
    `cost ${before.cost} → ${after.cost}`,
    `blocks ${before.sharedBlocks} → ${after.sharedBlocks}`,
    `rows ${before.rowsEstimated}/${before.rowsActual} → ${after.rowsEstimated}/${after.rowsActual}`,
    ...(before.tempBlocks || after.tempBlocks ? [`temp ${before.tempBlocks} → ${after.tempBlocks}`] : []),
  ];
  return [`${name}${of === null ? "" : ` (${of})`}${plan === "generic" ? " generic" : ""}: ${parts.join(", ")}`];
}

function distinct(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)].sort();
}

/** One outcome in one line. */
export function outcomeLine(outcome: Outcome): string {
  const { change, major, right, causeRight, findings, causes, problems, exitCode } = outcome;
  const verdict = right ? (causeRight === false ? "CAUSE" : "right") : change.needs === undefined ? "WRONG" : "later";
  const seen = [
    ...findings,
    ...problems.map((problem) => `problem: ${problem}`),
    ...(causes.length > 0 && change.onBranch ? [`by ${causes.join(" and ")}`] : []),
    ...(causeRight === false ? [`but it was ${change.causes.map(expectedLine).join(" and ")}`] : []),
  ].join("; ");
  const name = `${change.project}: ${change.name}${change.onBranch ? " (branch)" : ""}`;
  return `${verdict} ${change.caught ? "regression" : "harmless  "} ${major} ${name} → exit ${exitCode}${seen === "" ? "" : `: ${seen}`}`;
}

function expectedLine({ kind, file, lines }: ExpectedCause): string {
  return `${kind}${file === undefined ? "" : ` ${file}`}${lines === undefined ? "" : `:${lines.join("/")}`}`;
}

/** The judging of one major in figures. */
export interface Summary {
  readonly major: number;
  readonly seconds: number;
  readonly outcomes: readonly Outcome[];
}

/** Whether nothing was missed, no alarm false and no cause named wrongly. */
export function isFaultless({ outcomes }: Summary): boolean {
  return outcomes.every(
    ({ change, right, causeRight }) => change.needs !== undefined || (right && causeRight !== false),
  );
}

/** Recall, false alarms and causes as a table, a row for each major. */
export function summaryTable(summaries: readonly Summary[]): readonly string[] {
  const rows = summaries.map(({ major, seconds, outcomes }) => {
    const fair = outcomes.filter(({ change }) => change.needs === undefined);
    const later = outcomes.filter(({ change }) => change.needs !== undefined);
    const regressions = fair.filter(({ change }) => change.caught);
    const harmless = fair.filter(({ change }) => !change.caught);
    const causes = fair.filter(({ causeRight }) => causeRight !== undefined);
    return [
      `${major}`,
      share(regressions, ({ right }) => right),
      share(harmless, ({ right }) => !right),
      share(causes, ({ causeRight }) => causeRight === true),
      share(later, ({ right }) => right),
      `${Math.round(seconds)}`,
    ];
  });
  const head = ["PostgreSQL", "regressions caught", "false alarms", "causes right", "beyond the rules", "seconds"];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---:")), ...rows.map(line)];
}

function share(outcomes: readonly Outcome[], holds: (outcome: Outcome) => boolean): string {
  return `${outcomes.filter(holds).length} of ${outcomes.length}`;
}
