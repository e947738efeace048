import type { Log, ReportingDescriptor, Result } from "sarif";
import type { Place } from "../errors.js";
import { rules } from "../rules/index.js";
import { causePlace } from "../verdict/cause.js";
import type { Finding, Outcome, Severity, Verdict } from "../verdict/verdict.js";
import { evidenceText } from "./evidence.js";
import { oneLine } from "./foreign-text.js";
import { outcomeNames } from "./outcome-line.js";
import { defineReport } from "./report.js";

const levels: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warn: "warning",
  info: "note",
};

/** The report for code scanning. */
export const sarif = defineReport({
  id: "sarif",
  summary: "For code scanning, as SARIF 2.1.0: a finding is a result on the line that did it, else on the query's.",
  render: (verdict) => `${JSON.stringify(sarifLog(verdict), null, 2)}\n`,
});

/** A verdict in SARIF's shape. */
export function sarifLog(verdict: Verdict): Log {
  const results = verdict.outcomes.flatMap((outcome) => outcome.findings.map((finding) => resultOf(outcome, finding)));
  const descriptors = descriptorsOf(verdict);
  const ids = descriptors.map(({ id }) => id);
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "plan-gate", rules: descriptors } },
        invocations: [
          {
            executionSuccessful: verdict.problems.length === 0,
            toolExecutionNotifications: verdict.problems.map(({ code, message, hint, place }) => ({
              level: "error" as const,
              descriptor: { id: code },
              message: { text: `${oneLine(message)}. ${oneLine(hint)}` },
              ...locations(place),
            })),
          },
        ],
        results: results.map((result) => ({ ...result, ruleIndex: ids.indexOf(result.ruleId ?? "") })),
      },
    ],
  };
}

/** The registry's rules, and those that are outcomes' names. */
function descriptorsOf({ outcomes }: Verdict): ReportingDescriptor[] {
  const registered = rules.map(({ id, why, defaultSeverity }) => ({
    id,
    shortDescription: { text: why },
    defaultConfiguration: { level: levels[defaultSeverity] },
  }));
  const known = new Set<string>(rules.map(({ id }) => id));
  const found = outcomes.flatMap(({ findings }) => findings.map(({ rule }) => oneLine(rule) || "unnamed"));
  const others = [...new Set(found)].filter((id) => !known.has(id)).sort();
  return [...registered, ...others.map((id) => ({ id }))];
}

function resultOf(outcome: Outcome, { rule, severity, title, fix, before, after, cause }: Finding): Result {
  const name = outcomeNames(outcome).join(" · ");
  const change = before && after ? ` (${evidenceText(before)} → ${evidenceText(after)})` : "";
  const culprit = cause ? causePlace(cause) : undefined;
  const query = culprit && outcome.place ? { relatedLocations: [locationOf(outcome.place)] } : {};
  return {
    ruleId: oneLine(rule) || "unnamed",
    level: levels[severity],
    message: { text: oneLine(`${name}: ${title}${change}. ${fix}`) },
    ...locations(culprit ?? outcome.place),
    ...query,
    partialFingerprints: { "planGate/v1": oneLine(JSON.stringify([outcome.name, outcome.case, outcome.plan, rule])) },
  };
}

function locations(place: Place | undefined): Pick<Result, "locations"> {
  return place ? { locations: [locationOf(place)] } : {};
}

function locationOf({ file, line }: Place): NonNullable<Result["locations"]>[number] {
  const uri = file.toWellFormed().split("/").map(encodeURIComponent).join("/");
  const region = line === undefined || line < 1 ? {} : { region: { startLine: line } };
  return { physicalLocation: { artifactLocation: { uri }, ...region } };
}
