import type { Plan } from "../plan/plan.js";
import type { RuleFinding } from "../rules/index.js";
import type { Evidence, Observed, Severity } from "./verdict.js";

/** A finding with what other rules saw of the same cause. */
export type GroupedFinding = RuleFinding & { readonly also?: readonly Observed[] };

/**
 * What rules say by how near they come to the cause. A finding explains those of later ranks: a lost index a sort, a
 * sort the cost. Within a rank the first explains the others; only relations that are each read worse stay apart.
 */
const ranks = [
  ["query-broken"],
  [
    ...["fence-added", "partitions-not-pruned", "index-scan-lost", "index-only-scan-lost", "index-less-selective"],
    ...["subplan-per-row", "relation-added", "side-effects-increased"],
  ],
  [
    ...[
      "no-longer-finishes",
      "limit-not-stopping-early",
      "sort-added",
      "more-rows-written",
      "read-more",
      "rows-misestimated",
    ],
    ...["nested-loop-large", "join-method-worse", "spilled", "parallelism-lost", "generic-worse-than-custom"],
  ],
  ["blocks-increased", "cost-increased", "jit-threshold", "join-order-changed"],
] as const;

const rankOfRule = new Map<string, number>(ranks.flatMap((rules, rank) => rules.map((rule) => [rule, rank] as const)));
const orderInRank = new Map<string, number>(ranks.flatMap((rules) => rules.map((rule, at) => [rule, at] as const)));

/** What a team states for itself is no symptom of anything, and explains nothing. */
const alone: ReadonlySet<string> = new Set(["expectation-missed"]);

/** Relations that rules of this rank tell apart; a later one's relation is a hint, and no cause of its own. */
const structuralRank = 1;

const severityOrder: Readonly<Record<Severity, number>> = { error: 0, warn: 1, info: 2 };

/**
 * Makes one finding of one cause: the one that comes nearest to it takes up what other rules saw of it, and the worst
 * severity of all. Worst first, then by the share of the query's work that they are about. Nothing that is loud is led
 * by what is only information, and nothing is lost.
 */
export function groupFindings(found: readonly RuleFinding[], after: Plan | undefined): readonly GroupedFinding[] {
  const single = found.filter(({ rule }) => alone.has(rule));
  const rest = found.filter(({ rule }) => !alone.has(rule));
  const loud = rest.filter(({ severity }) => severity !== "info");
  const quiet = rest.filter(({ severity }) => severity === "info");
  const groups = gather(loud, after);
  const left: RuleFinding[] = [];
  for (const finding of quiet) {
    const group = groups.find(({ leader, members }) =>
      [leader, ...members].some((one) => one.relation === finding.relation || finding.relation === null),
    );
    if (group) group.members.push(finding);
    else left.push(finding);
  }
  const joint = [...groups, ...gather(left, after)].map(joined);
  joint.sort((a, b) => impactOf(b, after) - impactOf(a, after));
  return [...single, ...joint].sort((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
}

interface Group {
  readonly leader: RuleFinding;
  readonly members: RuleFinding[];
}

function gather(findings: readonly RuleFinding[], after: Plan | undefined): readonly Group[] {
  const impacts = new Map<string | null, number>();
  for (const one of findings.filter((some) => rankOf(some) === structuralRank)) {
    impacts.set(one.relation, Math.max(impacts.get(one.relation) ?? 0, impactOf(one, after)));
  }
  const impact = (one: RuleFinding) => (rankOf(one) === structuralRank ? (impacts.get(one.relation) ?? 0) : 0);
  const ordered = [...findings].sort(
    (a, b) => rankOf(a) - rankOf(b) || impact(b) - impact(a) || placeOf(a) - placeOf(b),
  );
  const groups: Group[] = [];
  for (const finding of ordered) {
    const group = groups.find(({ leader }) => leader.relation === finding.relation) ?? groups[0];
    // Two relations that are each read worse are two causes.
    const isOwnCause =
      !group ||
      (rankOf(finding) === structuralRank &&
        finding.relation !== null &&
        finding.relation !== group.leader.relation &&
        rankOf(group.leader) === structuralRank);
    if (isOwnCause) groups.push({ leader: finding, members: [] });
    else group.members.push(finding);
  }
  return groups;
}

/** A rule that is not ranked is taken for one that names a cause. */
function rankOf({ rule }: RuleFinding): number {
  return rankOfRule.get(rule) ?? structuralRank;
}

function placeOf({ rule }: RuleFinding): number {
  return orderInRank.get(rule) ?? 0;
}

function joined({ leader, members }: Group): GroupedFinding {
  if (members.length === 0) return leader;
  const worst = members.reduce<Severity>(
    (a, { severity }) => (severityOrder[severity] < severityOrder[a] ? severity : a),
    leader.severity,
  );
  const suspect = leader.suspect ?? members.find((one) => one.suspect)?.suspect;
  const also = [...members]
    .sort((a, b) => rankOf(a) - rankOf(b) || placeOf(a) - placeOf(b))
    .map(({ rule, title }) => ({ rule, title }));
  return { ...leader, severity: worst, also, ...(suspect ? { suspect } : {}) };
}

/** The share of the query's blocks that the node in question touches, or of its cost; 0 where the finding shows no node. */
function impactOf({ after: evidence }: RuleFinding, plan: Plan | undefined): number {
  if (!plan || evidence?.kind !== "node") return 0;
  return Math.min(1, share(evidence, plan));
}

function share({ node }: Extract<Evidence, { kind: "node" }>, { root }: Plan): number {
  if (node.actual && root.actual && root.actual.sharedBlocks > 0) {
    return node.actual.sharedBlocks / root.actual.sharedBlocks;
  }
  return root.totalCost > 0 ? node.totalCost / root.totalCost : 0;
}
