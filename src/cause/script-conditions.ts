import type { BaseBuild } from "../base.js";
import type { LoadedSettings } from "../config/load.js";
import type { Build, RunRequest } from "../measure.js";
import type { Condition } from "./conditions.js";
import { compareMigrations, type Edit } from "./edits.js";
import { statementOf } from "./statement.js";
import type { Trials } from "./trial.js";

/** So many changed statements of init scripts are tried one by one; more of them all together. */
const fewEdits = 3;

/** Each statement that a change makes of `postgres.initScripts`, in a build of the base of its own. */
export async function changedInitScripts(head: Build, base: BaseBuild, trials: Trials): Promise<readonly Condition[]> {
  const change = await compareMigrations(base.initScripts, head.initScripts);
  const { edits } = change;
  const groups = edits.length <= fewEdits ? edits.map((edit) => [edit]) : [edits];
  return groups.map(([first, ...others]): Condition => {
    const { file, line } = first as Edit;
    const more = others.length === 0 ? "" : ` and ${others.length} more statements of init scripts`;
    const made = [first, ...others];
    return {
      cause: { kind: "migration", file, line, statement: `${statementOf(first as Edit)}${more}` },
      tryOnBase: (subjects) =>
        trials.plansOf(
          { ...base.request, initScriptsAs: () => change.compose((edit) => made.includes(edit)) },
          subjects,
          `the base with ${file}:${line}`,
        ),
    };
  });
}

/**
 * What `migrations.command` runs on the tested side, run on the base: the command may be another one, or run files that
 * are. The same command is only suspected where nothing else is (`isAlone`): nobody knows which files it reads.
 */
export function changedCommand(
  head: LoadedSettings,
  base: BaseBuild,
  trials: Trials,
  place: (word: string) => { readonly file: string; readonly line: number },
  isAlone: boolean,
): readonly Condition[] {
  const { settings } = base.request.loaded;
  const [then, now] = [settings.migrations, head.settings.migrations];
  if (!("command" in now)) return [];
  const isSame = "command" in then && then.command === now.command;
  if (isSame && !isAlone) return [];
  const request: RunRequest = {
    ...base.request,
    loaded: { ...base.request.loaded, settings: { ...settings, migrations: now } },
    commandIn: head.root,
  };
  const before = "command" in then ? then.command : "files";
  return [
    {
      cause: {
        kind: isSame ? "migration" : "settings",
        ...place("command"),
        statement: isSame
          ? `what \`migrations.command\` runs: ${now.command}`
          : `\`migrations.command\` ${before} → ${now.command}`,
      },
      tryOnBase: (subjects) => trials.plansOf(request, subjects, "the base with the changed `migrations.command`"),
    },
  ];
}
