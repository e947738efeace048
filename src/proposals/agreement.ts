import { hiddenWork } from "../plan/effects.js";
import { planShape } from "../plan/normalise.js";
import type { Plan } from "../plan/plan.js";
import { relationName } from "../plan/walk.js";
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
function overstates(before: Plan, after: Plan): boolean {
  const [stated, measured] = [before.root, after.root];
  if (!measured.actual) return false;
  if (!stated.actual) return true;
  const [said, seen] = [stated.actual, measured.actual];
  if (overstatesEffects(before, after)) return true;
  return (["sharedBlocks", "tempBlocks"] as const).some(
    (key) => said[key] > seen[key] * overstated.ratio && said[key] - seen[key] >= overstated.blocks,
  );
}

/** More than this many times the rows, and this many more, beyond what the plan's nodes do; the rule's own defaults. */
const overstatedEffects = { ratio: 2, rows: 1_000 } as const;

/** Whether more is stated of triggers, foreign keys and functions than was seen here, or nothing though it was counted. */
function overstatesEffects(stated: Plan, measured: Plan): boolean {
  const [said, seen] = [hiddenWork(stated), hiddenWork(measured)];
  if (!seen) return false;
  if (!said || (stated.deferredFailed !== undefined && measured.deferredFailed === undefined)) return true;
  return said.some((one) => {
    const twin = seen.find(({ relation }) => relationName(relation) === relationName(one.relation));
    return (["readBySeqScans", "readByIndexScans", "written"] as const).some((key) => {
      const rows = twin?.[key] ?? 0;
      return one[key] > rows * overstatedEffects.ratio && one[key] - rows >= overstatedEffects.rows;
    });
  });
}
