import * as z from "zod";

/** What one query and case came to; short, since a busy repository writes millions of them. */
const OutcomeEntry = z.object({
  query: z.string().min(1).max(1_000),
  case: z.string().max(1_000).optional(),
  /** Absent: custom. */
  plan: z.literal("generic").optional(),
  outcome: z.string().min(1).max(30),
  /** In planner units. */
  cost: z.number().nonnegative().optional(),
  /** Rows that it really returned. */
  rows: z.number().nonnegative().optional(),
  /** Shared blocks hit or read. */
  blocks: z.number().nonnegative().optional(),
  /** Equal for equal plans, whatever they cost. */
  shape: z.string().max(64).optional(),
  /** It is no longer planned as accepted. */
  drifted: z.literal(true).optional(),
});
export type OutcomeEntry = Readonly<z.infer<typeof OutcomeEntry>>;

const DecisionEntry = z.object({
  query: z.string().min(1).max(1_000),
  case: z.string().max(1_000).optional(),
  decision: z.enum(["accepted", "needs evidence", "blocked"]),
  /** Login of who approved. */
  by: z.string().max(100).optional(),
  /** What had happened, in one line. */
  why: z.string().max(300),
});
export type DecisionEntry = Readonly<z.infer<typeof DecisionEntry>>;

/** One line of the history: what one settings file on one major came to in one run. Unknown keys are left out. */
export const HistoryEntry = z.object({
  version: z.literal(1),
  /** ISO 8601, in UTC. */
  at: z.iso.datetime(),
  kind: z.enum(["push", "nightly", "pull-request"]),
  /** Full SHA of the judged commit. */
  commit: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  pullRequest: z.int().positive().optional(),
  /** The settings file, relative to the repository's top. */
  config: z.string().max(1_000),
  /** PostgreSQL's; null where no server was needed or reached. */
  major: z.int().nullable(),
  /** The server's whole version, "17.10"; absent where nobody said. */
  server: z.string().max(100).optional(),
  locale: z.string().max(100).optional(),
  /** The server's planner settings that are not at PostgreSQL's default. */
  settings: z.record(z.string().max(100), z.string().max(1_000)).optional(),
  /** The seed's; absent: 1. */
  scale: z.number().positive().optional(),
  /** plan-gate's version. */
  tool: z.string().max(100),
  ending: z.string().min(1).max(60),
  outcomes: z.array(OutcomeEntry).max(100_000),
  decisions: z.array(DecisionEntry).max(100_000),
});
export type HistoryEntry = Readonly<z.infer<typeof HistoryEntry>>;

/** Entries as lines of JSON, each ended by a line break. */
export function writeHistory(entries: readonly HistoryEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

/** A history as far as it can be read. */
export interface ReadHistory {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[];
  /** Lines that a later plan-gate wrote. */
  readonly later: number;
  /** Lines that are none of ours, or cut off. */
  readonly broken: number;
}

/** Reads lines of a history. What cannot be read is counted and left out: anybody with write access can edit the file. */
export function readHistory(text: string): ReadHistory {
  const entries: HistoryEntry[] = [];
  let [later, broken] = [0, 0];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const value = parse(line);
    const read = HistoryEntry.safeParse(value);
    if (read.success) entries.push(read.data);
    else if (isLater(value)) later++;
    else broken++;
  }
  return { entries: entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)), later, broken };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isLater(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("version" in value)) return false;
  return Number.isInteger(value.version) && (value.version as number) > 1;
}
