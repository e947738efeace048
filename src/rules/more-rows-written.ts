import type { Plan, PlanNode } from "../plan/plan.js";
import { relationName, walkPlan } from "../plan/walk.js";
import { definePlanRule } from "./rule.js";
import { orNone } from "./words.js";

/** Reports a statement that writes or locks far more rows for the same values. */
export const moreRowsWritten = definePlanRule({
  id: "more-rows-written",
  summary: "The statement writes, deletes or locks far more rows than before, for the same values.",
  why: "Every row that is written is also locked until the transaction ends, logged, sent to replicas and later vacuumed; others wait for it.",
  defaultSeverity: "error",
  options: {
    maxRatio: {
      default: 2,
      minimum: 1,
      means: "Quiet while at most this many times as many rows are written or locked.",
      because: "data grows, and not twofold at once.",
    },
    minIncreaseRows: {
      default: 50,
      minimum: 1,
      integer: true,
      means: "Quiet while fewer rows more than this are written or locked.",
      because: "a handful of rows more may well be meant.",
    },
  },

  check({ before, after, bothMeasured }, { maxRatio, minIncreaseRows }) {
    if (!bothMeasured) return [];
    return (["writes", "locks"] as const).flatMap((what) => {
      const [then, now] = [rowsOf(before, what), rowsOf(after, what)];
      if (now.rows <= then.rows * maxRatio || now.rows - then.rows < minIncreaseRows) return [];
      const count = (rows: number) => Number(rows.toPrecision(3)).toLocaleString("en-US");
      const relation = now.node?.relation ? relationName(now.node.relation) : null;
      const of = relation === null ? "" : ` of ${relation}`;
      return [
        {
          relation,
          title: `the statement ${what} ${count(now.rows)} rows${of} instead of ${orNone(then.rows)}`,
          fix: "Compare the conditions of the statement, and of the views and policies that it uses, before and after: one of them is gone, or lets more rows through.",
          before: { kind: "figure" as const, value: then.rows, unit: "rows" },
          after: { kind: "figure" as const, value: now.rows, unit: "rows" },
        },
      ];
    });
  },
});

/** Rows that reach the nodes that write, or that lock; and the first such node. */
function rowsOf(
  { root }: Plan,
  what: "writes" | "locks",
): { readonly rows: number; readonly node: PlanNode | undefined } {
  const operator = what === "writes" ? "ModifyTable" : "LockRows";
  const nodes = walkPlan(root)
    .map(({ node }) => node)
    .filter((node) => node.operator === operator);
  const reaching = (node: PlanNode) =>
    what === "locks"
      ? (node.actual?.rows ?? 0)
      : node.children
          .filter(({ role }) => role !== "InitPlan" && role !== "SubPlan")
          .reduce((sum, { actual }) => sum + (actual?.rows ?? 0), 0);
  return { rows: nodes.reduce((sum, node) => sum + reaching(node), 0), node: nodes[0] };
}
