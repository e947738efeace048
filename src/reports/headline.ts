import { blocksOtherwise } from "../verdict/expected.js";
import { isMendable } from "../verdict/mendable.js";
import type { Outcome, OutcomeKind, Verdict } from "../verdict/verdict.js";
import { count } from "./numbers.js";
import { placeText } from "./place.js";
import { worstSeverity } from "./ranking.js";

const judged: readonly OutcomeKind[] = ["passed", "flagged", "improved", "tie", "drift"];

/** The verdict in one sentence. Its words may come from outside. */
export function headline(verdict: Verdict): string {
  switch (verdict.verdict) {
    case "fail":
      return `plan-gate: ${[...failures(verdict), ...troubles(verdict)].join("; ")}`;
    case "error":
      return `plan-gate could not do its job: ${reason(verdict)}`;
    case "pass":
      return `plan-gate: ${passed(verdict)}`;
  }
}

function failures({ outcomes }: Verdict): string[] {
  const watched = outcomes.filter(({ kind }) => kind !== "orphaned").length;
  const all = outcomes.filter((outcome) => worstSeverity(outcome) === "error");
  const failed = all.filter(blocksOtherwise);
  const unmet = all.length - failed.length;
  const of = (...kinds: OutcomeKind[]) => failed.filter(({ kind }) => kinds.includes(kind)).length;
  const [worse, broken] = [of(...judged), of("broken")];
  const mendable = failed.filter(isMendable).length;
  const strict = failed.length - worse - broken - mendable;
  return [
    ...(worse > 0 ? [`${worse} of ${count(watched, "plan")} got worse`] : []),
    ...(broken > 0 ? [`PostgreSQL refuses ${count(broken, "query", "queries")}`] : []),
    ...(unmet > 0 ? [unmetExpectations(unmet)] : []),
    ...(mendable > 0 ? [mendableNew(mendable)] : []),
    ...(strict > 0 ? [`${count(strict, "plan")} could not be compared, which \`strict\` forbids`] : []),
  ];
}

function unmetExpectations(number: number): string {
  return number === 1 ? "1 plan is not what its query expects" : `${number} plans are not what their queries expect`;
}

function mendableNew(number: number): string {
  return number === 1
    ? "1 new query does needless work, and a fix was tried that helps"
    : `${number} new queries do needless work, and fixes were tried that help`;
}

function troubles({ problems }: Verdict): string[] {
  return problems.length > 0 ? [`${count(problems.length, "problem")} kept plan-gate from judging everything`] : [];
}

function reason({ outcomes, problems }: Verdict): string {
  const [first, ...others] = problems;
  const broken = outcomes.filter(({ kind }) => kind === "broken").length;
  if (!first) return `PostgreSQL refuses ${count(broken, "query", "queries")}`;
  const place = first.place ? `${placeText(first.place)}: ` : "";
  return `${place}${first.message}${others.length > 0 ? ` (and ${count(others.length, "more problem")})` : ""}`;
}

function passed({ outcomes }: Verdict): string {
  const compared = outcomes.filter(({ kind }) => judged.includes(kind)).length;
  const watched = outcomes.filter(({ kind }) => kind !== "orphaned").length;
  const plans = compared === watched ? count(watched, "plan") : `${compared} of ${count(watched, "plan")} compared`;
  const warned = outcomes.filter((outcome) => worstSeverity(outcome) === "warn").length;
  return warned > 0 ? `${plans}, ${warned} with a warning, none failed` : `${plans}, none worse`;
}

/** What to do next, in one sentence. */
export function nextStep(verdict: Verdict): string {
  const failed = verdict.outcomes.filter((outcome) => worstSeverity(outcome) === "error");
  if (failed.some((outcome) => judged.includes(outcome.kind) && blocksOtherwise(outcome))) {
    return `Next: undo what made the plans worse, or, if the new ones are intended, run \`${accept(failed)}\` and commit the files that it writes.`;
  }
  if (failed.some(({ kind }) => kind === "broken")) {
    return "Next: change the queries together with the schema, or keep in the schema what they use.";
  }
  if (failed.some(isMendable)) {
    return `Next: apply the fix that was tried, or, if the plan is meant to be so, run \`${accept(failed)}\` and commit the files that it writes.`;
  }
  if (failed.length > 0 && !failed.some(blocksOtherwise)) {
    return "Next: give the plans what their queries expect, or change `expect` in the queries' headers.";
  }
  if (verdict.problems[0]) return `Next: ${verdict.problems[0].hint}`;
  const open = verdict.outcomes.filter(
    ({ kind }) => kind === "improved" || kind === "unbaselined" || kind === "incomparable",
  );
  if (open.length > 0) return `Next: run \`${accept(open)}\` and commit the files that it writes.`;
  return verdict.verdict === "pass" ? "Nothing to do." : "Next: see what is said above.";
}

/** Names the queries while they are few. */
function accept(outcomes: readonly Outcome[]): string {
  const names = [...new Set(outcomes.filter(({ kind }) => kind !== "broken").map(({ name }) => name))].sort();
  return ["plan-gate accept", ...(names.length <= 3 ? names : [])].join(" ");
}
