/** A command that the runner obeyed. */
export interface ObeyedCommand {
  readonly name: string;
  readonly properties: string;
  readonly data: string;
}

/** A step's output as GitHub's runner takes it. */
export interface ReadLog {
  readonly commands: readonly ObeyedCommand[];
  /** What a reader sees as it is. */
  readonly shown: readonly string[];
}

const known = new Set([
  ...["internal-set-repo-path", "set-env", "set-output", "save-state", "add-path", "add-mask", "add-matcher"],
  ...["remove-matcher", "debug", "warning", "error", "notice", "group", "endgroup", "echo", "stop-commands"],
]);

/**
 * As actions/runner reads each line, of whatever line break: `::name …::data` after blanks, else `##[name …]data`
 * anywhere in it; after `stop-commands` only the word that it named.
 */
export function readLog(output: string): ReadLog {
  const commands: ObeyedCommand[] = [];
  const shown: string[] = [];
  let resume: string | undefined;
  for (const line of output.split(/\r\n|\r|\n/)) {
    const command = resume === undefined ? (newStyle(line) ?? oldStyle(line)) : undefined;
    if (resume !== undefined && line.trim() === `::${resume}::`) resume = undefined;
    else if (command?.name === "stop-commands") resume = command.data;
    else if (command) commands.push(command);
    else shown.push(line);
  }
  if (resume !== undefined) throw new Error("commands are stopped to the end");
  return { commands, shown };
}

function newStyle(line: string): ObeyedCommand | undefined {
  return command(/^\s*::([^\s:]+)(?:\s+(.*?))?::(.*)$/su.exec(line));
}

function oldStyle(line: string): ObeyedCommand | undefined {
  return command(/##\[([^\s\]]+)(?:\s+([^\]]*))?\](.*)$/su.exec(line));
}

function command(found: RegExpExecArray | null): ObeyedCommand | undefined {
  const [, name = "", properties = "", data = ""] = found ?? [];
  return known.has(name.toLowerCase()) ? { name: name.toLowerCase(), properties, data } : undefined;
}
