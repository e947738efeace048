import type { Change, PlanChange } from "../plan/change.js";
import type { Evidence, Severity } from "../verdict/verdict.js";

/** A number that a team can set for a rule. */
export interface RuleOption {
  readonly default: number;
  readonly minimum: number;
  readonly integer?: true;
  /** What it bounds, with its unit. */
  readonly means: string;
  /** Why the default is what it is. */
  readonly because: string;
}

type Options = Readonly<Record<string, RuleOption>>;

/** What a rule saw. The engine adds the rule's id, its words and the severity. */
export interface Observation {
  readonly relation: string | null;
  readonly title: string;
  readonly fix: string;
  readonly before: Evidence | null;
  readonly after: Evidence | null;
  /** Set where the rule itself knows that what it saw does not matter; overrides the severity. */
  readonly harmless?: true;
  /** The database object whose change most likely did this: an index, column or relation. Searched in the migrations. */
  readonly suspect?: Suspect;
}

/** A database object by the name that a migration would use. */
export interface Suspect {
  readonly kind: "index" | "column" | "relation" | "function" | "type";
  readonly name: string;
}

/** One way a change can be worse. Sees one query and case, never another rule's findings. */
export interface Rule<Id extends string = string, O extends Options = Options> {
  readonly id: Id;
  /** One sentence for the reference page. */
  readonly summary: string;
  /** Why it matters, for someone who has never seen EXPLAIN. */
  readonly why: string;
  readonly defaultSeverity: Severity;
  readonly options: O;
  check(change: Change, options: { readonly [K in keyof O]: number }): readonly Observation[];
}

/** Keeps a rule's literal id and option names in its type. */
export function defineRule<const Id extends string, const O extends Options>(rule: Rule<Id, O>): Rule<Id, O> {
  return rule;
}

/** A rule about two plans: it stays quiet where one side could not be planned. */
export function definePlanRule<const Id extends string, const O extends Options>(
  rule: Omit<Rule<Id, O>, "check"> & {
    check(change: PlanChange, options: { readonly [K in keyof O]: number }): readonly Observation[];
  },
): Rule<Id, O> {
  return { ...rule, check: (change, options) => (change.kind === "planned" ? rule.check(change, options) : []) };
}
