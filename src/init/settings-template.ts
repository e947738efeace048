import { dump } from "js-yaml";
import { type Option, ruleReference, settingsOptions } from "../config/reference.js";
import type { FoundMigrations } from "./detect.js";

const banner = `Settings of plan-gate. All of them are here: one behind a # shows its default, or what it might be where it has
none ("for example"). To set it, take the # away. Paths are relative to this file.`;

const width = 110;

/** A commented settings file for a project whose migrations and seeds lie there. What it cannot know is left commented out. */
export function settingsTemplate(migrations: FoundMigrations, seeds: string | undefined): string {
  const live: Readonly<Record<string, Readonly<Record<string, unknown>> | string>> = {
    migrations: { dir: migrations.kind === "none" ? "migrations" : migrations.dir },
    ...(seeds === undefined ? {} : { seed: { files: [`${seeds}/*.sql`] } }),
    queries: "queries",
    baselines: "baselines",
  };
  const blocks = settingsOptions().map((option) => {
    const lines = option.name === "rules" ? rulesBlock(option) : optionBlock(option, live[option.name]);
    const warning = option.name === "migrations" && migrations.kind === "foreign" ? foreignWarning(migrations.dir) : [];
    return [...warning, ...lines].join("\n");
  });
  return `${[comment(banner, "").join("\n"), ...blocks].join("\n\n")}\n`;
}

function foreignWarning(dir: string): readonly string[] {
  const text = `There is no .sql file in ${dir}. Where a tool makes the schema, name its command below instead of the folder.`;
  return comment(text, "");
}

/** A section or a single option. Without a live value every line of it is commented out: one `#` at the very left. */
function optionBlock(option: Option, live: Readonly<Record<string, unknown>> | string | undefined): readonly string[] {
  const head = comment(option.description, "");
  if (option.options.length === 0) {
    return [...head, live === undefined ? `#${shownSetting(option)}` : setting(option.name, live)];
  }
  if (typeof live !== "object")
    return [...head, ...commentedOut([`${option.name}:`, ...optionLines(option.options, "")])];
  return [...head, `${option.name}:`, ...optionLines(option.options, "#", live)];
}

function optionLines(options: readonly Option[], mark: string, live: Readonly<Record<string, unknown>> = {}): string[] {
  return options.flatMap((option) => {
    const value = live[option.name];
    const line = value === undefined ? `${mark}${shownSetting(option)}` : setting(option.name, value);
    return [...comment(firstSentence(option.description), "  "), `  ${line}`];
  });
}

function rulesBlock(section: Option): readonly string[] {
  const lines = ruleReference().flatMap(({ id, summary, defaultSeverity, options }) => {
    const thresholds = Object.entries(options).map(([name, option]) => [name, option.default] as const);
    const value =
      thresholds.length === 0 ? defaultSeverity : { severity: defaultSeverity, ...Object.fromEntries(thresholds) };
    return [...comment(summary, "  "), ...settingLines(id, value).map((line) => `  ${line}`)];
  });
  return [...comment(section.description, ""), ...commentedOut([`${section.name}:`, ...lines])];
}

function shownSetting(option: Option): string {
  const isEmpty = typeof option.default === "object" && Object.keys(option.default ?? {}).length === 0;
  if (option.default !== undefined && !isEmpty) return setting(option.name, option.default);
  return `${setting(option.name, option.example ?? option.default)}  # for example`;
}

function setting(name: string, value: unknown): string {
  return dump({ [name]: value }, { flowLevel: 1, lineWidth: -1 }).trimEnd();
}

/** In one line where that fits, else a line for each key. */
function settingLines(name: string, value: unknown): readonly string[] {
  const line = setting(name, value);
  // Two of the indent, one of the mark before it.
  return line.length + 3 <= width
    ? [line]
    : dump({ [name]: value }, { lineWidth: -1 })
        .trimEnd()
        .split("\n");
}

function commentedOut(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `#${line}`);
}

function firstSentence(text: string): string {
  return /^.*?\.(?= [A-Z`]|$)/s.exec(text)?.[0] ?? text;
}

function comment(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = `${indent}#`;
  for (const word of text.split(/\s+/)) {
    if (line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indent}#`;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
