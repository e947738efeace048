import type { Subject } from "../explain/ask.js";
import type { Planned } from "../explain/explain.js";
import type { Finding } from "../verdict/verdict.js";

/** Plans by what was asked for. */
export type Plans = ReadonlyMap<Subject, Planned>;

/** A finding whose cause is asked for. */
export interface Question {
  /** As the tested tree has it. */
  readonly subject: Subject;
  /** As the base has it, where its text, values or parameters are others there. */
  readonly twin?: Subject;
  readonly finding: Finding;
  /** What the rules say of a plan, compared with the plan before. */
  judge(planned: Planned): readonly Finding[];
}

/** Whether a plan has the finding; `unknown`: it could not be planned there, as before a column was added. */
export type Answer = "shows" | "absent" | "unknown";

/** Whether a finding is in what became of a query under other circumstances. */
export function answerOf({ finding, judge }: Question, planned: Planned | undefined): Answer {
  if (!planned || planned.kind === "unknown") return "unknown";
  const found = judge(planned).filter(({ severity }) => severity !== "info");
  if (planned.kind === "failed") {
    return found.some(({ rule, title }) => rule === finding.rule && title === finding.title) ? "shows" : "unknown";
  }
  return found.some((one) => sameMatter(finding, one)) ? "shows" : "absent";
}

/** On its way a plan may be worse by another rule than at the end; it is the same matter where the relation is. */
function sameMatter(a: Finding, b: Finding): boolean {
  return a.relation === null || b.relation === null || a.relation === b.relation;
}

/** Whether the finding rests on what was measured: its plan has to be executed to show it. */
export function needsMeasuring(question: Question, after: Planned | undefined): boolean {
  if (after?.kind !== "plan" || after.plan.root.actual === undefined) return false;
  return (
    answerOf(question, { kind: "plan", plan: { ...after.plan, root: withoutActual(after.plan.root) } }) !== "shows"
  );
}

type Node = Extract<Planned, { kind: "plan" }>["plan"]["root"];

function withoutActual({ actual: _, ...node }: Node): Node {
  return { ...node, children: node.children.map(withoutActual) };
}
