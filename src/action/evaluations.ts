import { posix } from "node:path";
import { parseSettings, type Settings } from "../config/settings.js";
import type { Problem } from "../errors.js";
import type { Evaluation } from "../evaluation/evaluation.js";
import { count } from "../reports/numbers.js";
import { folderOf } from "./relevance.js";

const empty = { outcomes: [], problems: [], notes: [], timings: {} } as const;

/** A settings file that could not be read: nothing was judged, and nothing is let through. */
export function failedEvaluation(config: string, problem: Problem): Evaluation {
  const { enforce, approval, baselines } = parseSettings("{}", config);
  return {
    config,
    major: null,
    kind: "judged",
    enforce,
    approval,
    baselines: fromTop(config, baselines),
    verdict: { ...empty, verdict: "error", exitCode: 2, problems: [problem] },
    proposals: [],
    candidates: [],
  };
}

/** No changed file can matter: a pass without a database, that says what it looked at. */
export function untouchedEvaluation(
  config: string,
  { enforce, approval, baselines }: Settings,
  changed: number,
  watched: readonly string[],
): Evaluation {
  const note = `${count(changed, "changed file")}, none of which can change a plan: looked at ${watched.join(", ")}`;
  return {
    config,
    major: null,
    kind: "untouched",
    enforce,
    approval,
    baselines: fromTop(config, baselines),
    verdict: { ...empty, verdict: "pass", exitCode: 0, notes: [note] },
    proposals: [],
    candidates: [],
  };
}

function fromTop(config: string, folder: string): string {
  return posix.normalize(posix.join(folderOf(config), folder)).replace(/\/+$/, "");
}
