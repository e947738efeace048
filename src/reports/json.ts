import type { Place } from "../errors.js";
import { type Move, movesBetween } from "../plan/moves.js";
import type { Plan } from "../plan/plan.js";
import { relationName } from "../plan/walk.js";
import type { Cause, Evidence, Finding, Outcome, ProvenFix, Verdict } from "../verdict/verdict.js";
import { expectedRows, figuresOf, rowsFactors } from "./figures.js";
import type { JsonReport } from "./json-schema.js";
import { nodeText } from "./plan-tree.js";
import { defineReport } from "./report.js";

type JsonQuery = JsonReport["queries"][number];
type JsonFinding = JsonQuery["findings"][number];
type JsonEvidence = JsonFinding["before"];

/** The report for programs. Text is as it came: whoever prints it must escape it. */
export const json = defineReport({
  id: "json",
  summary: "For programs: every query with its outcome, as `schema/report.schema.json` describes it.",
  render: (verdict) => `${JSON.stringify(jsonReport(verdict), null, 2)}\n`,
});

/** A verdict in the published shape, keys always in the same order. */
export function jsonReport({ verdict, outcomes, problems, notes, environment, timings }: Verdict): JsonReport {
  return {
    schemaVersion: 1,
    verdict,
    queries: outcomes.map(jsonQuery),
    problems: problems.map(({ code, message, hint, place }) => ({ code, message, hint, ...position(place) })),
    notes: [...notes],
    environment: environment
      ? {
          major: environment.major,
          locale: environment.locale,
          settings: sorted(environment.settings),
          configured: sorted(environment.configured),
        }
      : null,
    timings: { ...timings },
  };
}

function jsonQuery(outcome: Outcome): JsonQuery {
  const { name, case: caseName, plan, kind, owner, place, before, after, notes, findings } = outcome;
  return {
    name,
    case: caseName,
    plan,
    outcome: kind,
    ...(owner === undefined ? {} : { owner }),
    ...position(place),
    before: before ? figuresOf(before) : null,
    after: after ? figuresOf(after) : null,
    evidence: findings.length > 0 && before && after ? movesBetween(before, after).map(jsonMove) : [],
    notes: [...notes],
    findings: findings.map((finding) => jsonFinding(finding, before, after)),
  };
}

function jsonMove({ what, of, before, after }: Move): JsonQuery["evidence"][number] {
  return { what, of: [...of], before, after };
}

function jsonFinding(finding: Finding, before?: Plan, after?: Plan): JsonFinding {
  const { rule, severity, relation, title, why, fix, cause } = finding;
  return {
    rule,
    severity,
    relation,
    title,
    why,
    fix,
    before: jsonEvidence(finding.before, before),
    after: jsonEvidence(finding.after, after),
    cause: cause ? jsonCause(cause) : null,
    also: (finding.also ?? []).map(({ rule, title }) => ({ rule, title })),
    fixes: (finding.fixes ?? []).map(jsonFix),
  };
}

function jsonCause({ kind, file, line, statement, tried }: Cause): JsonFinding["cause"] {
  return { kind, file: file ?? null, line: line ?? null, statement, tried: tried ?? null };
}

function jsonFix(fix: ProvenFix): JsonFinding["fixes"][number] {
  const { kind, title, sql, cost, blocks, sizeBytes, helps, hurts, writes } = fix;
  return {
    ...{ kind, title, sql, cost: { ...cost }, blocks: blocks ? { ...blocks } : null },
    ...{ sizeBytes: sizeBytes ?? null, helps: [...helps], hurts: [...hurts] },
    writes: writes?.map(({ query, blocks }) => ({ query, blocks: blocks ? { ...blocks } : null })) ?? null,
  };
}

function jsonEvidence(evidence: Evidence | null, plan: Plan | undefined): JsonEvidence {
  switch (evidence?.kind) {
    case undefined:
      return null;
    case "figure":
      return { kind: "figure", value: evidence.value, unit: evidence.unit };
    case "text":
      return { kind: "text", text: evidence.text };
    case "node": {
      const { node } = evidence;
      return {
        kind: "node",
        text: nodeText(node),
        operator: node.operator,
        index: node.index ?? null,
        relation: node.relation ? relationName(node.relation) : null,
        cost: node.totalCost,
        rowsEstimated: expectedRows(node, plan && rowsFactors(plan).get(node)),
        rowsActual: node.actual?.rows ?? null,
        loops: node.actual?.loops ?? null,
      };
    }
  }
}

function position(place: Place | undefined): { file?: string; line?: number } {
  if (!place) return {};
  return place.line === undefined ? { file: place.file } : { file: place.file, line: place.line };
}

function sorted(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
}
