import { expectationMissed } from "../rules/expectation-missed.js";
import type { Evidence, Finding } from "../verdict/verdict.js";
import { factor, figure } from "./numbers.js";
import { nodeText } from "./plan-tree.js";

/** One side of a finding in words. */
export function evidenceText(evidence: Evidence): string {
  switch (evidence.kind) {
    case "node":
      return nodeText(evidence.node);
    case "figure":
      return `${figure(evidence.value)} ${evidence.unit}`;
    case "text":
      return evidence.text;
  }
}

/** What the two sides of a finding are to each other. What a header asks for is no plan of before. */
export function sideNames({ rule, before }: Finding): readonly [before: string, after: string] {
  if (rule === expectationMissed.id) return ["wanted", "found"];
  return before ? ["before", "after"] : ["before", "now"];
}

/** By how much a figure moved: "×41". */
export function evidenceFactor({ before, after }: Finding): string {
  return before?.kind === "figure" && after?.kind === "figure" ? factor(before.value, after.value) : "";
}
