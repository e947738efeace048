import type { ApprovalSettings } from "../config/settings.js";
import type { Verdict } from "../verdict/verdict.js";

/** A file as a commit holds it. */
export interface FileVersion {
  /** Relative to the repository's top, with `/` between folders. */
  readonly path: string;
  /** git's blob id; null where the commit does not have the file. */
  readonly blob: string | null;
}

/** Whether something that a pull request proposes counts. */
export type Counting = "freely" | "once approved" | "never";

/** Something that a pull request changes about how it is judged. Judged by the base's policy, and shown. */
export interface Proposal {
  readonly kind: /** A query's baseline was added or changed. */
    | "baseline"
    /** A baseline, query or case that the base has is gone: it would no longer be watched. */
    | "removal"
    /** `rules`, `tieMaxRatio`, `strict`, `enforce`, `approval`, `baselines` or `watch` of the settings file, or rules of a query's header. */
    | "policy"
    /** `postgres`, `explain.session` or its file, or a seed that the base has: plans are made under other conditions. */
    | "environment";
  /** The query it is about; null where it concerns all of them. */
  readonly query: string | null;
  /** The files it stands for, as the tested commit has them. An approval accepts these versions and no others. */
  readonly files: readonly FileVersion[];
  readonly counts: Counting;
  /** What is proposed, in one line: "accepts a worse plan: 12 → 4,600 planner units". */
  readonly what: string;
  /** What to do next, a full sentence; empty where it counts freely. */
  readonly next: string;
}

/** What `plan-gate accept` would write for one query, offered as a patch. */
export interface Candidate {
  readonly query: string;
  /** Relative to the repository's top. */
  readonly path: string;
  readonly text: string;
}

/** What one run of the gate found out about one settings file on one major. Text in it is as it came: hostile. */
export interface Evaluation {
  /** The settings file, relative to the repository's top: its id in markers, records and outputs. */
  readonly config: string;
  /** PostgreSQL's major; null where no server was needed or reached. */
  readonly major: number | null;
  readonly kind: /** Plans were made and judged. */
    | "judged"
    /** The base has no settings file yet: this pull request adopts plan-gate, and nothing is blocked. */
    | "set-up"
    /** No file that can matter changed: judged without a database. */
    | "untouched";
  /** The base's: false reports and does not block. */
  readonly enforce: boolean;
  /** The base's: how what is proposed can be approved. */
  readonly approval: ApprovalSettings;
  /** The base's folder of baselines, relative to the repository's top. */
  readonly baselines: string;
  readonly verdict: Verdict;
  readonly proposals: readonly Proposal[];
  /** For each query whose plan here is not what the tested commit's baseline says. */
  readonly candidates: readonly Candidate[];
  /** Only of what was judged without a base. */
  readonly circumstance?: Circumstance;
}

/** What the history keeps of a run on a branch, so that a later drift can be explained. */
export interface Circumstance {
  /** The server's whole version, "17.10"; null where nobody said. */
  readonly server: string | null;
  /** The seed's. */
  readonly scale: number;
}

/** The commits of a run. Full SHAs. */
export interface Commits {
  /** What checks and statuses belong to: the pull request's head, the queue's or the pushed commit. */
  readonly head: string;
  /** What was checked out and planned: on a pull request GitHub's merge of head and base. */
  readonly tested: string;
  /** What it is compared with; null where there is none, as on a push. */
  readonly base: string | null;
}

/** One of so many, counted from 1. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

/** What one job of a matrix did of the whole. */
export interface Part {
  /** Which job of the matrix it was, by `strategy.job-index` and `strategy.job-total`; null where that is not known. */
  readonly job: Share | null;
  /** The share of the queries that it judged; null: all of them. */
  readonly shard: Share | null;
}

/** Everything that one run, or all jobs of a matrix together, evaluated: what is handed to a second stage. */
export interface EvaluationSet {
  readonly version: 1;
  /** plan-gate's version. */
  readonly tool: string;
  readonly commits: Commits;
  /** Equal keys give equal evaluations: made of head, base, settings files, overriding inputs and plan-gate's version. */
  readonly key: string;
  /** Absent where this is the whole. */
  readonly part?: Part;
  /** True where the head came with the event that this was evaluated for: a label that was on then is of an older head. */
  readonly pushed?: boolean;
  /** Sorted by config and major, null first; each pair once. */
  readonly evaluations: readonly Evaluation[];
}
