import { createHash } from "node:crypto";
import type { Evaluation } from "../evaluation/evaluation.js";
import { planShape } from "../plan/normalise.js";
import type { Plan } from "../plan/plan.js";

/**
 * What a reader was shown, in short: which plans stand against which accepted ones, and which files have to be approved.
 * Costs and timings are left out, since they differ between two runs of one thing. Hexadecimal.
 */
export function digestOf(evaluations: readonly Evaluation[]): string {
  const lines = evaluations.flatMap((evaluation) => [...planLines(evaluation), ...proposalLines(evaluation)]);
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}

function planLines({ config, major, verdict }: Evaluation): readonly string[] {
  return verdict.outcomes.map(({ name, case: caseName, plan, before, after }) =>
    JSON.stringify(["plan", config, major, name, caseName, plan, shapeOf(after), shapeOf(before)]),
  );
}

function proposalLines({ config, major, proposals }: Evaluation): readonly string[] {
  return proposals
    .filter(({ counts }) => counts !== "freely")
    .map(({ kind, query, counts, files }) => {
      const versions = files.map(({ path, blob }) => JSON.stringify([path, blob])).sort();
      return JSON.stringify(["proposal", config, major, kind, query, counts, versions]);
    });
}

function shapeOf(plan: Plan | undefined): string | null {
  return plan ? planShape(plan) : null;
}
