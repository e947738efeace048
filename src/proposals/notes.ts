import type { Proposal } from "../evaluation/evaluation.js";

const named = 5;

/** What a branch proposes, in lines for a run that nobody can approve: shown, and not applied. */
export function proposalNotes(proposals: readonly Proposal[]): readonly string[] {
  const baselines = proposals.filter(({ kind, counts }) => kind === "baseline" && counts !== "never");
  const others = proposals.filter((proposal) => !baselines.includes(proposal));
  return [...others.map(line), ...(baselines.length > 0 ? [baselinesLine(baselines)] : [])];
}

function line({ kind, what, query, counts, next }: Proposal): string {
  const who = query === null ? "this branch" : `\`${query}\`: this branch`;
  if (kind === "policy" && counts === "freely") return `${who} ${what}: it counts at once`;
  if (kind === "environment") return `${who} ${what}: the plans of this run are made with that`;
  return counts === "never" ? `${who} ${what}. ${next}` : `${who} ${what}: shown, not applied until it is merged`;
}

function baselinesLine(proposals: readonly Proposal[]): string {
  const some = proposals.slice(0, named).map(({ query }) => `\`${query ?? ""}\``);
  const more = proposals.length > named ? ` and ${proposals.length - named} more` : "";
  return `this branch proposes other baselines for ${some.join(", ")}${more}: shown, not applied until it is merged`;
}
