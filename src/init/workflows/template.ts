import type { Release } from "../release.js";

/** What a workflow is written for. */
export interface Setting {
  /** The plan-gate that it runs. */
  readonly release: Release;
  /** The settings file below the repository's top; undefined where it is `plan-gate.yml` at the top. */
  readonly config: string | undefined;
}

/** A ready workflow: one file or two that belong together. */
export interface WorkflowTemplate {
  /** As `init --workflow` names it. */
  readonly id: string;
  /** When to take it, in one line. */
  readonly summary: string;
  /** What a user does on GitHub once it is there, a full sentence. */
  readonly next: string;
  files(setting: Setting): readonly WorkflowFile[];
}

export interface WorkflowFile {
  /** From the repository's top. */
  readonly path: string;
  readonly text: string;
}

/** A step that runs plan-gate, indented as steps are; `name` is the step's id. */
export function planGateStep(
  { release, config }: Setting,
  inputs: Readonly<Record<string, string>> = {},
  name?: string,
): string {
  const all = { ...inputs, ...(config === undefined ? {} : { config: JSON.stringify(config) }) };
  const lines = Object.entries(all).map(([input, value]) => `          ${input}: ${value}`);
  return [
    ...(name === undefined ? [] : [`      - id: ${name}`]),
    `      ${name === undefined ? "- " : "  "}uses: ${usesOf(release)}`,
    ...(lines.length > 0 ? ["        with:", ...lines] : []),
  ].join("\n");
}

/** What GitHub evaluates, as an input's value. */
export function expression(text: string): string {
  return `\${{ ${text} }}`;
}

/** Hash and version where they are known; else the version's tag. */
function usesOf({ repository = "OWNER/plan-gate", commit, version }: Release): string {
  return commit === undefined ? `${repository}@v${version}` : `${repository}@${commit} # v${version}`;
}

/** What the reader of the file has to do first, as comment lines; empty where nothing is left to do. */
export function openEnds({ release }: Setting): string {
  const ends = [
    ...(release.repository === undefined
      ? ["Replace OWNER by the account that plan-gate's repository belongs to."]
      : []),
    ...(release.commit === undefined
      ? ["A tag can be moved: pin plan-gate to the full hash of its release, and keep the version as a comment."]
      : []),
  ];
  return ends.map((end) => `# ${end}\n`).join("");
}
