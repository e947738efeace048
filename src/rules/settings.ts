import * as z from "zod";
import { rules } from "./index.js";
import type { RuleOption } from "./rule.js";

/** A severity a team may give a rule; `off` silences it. */
const RuleSeverity = z.enum(["error", "warn", "info", "off"]);
export type RuleSeverity = z.infer<typeof RuleSeverity>;

/** What was set for a rule about one relation. */
type RelationRuleSettings = { readonly severity?: RuleSeverity } & { readonly [option: string]: number | string };

/** What was set for one rule; what is absent stays at the layer below, at last at the default. */
export type OneRuleSettings = { readonly severity?: RuleSeverity } & {
  readonly [option: string]: number | string | { readonly [relation: string]: RelationRuleSettings };
};

/** What one layer (the settings file, a query's header) sets, by rule id. */
export type RuleSettings = { readonly [ruleId: string]: OneRuleSettings };

function optionSchema({ default: value, minimum, integer, means, because }: RuleOption) {
  const number = integer ? z.int().min(minimum) : z.number().min(minimum);
  return number.optional().describe(`${means} Default ${value}: ${because}`);
}

const short = RuleSeverity.transform((only) => ({ severity: only }));

/** A table as findings name it: a partition counts as its parent. */
const relationName = z
  .string()
  .regex(/^[^.]+\..+$/s, { error: "has a table without its schema: write `public.orders`" });

const ruleSchemas = rules.map(({ id, summary, defaultSeverity, options }) => {
  const severity = RuleSeverity.optional().describe(`How much a finding matters. Default ${defaultSeverity}.`);
  const own = {
    severity,
    ...Object.fromEntries(Object.entries(options).map(([name, option]) => [name, optionSchema(option)])),
  };
  const relations = z
    .record(relationName, z.union([short, z.strictObject(own)]))
    .optional()
    .describe("Another severity, or other thresholds, for findings about single tables, by `schema.table`.")
    .meta({ examples: [{ "public.audit_log": "off" }] });
  return [
    id,
    z
      .union([short, z.strictObject({ ...own, relations })])
      .optional()
      .describe(summary),
  ] as const;
});

/** Settings of every registered rule: a severity alone, or a severity and thresholds. */
export const RuleSettings = z.strictObject(Object.fromEntries(ruleSchemas)) as unknown as z.ZodType<RuleSettings>;

/** A rule's severity and thresholds after all layers. */
export interface ResolvedRule {
  readonly severity: RuleSeverity;
  readonly options: Readonly<Record<string, number>>;
  /** For findings about these relations, by `schema.name`, in place of the above. */
  readonly relations?: ReadonlyMap<string, Omit<ResolvedRule, "relations">>;
}

/**
 * Lays `layers` over the defaults, later ones over earlier ones, option by option. What is set for a relation goes over
 * all that is set for the rule, in whichever layer.
 */
export function resolveRule(id: string, layers: readonly RuleSettings[]): ResolvedRule {
  const rule = rules.find((candidate) => candidate.id === id);
  if (!rule) throw new Error(`no rule ${id}`);
  const defaults = Object.entries<RuleOption>(rule.options).map(([name, option]) => [name, option.default] as const);
  const resolve = (set: readonly RelationRuleSettings[]): Omit<ResolvedRule, "relations"> => {
    const { severity = rule.defaultSeverity, ...options } = Object.assign({}, ...set) as Record<string, unknown>;
    return {
      severity: severity as RuleSeverity,
      options: { ...Object.fromEntries(defaults), ...(options as Record<string, number>) },
    };
  };
  const general = layers.map((layer) => {
    const { relations: _, ...rest } = layer[id] ?? {};
    return rest as RelationRuleSettings;
  });
  const byRelation = layers.map((layer) => (layer[id]?.["relations"] ?? {}) as Record<string, RelationRuleSettings>);
  const names = new Set(byRelation.flatMap((one) => Object.keys(one)));
  const relations = [...names].map(
    (name) => [name, resolve([...general, ...byRelation.map((one) => one[name] ?? {})])] as const,
  );
  return { ...resolve(general), ...(relations.length > 0 ? { relations: new Map(relations) } : {}) };
}
