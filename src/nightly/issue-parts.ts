import type { BlockContent, PhrasingContent, RootContent } from "mdast";
import { figuresOf } from "../reports/figures.js";
import { capped } from "../reports/markdown-outcome.js";
import { code, list, own, paragraph, prose, strong, table } from "../reports/markdown-text.js";
import { change, count, factor } from "../reports/numbers.js";
import { outcomeNames } from "../reports/outcome-line.js";
import { alarming } from "../reports/ranking.js";
import { shellWord } from "../reports/shell-word.js";
import type { Drift, DriftedCase } from "./drift.js";
import { originText } from "./origin-text.js";
import type { NightStory } from "./story.js";

/** Says how much is not shown, where something is not. */
export function leftOut(all: number, shown: number, noun: string, plural?: string): BlockContent[] {
  return all > shown ? [paragraph(own(`And ${count(all - shown, noun, plural)}, not shown here.`))] : [];
}

/** What became of a query, in words that follow on its name. */
export function whatHappened({ cases }: Drift): string {
  const of = (isSo: (one: DriftedCase) => boolean) => cases.some(isSo);
  if (of(({ outcome }) => outcome.kind === "broken")) return "can no longer be planned";
  if (of(isWorse)) return "is planned worse than accepted";
  if (of(({ outcome }) => outcome.kind === "improved")) return "is planned better than accepted";
  return "is planned otherwise than accepted, and by the rules not worse";
}

function isWorse({ outcome }: DriftedCase): boolean {
  return outcome.kind !== "improved" && alarming(outcome).length > 0;
}

function headings(...texts: readonly string[]): PhrasingContent[][] {
  return texts.map((text) => [own(text)]);
}

/** What happened to each case of a query. */
export function casesTable({ cases }: Drift, rows: number): RootContent[] {
  if (rows === 0) return leftOut(cases.length, 0, "plan");
  const body = cases
    .slice(0, rows)
    .map((one) => [caseNames(one), [own(String(one.major ?? "–"))], prose(happened(one)), [own(costs(one))]]);
  return [
    table([headings("case", "PostgreSQL", "what happened", "cost"), ...body], [1, 3]),
    ...leftOut(cases.length, rows, "plan"),
  ];
}

/** Case and kind of plan, as code. */
export function caseNames({ outcome }: DriftedCase): PhrasingContent[] {
  const [, ...names] = outcomeNames(outcome);
  if (names.length === 0) return [own("–")];
  return names.flatMap((name, index) => [...(index > 0 ? [own(" · ")] : []), code(name, 60)]);
}

function happened({ outcome }: DriftedCase): string {
  return capped(outcome.findings[0]?.title ?? "another plan");
}

function costs({ outcome: { before, after } }: DriftedCase): string {
  const [then, now] = [before && figuresOf(before).cost, after && figuresOf(after).cost];
  const times = factor(then ?? null, now ?? null);
  return `${change(then ?? null, now ?? null)}${times && ` (${times})`}`;
}

/** A query a row. */
export function driftsTable(drifts: readonly Drift[], rows: number, withConfig: boolean): RootContent[] {
  const body = drifts.slice(0, rows).map((drift) => {
    const [first] = drift.cases;
    const more = drift.cases.length > 1 ? ` (+${drift.cases.length - 1})` : "";
    const name = [code(drift.query, 60), ...(withConfig ? [own(" in "), code(drift.config, 60)] : [])];
    return [name, [...prose(happened(first)), own(more)], [own(costs(first))]];
  });
  if (body.length === 0) return leftOut(drifts.length, 0, "query", "queries");
  return [
    table([headings("query", "what happened", "cost"), ...body], [2]),
    ...leftOut(drifts.length, rows, "query", "queries"),
  ];
}

/** Most drifts of a night have one origin: it is told once. */
export function origins(story: NightStory, drifts: readonly Drift[]): RootContent[] {
  const groups = Map.groupBy(drifts, (drift) => JSON.stringify(story.originOf(drift)));
  const told = [...groups.values()].sort((a, b) => b.length - a.length).slice(0, 5);
  return told.flatMap(([first, ...others]) => {
    if (!first) return [];
    const who = groups.size === 1 ? [] : [own(`${count(others.length + 1, "query", "queries")}: `)];
    return [paragraph(...who, ...originText(story.originOf(first), story.site))];
  });
}

/** Names of queries in one command. */
const mostNames = 5;

/** What a reader can do about it, with the commands. */
export function whatToDo(drifts: readonly Drift[]): BlockContent[] {
  const commands = acceptCommands(drifts);
  const wanted = "If the new plans are fine, accept them and commit the files, or let ";
  return [
    paragraph(
      strong(own("What to do:")),
      own(` see what changed, and undo what made it worse. ${wanted}`),
      code("command: refresh"),
      own(" open a pull request with them."),
    ),
    ...(commands.length > 0 ? [list(commands.map((command) => [code(command, 2_000)]))] : []),
  ];
}

function acceptCommands(drifts: readonly Drift[]): readonly string[] {
  const places = new Map<string, { config: string; major: number | null; names: Set<string> }>();
  for (const { config, query, cases } of drifts) {
    for (const { major, outcome } of cases) {
      if (outcome.kind === "broken") continue;
      const key = JSON.stringify([config, major]);
      const place = places.get(key) ?? { config, major, names: new Set() };
      place.names.add(query);
      places.set(key, place);
    }
  }
  return [...places.values()].slice(0, mostNames).map(({ config, major, names }) => {
    const named = names.size <= mostNames ? [...names] : [];
    const where = config === "plan-gate.yml" ? [] : [`--config ${shellWord(config)}`];
    const on = major === null ? [] : [`--postgres ${major}`];
    return ["npx plan-gate accept", ...named.map(shellWord), ...where, ...on].join(" ");
  });
}
