/** What a run ends as. Worst first: where several are true, the first one is told. */
export const endings = {
  worse: {
    exitCode: 1,
    conclusion: "failure",
    status: "failure",
    symbol: "❌",
    headline: "a plan got worse",
    meaning: "A query's plan is worse than the accepted one, or what is proposed can never count.",
  },
  "could not run": {
    exitCode: 2,
    conclusion: "failure",
    status: "error",
    symbol: "⚠️",
    headline: "could not run",
    meaning: "plan-gate could not do its job: this says nothing about the plans.",
  },
  "environment changed": {
    exitCode: 1,
    conclusion: "failure",
    status: "failure",
    symbol: "✋",
    headline: "waits for approval",
    meaning: "What plans are made or judged by changes, or is no longer watched: somebody has to approve that.",
  },
  "needs evidence": {
    exitCode: 0,
    conclusion: "neutral",
    status: "success",
    symbol: "❔",
    headline: "some plans could not be compared",
    meaning: "Some queries have no plan to compare with. Nothing that was compared got worse.",
  },
  "set-up": {
    exitCode: 0,
    conclusion: "success",
    status: "success",
    symbol: "👋",
    headline: "ready to be switched on",
    meaning: "This pull request adopts plan-gate: what it will watch is shown, nothing is blocked.",
  },
  drift: {
    exitCode: 0,
    conclusion: "success",
    status: "success",
    symbol: "✅",
    headline: "nothing got worse here, but accepted plans are out of date",
    meaning: "Plans moved without this change: by PostgreSQL's version, the data or the statistics.",
  },
  tie: {
    exitCode: 0,
    conclusion: "success",
    status: "success",
    symbol: "✅",
    headline: "nothing got worse",
    meaning: "A plan changed into another one of practically the same cost.",
  },
  pass: {
    exitCode: 0,
    conclusion: "success",
    status: "success",
    symbol: "✅",
    headline: "nothing got worse",
    meaning: "Every watched query was compared, and none got worse, or what did was approved.",
  },
} as const satisfies Record<string, EndingRow>;

/** How one ending is told everywhere: the only place that maps it. */
export interface EndingRow {
  /** 0 lets the pull request through, 1 a plan or an approval stops it, 2 plan-gate failed. */
  readonly exitCode: 0 | 1 | 2;
  /** Of the check run `plan-gate report`. Never `neutral` where it blocks: GitHub lets that pass. */
  readonly conclusion: "success" | "neutral" | "failure";
  /** Of the commit status `plan-gate/verdict`. */
  readonly status: "success" | "failure" | "error";
  readonly symbol: string;
  /** What follows "plan-gate: " where nothing more can be said. */
  readonly headline: string;
  /** For the reference page. */
  readonly meaning: string;
}

export type Ending = keyof typeof endings;
