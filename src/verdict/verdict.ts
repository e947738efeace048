import type { Place, Problem } from "../errors.js";
import type { Plan, PlanNode } from "../plan/plan.js";
import type { PlanKind } from "../queries/query.js";

/** How much a finding matters. Final: only `error` blocks, and nothing changes a severity after the judge. */
export type Severity = "error" | "warn" | "info";

/** One side of a finding. Rules choose which of these says it best. */
export type Evidence =
  /** How a relation is read, or the node that went wrong. */
  | { readonly kind: "node"; readonly node: PlanNode }
  /** One figure with its unit: "planner units", "rows", "times off". */
  | { readonly kind: "figure"; readonly value: number; readonly unit: string }
  /** Words, where there is neither: an error message, "accepted". */
  | { readonly kind: "text"; readonly text: string };

/** What made a plan worse. */
export type CauseKind =
  /** A statement of a migration. */
  | "migration"
  /** The query's own text or values. */
  | "query"
  | "seed"
  /** `postgres.settings`. */
  | "settings"
  /** The session file. */
  | "session"
  /** Several changes together, none of them alone. */
  | "interaction"
  /** Nothing that this change did: data, statistics or server. */
  | "drift"
  /** It was looked for and not found. */
  | "unknown";

/** Who did it, and how that was found out. */
export interface Cause {
  readonly kind: CauseKind;
  /** Relative to the settings file's folder, with `/` between folders. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** The statement's first line, shortened; a setting with its values; empty where there is none. */
  readonly statement: string;
  /** What was tried, as a clause: "replayed on the base, and gone without it". */
  readonly tried?: string;
}

/** What another rule saw of the cause that a finding is about. */
export interface Observed {
  readonly rule: string;
  readonly title: string;
}

/** The same figure without and with a fix. */
export interface Mended {
  readonly without: number;
  readonly with: number;
}

/** What an index costs one registered query that writes. */
export interface WriteCost {
  readonly query: string;
  /** Shared blocks; absent where it was not executed. */
  readonly blocks?: Mended;
}

/** What was tried in this run and measurably helped. */
export interface ProvenFix {
  /** `definition`: a view, function, policy, constraint or column as it was; `setting`: a planner setting. */
  readonly kind: "index" | "statistics" | "target" | "query" | "definition" | "setting";
  /** One line: "restores the dropped index". */
  readonly title: string;
  /** Complete, as one would run it in production; ends in ";". */
  readonly sql: string;
  /** Total cost in planner units of the query that it mends. */
  readonly cost: Mended;
  /** Shared blocks; absent where the query was not executed. */
  readonly blocks?: Mended;
  /** Of an index, as built in this run. */
  readonly sizeBytes?: number;
  /** Other registered queries whose cost it lowers. */
  readonly helps: readonly string[];
  /** Other registered queries whose cost it raises. */
  readonly hurts: readonly string[];
  /** What an index costs the registered queries that write its table; absent where it is no index. */
  readonly writes?: readonly WriteCost[];
}

/** One thing that a rule has to say about one change. */
export interface Finding {
  /** The rule's id; for outcomes that no rule made, the outcome's name. */
  readonly rule: string;
  readonly severity: Severity;
  /** Schema-qualified, a partition as its parent; null where no relation is to blame. */
  readonly relation: string | null;
  /** What happened, in one line. */
  readonly title: string;
  /** Why it matters. */
  readonly why: string;
  /** What to do next. */
  readonly fix: string;
  readonly before: Evidence | null;
  readonly after: Evidence | null;
  readonly cause: Cause | null;
  /** What other rules saw of the same cause; absent where none did. */
  readonly also?: readonly Observed[];
  /** Best first; absent where nothing was tried or nothing helped. */
  readonly fixes?: readonly ProvenFix[];
}

/** What became of one query and case. Only one can be true, so no report can contradict itself. */
export type OutcomeKind =
  /** Compared, and no worse. */
  | "passed"
  /** Compared, and some finding is `error` or `warn`. */
  | "flagged"
  /** Compared, and clearly better: accept it, so that the baseline does not go stale. */
  | "improved"
  /** Another plan of practically the same cost. */
  | "tie"
  /** The plan moved, but not because of this change. */
  | "drift"
  /** Nobody has accepted a plan for it yet. */
  | "unbaselined"
  /** A baseline whose query or case is gone. */
  | "orphaned"
  /** The baseline was made in another environment (major, locale, settings). */
  | "incomparable"
  /** Postgres would not plan it. */
  | "broken";

export interface Outcome {
  readonly kind: OutcomeKind;
  readonly name: string;
  readonly case: string | null;
  readonly plan: PlanKind;
  readonly owner?: string;
  /** Where the query stands; absent where it is gone. */
  readonly place?: Place;
  /** Worst first. Never empty where `kind` is `flagged`. */
  readonly findings: readonly Finding[];
  /** Things a reader should know that judge nothing: "compared by plan alone: …". */
  readonly notes: readonly string[];
  /** Total cost in planner units, etc. are read from these. Absent where there is none on that side. */
  readonly before?: Plan;
  readonly after?: Plan;
}

/** Where plans are made, read from a fresh database before any migration. */
export interface Environment {
  readonly major: number;
  readonly locale: string;
  /**
   * The server's own planner settings that are not at PostgreSQL's default, sorted by name. With major and locale they
   * decide whether plans can be compared at all.
   */
  readonly settings: Readonly<Record<string, string>>;
  /** What `postgres.settings` sets. A pull request may change it, and what that does to the plans is judged. */
  readonly configured: Readonly<Record<string, string>>;
}

/** The one result that every report reads. */
export interface Verdict {
  /** `fail`: some finding is `error`. `error`: none is, but the gate could not do (all of) its job. */
  readonly verdict: "pass" | "fail" | "error";
  /** 0 pass, 1 fail, 2 error. */
  readonly exitCode: 0 | 1 | 2;
  /** Sorted by query, case and kind of plan. */
  readonly outcomes: readonly Outcome[];
  /** What the gate could not do. */
  readonly problems: readonly Problem[];
  /** Said about the run as a whole: "thresholds changed in this branch are shown, not applied: …". */
  readonly notes: readonly string[];
  /** Absent where no server was reached. */
  readonly environment?: Environment;
  /** Seconds per phase, in the order they ran. The only thing that differs between two equal runs. */
  readonly timings: Readonly<Record<string, number>>;
}
