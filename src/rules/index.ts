import type { Change } from "../plan/change.js";
import type { Severity } from "../verdict/verdict.js";
import { blocksIncreased } from "./blocks-increased.js";
import { costIncreased } from "./cost-increased.js";
import { indexScanLost } from "./index-scan-lost.js";
import { queryBroken } from "./query-broken.js";
import { rowsMisestimated } from "./rows-misestimated.js";
import type { Observation, Rule } from "./rule.js";
import type { ResolvedRule } from "./settings.js";

/** Every rule, in the order reports list them. The only place a rule is registered. */
export const rules = [
  queryBroken,
  indexScanLost,
  rowsMisestimated,
  costIncreased,
  blocksIncreased,
] as const satisfies readonly Rule[];

/** An observation with its rule's words and its final severity. */
export type RuleFinding = Observation & { readonly rule: string; readonly why: string; readonly severity: Severity };

/** Runs every rule that is not off; findings come worst first, in the registry's order. */
export function checkChange(change: Change, resolve: (id: string) => ResolvedRule): readonly RuleFinding[] {
  const found = rules.flatMap((rule: Rule) => {
    const { severity, options } = resolve(rule.id);
    if (severity === "off") return [];
    return rule
      .check(change, options)
      .map(
        (seen): RuleFinding => ({ ...seen, rule: rule.id, why: rule.why, severity: seen.harmless ? "info" : severity }),
      );
  });
  return found.sort((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
}

const severityOrder: Readonly<Record<Severity, number>> = { error: 0, warn: 1, info: 2 };
