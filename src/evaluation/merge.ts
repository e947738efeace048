import { PlanGateError } from "../errors.js";
import { comparedAny } from "../verdict/judge.js";
import type { Outcome } from "../verdict/verdict.js";
import type { Evaluation, EvaluationSet, Share } from "./evaluation.js";
import { distinct, joinCandidates, joinProposals, joinVerdicts, keyOf, outcomeId } from "./join.js";
import { byConfigAndMajor, byText, nameOf } from "./order.js";

export { worstOf } from "./worst.js";

/**
 * The parts that the jobs of a matrix evaluated, as the whole. Throws PlanGateError where they are not parts of one run,
 * or not all of them: what is missing was not judged.
 */
export function mergeEvaluations(sets: readonly EvaluationSet[]): EvaluationSet {
  const parts = [...sets].sort(byPart);
  const [first] = parts;
  if (!first) throw broken("there is no evaluation to merge", "Check that the jobs before uploaded theirs.");
  for (const part of parts) checkSameRun(first, part);
  checkJobs(parts);
  const pieces = parts.flatMap((set) => set.evaluations.map((evaluation) => ({ evaluation, shard: shardOf(set) })));
  checkShards(pieces);
  if (pieces.length === 0) throw broken("no part evaluated anything", "Check that `config` finds a settings file.");
  const groups = Map.groupBy(pieces, ({ evaluation }) => nameOf(evaluation));
  const evaluations = [...groups.values()].map((group) => joinPieces(group.map(({ evaluation }) => evaluation)));
  const { part: _, ...whole } = first;
  return { ...whole, key: keyOf(parts), evaluations: evaluations.sort(byConfigAndMajor) };
}

interface Piece {
  readonly evaluation: Evaluation;
  readonly shard: Share;
}

const whole: Share = { index: 1, of: 1 };

function shardOf({ part }: EvaluationSet): Share {
  return part?.shard ?? whole;
}

/** So that the whole does not depend on the order in which parts were downloaded. */
function byPart(a: EvaluationSet, b: EvaluationSet): number {
  const [left, right] = [a.part?.job?.index ?? 0, b.part?.job?.index ?? 0];
  return left - right || shardOf(a).index - shardOf(b).index || byText(a.key, b.key);
}

/** As errors name it: "part 2/4, shard 1/2". */
function partName({ part }: EvaluationSet): string {
  const names = [
    part?.job ? `job ${part.job.index}/${part.job.of}` : "",
    part?.shard ? `shard ${part.shard.index}/${part.shard.of}` : "",
  ].filter((name) => name !== "");
  return names.length > 0 ? `the part of ${names.join(", ")}` : "a part";
}

function checkSameRun(first: EvaluationSet, part: EvaluationSet): void {
  const facts = (set: EvaluationSet) => ({ "version of plan-gate": set.tool, ...set.commits });
  const expected = facts(first);
  for (const [what, value] of Object.entries(facts(part))) {
    const other = expected[what as keyof typeof expected];
    if (value === other) continue;
    throw broken(
      `${partName(part)} is of another run: its ${what} is \`${value ?? "none"}\`, others have \`${other ?? "none"}\``,
      "Run all jobs of the workflow once more, with one version of plan-gate.",
    );
  }
}

/** The matrix itself says how many jobs it has. */
function checkJobs(parts: readonly EvaluationSet[]): void {
  const jobs = parts.flatMap(({ part }) => part?.job ?? []);
  if (jobs.length === 0) return;
  if (jobs.length < parts.length) throw broken("some parts do not say which job of the matrix they are", again);
  checkComplete(jobs, "job", "of the matrix");
}

/**
 * Each settings file and major was judged in all shards. What needed no server has no major and comes from the jobs of
 * all majors; a shard whose server failed has none either, and says itself what failed.
 */
function checkShards(pieces: readonly Piece[]): void {
  const unplanned = pieces.filter(({ evaluation }) => evaluation.major === null);
  const planned = pieces.filter(({ evaluation }) => evaluation.major !== null);
  for (const [name, group] of Map.groupBy(planned, ({ evaluation }) => nameOf(evaluation))) {
    const there = new Set(group.map(({ shard }) => shard.index));
    const explained = unplanned.filter(
      ({ evaluation, shard }) => evaluation.config === group[0]?.evaluation.config && !there.has(shard.index),
    );
    checkComplete(
      [...group.map(({ shard }) => shard), ...distinct(explained.map(({ shard }) => shard))],
      "shard",
      `of ${name}`,
    );
  }
  for (const [name, group] of Map.groupBy(unplanned, ({ evaluation }) => nameOf(evaluation))) {
    const failed = group.some(({ evaluation }) => evaluation.verdict.verdict !== "pass");
    if (!failed) checkComplete(distinct(group.map(({ shard }) => shard)), "shard", `of ${name}`);
  }
}

function checkComplete(shares: readonly Share[], what: string, ofWhat: string): void {
  const [{ of } = whole] = shares;
  const odd = shares.find((share) => share.of !== of);
  if (odd) {
    throw broken(`there is ${what} ${odd.index}/${odd.of} ${ofWhat} beside others of ${of}`, again);
  }
  const there = shares.map(({ index }) => index);
  const twice = there.find((index, position) => there.indexOf(index) !== position);
  if (twice !== undefined) throw broken(`${what} ${twice}/${of} ${ofWhat} is there twice`, again);
  const missing = Array.from({ length: of }, (_, position) => position + 1).filter((index) => !there.includes(index));
  if (missing.length === 0) return;
  const list = missing.map((index) => `${index}/${of}`).join(", ");
  throw broken(
    `${what} ${list} ${ofWhat} ${missing.length === 1 ? "is" : "are"} missing`,
    "Look at the jobs that evaluate: one failed before it could say anything, or uploaded under another name.",
  );
}

const again = "Check that each job of the matrix has its own `shard`, and run all of them once more.";

function joinPieces(pieces: readonly Evaluation[]): Evaluation {
  const [first, ...others] = pieces;
  if (!first) throw new Error("a group of evaluations is never empty");
  if (others.length === 0) return first;
  if (first.major === null) return joinUnplanned(pieces);
  for (const other of others) checkSamePolicy(first, other);
  const outcomes = outcomesOf(pieces);
  // A shard in which nothing could be compared is no failure where others compared.
  const compared = comparedAny(outcomes);
  const verdicts = pieces.map(({ verdict }) => ({
    ...verdict,
    problems: verdict.problems.filter(({ code }) => !(compared && code === "nothing-compared")),
  }));
  return {
    ...first,
    verdict: joinVerdicts(verdicts, outcomes),
    proposals: joinProposals(pieces.flatMap(({ proposals }) => proposals)),
    candidates: joinCandidates(pieces.flatMap(({ candidates }) => candidates)),
  };
}

/** Without a server jobs say the same, or why they failed, some before they had read the settings. */
function joinUnplanned(pieces: readonly Evaluation[]): Evaluation {
  const failed = pieces.filter(({ verdict }) => verdict.verdict !== "pass");
  const [first, ...others] = failed.length > 0 ? failed : pieces;
  if (!first) throw new Error("a group of evaluations is never empty");
  const verdicts = [first, ...others].map(({ verdict }) => verdict);
  return {
    ...first,
    enforce: pieces.some(({ enforce }) => enforce),
    verdict: joinVerdicts(verdicts, distinct(verdicts.flatMap(({ outcomes }) => outcomes))),
    proposals: joinProposals(pieces.flatMap(({ proposals }) => proposals)),
    candidates: [],
  };
}

function outcomesOf(pieces: readonly Evaluation[]): readonly Outcome[] {
  const outcomes = pieces.flatMap(({ verdict }) => verdict.outcomes);
  const [first] = pieces;
  const seen = new Set<string>();
  for (const outcome of outcomes) {
    const id = outcomeId(outcome);
    if (first && seen.has(id)) throw broken(`\`${outcome.name}\` of ${nameOf(first)} was judged in two parts`, again);
    seen.add(id);
  }
  return outcomes;
}

function checkSamePolicy(first: Evaluation, other: Evaluation): void {
  for (const key of ["kind", "enforce", "approval", "baselines"] as const) {
    if (distinct([first[key], other[key]]).length === 1) continue;
    throw broken(`the parts of ${nameOf(first)} disagree about \`${key}\``, again);
  }
  const environments = [first, other].flatMap(({ verdict }) => verdict.environment ?? []);
  if (distinct(environments).length < 2) return;
  throw broken(
    `the parts of ${nameOf(first)} were planned in different environments`,
    "Run all shards on runners of one kind, with one image of PostgreSQL.",
  );
}

function broken(message: string, hint: string): PlanGateError {
  return new PlanGateError("evaluation-invalid", message, { hint });
}
