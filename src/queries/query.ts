import type { Expectations } from "../plan/expectations.js";
import type { RuleSettings } from "../rules/settings.js";

/** Which plan EXPLAIN is asked for: for these values, or the one that fits all values. */
export type PlanKind = "custom" | "generic";

/** One set of values for a query's parameters. */
export interface Case {
  /** `null`: the query has no parameters and so just one, nameless case. */
  readonly name: string | null;
  /** As the text written in the YAML, so that bigint and numeric stay exact; null is SQL's NULL. */
  readonly values: readonly (string | null)[];
}

/** One registered query. */
export interface Query {
  /** Unique among the queries; letters, digits, `.`, `_`, `-` and `/`. */
  readonly name: string;
  /** Relative to the settings file's folder. */
  readonly file: string;
  /** 1-based line of its header, or of its first line where it has none. */
  readonly line: number;
  /** Free text, shown beside findings: "@checkout". */
  readonly owner?: string;
  /** One statement, without the semicolon. */
  readonly sql: string;
  /** 1-based line of `file` on which `sql` begins. */
  readonly sqlLine: number;
  /** Whether it changes or locks rows: such a query is measured on a database of its own. */
  readonly writes: boolean;
  readonly cases: readonly Case[];
  readonly plans: readonly PlanKind[];
  /** The header's `rules`, exactly as checked by the settings' schema; laid over the settings file's. */
  readonly rules: RuleSettings;
  /** What the header says must be true of each plan; absent where it says nothing. */
  readonly expect?: Expectations;
}
