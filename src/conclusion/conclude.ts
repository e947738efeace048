import type { Evaluation } from "../evaluation/evaluation.js";
import { byConfigAndMajor } from "../evaluation/order.js";
import type { Conclusion, LabelState } from "./conclusion.js";
import { digestOf } from "./digest.js";
import { type Ending, type EndingRow, endings } from "./ending.js";
import { type Acceptance, type Settled, settle } from "./settle.js";

export { digestOf };

/** What a run evaluated, and what was found out about the label. */
export interface Concluding {
  readonly evaluations: readonly Evaluation[];
  /** What the label or a record accepts; counts only while the label is in force. */
  readonly approved?: Acceptance | undefined;
  readonly label: LabelState;
}

/** Draws the conclusion of a whole run: the worst that is true of any part of it, approvals taken in. */
export function conclude({ evaluations, approved, label }: Concluding): Conclusion {
  const sorted = [...evaluations].sort(byConfigAndMajor);
  const acceptance = label.kind === "in force" ? approved : undefined;
  const settled = sorted.map((evaluation) => settle(evaluation, acceptance));
  const { ending, exitCode } = worstEnding(settled.flatMap(factsOf));
  return {
    ending,
    exitCode,
    enforced: endings[ending].exitCode === 1 ? exitCode !== 0 : sorted.some(({ enforce }) => enforce),
    evaluations: sorted,
    decided: settled.flatMap(({ evaluation: { config, major }, outcomes }) =>
      outcomes.flatMap(({ outcome, decision }) => (decision ? [{ config, major, outcome, decision }] : [])),
    ),
    // The same change of a settings file is proposed on every major.
    approved: distinct(settled.flatMap((part) => part.approved)),
    waiting: distinct(settled.flatMap(({ waiting }) => waiting)),
    refused: distinct(settled.flatMap(({ refused }) => refused)),
    label,
    digest: digestOf(sorted),
  };
}

/** Something that is true of a part, and what it does to the exit code there. */
interface Fact {
  readonly ending: Ending;
  readonly exitCode: EndingRow["exitCode"];
}

const worstFirst = Object.keys(endings) as Ending[];

/** What stops the run goes before what only would, were it enforced. Nothing evaluated is no pass. */
function worstEnding(facts: readonly Fact[]): Fact {
  const rank = ({ ending, exitCode }: Fact) => worstFirst.indexOf(ending) + (exitCode === 0 ? worstFirst.length : 0);
  const [worst = { ending: "could not run", exitCode: 2 }] = [...facts].sort((a, b) => rank(a) - rank(b));
  return worst;
}

function factsOf(settled: Settled): readonly Fact[] {
  const { enforce } = settled.evaluation;
  return endingsOf(settled).map((ending) => {
    const { exitCode } = endings[ending];
    return { ending, exitCode: exitCode === 1 && !enforce ? 0 : exitCode };
  });
}

function endingsOf(settled: Settled): readonly Ending[] {
  const { evaluation, outcomes, waiting } = settled;
  const { kind, verdict } = evaluation;
  const has = (wanted: Settled["outcomes"][number]["outcome"]["kind"]) =>
    outcomes.some(({ outcome, isRestated }) => outcome.kind === wanted && !isRestated);
  const truths: Readonly<Record<Ending, boolean>> = {
    worse: isWorse(settled),
    "could not run": verdict.problems.length > 0 || verdict.verdict === "error",
    "environment changed": waiting.length > 0,
    "needs evidence": outcomes.some(({ decision }) => decision?.kind === "needs evidence"),
    "set-up": kind === "set-up",
    drift: has("drift"),
    tie: has("tie"),
    pass: kind !== "set-up",
  };
  return worstFirst.filter((ending) => truths[ending]);
}

function isWorse({ outcomes, waiting, refused }: Settled): boolean {
  if (refused.length > 0 || waiting.some(({ kind }) => kind === "baseline")) return true;
  const removed = new Set(waiting.filter(({ kind }) => kind === "removal").map(({ query }) => query));
  return outcomes.some(({ outcome, decision }) => {
    if (decision?.kind !== "blocked") return false;
    // A removal that waits is told as such, whatever `strict` says of what it leaves behind.
    return outcome.kind !== "orphaned" || !removed.has(outcome.name);
  });
}

function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
