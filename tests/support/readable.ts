import type { PlanChange } from "../../src/plan/change.js";
import type { Plan, PlanNode } from "../../src/plan/plan.js";
import { displayWidth } from "../../src/reports/foreign-text.js";
import { terminal } from "../../src/reports/terminal.js";
import type { RuleFinding } from "../../src/rules/index.js";
import { outcome, verdict } from "./verdicts.js";

/** What only those know who have read many plans. */
const jargon =
  /mis-?estimat|heap fetch|InitPlan|SubPlan|(?:inner|outer) side|selectiv|\bprun|\bspill|\bnodes?\b|extended statistics|correlat|shared blocks|cardinalit|recheck|lossy|all-visible|bitmap heap|bitmap index|\bcustom plan|\bdear(?:er)?\b|touch(?:es|ed)?\b/i;

/** Terms of PostgreSQL that a message may use, and the words of which one must stand beside them. */
const explained: readonly (readonly [term: RegExp, by: RegExp])[] = [
  [/\bblocks?\b/i, /8 kB/],
  [/planner units/, /cost/i],
  [/Seq Scan/, /read whole|sequential scan/i],
  [/Index Only Scan/, /from an index/],
  [/work_mem/, /memory|`NOT IN`/],
  [/generic plan/i, /for all values/],
  [/parallel worker/i, /process/],
  [/jit_above_cost/, /compil/],
  [/bitmap/i, /rows to fetch/],
  [/nested loop/i, /row by row|one by one|for each row/],
  [/CREATE STATISTICS/, /columns/],
];

/** What to do begins with one of these, at the start of a sentence or of what follows a colon. */
const nextSteps =
  /(?:^|[.:;] )(?:Ask|Bring|Change|Compare|Create|Find|Give|Have|Join|Keep|Let|Look|Name|Nothing has to be done|Put|See|Set|Take|Write|set|give|keep|change)\b/;

/** A number that stands for itself: a unit behind it, or words before it that say what it is compared with. */
const figure = /(?<![\w.`"$])(\d[\d,.]*\d|\d)(?![\w`"])/g;
const unitBehind =
  /^ (?:times|rows|blocks|temporary blocks|planner units|partitions|partition|parallel|pairs|more|of them|behind them|s\b)|^, really\b|^\)/;
const saidBefore = /(?:instead of|at most|really|is|was|SQLSTATE|of) $|\($/;

/** Fails where a finding is not told for someone who has never seen EXPLAIN. */
export function expectReadable({ title, why, fix, relation }: RuleFinding): void {
  const whole = [title, why, fix].join(" ");
  // What happened: in a line, about the query or what it reads, and not a sentence's end.
  expect(title).toMatch(/^(?!the plan\b|another plan\b|plan\b)[a-z0-9`A-Z].*[^.]$/);
  if (relation !== null && !fix.startsWith("Nothing has to be done")) expect(`${title} ${fix}`).toContain(relation);
  expect(ordinary(title).length).toBeLessThan(220);
  for (const match of title.replace(/`[^`]*`/g, (code) => "x".repeat(code.length)).matchAll(figure)) {
    const [before, behind] = [title.slice(0, match.index), title.slice(match.index + match[0].length)];
    if (!unitBehind.test(behind)) expect(before).toMatch(saidBefore);
  }
  // Why it matters: sentences.
  expect(why).toMatch(/^[A-Z].{40,}\.$/);
  // What to do next: sentences, of which one asks for something.
  expect(fix).toMatch(/[.?]$/);
  expect(fix).toMatch(nextSteps);
  expect(whole).not.toMatch(/undefined|NaN|Infinity| {2}|(?<![\d.,])1 (?:rows|blocks|times|partitions)\b/);
  expect(ordinary(whole).match(jargon)?.[0]).toBeUndefined();
  // A step is named so that it is found in the plan.
  const words = whole.replace(/(?:a step \(|below this )[A-Z][A-Za-z ]*/g, "a step");
  for (const [term, by] of explained) if (term.test(words)) expect(words).toMatch(by);
}

/** Without code: names and SQL are the reader's own. */
function ordinary(text: string): string {
  return text.replace(/`[^`]*`/g, "`…`");
}

/** Fails where a line about the findings of a change does not fit into a terminal of 80 columns, by names as long as PostgreSQL lets them be. */
export function expectToFit(findings: readonly RuleFinding[], { before, after }: Pick<PlanChange, "before" | "after">) {
  const told = findings.map((finding) => ({ ...finding, severity: "error" as const, cause: null }));
  const one = outcome("flagged", "q".repeat(63), { findings: told, before, after });
  const text = terminal.render(verdict([one]), { color: false, width: 80, verbose: true });
  for (const line of text.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(80);
}

/** The same plan of tables and indexes whose names have the 63 letters that PostgreSQL allows. */
export function withLongNames(plan: Plan): Plan {
  return { ...plan, root: renamed(plan.root) };
}

function renamed(node: PlanNode): PlanNode {
  const { relation, index, children } = node;
  const parent = relation?.partitionOf;
  return {
    ...node,
    ...(relation && {
      relation: {
        ...relation,
        name: long(relation.name),
        ...(parent && { partitionOf: { ...parent, name: long(parent.name) } }),
      },
    }),
    ...(index !== undefined && { index: long(index) }),
    children: children.map(renamed),
  };
}

function long(name: string): string {
  return `${name}_${"of_the_whole_company_and_all_its_branches_in_every_country".repeat(2)}`.slice(0, 63);
}
