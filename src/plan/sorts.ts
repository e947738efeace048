import { type NameOccurrence, occurrencesBelow } from "./occurrences.js";
import type { Plan, PlanNode } from "./plan.js";
import { isSort } from "./work.js";

/** What a sort's order is good for: an answer to the query, or what another operator needs. */
export type SortServes = "the result" | "grouping" | "a window" | "distinct rows" | "a merge join";

/** One sort of a plan, by what it serves. */
export interface Sort {
  readonly node: PlanNode;
  readonly serves: SortServes;
  /** The same for the sort of the same rows for the same purpose in another plan. */
  readonly key: string;
  /** Rows that go in, over all loops: measured, or where it did not run, expected. */
  readonly rows: number;
}

/** Every sort of a plan. */
export function readSorts({ root }: Plan, nameOf: NameOccurrence, measured: boolean): readonly Sort[] {
  const sorts: Sort[] = [];
  const visit = (node: PlanNode, serves: SortServes): void => {
    if (isSort(node)) {
      const [input] = node.children;
      const rows = (measured ? input?.actual?.rows : input?.rowsPerLoop) ?? 0;
      sorts.push({ node, serves, key: JSON.stringify([serves, occurrencesBelow(node, nameOf)]), rows });
    }
    for (const child of node.children) visit(child, servesBelow(node, child) ?? serves);
  };
  visit(root, "the result");
  return sorts;
}

/** What order below a node is for; undefined where the node itself hands its input's order on. */
function servesBelow({ operator, traits }: PlanNode, child: PlanNode): SortServes | undefined {
  if (child.role === "InitPlan" || child.role === "SubPlan" || child.role === "Subquery") return "the result";
  switch (operator) {
    case "Merge Join":
      return "a merge join";
    case "WindowAgg":
      return "a window";
    case "Unique":
    case "SetOp":
      return "distinct rows";
    case "Group":
      return "grouping";
    case "Aggregate":
      return traits.includes("Sorted") ? "grouping" : undefined;
    default:
      return undefined;
  }
}
