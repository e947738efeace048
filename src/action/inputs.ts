import { closest, distance } from "fastest-levenshtein";
import { majorVersion, providerName } from "../config/postgres-settings.js";
import { PlanGateError } from "../errors.js";
import { type CommentMode, commentModes } from "../reports/comment-mode.js";

/** What the step does. */
export const commands = ["check", "evaluate", "report", "approve", "nightly", "refresh"] as const;
export type ActionCommand = (typeof commands)[number];

/** The step's inputs: only what a settings file cannot know. None of them can loosen a verdict. */
export interface Inputs {
  readonly command: ActionCommand;
  /** Paths or globs of settings files, relative to the workspace. */
  readonly config: readonly string[];
  readonly githubToken: string;
  readonly commitToken: string;
  readonly orgToken: string;
  readonly comment: CommentMode;
  /** Report files: a format and a path relative to the workspace. */
  readonly report: readonly { readonly format: string; readonly file: string }[];
  readonly provider: string | undefined;
  /** Empty: what each settings file says. */
  readonly postgresVersions: readonly string[];
  readonly databaseUrl: string | undefined;
  readonly shard: string | undefined;
  readonly dryRun: boolean;
  readonly failOnDrift: boolean;
}

/** Every input, as action.yml names them. */
export const inputNames: readonly string[] = [
  ...["command", "config", "github-token", "commit-token", "org-token", "comment", "report", "provider"],
  ...["postgres-version", "database-url", "shard", "dry-run", "fail-on-drift"],
];

/** A mistyped input must not leave the one that was meant at its default. `env`: the step's own. */
export function refuseUnknownInputs(env: Readonly<Record<string, string | undefined>>): void {
  const given = Object.keys(env).flatMap((key) => (key.startsWith("INPUT_") ? key.slice(6).toLowerCase() : []));
  const unknown = given.sort().find((name) => !inputNames.includes(name));
  if (unknown === undefined) return;
  const near = closest(unknown, inputNames);
  const hint = distance(unknown, near) <= 3 ? `Did you mean \`${near}\`?` : `There are ${inputNames.join(", ")}.`;
  throw new PlanGateError("settings-invalid", `there is no input \`${unknown}\``, { hint });
}

/** Reads the inputs; `get` gives one by its name in action.yml, empty where it is not set. */
export function readInputs(get: (name: string) => string): Inputs {
  const provider = given(get("provider"));
  if (provider !== undefined && !providerName.safeParse(provider).success) {
    throw unfit("provider", provider, "Choose auto, container, embedded, local or url.");
  }
  return {
    command: oneOf("command", get("command") || "check", commands),
    config: words(get("config")),
    githubToken: get("github-token"),
    commitToken: get("commit-token"),
    orgToken: get("org-token"),
    comment: oneOf("comment", get("comment") || "on-change", commentModes),
    report: words(get("report")).map(readReport),
    provider,
    postgresVersions: get("postgres-version")
      .split(/[\s,]+/)
      .filter((version) => version !== "")
      .map((version) => {
        if (majorVersion.safeParse(version).success) return version;
        throw unfit("postgres-version", version, "Name a major version from 14 to 18, or several, with commas.");
      }),
    databaseUrl: given(get("database-url")),
    shard: given(get("shard")),
    dryRun: flag("dry-run", get("dry-run")),
    failOnDrift: flag("fail-on-drift", get("fail-on-drift")),
  };
}

function given(value: string): string | undefined {
  return value === "" ? undefined : value;
}

/** One a line, or separated by commas. */
function words(value: string): readonly string[] {
  return value
    .split(/[\n,]/)
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function readReport(written: string): Inputs["report"][number] {
  const [, format, file] = /^([a-z]+)=(.+)$/.exec(written) ?? [];
  if (format === undefined || file === undefined) {
    throw unfit("report", written, "Write a format and a file, as in `json=plan-gate.json`, one a line.");
  }
  return { format, file };
}

function oneOf<const T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw unfit(name, value, `Choose ${choices.join(", ")}.`);
  return found;
}

function flag(name: string, value: string): boolean {
  if (value === "" || value === "false") return false;
  if (value === "true") return true;
  throw unfit(name, value, "Write true or false.");
}

function unfit(name: string, value: string, hint: string): PlanGateError {
  return new PlanGateError("settings-invalid", `the input \`${name}\` is \`${value}\``, { hint });
}
