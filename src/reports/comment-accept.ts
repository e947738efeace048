import type { BlockContent, PhrasingContent, RootContent } from "mdast";
import type { Conclusion } from "../conclusion/conclusion.js";
import type { Evaluation } from "../evaluation/evaluation.js";
import { oneLine } from "./foreign-text.js";
import { code, folded, list, own, paragraph, preformatted, strong } from "./markdown-text.js";
import { shellWord } from "./shell-word.js";
import type { Telling } from "./telling.js";

/** More names than this are no command that anybody reads. */
const mostNames = 5;
/** Settings files that are told apart. */
const mostConfigs = 5;

/** How what got worse on purpose is accepted, a settings file after the other; nothing where there is nothing to accept. */
export function acceptSection(telling: Telling): RootContent[] {
  const { conclusion } = telling;
  const byConfig = new Map(conclusion.evaluations.map((evaluation) => [evaluation.config, evaluation]));
  const wanting = [...byConfig.values()].filter((evaluation) => wantsApproval(evaluation, conclusion));
  const sections = wanting
    .slice(0, mostConfigs)
    .flatMap((evaluation) =>
      howTo(evaluation, wanting.length > 1 ? [own(" in "), code(evaluation.config)] : [], telling),
    );
  return [...sections, ...patchSection(telling)];
}

function howTo(evaluation: Evaluation, where: readonly PhrasingContent[], telling: Telling): BlockContent[] {
  const lead = strong(own("If this is intended"), ...where);
  if (evaluation.approval.mode === "off") {
    return [
      paragraph(lead, own(": nothing can be approved in a pull request here ("), code("approval.mode: off"), own(").")),
    ];
  }
  const [first = [], ...others] = steps(evaluation, telling);
  if (others.length === 0) return [paragraph(lead, own(": "), ...first)];
  return [paragraph(lead, own(", accept it:")), list([first, ...others].map(capitalised), true)];
}

function capitalised([first, ...others]: readonly PhrasingContent[]): readonly PhrasingContent[] {
  if (first?.type !== "text") return first ? [first, ...others] : others;
  return [own(first.value.slice(0, 1).toUpperCase() + first.value.slice(1)), ...others];
}

function wantsApproval({ config, kind }: Evaluation, { decided, waiting, refused, evaluations }: Conclusion): boolean {
  if (kind !== "judged") return false;
  const mine = evaluations.filter((each) => each.config === config).flatMap(({ proposals }) => proposals);
  const isMine = (proposal: { readonly what: string; readonly query: string | null }) =>
    mine.some(({ what, query }) => what === proposal.what && query === proposal.query);
  return blockedNames(config, decided).length > 0 || [...waiting, ...refused].some(isMine);
}

/** Queries that are blocked and can be accepted: one that no longer plans cannot. */
function blockedNames(config: string, decided: Conclusion["decided"]): readonly string[] {
  const names = decided
    .filter((each) => each.config === config && each.decision.kind === "blocked")
    .filter(({ outcome }) => outcome.kind !== "broken" && outcome.kind !== "orphaned")
    .map(({ outcome }) => outcome.name);
  return [...new Set(names)].sort();
}

function steps({ config, approval }: Evaluation, telling: Telling): readonly PhrasingContent[][] {
  const { conclusion, fromFork, version } = telling;
  const { decided, waiting, refused } = conclusion;
  const waitingFor = new Set(waiting.map(({ query }) => query));
  const names = blockedNames(config, decided).filter((name) => !waitingFor.has(name));
  const hasToWrite = names.length > 0 || refused.some(({ kind }) => kind === "baseline");
  const byBot = approval.mode === "label" && approval.baselines === "bot" && !fromFork;
  const write = [
    own("run "),
    code(acceptCommand(version, config, refused.length > 0 ? [] : names)),
    own(", then commit and push the files that it writes."),
  ];
  return [...(hasToWrite && !byBot ? [write] : []), approve(approval), ...(byBot ? [botStep(telling)] : [])];
}

/** The command, with the queries' names while they are few and plain. */
function acceptCommand(version: string, config: string, names: readonly string[]): string {
  const isPlain = names.every((name) => /^\w[\w./-]{0,79}$/.test(name));
  const named = names.length <= mostNames && isPlain ? names : [];
  return ["npx", `plan-gate@${version}`, "accept", ...configOption(config), ...named].join(" ");
}

/** `--config`, where it is not the default. */
export function configOption(config: string): readonly string[] {
  return config === "plan-gate.yml" ? [] : ["--config", shellWord(oneLine(config))];
}

function approve({ mode, label, minimumRole, approvers, authorMayApprove }: Evaluation["approval"]): PhrasingContent[] {
  if (mode === "codeowners") return [own("a code owner of these files approves the pull request.")];
  const listed = (approvers ?? []).slice(0, 5).flatMap((name, index) => [own(index === 0 ? "" : ", "), code(name)]);
  const others = (approvers ?? []).length > 5 ? [own(" or others of approval.approvers")] : [];
  const who = approvers ? [own("one of "), ...listed, ...others] : [own(`somebody with ${minimumRole} access`)];
  const notAuthor = authorMayApprove ? "" : ", who is not the author,";
  return [...who, own(`${notAuthor} puts the label `), code(label), own(" on this pull request.")];
}

function botStep({ botCommits }: Telling): PhrasingContent[] {
  const after = {
    run: "",
    wait: " Unless it commits with an App’s token, GitHub then waits for a click on “Approve workflows to run” before checks start.",
    never:
      " Unless it commits with an App’s token, no workflow starts on that commit here: push one of your own afterwards.",
  }[botCommits];
  return [own(`a bot then commits the new baselines to this branch.${after}`)];
}

/** A fork's author is the likeliest to have no database at hand. */
function patchSection({ conclusion, patch, fromFork }: Telling): RootContent[] {
  if (patch === null || conclusion.evaluations.every(({ candidates }) => candidates.length === 0)) return [];
  const content: BlockContent[] = [
    paragraph(own("The baselines that this run would accept are attached to it as a patch:")),
    preformatted([oneLine(patch)]),
    paragraph(own("Commit and push what it changes.")),
  ];
  if (fromFork) return content;
  return folded("Without a database: apply the patch", content);
}
