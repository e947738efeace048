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

/** By how much a figure moved: "×41". */
export function evidenceFactor({ before, after }: Finding): string {
  return before?.kind === "figure" && after?.kind === "figure" ? factor(before.value, after.value) : "";
}
