import { planShape } from "../plan/normalise.js";
import type { Plan } from "../plan/plan.js";
import type { Outcome } from "../verdict/verdict.js";

/** Whether a plan made here is the one that a baseline states: no worse, no better, and built alike unless it is a tie. */
export function agrees({ kind, before, after, findings }: Outcome): boolean {
  if (!before || !after || findings.some(({ severity }) => severity !== "info")) return false;
  if (overstates(before, after)) return false;
  return kind === "tie" || (kind === "passed" && planShape(before) === planShape(after));
}

/** Whether a stored plan was there to compare with. */
export function isStated({ kind, before }: Outcome): boolean {
  return before !== undefined && kind !== "orphaned";
}

/** More than this many times the blocks, and this many more, is no noise; the rules' own defaults. */
const overstated = { ratio: 2, blocks: 100 } as const;

/** Whether a stated plan leaves room for what gets worse later: more blocks than were touched here, or none said. */
function overstates({ root: stated }: Plan, { root: measured }: Plan): boolean {
  if (!measured.actual) return false;
  if (!stated.actual) return true;
  const [said, seen] = [stated.actual, measured.actual];
  return (["sharedBlocks", "tempBlocks"] as const).some(
    (key) => said[key] > seen[key] * overstated.ratio && said[key] - seen[key] >= overstated.blocks,
  );
}
