import { type Baseline, isOfSame } from "../baselines/baseline.js";
import type { Problem } from "../errors.js";
import type { Subject } from "../explain/ask.js";
import type { Planned } from "../explain/explain.js";
import { redFlags } from "../rules/red-flags.js";
import { type Comparing, compareSubject, type Description } from "./compare.js";
import { environmentDifferences } from "./environment.js";
import { equalsOneOfSeveral, nearestOutcome } from "./nearest.js";
import { judgeNewPlan } from "./new-plan.js";
import { acceptedCase, acceptedPlans } from "./same-case.js";
import type { Environment, Finding, Outcome, OutcomeKind } from "./verdict.js";

/** Everything that is judged, and by what. */
export interface Matter extends Comparing {
  readonly subjects: readonly Subject[];
  readonly planned: ReadonlyMap<Subject, Planned>;
  /** By query. */
  readonly baselines: ReadonlyMap<string, Baseline>;
  /** Other majors for which a query has a baseline. */
  readonly elsewhere: ReadonlyMap<string, readonly number[]>;
  readonly environment: Environment;
  /** Whether what could not be compared blocks. */
  readonly strict: boolean;
}

/** What became of every subject, and what could not be found out. */
export interface Judged {
  readonly outcomes: readonly Outcome[];
  readonly problems: readonly Problem[];
}

/** What became of one subject. Without an outcome nothing could be found out; with both, something is wrong with the query itself. */
export interface Judgement {
  readonly outcome?: Outcome;
  readonly problem?: Problem;
  /** Today's plan is built as one of several that the team accepted side by side, and is no worse than that. */
  readonly isAcceptedAlternative?: true;
}

/** Compares every subject with its baseline, and finds the baselines that nothing is compared with. */
export function judge(matter: Matter, unreadableFiles: boolean): Judged {
  const judgements = matter.subjects.map((subject) => judgeSubject(matter, subject));
  // A query whose file is broken would look like a deleted one.
  return gatherJudgements(judgements, unreadableFiles ? [] : findOrphans(matter));
}

/** Judgements and orphans in the order of reports. */
export function gatherJudgements(judgements: readonly Judgement[], orphans: readonly Outcome[]): Judged {
  const outcomes = judgements.flatMap(({ outcome }) => outcome ?? []);
  const problems = judgements.flatMap(({ problem }) => problem ?? []);
  return { outcomes: [...outcomes, ...orphans].sort(byName), problems };
}

/** Compares one subject with its baseline. Empty for one that was not asked. */
export function judgeSubject(matter: Matter, subject: Subject): Judgement {
  const planned = matter.planned.get(subject);
  if (!planned) return {};
  return planned.kind === "unknown" ? { problem: planned.problem } : judgePlanned(matter, subject, planned);
}

function judgePlanned(matter: Matter, subject: Subject, planned: Exclude<Planned, { kind: "unknown" }>): Judgement {
  const { query } = subject;
  const base = describe(subject);
  const baseline = matter.baselines.get(query.name);
  const allAccepted = baseline ? acceptedPlans(subject, matter.subjects, baseline) : [];
  const [accepted] = allAccepted;
  const after = planned.kind === "plan" ? { after: planned.plan } : {};
  if (planned.kind === "failed" && !accepted) {
    const { message, hint, line } = planned.failure;
    return {
      outcome: { ...base, kind: "broken", findings: [], notes: [message] },
      problem: neverPlanned(subject, message, hint, line),
    };
  }
  if (!baseline || !accepted) {
    const majors = baseline ? [] : (matter.elsewhere.get(query.name) ?? []);
    const finding = majors.length > 0 ? otherMajor(matter, query.name, majors) : neverAccepted(matter, query.name);
    const kind = majors.length > 0 ? "incomparable" : "unbaselined";
    const findings = withoutComparison(matter, query.name, planned, finding);
    return { outcome: { ...base, ...after, kind, findings, notes: [] } };
  }
  const differences = environmentDifferences(baseline.environment, matter.environment);
  if (differences.length > 0) {
    const finding = remark(
      matter,
      "incomparable",
      `its baseline is of another environment: ${differences.join(", ")}`,
      `Check under the settings of the baseline, or run \`plan-gate accept ${query.name}\` under these.`,
    );
    const before = accepted.plan;
    const findings = withoutComparison(matter, query.name, planned, finding);
    return { outcome: { ...base, ...after, before, kind: "incomparable", findings, notes: [] } };
  }
  const custom = customPlans(matter, subject, baseline);
  const compared = allAccepted.map((one) => compareSubject(matter, base, one, planned, custom));
  const outcome = nearestOutcome(compared);
  return outcome ? { outcome, ...(equalsOneOfSeveral(compared, outcome) ? { isAcceptedAlternative: true } : {}) } : {};
}

/** The accepted plan and today's for the values of a case that a generic plan is judged for. */
function customPlans(matter: Matter, { query, case: { name }, kind }: Subject, baseline: Baseline) {
  if (kind !== "generic") return undefined;
  const twin = matter.subjects.find(
    (one) => one.kind === "custom" && one.query.name === query.name && one.case.name === name,
  );
  const [accepted] = twin ? acceptedPlans(twin, matter.subjects, baseline) : [];
  const planned = twin && matter.planned.get(twin);
  return accepted && planned?.kind === "plan" ? { before: accepted.plan, after: planned.plan } : undefined;
}

/** What the plan itself shows, beside the remark that it is compared with nothing. */
function withoutComparison(
  matter: Matter,
  query: string,
  planned: Exclude<Planned, { kind: "unknown" }>,
  finding: Finding,
): readonly Finding[] {
  if (planned.kind !== "plan") return [finding];
  const found = judgeNewPlan(matter, query, planned.plan, finding);
  // A plan that was accepted, if elsewhere, is not new: what looks wrong in it has been seen.
  return finding.rule === "incomparable" ? found.filter(({ rule }) => rule !== redFlags.id) : found;
}

function neverAccepted(matter: Matter, query: string): Finding {
  const fix = `Run \`plan-gate accept ${query}\` and commit the file it writes.`;
  return remark(matter, "unbaselined", "nobody has accepted a plan of it yet", fix);
}

function otherMajor(matter: Matter, query: string, majors: readonly number[]): Finding {
  const { major } = matter.environment;
  const title = `its baseline is of another environment: PostgreSQL ${majors.join(", ")} → ${major}`;
  return remark(
    matter,
    "incomparable",
    title,
    `Set \`postgres.version\`, or run \`plan-gate accept ${query}\` on ${major}.`,
  );
}

function describe({ query, case: { name }, kind }: Subject): Description {
  const { file, line, owner } = query;
  return { name: query.name, case: name, plan: kind, ...(owner === undefined ? {} : { owner }), place: { file, line } };
}

function neverPlanned(subject: Subject, message: string, hint: string | undefined, line: number | undefined): Problem {
  const { file, line: queryLine, name } = subject.query;
  return {
    code: "query-invalid",
    message: `PostgreSQL refuses the query \`${name}\`: ${message}`,
    hint: hint ?? "Correct the query, or the migration that should have made what it names.",
    place: { file, line: line ?? queryLine },
  };
}

/** A finding that no rule made: something could not be compared. Blocks only where the team is strict. */
function remark(matter: Pick<Matter, "strict">, rule: OutcomeKind, title: string, fix: string): Finding {
  const why = "What is compared with nothing may get slower unnoticed.";
  return {
    rule,
    severity: matter.strict ? "error" : "info",
    relation: null,
    title,
    why,
    fix,
    before: null,
    after: null,
    cause: null,
  };
}

/** The baselines that nothing is compared with. */
export function findOrphans(matter: Matter): readonly Outcome[] {
  const known = new Set(
    matter.subjects.map((subject) => {
      const plans = matter.baselines.get(subject.query.name)?.plans ?? [];
      return JSON.stringify([subject.query.name, acceptedCase(subject, matter.subjects, plans), subject.kind]);
    }),
  );
  return [...matter.baselines.values()].flatMap(({ query, plans }) =>
    plans
      .filter((one, index) => plans.findIndex((other) => isOfSame(one, other)) === index)
      .filter(({ case: name, kind }) => !known.has(JSON.stringify([query, name, kind])))
      .map(({ case: name, kind, plan }): Outcome => {
        const what = matter.subjects.some((subject) => subject.query.name === query) ? "case" : "query";
        const finding = remark(
          matter,
          "orphaned",
          `no longer watched: the ${what} of this baseline is gone`,
          what === "query"
            ? "Restore the query, or delete its baseline file."
            : `Restore the case, or run \`plan-gate accept ${query}\`.`,
        );
        return { kind: "orphaned", name: query, case: name, plan: kind, findings: [finding], notes: [], before: plan };
      }),
  );
}

function byName(a: Outcome, b: Outcome): number {
  const keys = (outcome: Outcome) => [outcome.name, outcome.case ?? "", outcome.plan];
  const [left, right] = [keys(a), keys(b)];
  const at = left.findIndex((key, index) => key !== right[index]);
  return at < 0 ? 0 : (left[at] ?? "") < (right[at] ?? "") ? -1 : 1;
}

/** Whether any query was compared with an accepted plan, a broken one included. */
export function comparedAny(outcomes: readonly Outcome[]): boolean {
  return outcomes.some(({ kind, before }) => before !== undefined && kind !== "orphaned" && kind !== "incomparable");
}
