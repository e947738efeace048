import { baselinePath, isOfSame, planText } from "../baselines/baseline.js";
import type { FoundBaselines } from "../baselines/store.js";
import type { Proposal } from "../evaluation/evaluation.js";
import { isMendable } from "../verdict/mendable.js";
import type { Outcome } from "../verdict/verdict.js";
import { agrees, isStated } from "./agreement.js";
import { changedFiles, type Sides, versionsOf } from "./side.js";

/** The baselines of both trees, in the base's folder and of this run's major, and what today's plans say about them. */
export interface BaselineMatter {
  readonly major: number;
  readonly base: FoundBaselines;
  readonly head: FoundBaselines;
  /** Today's plans judged by the tested tree's own baselines. */
  readonly againstHead: readonly Outcome[];
  /** What became of each query: judged by the base. */
  readonly outcomes: readonly Outcome[];
  /** Queries of which some plan could not be found out. */
  readonly unknown: ReadonlySet<string>;
}

/** Every baseline that the tested tree adds, changes or removes, and whether it counts. */
export async function proposedBaselines(sides: Sides, matter: BaselineMatter): Promise<readonly Proposal[]> {
  const folder = sides.base.settings.baselines;
  const start = baselinePath(folder, matter.major, "").replace(/\.yml$/, "");
  const paths = await Promise.all([sides.base.tree.find([folder], ".yml"), sides.head.tree.find([folder], ".yml")]);
  const changed = await changedFiles(
    sides,
    paths.flat().filter((path) => path.startsWith(start)),
  );
  const proposals = changed.flatMap(({ path, after }) => {
    const query = path.slice(start.length).replace(/\.yml$/, "");
    if (!sides.selectsName(query)) return [];
    const words = after === null ? removed(query, sides, matter) : stated(query, path, sides, matter);
    return words.map(async (one) => ({ ...one, query, files: await versionsOf(sides, [path]) }));
  });
  return Promise.all(proposals);
}

type Words = Pick<Proposal, "kind" | "counts" | "what" | "next">;

const bringBack = "Bring it back, or have it approved: what is not compared is not watched.";

function removed(query: string, sides: Sides, { base }: BaselineMatter): readonly Words[] {
  const isWatched = (side: Sides["base"]) => side.queries.queries.some(({ name }) => name === query);
  // The removal of the query stands for its baseline as well.
  if (isWatched(sides.base) && !isWatched(sides.head) && sides.head.queries.problems.length === 0) return [];
  if (!base.byQuery.has(query) || !isWatched(sides.base)) {
    return [{ kind: "removal", counts: "freely", what: "removes a baseline that nothing was compared with", next: "" }];
  }
  return [{ kind: "removal", counts: "once approved", what: "removes the baseline", next: bringBack }];
}

function stated(query: string, path: string, sides: Sides, matter: BaselineMatter): readonly Words[] {
  const invalid = matter.head.problems.find(({ place }) => place?.file === path);
  const accept = `Run \`plan-gate accept ${query}\` and commit what it writes.`;
  if (invalid) return [never(`proposes a baseline that cannot be read: ${invalid.message}`, accept)];
  if (!sides.head.queries.queries.some(({ name }) => name === query)) {
    if (sides.head.queries.problems.length > 0) return [];
    return [never("proposes a baseline for a query that does not exist", "Delete the file, or add its query.")];
  }
  // What could not be measured is a problem of the run: it ends as one, and proves nothing about the file.
  if (matter.unknown.has(query)) return [];
  const claims = matter.againstHead.filter((outcome) => outcome.name === query && isStated(outcome));
  // Not even a remark: what `accept` writes is what is measured, and a cost that is too low is only remarked on.
  const lie = claims.find((outcome) => !agrees(outcome) || outcome.findings.length > 0);
  if (lie) return [never(`proposes a baseline that the plan made here disagrees with${claimed(lie)}`, accept)];
  const unmade = claims.find((outcome) => statesUnmade(outcome, matter));
  if (unmade) {
    const which = unmade.case === null ? "" : ` in case \`${unmade.case}\``;
    return [never(`proposes a further accepted plan${which} that was not made here`, alsoOnce(query))];
  }
  return [...droppedCases(query, sides, matter), agreeing(query, matter)];
}

function alsoOnce(query: string): string {
  return `Restore the file from the base, run \`plan-gate accept --also ${query}\`, and commit what it writes.`;
}

/** Whether the file states a plan beside the one that was made here which the base has not accepted: nobody can tell what it is. */
function statesUnmade({ name, case: caseName, plan: kind, before }: Outcome, { base, head }: BaselineMatter): boolean {
  const ofCase = ({ byQuery }: FoundBaselines) =>
    (byQuery.get(name)?.plans ?? []).filter((one) => isOfSame(one, { case: caseName, kind }));
  const known = new Set(ofCase(base).map(planText));
  return ofCase(head).some((one) => one.plan !== before && !known.has(planText(one)));
}

function never(what: string, next: string): Words {
  return { kind: "baseline", counts: "never", what, next };
}

function claimed({ case: name, before, after, kind }: Outcome): string {
  const which = name === null ? "" : ` in case \`${name}\``;
  if (kind === "incomparable") return `${which}: it is of another environment`;
  if (!before || !after) return `${which}: there is none`;
  const [then, now] = [before.root.totalCost, after.root.totalCost];
  return then === now
    ? `${which}: it has another shape`
    : `${which}: it says ${figure(then)}, and here are ${figure(now)} planner units`;
}

/** Plans that the base's baseline holds, whose cases are still there, and that the proposed file leaves out. */
function droppedCases(query: string, sides: Sides, { base, head }: BaselineMatter): readonly Words[] {
  const registered = sides.head.queries.queries.find(({ name }) => name === query);
  const kept = head.byQuery.get(query)?.plans ?? [];
  const dropped = (base.byQuery.get(query)?.plans ?? []).filter(
    ({ case: name, kind }) =>
      registered?.cases.some((one) => one.name === name) &&
      registered.plans.includes(kind) &&
      !kept.some((one) => one.case === name && one.kind === kind),
  );
  return dropped.map(({ case: name, kind }) => ({
    kind: "removal",
    counts: "once approved",
    what: `removes the ${kind} plan${name === null ? "" : ` of case \`${name}\``} from the baseline`,
    next: bringBack,
  }));
}

function agreeing(query: string, { base, outcomes }: BaselineMatter): Words {
  const worst = outcomes.find(
    ({ name, kind, findings }) =>
      name === query && kind === "flagged" && findings.some(({ severity }) => severity === "error"),
  );
  if (!worst) {
    if (outcomes.some((outcome) => outcome.name === query && isMendable(outcome))) {
      const what = "accepts a new query's plan that a tried fix makes better";
      return { kind: "baseline", counts: "once approved", what, next: "Take the fix, or have the plan approved." };
    }
    const what = base.byQuery.has(query)
      ? "brings the baseline up to date with a plan that is no worse"
      : "adds a first baseline";
    return { kind: "baseline", counts: "freely", what, next: "" };
  }
  const { before, after, case: name } = worst;
  const costs =
    before && after ? `: ${figure(before.root.totalCost)} → ${figure(after.root.totalCost)} planner units` : "";
  return {
    kind: "baseline",
    counts: "once approved",
    what: `accepts a worse plan${name === null ? "" : ` in case \`${name}\``}${costs}`,
    next: "Have it approved, or undo what made the plan worse.",
  };
}

function figure(units: number): string {
  return units.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
