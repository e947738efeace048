import type { Evaluation } from "./evaluation.js";

/** Ascending by code unit, the same on every machine. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Which settings file and which major. */
export type EvaluationId = Pick<Evaluation, "config" | "major">;

/** The order of a set's evaluations: by config and major, null first. */
export function byConfigAndMajor(a: EvaluationId, b: EvaluationId): number {
  return byText(a.config, b.config) || (a.major ?? 0) - (b.major ?? 0);
}

/** As errors name it: "`plan-gate.yml` on PostgreSQL 17". */
export function nameOf({ config, major }: EvaluationId): string {
  return major === null ? `\`${config}\`` : `\`${config}\` on PostgreSQL ${major}`;
}
