import { isBlame } from "../verdict/cause.js";
import type { Cause, Finding, Outcome, Severity, Verdict } from "../verdict/verdict.js";

const ranks: Readonly<Record<Severity, number>> = { error: 0, warn: 1, info: 2 };

/** How bad an outcome is; undefined where it has no findings. */
export function worstSeverity({ findings }: Outcome): Severity | undefined {
  return findings.map(({ severity }) => severity).sort((a, b) => ranks[a] - ranks[b])[0];
}

/** Findings that readers must see: all but `info`. */
export function alarming(outcome: Outcome): readonly Finding[] {
  return outcome.findings.filter(({ severity }) => severity !== "info");
}

/** Outcomes with a finding that is `error` or `warn`, worst first: by severity, then by how much the cost rose. */
export function worstFirst({ outcomes }: Verdict): readonly Outcome[] {
  return outcomes
    .filter((outcome) => alarming(outcome).length > 0)
    .map((outcome) => ({ outcome, rank: rankOf(outcome), ratio: costRatio(outcome) }))
    .sort((a, b) => a.rank - b.rank || b.ratio - a.ratio)
    .map(({ outcome }) => outcome);
}

function rankOf(outcome: Outcome): number {
  return ranks[worstSeverity(outcome) ?? "info"];
}

/** A query that does not plan any more is worse than any that costs more. */
function costRatio({ kind, before, after }: Outcome): number {
  if (kind === "broken") return Number.MAX_VALUE;
  if (!before || !after) return 0;
  return after.root.totalCost / Math.max(before.root.totalCost, 0.01);
}

/** A statement and what it did. */
export interface Blame {
  readonly cause: Cause;
  readonly outcomes: readonly Outcome[];
}

/** Who made plans worse, the one with most plans first. */
export function blames(worst: readonly Outcome[]): readonly Blame[] {
  const found = new Map<string, { cause: Cause; outcomes: Set<Outcome> }>();
  for (const outcome of worst) {
    for (const { cause } of alarming(outcome)) {
      if (!cause || !isBlame(cause)) continue;
      const key = JSON.stringify([cause.file, cause.line, cause.statement]);
      const blame = found.get(key) ?? { cause, outcomes: new Set() };
      blame.outcomes.add(outcome);
      found.set(key, blame);
    }
  }
  return [...found.values()]
    .map(({ cause, outcomes }) => ({ cause, outcomes: [...outcomes] }))
    .sort((a, b) => b.outcomes.length - a.outcomes.length);
}

/** False where an earlier finding of the same outcome has given the same advice: readers want it once. */
export function isNewAdvice(finding: Finding, { findings }: Outcome): boolean {
  return findings.find(({ fix }) => fix === finding.fix) === finding;
}

/** False where an earlier finding of the same outcome has named the same statement: readers want it once. */
export function isNewCause(finding: Finding, { findings }: Outcome): boolean {
  const same = ({ cause }: Finding) =>
    cause?.file === finding.cause?.file &&
    cause?.line === finding.cause?.line &&
    cause?.statement === finding.cause?.statement;
  return findings.find(same) === finding;
}
