import type { FileVersion, Proposal } from "../evaluation/evaluation.js";
import type { ApprovalRecord } from "./record.js";

/** File versions that somebody accepted. */
export interface Accepted {
  readonly files: readonly FileVersion[];
}

/** The files that an approval has to accept: those of every proposal that counts once approved, each once, sorted. */
export function neededFiles(proposals: readonly Proposal[]): readonly FileVersion[] {
  const files = proposals.filter(({ counts }) => counts === "once approved").flatMap((proposal) => proposal.files);
  const byId = new Map(files.map(({ path, blob }) => [idOf({ path, blob }), { path, blob }]));
  return [...byId.values()].sort((a, b) => byText(a.path, b.path) || byText(a.blob ?? "", b.blob ?? ""));
}

/** Whether all of these versions, deletions among them, were accepted. */
export function covers({ files }: Accepted, needed: readonly FileVersion[]): boolean {
  const accepted = new Set(files.map(idOf));
  return needed.every((file) => accepted.has(idOf(file)));
}

/** Whether a proposal that counts once approved is approved. One without files cannot be: nothing tells it from others. */
export function coversProposal(accepted: Accepted, { counts, files }: Proposal): boolean {
  return counts === "once approved" && files.length > 0 && covers(accepted, files);
}

/** What a record that was made on this head or an earlier one is held against. */
export interface Present {
  readonly pullRequest: number;
  /** Id of the newest `labeled` event; undefined where the label is off. */
  readonly event: number | undefined;
  /** What has to be approved now. */
  readonly needed: readonly FileVersion[];
}

/** Whether a record still approves what is proposed now. */
export type CarriedOver = { readonly kind: "in force" } | { readonly kind: "void"; readonly reason: string };

/** A record lives on while it is this pull request's, its label stays on, and it accepts every file as it is now. */
export function carryOver(record: ApprovalRecord, { pullRequest, event, needed }: Present): CarriedOver {
  if (record.pullRequest !== pullRequest) return voided("the approval was given to another pull request");
  if (event === undefined) return voided("the label was taken off");
  if (record.event !== event) return voided("the label was taken off and put on again since");
  if (!covers(record, needed)) {
    return voided("what it accepted has changed since, or more has to be approved: it has to be put on again");
  }
  return { kind: "in force" };
}

function voided(reason: string): CarriedOver {
  return { kind: "void", reason };
}

function idOf({ path, blob }: FileVersion): string {
  return JSON.stringify([path, blob]);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
