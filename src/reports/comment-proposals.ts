import type { PhrasingContent, RootContent } from "mdast";
import type { Conclusion } from "../conclusion/conclusion.js";
import type { Proposal } from "../evaluation/evaluation.js";
import { cappedSentence, withMore } from "./markdown-sections.js";
import { code, list, own, paragraph, prose, strong } from "./markdown-text.js";
import { count } from "./numbers.js";
import { fileLink, type Site } from "./repository-link.js";

/** How proposals are told. */
export interface ProposalTelling {
  readonly site: Site;
  /** Proposals of each kind that are shown. */
  readonly most: number;
  /** Whether it is said elsewhere how what waits is approved. */
  readonly isExplained: boolean;
}

/** What the pull request changes about how it is judged: what cannot count, what waits, what somebody approved. */
export function proposalSections(conclusion: Conclusion, { site, most, isExplained }: ProposalTelling): RootContent[] {
  const { refused, waiting, approved } = conclusion;
  const approvers = [...new Set(approved.map(({ by }) => by))].sort();
  const open = isExplained ? waiting.map(settled) : waiting;
  return [
    ...section([own(`❌ ${count(refused.length, "proposal")} cannot count:`)], refused, most, site),
    ...section([own(waits(waiting.length))], open, most, site),
    ...approvers.slice(0, most).flatMap((by) => {
      const theirs = approved.filter((each) => each.by === by).map(({ proposal }) => proposal);
      return section(approvedBy(by, theirs.length), theirs.map(settled), most, site);
    }),
  ];
}

/** What is no login stands for GitHub's own code-owner review, which comes before the merge or not at all. */
function approvedBy(by: string, number: number): readonly PhrasingContent[] {
  if (/\s/.test(by)) return [own(`👀 ${count(number, "change")}, up to the review of a code owner:`)];
  return [own("✅ Approved by "), code(by), own(`, ${count(number, "change")}:`)];
}

function waits(number: number): string {
  return number === 1 ? "✋ 1 change waits for approval:" : `✋ ${count(number, "change")} wait for approval:`;
}

/** Without what is to be done about it. */
function settled(proposal: Proposal): Proposal {
  return { ...proposal, next: "" };
}

function section(heading: readonly PhrasingContent[], all: readonly Proposal[], most: number, site: Site) {
  if (all.length === 0) return [];
  const items = all.slice(0, most).map((proposal) => item(proposal, site));
  return [paragraph(strong(...heading)), list(withMore(items, all.length))];
}

function item({ query, what, files, next }: Proposal, site: Site): PhrasingContent[] {
  const [file, ...others] = files;
  const shown = file && (file.blob === null ? code(file.path) : fileLink(site, { file: file.path }));
  return [
    ...(query === null ? [] : [code(query), own(": ")]),
    ...prose(cappedSentence(what)),
    ...(shown
      ? [own(" ("), shown, own(`${others.length > 0 ? ` and ${count(others.length, "other file")}` : ""})`)]
      : []),
    ...(next ? [own(". "), strong(own("What to do:")), own(" "), ...prose(cappedSentence(next))] : []),
  ];
}

/** What became of the label, where a reader has to know. */
export function labelSection({ label, evaluations }: Conclusion): RootContent[] {
  const name = code(evaluations[0]?.approval.label ?? "plan-gate:approve");
  switch (label.kind) {
    case "absent":
    case "in force":
      return [];
    case "void": {
      const who = label.by === null ? [] : [own(" of "), code(label.by)];
      const words = prose(cappedSentence(label.reason));
      return [paragraph(strong(own("The label "), name, ...who, own(" does not count:")), own(" "), ...words)];
    }
    case "unknown": {
      const words = prose(cappedSentence(label.reason));
      return [paragraph(strong(own("The label "), name, own(" could not be checked:")), own(" "), ...words)];
    }
  }
}
