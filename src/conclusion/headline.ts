import type { Proposal } from "../evaluation/evaluation.js";
import { blocksOtherwise, missesExpectation } from "../verdict/expected.js";
import { isMendable } from "../verdict/mendable.js";
import type { Outcome, OutcomeKind } from "../verdict/verdict.js";
import type { Approved, Conclusion } from "./conclusion.js";
import { countsOf } from "./counts.js";
import { endings } from "./ending.js";
import { codeOwners } from "./settle.js";
import { blockedOf, counted, culpritsOf, listed, placeWord } from "./words.js";

export { nextStep } from "./next-step.js";

/** The verdict in one line, without a full stop. Its words may come from outside; names stand in backquotes. */
export function headline(conclusion: Conclusion): string {
  const words = wordsOf(conclusion);
  const { ending, exitCode } = conclusion;
  return endings[ending].exitCode === 1 && exitCode === 0 ? `${words} (would block)` : words;
}

function wordsOf(conclusion: Conclusion): string {
  switch (conclusion.ending) {
    case "worse":
      return [...failures(conclusion), ...troubles(conclusion)].join("; ") || endings.worse.headline;
    case "could not run":
      return `could not run: ${reason(conclusion)}`;
    case "environment changed":
      return `waits for approval: ${proposed(conclusion.waiting)}`;
    case "needs evidence":
      return unknowns(conclusion);
    case "set-up":
      return setUp(conclusion);
    case "drift":
      return drifted(conclusion);
    case "tie":
    case "pass":
      return passed(conclusion);
  }
}

function watched(conclusion: Conclusion): string {
  return counted(countsOf(conclusion).watched, "plan");
}

function outcomes({ evaluations }: Conclusion, kind: OutcomeKind): number {
  return evaluations.flatMap(({ verdict }) => verdict.outcomes).filter((outcome) => outcome.kind === kind).length;
}

function failures(conclusion: Conclusion): readonly string[] {
  const { waiting, refused } = conclusion;
  const all = blockedOf(conclusion);
  const blocked = all.filter(({ outcome }) => blocksOtherwise(outcome) || !missesExpectation(outcome));
  const unmet = all.length - blocked.length;
  const of = (...kinds: OutcomeKind[]) => blocked.filter(({ outcome }) => kinds.includes(outcome.kind)).length;
  const mendable = blocked.filter(({ outcome }) => isMendable(outcome)).length;
  const [broken, unwatched] = [of("broken"), of("orphaned")];
  const unknown = of("unbaselined", "incomparable") - mendable;
  const worse = blocked.length - broken - unknown - mendable - unwatched;
  const culprits = culpritsOf(blocked);
  const by = culprits.length > 0 ? `: by ${listed(culprits, 1)}` : "";
  const baselines = waiting.filter(({ kind, query }) => {
    return kind === "baseline" && !blocked.some(({ outcome }) => outcome.name === query);
  }).length;
  return [
    ...(worse > 0 ? [`${worse} of ${watched(conclusion)} got worse${by}`] : []),
    ...(broken > 0 ? [`PostgreSQL refuses ${counted(broken, "query", "queries")}${worse > 0 ? "" : by}`] : []),
    ...(unmet > 0 ? [unmetExpectations(unmet)] : []),
    ...(mendable > 0 ? [mendableNew(mendable)] : []),
    ...(unknown > 0 ? [`${counted(unknown, "plan")} could not be compared, which \`strict\` forbids`] : []),
    ...(unwatched > 0
      ? [`${counted(unwatched, "accepted plan")} ${unwatched === 1 ? "is" : "are"} no longer watched`]
      : []),
    ...(baselines > 0 ? [`${counted(baselines, "proposed baseline")} ${waits(baselines)} for approval`] : []),
    ...(refused.length > 0 ? [`${counted(refused.length, "proposal")} can never count: ${proposed(refused)}`] : []),
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

function waits(number: number): string {
  return number === 1 ? "waits" : "wait";
}

function troubles({ evaluations }: Conclusion): readonly string[] {
  const problems = evaluations.flatMap(({ verdict }) => verdict.problems).length;
  return problems > 0 ? [`${counted(problems, "problem")} kept plan-gate from judging everything`] : [];
}

function reason({ evaluations }: Conclusion): string {
  const problems = evaluations.flatMap(({ config, verdict }) =>
    verdict.problems.map((problem) => ({ ...problem, config })),
  );
  const [first] = problems;
  if (!first) return "nothing was evaluated";
  const place = first.place ? `${placeWord(first.config, first.place)}: ` : "";
  const more = problems.length > 1 ? ` (and ${counted(problems.length - 1, "more problem")})` : "";
  return `${place}${first.message}${more}`;
}

/** The first one in words, the others counted. */
function proposed([first, ...others]: readonly Proposal[]): string {
  if (!first) return "nothing";
  const what = first.query === null ? first.what : `\`${first.query}\`: ${first.what}`;
  return others.length > 0 ? `${what}, and ${counted(others.length, "more change")}` : what;
}

function unknowns(conclusion: Conclusion): string {
  const open = conclusion.decided.filter(({ decision }) => decision.kind === "needs evidence");
  const isNew = open.filter(({ outcome }) => outcome.kind === "unbaselined").length;
  const others = open.length - isNew;
  const of = ` of ${watched(conclusion)}`;
  const parts = [
    ...(isNew > 0 ? [`${isNew}${of} ${isNew === 1 ? "has" : "have"} no baseline yet`] : []),
    ...(others > 0 ? [`${others}${isNew > 0 ? "" : of} could not be compared`] : []),
  ];
  return `nothing that was compared got worse, but ${parts.join(", and ")}`;
}

function drifted(conclusion: Conclusion): string {
  const number = outcomes(conclusion, "drift");
  const plans = counted(countsOf(conclusion).watched, "accepted plan");
  return `nothing got worse here, but ${number} of ${plans} ${number === 1 ? "is" : "are"} out of date`;
}

function setUp(conclusion: Conclusion): string {
  const { watched: plans } = countsOf(conclusion);
  return plans === 0 ? endings["set-up"].headline : `ready to be switched on: it will watch ${counted(plans, "plan")}`;
}

function passed(conclusion: Conclusion): string {
  const { evaluations, approved, decided } = conclusion;
  if (evaluations.every(({ kind }) => kind === "untouched")) return "no file that can change a plan was touched";
  const worse = decided.filter(({ outcome, decision }) => {
    return decision.kind === "accepted" && outcome.kind !== "orphaned";
  }).length;
  if (worse > 0) return `${worse} of ${watched(conclusion)} got worse, which ${byWhom(approved, 1)}`;
  if (approved.length > 0) {
    return `${watched(conclusion)}, none worse; ${counted(approved.length, "change")} ${byWhom(approved, approved.length)}`;
  }
  const { improved } = countsOf(conclusion);
  const warned = evaluations.flatMap(({ verdict }) => verdict.outcomes).filter(isWarned).length;
  return [
    watched(conclusion),
    ...(warned > 0 ? [`${warned} with a warning`] : []),
    ...(improved > 0 ? [`${improved} better`] : []),
    "none worse",
  ].join(", ");
}

/** The predicate for so many; whether a code owner has reviewed yet, GitHub knows. */
function byWhom(approved: readonly Approved[], number: number): string {
  const [is, was] = number === 1 ? ["is", "was"] : ["are", "were"];
  const people = [...new Set(approved.map(({ by }) => by))].filter((by) => by !== codeOwners).sort();
  if (people.length === 0) return `${is} for code owners to review`;
  return `${was} approved by ${listed(
    people.map((by) => `\`${by}\``),
    3,
  )}`;
}

function isWarned({ findings }: Outcome): boolean {
  return findings.some(({ severity }) => severity === "warn");
}
