import type { PlanNode } from "../../src/plan/plan.js";
import { type NodeOptions, node } from "./plans.js";

/** A join of two sides; a Hash Join gets its Hash. */
export function join(method: string, outer: PlanNode, inner: PlanNode, options: NodeOptions = {}): PlanNode {
  const side = method === "Hash Join" ? hash(inner) : inner;
  return node(method, options, [
    { ...outer, role: "Outer" },
    { ...side, role: "Inner" },
  ]);
}

function hash(input: PlanNode): PlanNode {
  const { totalCost, rowsPerLoop, actual } = input;
  return node("Hash", { totalCost, rowsPerLoop, ...(actual ? { actual } : {}) }, [{ ...input, role: "Outer" }]);
}

/** A sort of what is below it. */
export function sort(by: string, input: PlanNode, options: NodeOptions = {}): PlanNode {
  const details = [{ label: "Sort Key", text: by }];
  const { totalCost, rowsPerLoop, actual } = input;
  return node("Sort", { totalCost, rowsPerLoop, ...(actual ? { actual } : {}), details, ...options }, [
    { ...input, role: "Outer" },
  ]);
}
