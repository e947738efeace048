import * as z from "zod";
import { rules } from "./index.js";
import type { RuleOption } from "./rule.js";

/** A severity a team may give a rule; `off` silences it. */
const RuleSeverity = z.enum(["error", "warn", "info", "off"]);
export type RuleSeverity = z.infer<typeof RuleSeverity>;

/** What was set for one rule; what is absent stays at the layer below, at last at the default. */
export type OneRuleSettings = { readonly severity?: RuleSeverity } & { readonly [option: string]: number | string };

/** What one layer (the settings file, a query's header) sets, by rule id. */
export type RuleSettings = { readonly [ruleId: string]: OneRuleSettings };

function optionSchema({ default: value, minimum, integer, means, because }: RuleOption) {
  const number = integer ? z.int().min(minimum) : z.number().min(minimum);
  return number.optional().describe(`${means} Default ${value}: ${because}`);
}

const ruleSchemas = rules.map(({ id, summary, defaultSeverity, options }) => {
  const severity = RuleSeverity.optional().describe(`How much a finding matters. Default ${defaultSeverity}.`);
  const set = z.strictObject({
    severity,
    ...Object.fromEntries(Object.entries(options).map(([name, option]) => [name, optionSchema(option)])),
  });
  const short = RuleSeverity.transform((only) => ({ severity: only }));
  return [id, z.union([short, set]).optional().describe(summary)] as const;
});

/** Settings of every registered rule: a severity alone, or a severity and thresholds. */
export const RuleSettings = z.strictObject(Object.fromEntries(ruleSchemas)) as unknown as z.ZodType<RuleSettings>;

/** A rule's severity and thresholds after all layers. */
export interface ResolvedRule {
  readonly severity: RuleSeverity;
  readonly options: Readonly<Record<string, number>>;
}

/** Lays `layers` over the defaults, later ones over earlier ones, option by option. */
export function resolveRule(id: string, layers: readonly RuleSettings[]): ResolvedRule {
  const rule = rules.find((candidate) => candidate.id === id);
  if (!rule) throw new Error(`no rule ${id}`);
  const defaults = Object.entries<RuleOption>(rule.options).map(([name, option]) => [name, option.default] as const);
  const set = Object.assign({}, ...layers.map((layer) => layer[id] ?? {})) as Record<string, unknown>;
  const { severity = rule.defaultSeverity, ...options } = set;
  return {
    severity: severity as RuleSeverity,
    options: { ...Object.fromEntries(defaults), ...(options as Record<string, number>) },
  };
}
