import type { Subject } from "../explain/ask.js";
import type { Planned } from "../explain/explain.js";
import { readNotMeasured } from "../plan/not-measured.js";
import type { Plan, PlanNode } from "../plan/plan.js";
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
  /** The same query and values planned for these values alone, where the finding compares a generic plan with that. */
  customOf?(subject: Subject): Subject | undefined;
  /** What the rules say of a plan, compared with the plan before; `custom` is that of `customOf`. */
  judge(planned: Planned, custom: Planned | undefined): readonly Finding[];
}

/** What must be planned to answer a question about these of its subjects. */
export function askedFor({ customOf }: Question, ...subjects: readonly (Subject | undefined)[]): readonly Subject[] {
  return subjects
    .flatMap((subject) => (subject ? [subject, customOf?.(subject)] : []))
    .filter((one) => one !== undefined);
}

/** Whether a plan has the finding; `unknown`: it could not be planned there, as before a column was added. */
export type Answer = "shows" | "absent" | "unknown";

/** Whether a finding is in what became of a query, asked for as `subject`, under other circumstances. */
export function answerOf(question: Question, plans: Plans | undefined, subject = question.subject): Answer {
  const { finding, judge } = question;
  const planned = plans?.get(subject);
  if (!planned || planned.kind === "unknown") return "unknown";
  const custom = question.customOf?.(subject);
  const found = judge(planned, custom && plans?.get(custom)).filter(({ severity }) => severity !== "info");
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
export function needsMeasuring(question: Question, plans: Plans): boolean {
  const after = plans.get(question.subject);
  if (after?.kind !== "plan" || !wasExecuted(after.plan)) return false;
  const asked = askedFor(question, question.subject);
  const unmeasured = asked.flatMap((subject) => {
    const planned = plans.get(subject);
    return planned ? [[subject, asPlanned(planned)] as const] : [];
  });
  return answerOf(question, new Map(unmeasured)) !== "shows";
}

/** To its end, or until PostgreSQL refused it. */
function wasExecuted({ root, notMeasured }: Plan): boolean {
  return root.actual !== undefined || (notMeasured !== undefined && readNotMeasured(notMeasured).kind === "failed");
}

/** What only planning would have given. */
function asPlanned(planned: Planned): Planned {
  if (planned.kind !== "plan") return planned;
  return { ...planned, plan: { ...planned.plan, root: withoutActual(planned.plan.root), notMeasured: "only planned" } };
}

function withoutActual({ actual: _, ...node }: PlanNode): PlanNode {
  return { ...node, children: node.children.map(withoutActual) };
}
