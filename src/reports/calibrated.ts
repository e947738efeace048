import type { Calibrated, CalibratedSubject } from "../calibrate.js";
import type { MovingEstimate } from "../calibration/estimates.js";
import type { Stability, Variant } from "../calibration/stability.js";
import { indented } from "./accepted.js";
import { oneLine, wrap } from "./foreign-text.js";
import { count, figure } from "./numbers.js";
import { placeText } from "./place.js";
import { drawPlan } from "./plan-tree.js";
import { indent } from "./terminal-outcome.js";

/** Nodes drawn of each plan, and plans drawn of each query. */
const limits = { nodes: 12, variants: 3, tables: 5 } as const;

/** Which plans hang on ANALYZE's sample, and what to do, in at most `columns` columns. */
export function renderCalibrated(calibrated: Calibrated, columns: number): string {
  const width = Math.max(72, Math.min(columns, 120));
  const shaky = calibrated.subjects.filter(({ stability: { kind } }) => kind === "alternating" || kind === "moving");
  const ties = calibrated.subjects.filter(({ stability: { kind } }) => kind === "tie");
  const sections = [
    wrap(headline(calibrated, shaky.length), width),
    wrap(whatWasDone(calibrated), width),
    ...shaky.map((one) => tellSubject(one, calibrated.runs, width)),
    ties.length > 0 ? tellTies(ties, width) : [],
    ...calibrated.problems.map((problem) => ["problem", ...indented(problem)]),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function headline({ runs, subjects }: Calibrated, shaky: number): string {
  const plans = count(subjects.length, "plan");
  if (runs === 0) return `plan-gate calibrate: nothing to try, no table is large enough (${plans})`;
  return shaky === 0
    ? `plan-gate calibrate: ${plans}, none depends on which rows ANALYZE happens to read`
    : `plan-gate calibrate: ${shaky} of ${plans} ${shaky === 1 ? "depends" : "depend"} on which rows ANALYZE happens to read`;
}

function whatWasDone({ runs, sampled }: Calibrated): string {
  if (runs === 0) {
    return "ANALYZE reads up to 30,000 rows of a table (300 for each unit of its statistics target), and every table here has fewer: its statistics are always the same. Production's tables are larger, and theirs are not. Seed more rows (`seed.scale`), and run it again.";
  }
  const names = sampled.slice(0, limits.tables).map(({ name }) => oneLine(name));
  const more = sampled.length > limits.tables ? ` and ${sampled.length - limits.tables} more` : "";
  return `Production's ANALYZE reads a sample of a large table, each time another one. ${count(runs, "time", "times")} it was drawn anew here, of ${names.join(", ")}${more}, and every query planned by it. \`check\` reads every row instead, so that its own plans never change by chance.`;
}

function tellSubject({ subject, stability }: CalibratedSubject, runs: number, width: number): readonly string[] {
  const { query, case: one, kind } = subject;
  const names = [query.name, ...(one.name === null ? [] : [one.name]), ...(kind === "generic" ? ["generic plan"] : [])];
  const said = (label: string, text: string) => indent(wrap(text, width - 10), `  ${label.padEnd(8)}`, " ".repeat(10));
  const { variants, moving } = stability;
  return [
    ...indent(wrap(names.join(" · "), width - 2), "~ ", "  "),
    `  ${oneLine([placeText(query), query.owner === undefined ? "" : `owner ${query.owner}`].filter(Boolean).join(" · "))}`,
    "",
    ...said("what", whatHappens(stability)),
    ...(moving ? said("why", whyItMoves(moving)) : []),
    ...said("next", adviceFor(subject.query.name, stability)),
    ...(stability.kind === "alternating"
      ? variants.slice(0, limits.variants).flatMap((variant) => tellVariant(variant, runs, width))
      : []),
    ...(variants.length > limits.variants ? ["", `  … ${variants.length - limits.variants} more`] : []),
  ];
}

function whatHappens({ kind, variants }: Stability): string {
  const costs = variants.map(({ cost }) => costText(cost));
  return kind === "moving"
    ? `the plan stays, its estimated cost moves: ${costs.join(", ")} planner units`
    : `${count(variants.length, "plan")} alternate, at an estimated cost of ${costs.join(", or of ")} planner units`;
}

function whyItMoves({ what, condition, rows }: MovingEstimate): string {
  const where = condition === undefined ? "" : ` where ${condition}`;
  return `the planner expects ${figure(rows.min)} to ${figure(rows.max)} rows of ${what}${where}`;
}

/** What to do next, for someone who has never seen EXPLAIN. */
function adviceFor(name: string, { kind, moving }: Stability): string {
  const better =
    moving?.condition === undefined
      ? "Better statistics make it stable: a larger statistics target for the columns by which these tables are joined or filtered (ALTER TABLE … ALTER COLUMN … SET STATISTICS 1000), or CREATE STATISTICS where several columns depend on each other."
      : `Better statistics make it stable: a larger statistics target for the columns in this condition (ALTER TABLE ${moving.what} ALTER COLUMN … SET STATISTICS 1000), or, where it has several columns that depend on each other, CREATE STATISTICS … ON … FROM ${moving.what}. Then run this again.`;
  if (kind === "moving") return better;
  return `${better} Where each of these plans is good enough: when \`check\` meets another one than the accepted, \`plan-gate accept --also ${name}\` accepts it beside that.`;
}

function tellVariant({ plan, runs, cost, isChecked }: Variant, of: number, width: number): readonly string[] {
  const checked = isChecked ? ", and the one that `check` makes" : "";
  const title = wrap(`In ${runs} of ${count(of, "run")}, cost ${costText(cost)}${checked}:`, width - 2);
  return ["", ...indent(title, "  "), ...drawPlan("", plan, [], { width, maxNodes: limits.nodes })];
}

function tellTies(ties: readonly CalibratedSubject[], width: number): readonly string[] {
  const names = [...new Set(ties.map(({ subject }) => subject.query.name))].sort();
  return wrap(
    `Nothing to do: ${count(ties.length, "plan")} ${ties.length === 1 ? "alternates" : "alternate"} between practically equal ones (${names.join(", ")}).`,
    width,
  );
}

function costText({ min, max }: { readonly min: number; readonly max: number }): string {
  return min === max ? figure(min) : `${figure(min)} to ${figure(max)}`;
}

/** The same for machines. Costs are in planner units. */
export function calibratedJson({ runs, major, sampled, subjects, problems }: Calibrated): string {
  const report = {
    version: 1,
    runs,
    major,
    sampledTables: sampled.map(({ name, rows, sampleRows }) => ({ name, rows, sampleRows })),
    queries: subjects.map(({ subject: { query, case: one, kind }, stability }) => ({
      name: query.name,
      case: one.name,
      plan: kind,
      file: query.file,
      line: query.line,
      stability: stability.kind,
      moving: stability.moving ? { condition: null, ...stability.moving } : null,
      variants: stability.variants.map(({ plan, ...variant }) => ({
        ...variant,
        tree: drawPlan("", plan, [], { width: 200, maxNodes: Number.POSITIVE_INFINITY }).slice(1),
      })),
    })),
    problems,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
