import { readdirSync, readFileSync } from "node:fs";
import { load } from "js-yaml";
import { workflows } from "../../../src/init/workflows/index.js";

/** A workflow file as it is, and as GitHub reads it. */
export interface ReadWorkflow {
  readonly name: string;
  readonly text: string;
  readonly yaml: Workflow;
}

export interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  readonly permissions: Permissions;
  readonly concurrency?: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

type Permissions = Readonly<Record<string, string>>;

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly uses?: string;
  readonly permissions?: Permissions;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly WorkflowStep[];
}

export interface WorkflowStep {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

function read(name: string, text: string): ReadWorkflow {
  return { name, text, yaml: load(text) as Workflow };
}

/** This repository's own. */
export const own = readdirSync(".github/workflows").map((file) =>
  read(`.github/workflows/${file}`, readFileSync(`.github/workflows/${file}`, "utf8")),
);

/** As a release writes them: its hash is made up, and of the right form. */
const released = {
  version: "1.2.3",
  repository: "acme/plan-gate",
  commit: "0123456789abcdef".repeat(3).slice(0, 40),
};

/** As `init` writes them, at the repository's top and for a settings file below it. */
export const ready = [undefined, "packages/db/plan-gate.yml"].flatMap((config) =>
  workflows.flatMap((workflow) =>
    workflow
      .files({ release: released, config })
      .map(({ path, text }) => read(`${workflow.id}: ${path}${config ? `, ${config}` : ""}`, text)),
  ),
);

export const everyWorkflow = [...own, ...ready];

/** The steps of a workflow, job by job. */
export function stepsOf({ yaml }: ReadWorkflow): readonly WorkflowStep[] {
  return Object.values(yaml.jobs).flatMap(({ steps = [] }) => steps);
}

/** Whether a step runs plan-gate. */
export function isPlanGate({ uses = "" }: WorkflowStep): boolean {
  return uses === "./" || /^[\w-]+\/plan-gate@/.test(uses);
}
