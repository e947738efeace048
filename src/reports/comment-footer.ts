import type { PhrasingContent, RootContent } from "mdast";
import type { Evaluation } from "../evaluation/evaluation.js";
import { configOption } from "./comment-accept.js";
import { code, link, own, small } from "./markdown-text.js";
import { commitLink } from "./repository-link.js";
import type { Telling } from "./telling.js";

/** Commands and locales that are listed one by one. */
const most = 5;

/** Which commit, which server, which plan-gate; and the command that does the same on a reader's machine. */
export function footer(telling: Telling): RootContent[] {
  const { commits, conclusion, version } = telling;
  const { evaluations } = conclusion;
  const parts: PhrasingContent[][] = [
    [commitLink(telling, commits.head)],
    ...servers(evaluations),
    [own("plan-gate "), code(version)],
    ...runLink(telling),
  ];
  const configs = [...new Set(evaluations.map(({ config }) => config))].slice(0, most);
  return [
    small(...parts.flatMap((part, index) => [...(index > 0 ? [own(" · ")] : []), ...part])),
    ...configs.map((config) => small(own("The same locally: "), code(checkCommand(telling, config)))),
  ];
}

/** The run's page, where its address is one. */
export function runLink({ runUrl }: Pick<Telling, "runUrl">): PhrasingContent[][] {
  return /^https?:\/\/[\w.:-]+\/[\w./-]*$/.test(runUrl) ? [[link(runUrl, own("the run"))]] : [];
}

function checkCommand({ commits, version }: Telling, config: string): string {
  const base = commits.base === null ? [] : ["--base", commits.base];
  return ["npx", `plan-gate@${version}`, "check", ...base, ...configOption(config)].join(" ");
}

function servers(evaluations: readonly Evaluation[]): PhrasingContent[][] {
  const majors = [...new Set(evaluations.flatMap(({ major }) => (major === null ? [] : [major])))];
  const locales = new Set(evaluations.flatMap(({ verdict }) => verdict.environment?.locale ?? []));
  if (majors.length === 0) return [];
  const listed = [...locales].slice(0, most).flatMap((locale) => [own(", locale "), code(locale, 40)]);
  return [[own(`PostgreSQL ${majors.sort((a, b) => a - b).join(", ")}`), ...listed]];
}
