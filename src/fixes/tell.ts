import { standsAlone } from "../verdict/fix-sql.js";
import type { Finding, Outcome, ProvenFix } from "../verdict/verdict.js";
import { alarmsOf } from "./weigh.js";

/** A fix and the findings of one query that it makes go away; none where it only makes the query cheaper. */
export interface Proof {
  readonly fix: ProvenFix;
  readonly gone: readonly Finding[];
  /** Whether it brings back what the change took away. */
  readonly restores: boolean;
}

/** An outcome whose findings name the fix that was proven for them. */
export function withProof(outcome: Outcome, { fix, gone, restores }: Proof): Outcome {
  const [worst] = alarmsOf(outcome);
  const mended = gone.length > 0 ? gone : worst ? [worst] : [];
  return {
    ...outcome,
    findings: outcome.findings.map((finding) =>
      mended.includes(finding)
        ? { ...finding, fix: advice(finding, fix, restores), fixes: [...(finding.fixes ?? []), fix] }
        : finding,
    ),
  };
}

/** What to do next, for someone who never saw a plan. */
function advice({ cause }: Finding, fix: ProvenFix, restores: boolean): string {
  const where = restores && cause?.kind === "migration" && cause.file !== undefined ? cause : undefined;
  const keep = where
    ? `Take the statement at ${where.file}${where.line === undefined ? "" : `:${where.line}`} out, or run`
    : "Run";
  const what =
    fix.kind === "query"
      ? `Write the query so that it ${fix.title}`
      : standsAlone(fix)
        ? `${keep} the SQL below, which ${fix.title}`
        : `${keep} \`${oneLine(fix.sql)}\``;
  const meaning = fix.kind === "definition" ? "; what the change did there is undone with it" : "";
  return `${what}. It was tried in this run, and helps${meaning}.`;
}

function oneLine(sql: string): string {
  return sql.replace(/\s+/g, " ");
}
