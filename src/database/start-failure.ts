import { PlanGateError } from "../errors.js";

/** What is to be explained: what `initdb` or a starting server wrote, and where it ran. */
export interface FailedStart {
  /** "embedded Postgres 17", "container postgres:17": what did not start. */
  readonly what: string;
  readonly log: string;
  readonly locale: string;
  /** Where the data would have been: "`/tmp`", "the container". */
  readonly where: string;
  readonly cause?: unknown;
}

interface Explanation {
  readonly code: "disk-full" | "settings-invalid" | "database-unreachable";
  readonly message: string;
  readonly hint: string;
}

/** The error of a start that Ctrl-C cut short. */
export function interrupted(): PlanGateError {
  return new PlanGateError("interrupted", "interrupted while starting Postgres", {
    hint: "Run the command again; nothing was left behind.",
  });
}

/** Turns the log of a server that did not come up into an error that names the thing and the next step. */
export function explainFailedStart(failed: FailedStart): PlanGateError {
  const { code, message, hint } =
    explainDisk(failed) ??
    explainSetting(failed) ??
    explainLocale(failed) ??
    explainMemory(failed) ??
    explainRest(failed);
  return new PlanGateError(code, message, { hint, cause: failed.cause });
}

function explainDisk({ what, log, where }: FailedStart): Explanation | undefined {
  if (!/No space left on device|Disk quota exceeded/.test(log)) return undefined;
  return {
    code: "disk-full",
    message: `no space left on the disk of ${where} while starting ${what}`,
    hint: "Free some space there, or set the environment variable TMPDIR to a folder on a larger disk.",
  };
}

/** The wordings of guc.c in 14 to 18. A wrong value may be in single or double quotes and followed by details. */
function explainSetting({ what, log }: FailedStart): Explanation | undefined {
  const unknown = /unrecognized configuration parameter "([^"]+)"/.exec(log)?.[1];
  if (unknown !== undefined) {
    return {
      code: "settings-invalid",
      message: `${what} does not know \`postgres.settings.${unknown}\``,
      hint: "Check the spelling, and whether the setting exists in this major version of PostgreSQL.",
    };
  }
  const wrong =
    /(?:FATAL|LOG|ERROR): {2}(.*parameter "([^"]+)".*)/.exec(log) ??
    /(?:FATAL|LOG|ERROR): {2}(.*invalid value for "([^"]+)".*)/.exec(log);
  if (wrong?.[2] !== undefined) {
    return {
      code: "settings-invalid",
      message: `${what} refuses \`postgres.settings.${wrong[2]}\`: ${wrong[1]}`,
      hint: "Write a value that PostgreSQL takes for this setting, or remove it.",
    };
  }
  const library = /could not (?:access|load)(?: library)? (?:file )?"([^"]+)"/.exec(log)?.[1];
  if (library === undefined || !/librar|could not access file/.test(log)) return undefined;
  return {
    code: "settings-invalid",
    message: `${what} has no library \`${library}\`, which \`postgres.settings\` loads`,
    hint: "Remove it from `shared_preload_libraries`, or use an image that has it (`postgres.provider: container`, `postgres.image`).",
  };
}

function explainLocale({ what, log, locale }: FailedStart): Explanation | undefined {
  if (
    !/invalid locale|locale name|unsupported encoding|encoding mismatch|could not (?:open|find) .*locale/i.test(log)
  ) {
    return undefined;
  }
  return {
    code: "settings-invalid",
    message: `${what} cannot use \`postgres.locale\` \`${locale}\` with encoding UTF8`,
    hint: "Use a locale that is installed there (`locale -a` lists them), or `C`, which is everywhere.",
  };
}

function explainMemory({ what, log }: FailedStart): Explanation | undefined {
  if (!/could not (?:map|create|resize) .*shared memory|Cannot allocate memory|out of memory/i.test(log))
    return undefined;
  return {
    code: "settings-invalid",
    message: `not enough memory to start ${what}: ${lastComplaint(log)}`,
    hint: "Lower `postgres.settings.shared_buffers`, or run on a machine with more memory.",
  };
}

function explainRest({ what, log }: FailedStart): Explanation {
  return {
    code: "database-unreachable",
    message: `could not start ${what}: ${lastComplaint(log)}`,
    hint: "Read the message; if it says too little, choose another `postgres.provider` (container, embedded, local or url).",
  };
}

/** The last line that says what was wrong, else the last line at all. */
function lastComplaint(log: string): string {
  const lines = log.split("\n").flatMap((line) => line.trim() || []);
  const complaint = lines.findLast((line) => /FATAL|PANIC|error:|cannot|could not/i.test(line)) ?? lines.at(-1);
  return (
    complaint?.replace(/^.*?(?:FATAL|PANIC|initdb: error|postgres: error|error): +/, "") ?? "it ended without a message"
  );
}
