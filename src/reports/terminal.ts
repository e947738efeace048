import type { Problem } from "../errors.js";
import type { Outcome, Verdict } from "../verdict/verdict.js";
import { shorten, wrap } from "./foreign-text.js";
import { headline, nextStep } from "./headline.js";
import { count } from "./numbers.js";
import { outcomeNames } from "./outcome-line.js";
import { type Paint, painter } from "./paint.js";
import { causeText, placeText } from "./place.js";
import { planLegend } from "./plan-legend.js";
import { blames, worstFirst } from "./ranking.js";
import { costChange, gatherNotes, remarks, type SharedNote, sharedNotes } from "./remarks.js";
import { defineReport } from "./report.js";
import { indent, tellOutcome } from "./terminal-outcome.js";
import { outcomeTable } from "./terminal-table.js";

/** How much is shown where `verbose` does not ask for all of it. */
const usually = { passed: 100, findings: 25, plans: 10, maxNodes: 40, perList: 10 };
const everything = { passed: Infinity, findings: Infinity, plans: Infinity, maxNodes: Infinity, perList: Infinity };

/** Columns below which no table fits. */
const narrowest = 80;

interface Page {
  readonly width: number;
  readonly paint: Paint;
  readonly limits: typeof usually;
}

/** The report for people at a terminal. */
export const terminal = defineReport({
  id: "terminal",
  summary: "For people: a table of all plans, then what got worse, why, and both plans as trees.",

  render(judged, { color, width, verbose }) {
    const verdict = gatherNotes(judged);
    const page = {
      width: Math.max(narrowest, width),
      paint: painter(color),
      limits: verbose ? everything : usually,
    };
    const sections = [
      heading(verdict, page),
      blamed(verdict, page),
      table(verdict, page),
      ...worst(verdict, page),
      ...remarked(verdict, page),
      ...(isToldByHeading(verdict) ? [] : verdict.problems.map((problem) => tellProblem(problem, page))),
      notes(verdict, page),
      ...(verbose ? [times(verdict, page)] : []),
      wrap(nextStep(verdict), page.width).map((line) => page.paint("bold", line)),
    ];
    const filled = sections.filter((lines) => lines.length > 0);
    return `${filled.map((lines) => lines.join("\n")).join("\n\n")}\n`;
  },
});

function heading(verdict: Verdict, { width, paint }: Page): readonly string[] {
  const style = verdict.verdict === "pass" ? "green" : "red";
  return wrap(headline(verdict), width).map((line) => paint(style, paint("bold", line)));
}

function blamed(verdict: Verdict, { width, limits }: Page): readonly string[] {
  const all = blames(worstFirst(verdict));
  const shown = all.slice(0, limits.perList);
  return [
    ...shown.flatMap(({ cause, outcomes }) => {
      const made = `made ${count(outcomes.length, "plan")} worse`;
      return [...indent(wrap(causeText(cause), width - 4), "  ", "    "), `    ${made}`];
    }),
    ...more(all.length - shown.length, "other statement"),
  ];
}

function table({ outcomes }: Verdict, { width, paint, limits }: Page): readonly string[] {
  if (outcomes.length === 0) return [];
  const quiet = outcomes.filter(({ kind, findings }) => kind === "passed" && findings.length === 0);
  const hidden = new Set(quiet.slice(limits.passed));
  const shown = outcomes.filter((outcome) => !hidden.has(outcome));
  const rest = hidden.size > 0 ? [`… and ${count(hidden.size, "more plan")} that passed (--verbose lists them)`] : [];
  return [...outcomeTable(shown, width, paint), ...rest];
}

function worst(verdict: Verdict, { width, paint, limits }: Page): readonly (readonly string[])[] {
  const all = worstFirst(verdict);
  const rule = paint("dim", "─".repeat(width));
  const told = all.slice(0, limits.findings).map((outcome, index) => {
    const telling = { width, paint, withPlans: index < limits.plans, maxNodes: limits.maxNodes };
    return [rule, ...tellOutcome(outcome, telling)];
  });
  const hidden = (what: string, shown: number) => {
    const number = all.length - shown;
    return number > 0 ? [`Left out: the ${what} of ${count(number, "query", "queries")} (--verbose shows them).`] : [];
  };
  const left = [...hidden("findings", limits.findings), ...hidden("plans", limits.plans)];
  const isDrawn = all.slice(0, Math.min(limits.findings, limits.plans)).some(({ after }) => after !== undefined);
  const legend = isDrawn ? wrap(planLegend, width).map((line) => paint("dim", line)) : [];
  return all.length === 0 ? [] : [...told, [...left, rule, ...legend]];
}

function remarked(verdict: Verdict, { width, paint, limits }: Page): readonly (readonly string[])[] {
  return remarks(verdict).map(({ heading: words, advice, outcomes }) => {
    const shown = outcomes.slice(0, limits.perList);
    return [
      paint("bold", words),
      ...shown.flatMap((outcome) => item(outcome, width)),
      ...more(outcomes.length - shown.length),
      ...indent(wrap(advice, width - 2), "  "),
    ];
  });
}

function item(outcome: Outcome, width: number): readonly string[] {
  const place = outcome.place ? placeText(outcome.place) : "";
  const what = [outcomeNames(outcome).join(" · "), costChange(outcome) || place].filter(Boolean).join(": ");
  const said = [...outcome.findings.map(({ title }) => title), ...outcome.notes];
  return [
    ...indent(wrap(what, width - 4), "  - ", "    "),
    ...said.flatMap((text) => indent(wrap(text, width - 6), "      ")),
  ];
}

/** Whether the first line says what the only problem is, and the last one what to do about it. */
function isToldByHeading({ verdict, problems }: Verdict): boolean {
  return verdict === "error" && problems.length === 1;
}

function tellProblem({ message, hint, place }: Problem, { width, paint }: Page): readonly string[] {
  const what = `problem: ${place ? `${placeText(place)}: ` : ""}${message}`;
  return [...wrap(what, width).map((line) => paint("red", line)), ...indent(wrap(hint, width - 2), "  ")];
}

function notes(verdict: Verdict, { width }: Page): readonly string[] {
  const environment = verdict.environment;
  const lines = [
    ...verdict.notes,
    ...sharedNotes(verdict).map(sharedNote),
    ...(environment ? [`PostgreSQL ${environment.major}, locale ${environment.locale}`] : []),
  ];
  return lines.flatMap((note) => indent(wrap(note, width - 6), "note: ", "      "));
}

/** A note with the first of those that it is about. */
function sharedNote({ note, outcomes }: SharedNote): string {
  const names = outcomes.slice(0, 3).map((outcome) => shorten(outcomeNames(outcome).join(" · "), 60));
  const others = outcomes.length - names.length;
  return `${note} (${names.join(", ")}${others > 0 ? `, and ${count(others, "other")}` : ""})`;
}

function times({ timings }: Verdict, { width }: Page): readonly string[] {
  const spent = Object.entries(timings).map(([phase, seconds]) => `${phase} ${seconds.toFixed(1)} s`);
  return indent(wrap(spent.join(", "), width - 6), "time: ", "      ");
}

function more(number: number, noun?: string): readonly string[] {
  if (number <= 0) return [];
  return [`  … and ${noun ? count(number, noun) : `${number} more`}`];
}
