import type { Change } from "../plan/change.js";
import type { Severity } from "../verdict/verdict.js";
import { blocksIncreased } from "./blocks-increased.js";
import { costIncreased } from "./cost-increased.js";
import { expectationMissed } from "./expectation-missed.js";
import { fenceAdded } from "./fence-added.js";
import { genericWorseThanCustom } from "./generic-worse-than-custom.js";
import { indexLessSelective } from "./index-less-selective.js";
import { indexOnlyScanLost } from "./index-only-scan-lost.js";
import { indexScanLost } from "./index-scan-lost.js";
import { jitThreshold } from "./jit-threshold.js";
import { joinMethodWorse } from "./join-method-worse.js";
import { joinOrderChanged } from "./join-order-changed.js";
import { limitNotStoppingEarly } from "./limit-not-stopping-early.js";
import { moreRowsWritten } from "./more-rows-written.js";
import { nestedLoopLarge } from "./nested-loop-large.js";
import { noLongerFinishes } from "./no-longer-finishes.js";
import { parallelismLost } from "./parallelism-lost.js";
import { partitionsNotPruned } from "./partitions-not-pruned.js";
import { queryBroken } from "./query-broken.js";
import { readMore } from "./read-more.js";
import { redFlags } from "./red-flags.js";
import { relationAdded } from "./relation-added.js";
import { rowsMisestimated } from "./rows-misestimated.js";
import type { Observation, Rule } from "./rule.js";
import type { ResolvedRule } from "./settings.js";
import { sideEffectsIncreased } from "./side-effects-increased.js";
import { sortAdded } from "./sort-added.js";
import { spilled } from "./spilled.js";
import { subplanPerRow } from "./subplan-per-row.js";

/** Every rule, in the order reports list them. The only place a rule is registered. */
export const rules = [
  queryBroken,
  expectationMissed,
  noLongerFinishes,
  indexScanLost,
  indexOnlyScanLost,
  indexLessSelective,
  partitionsNotPruned,
  limitNotStoppingEarly,
  relationAdded,
  readMore,
  rowsMisestimated,
  fenceAdded,
  subplanPerRow,
  nestedLoopLarge,
  joinMethodWorse,
  sortAdded,
  moreRowsWritten,
  spilled,
  parallelismLost,
  genericWorseThanCustom,
  costIncreased,
  blocksIncreased,
  jitThreshold,
  joinOrderChanged,
  sideEffectsIncreased,
  redFlags,
] as const satisfies readonly Rule[];

/** An observation with its rule's words and its final severity. */
export type RuleFinding = Observation & { readonly rule: string; readonly why: string; readonly severity: Severity };

/** Runs every rule that is not off; findings come worst first, in the registry's order. */
export function checkChange(change: Change, resolve: (id: string) => ResolvedRule): readonly RuleFinding[] {
  const found = rules.flatMap((rule: Rule) => {
    const { relations = new Map(), ...general } = resolve(rule.id);
    const own = (relation: string | null) => relation !== null && relations.has(relation);
    return [
      ...runRule(rule, change, general).filter(({ relation }) => !own(relation)),
      ...[...relations].flatMap(([name, resolved]) =>
        runRule(rule, change, resolved).filter(({ relation }) => relation === name),
      ),
    ];
  });
  return found.sort((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
}

function runRule(rule: Rule, change: Change, { severity, options }: ResolvedRule): readonly RuleFinding[] {
  if (severity === "off") return [];
  return rule
    .check(change, options)
    .map((seen) => ({ ...seen, rule: rule.id, why: rule.why, severity: seen.harmless ? "info" : severity }));
}

const severityOrder: Readonly<Record<Severity, number>> = { error: 0, warn: 1, info: 2 };
